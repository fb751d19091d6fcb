"""Words and signs in one ranking, and the one sentence that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wanliu.playbook.items import REASONS, ReasonItem
from wanliu.reasons.signs import Observed, Piece, Weighed, deserves_a_name, weigh
from wanliu.reasons.words import Diagnosis
from wanliu.text import Text

LEAST = 0.02
"""No utterance makes a reason less likely than this: what people say first is often not the reason."""


@dataclass(frozen=True)
class Ranking:
    """All eleven, the likeliest first; ``unknown``: no reason deserves a name."""

    reasons: tuple[Weighed, ...]
    unknown: bool
    sentence: Text


def rank(
    items: Mapping[str, ReasonItem], observed: Iterable[Observed], said: Diagnosis | None = None
) -> Ranking:
    """Reasons from the signs and, where the client said something that points anywhere, from the words."""
    heard = _heard(said)
    weighed = weigh(items, observed, heard)
    unknown = not deserves_a_name(weighed, heard)
    sentence = _UNKNOWN if unknown else _sentence(items, weighed[0], said if heard else None)
    return Ranking(weighed, unknown, sentence)


def _heard(said: Diagnosis | None) -> dict[str, float]:
    """How many times an even share the words give each reason; nothing where they point nowhere."""
    if said is None or said.unknown or not said.reasons:
        return {}
    return {one.id: max(one.probability, LEAST) * len(REASONS) for one in said.reasons}


def _sentence(items: Mapping[str, ReasonItem], first: Weighed, said: Diagnosis | None) -> Text:
    name, share = items[first.reason].name, f"{first.probability:.0%}"
    because = [_words(said)] if said is not None and said.reasons[0].id == first.reason else []
    because += [_told(piece) for piece in first.speaks_for]
    head = _LIKELY.format(name=name, share=share)
    parts = [head, _BECAUSE.format(what=_joined(because))] if because else [head]
    if first.speaks_against:
        parts.append(_YET.format(what=_joined([_told(piece) for piece in first.speaks_against])))
    return Text(zh="".join(p.zh for p in parts) + "。", en="".join(p.en for p in parts) + ".")


def _told(piece: Piece) -> Text:
    return piece.observed.told


def _words(said: Diagnosis) -> Text:
    quoted = [span.text for span in said.words]
    if not quoted:
        return Text(zh="客户自己的话", en="the client's own words")
    return Text(
        zh="客户说到" + "、".join(f"「{one}」" for one in quoted),
        en="the client spoke of " + ", ".join(f"“{one}”" for one in quoted),
    )


def _joined(parts: list[Text]) -> Text:
    return Text(zh="；".join(part.zh for part in parts), en="; ".join(part.en for part in parts))


_LIKELY = Text(zh="最可能是「{name.zh}」（{share}）", en="Most likely “{name.en}” ({share})")
_BECAUSE = Text(zh="，因为{what.zh}", en=", because {what.en}")
_YET = Text(zh="；不支持的是：{what.zh}", en="; against it: {what.en}")
_UNKNOWN = Text(
    zh="看不出原因：数据和客户的话都没有明确指向哪一种，请先问。",
    en="No reason can be told: neither the data nor the client's words point to one. Ask first.",
)
