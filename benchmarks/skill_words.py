"""How well words are read, with every writer left out: ``diagnose`` and ``lint``.

    python -m benchmarks.skill_words [--parts 9] [--only diagnose|lint]

A figure counts only where the writer's lines were not learnt from. Writes ``benchmarks/results/words.md``;
the half that was not asked for keeps its last figures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import heard, linted
from benchmarks.heard import FIRST_FEW, Heard
from benchmarks.linted import Linted
from benchmarks.machine import Conditions
from wanliu.playbook.items import REASONS

RESULT = Path(__file__).parent / "results" / "words.md"
PARTS = 9
HEADS = {"diagnose": "## diagnose", "lint": "## lint"}


@dataclass(frozen=True)
class Figure:
    """``least`` and ``most`` are what was asked."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None
    digits: int = 3

    @property
    def row(self) -> str:
        asked = (
            f"≥ {self.least:g}"
            if self.least is not None
            else f"≤ {self.most:g}"
            if self.most is not None
            else ""
        )
        holds = (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )
        told = ("yes" if holds else "**no**") if asked else ""
        return f"| {self.name} | {self.value:.{self.digits}f} | {asked} | {told} |"


def main() -> None:
    given = _given()
    halves: dict[str, Callable[[int], Iterator[str]]] = {"diagnose": _diagnose, "lint": _lint}
    sections = _sections_before()
    for name, measure in halves.items():
        if given.only in (None, name):
            sections[name] = "\n".join([HEADS[name], "", _conditions(given.parts), "", *measure(given.parts)])
    text = "\n\n".join([TITLE, *(sections[name].strip() for name in halves if name in sections)])
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, default=PARTS, help="into how many parts the writers are dealt")
    parser.add_argument("--only", choices=tuple(HEADS))
    return parser.parse_args()


def _conditions(parts: int) -> str:
    now = Conditions.now()
    return f"{now.day}, {now.cores} cores ({now.processor}), Python {now.python}; writers in {parts} parts."


def _sections_before() -> dict[str, str]:
    """The halves that a run before this one wrote."""
    if not RESULT.exists():
        return {}
    before = RESULT.read_text(encoding="utf-8")
    found = {}
    for name, head in HEADS.items():
        _, met, rest = before.partition(f"{head}\n")
        if met:
            found[name] = f"{head}\n{rest.partition(chr(10) + '## ')[0]}"
    return found


def _table(heads: Iterable[str], rows: Iterable[str]) -> list[str]:
    heads = list(heads)
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *rows, ""]


def _diagnose(parts: int) -> Iterator[str]:
    found = heard.heard_by_others(parts)
    lines, reasonless = len(found.unknown), int((~found.has_reason).sum())
    writers = len(set(found.writers.tolist()))
    yield f"{lines} lines of {writers} writers, {reasonless} of them without a reason."
    yield ""
    figures = (
        Figure("right at first place", found.first_right(), least=0.85),
        Figure("right among the first three", found.first_right(FIRST_FEW), least=0.97),
        Figure("lines without a reason called unknown", found.unknown_of(with_reason=False), least=0.7),
        Figure("lines with a reason called unknown", found.unknown_of(with_reason=True), most=0.1),
        Figure("calibration error, lines with a reason", found.calibration_error(), most=0.05),
        Figure("calibration error, all lines", found.calibration_error(all_lines=True), most=0.05),
        Figure("milliseconds an utterance", heard.milliseconds_each(), most=30, digits=1),
    )
    yield from _table(("figure", "value", "asked", "holds"), (figure.row for figure in figures))
    yield from _table(
        (
            "writer left out",
            "first",
            "first three",
            "none → unknown",
            "reason → unknown",
            "calibration error",
        ),
        (_row_of_writer(writer, own) for writer, own in heard.by_writer(found)),
    )
    yield from _table(("reason", "lines", "right at first place"), _rows_of_reasons(found))


def _row_of_writer(writer: str, own: Heard) -> str:
    figures = (
        own.first_right(),
        own.first_right(FIRST_FEW),
        own.unknown_of(with_reason=False),
        own.unknown_of(with_reason=True),
        own.calibration_error(),
    )
    return f"| {writer} | {' | '.join(f'{figure:.3f}' for figure in figures)} |"


def _rows_of_reasons(found: Heard) -> Iterator[str]:
    for column, reason in enumerate(REASONS):
        own = found.of(found.right[:, column])
        yield f"| `{reason}` | {len(own.unknown)} | {own.first_right():.3f} |"


def _lint(parts: int) -> Iterator[str]:
    found = linted.linted_by_others(parts)
    together = Linted()
    for own in found.values():
        together.counts.update(own.counts)
    yield f"{sum(together.counts.values())} sentences of {len(found)} writers."
    yield ""
    figures = (
        Figure("forbidden, blocked", together.share("forbidden", "block"), least=0.95),
        Figure("doubtful, blocked or warned", together.share("doubtful", "block", "warn"), least=0.8),
        Figure("honest, blocked or warned", together.share("honest", "block", "warn"), most=0.03),
        Figure("milliseconds a sentence", linted.milliseconds_each(), most=5, digits=1),
    )
    yield from _table(("figure", "value", "asked", "holds"), (figure.row for figure in figures))
    yield from _table(
        ("writer left out", "forbidden blocked", "doubtful touched", "honest touched"),
        (_row_of_guarded(writer, own) for writer, own in found.items()),
    )


def _row_of_guarded(writer: str, own: Linted) -> str:
    figures = (
        own.share("forbidden", "block"),
        own.share("doubtful", "block", "warn"),
        own.share("honest", "block", "warn"),
    )
    return f"| {writer} | {' | '.join(f'{figure:.3f}' for figure in figures)} |"


TITLE = """# Words, with the writer left out

Every figure is of lines whose writer the model had not seen. Writers who had read no one else's lines wrote
them all; strangers' lines are harder still."""

if __name__ == "__main__":
    main()
