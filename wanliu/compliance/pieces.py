"""A long text in pieces of a sentence or a few, so that one offence is not drowned and time stays linear."""

from __future__ import annotations

from collections.abc import Iterator

WHOLE = 120
"""Characters up to which a text stays whole, as the lines are that the classifier learnt from."""
LONGEST = 60
"""Characters of a piece of a longer text."""
CHINESE = 1 / 3
"""Of a piece's characters; with fewer Chinese ones it is in a language that the classifier does not know."""
ENDS = frozenset("。!?;\n")
STOPS = ENDS - {"?"}
"""A question belongs to what answers it."""
PAUSES = frozenset(",，、: ")


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every piece: cut after a sentence, else at a pause, else at the length."""
    start = 0
    while len(text) > WHOLE and len(text) - start > LONGEST:
        end = _last(text, ENDS, start) or _last(text, PAUSES, start) or start + LONGEST
        yield start, end
        start = end
    if text[start:].strip():
        yield start, len(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence by itself; of one that is longer than a whole text, of its pieces."""
    start = 0
    for end in (*(place + 1 for place, sign in enumerate(text) if sign in STOPS), len(text)):
        for first, last in pieces(text[start:end]):
            yield start + first, start + last
        start = end


def is_chinese(text: str) -> bool:
    """Whether enough of the text is Chinese for the classifier to have a say."""
    return sum("一" <= character <= "鿿" for character in text) >= CHINESE * len(text)


def _last(text: str, marks: frozenset[str], start: int) -> int | None:
    for place in range(start + LONGEST - 1, start, -1):
        if text[place] in marks:
            return place + 1
    return None
