"""How well ``wanliu lint`` guards: every sentence judged by a linter that saw nothing of its writer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter

from wanliu.compliance import exemplars
from wanliu.compliance.exemplars import Exemplar
from wanliu.compliance.lint import Linter
from wanliu.compliance.offences import learn
from wanliu.playbook.load import load

TIMED = 500


@dataclass
class Linted:
    """Sentences per class and verdict."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, of_class: str, *verdicts: str) -> float:
        """Of the sentences of a class, those with one of these verdicts."""
        all_of_class = sum(number for (known, _), number in self.counts.items() if known == of_class)
        return sum(self.counts[of_class, verdict] for verdict in verdicts) / max(1, all_of_class)


def linted_by_others(parts: int) -> dict[str, Linted]:
    """Per writer; the writers are dealt into so many parts, each judged by what the other parts taught."""
    written, rules = exemplars.read(), load().rules
    from_rules = exemplars.of_rules(rules.values())
    writers = sorted({one.writer for one in written})
    part_of = {writer: number % parts for number, writer in enumerate(writers)}
    found: dict[str, Linted] = {writer: Linted() for writer in writers}
    for part in range(min(parts, len(writers))):
        learnt, _ = learn([*(one for one in written if part_of[one.writer] != part), *from_rules])
        linter = Linter(rules, learnt)
        for one in written:
            if part_of[one.writer] == part:
                found[one.writer].counts[one.verdict, _verdict(linter, one)] += 1
    return found


def _verdict(linter: Linter, one: Exemplar) -> str:
    return linter.lint(
        one.text,
        stage="exit" if one.at_exit else "normal",
        channel="mass" if one.mass else "one_to_one",
    ).verdict


def milliseconds_each() -> float:
    """Of one sentence, with rules and classifier loaded."""
    linter = Linter.load()
    written = exemplars.read()
    texts = [one.text for one in written][:: max(1, len(written) // TIMED)]
    linter.lint(texts[0])
    began = perf_counter()
    for text in texts:
        linter.lint(text)
    return (perf_counter() - began) * 1000 / len(texts)
