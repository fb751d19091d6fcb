"""The guard before anything that staff say or write: every door through which words go out must ask it.

    linter = Linter.load()                                   # once
    verdict = linter.lint("保本的，您放心", stage="normal", channel="one_to_one", adviser=False)
    verdict.verdict                                          # "block"
    verdict.hits[0].rule, verdict.hits[0].found              # "H02", "保本"

Case notes, messages, scripts, pages and the interface all pass their sentences through ``Linter.lint``;
none of them judges by itself. Only what staff say goes in: a client's own words are kept in a field of
their own and never linted. Whole messages also ask ``wanliu.compliance.messages``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from wanliu.compliance import exemplars
from wanliu.compliance.offences import Learnt, Opinion, learn
from wanliu.compliance.patterns import Match, Patterns
from wanliu.compliance.pieces import is_chinese, pieces, sentences
from wanliu.errors import EnvironmentFailed
from wanliu.language.classifier import check_installed
from wanliu.language.kept import kept
from wanliu.language.normalise import Plain, plain
from wanliu.playbook.items import ScriptRule, Stage
from wanliu.playbook.load import SHIPPED, Playbook, load
from wanliu.text import Text

Channel = Literal["one_to_one", "mass"]
Severity = Literal["block", "warn", "info"]
Finding = Literal["block", "warn", "pass"]
Span = tuple[int, int]
"""Start and end in the plain text."""
CHANNELS: tuple[Channel, ...] = get_args(Channel)
STAGES: tuple[Stage, ...] = get_args(Stage)

CODE = (".py", ".toml")
"""What shapes the classifier beside the exemplars."""
SURELY_HONEST = 0.5
"""Below this share of the classifier's threshold a pattern's hit is listed and does not count: the words are
there, the sentence is a warning or a refusal that no list of negations foresaw."""


@dataclass(frozen=True)
class Hit:
    """One offence, or one dangerous word that does not count (severity info).

    ``start`` and ``end`` are places in the sentence as it was given, and ``found`` is what stands there.
    """

    rule: str
    severity: Severity
    start: int
    end: int
    found: str
    what: Text
    basis: Text
    instead: Text
    better: Text


@dataclass(frozen=True)
class Verdict:
    """The worst hit decides; hits stand in the order of the sentence."""

    verdict: Finding
    hits: tuple[Hit, ...]


class Linter:
    """Rules and classifier, loaded once. ``missing`` says which part is not installed, if one is not."""

    def __init__(self, rules: Mapping[str, ScriptRule], learnt: Learnt | None, missing: Text | None = None):
        self._rules = rules
        self._patterns = Patterns(rules)
        self._learnt = learnt
        self.missing = missing

    @classmethod
    def load(cls, *overlays: Path, note: Callable[[Text], None] = lambda _sentence: None) -> Self:
        """The shipped rules with a firm's own over them; ``note`` is told when the classifier is learnt anew.

        Without the extra ``text`` the rules work alone.
        """
        playbook = load(*overlays)
        rules = playbook.rules
        try:
            check_installed()
        except EnvironmentFailed as fault:
            return cls(rules, None, fault.message)
        sources = (
            *sorted(file for file in Path(__file__).parent.iterdir() if file.suffix in CODE),
            *sorted(exemplars.STAFF.glob("*.tsv")),
            *(
                file
                for root in (SHIPPED, *overlays)
                for folder in ("rules", "scripts")
                for file in sorted((root / folder).glob("*.toml"))
            ),
        )
        return cls(rules, kept(Learnt, "offences", sources, lambda: _learnt(playbook), note=note))

    def lint(
        self,
        sentence: str,
        *,
        stage: Stage = "normal",
        channel: Channel = "one_to_one",
        adviser: bool = False,
    ) -> Verdict:
        """What the law says to one sentence of a staff member, said at this stage and on this channel."""
        read = plain(sentence)

        def judge(spans: Iterable[Span]) -> list[_Judged]:
            return list(self._judged(read.text, spans, at_exit=stage == "exit", mass=channel == "mass"))

        judged = judge(pieces(read.text))
        found = [
            *self._of_patterns(read, judged, judge),
            *(
                _Found(one.kind, True, one.doubtful, True, *read.span(one.start, one.end))
                for one in (piece.opinion for piece in judged)
                if one.touched
            ),
        ]
        hits = sorted(
            (self._hit(one, sentence, stage, channel, adviser) for one in _once_a_rule(found)),
            key=lambda hit: (hit.start, hit.end, hit.rule),
        )
        return Verdict(_worst(hits), tuple(hits))

    def lint_all(
        self,
        sentences: Iterable[str],
        *,
        stage: Stage = "normal",
        channel: Channel = "one_to_one",
        adviser: bool = False,
    ) -> Iterator[Verdict]:
        """One verdict for each sentence, in their order."""
        return (self.lint(one, stage=stage, channel=channel, adviser=adviser) for one in sentences)

    def _judged(self, text: str, spans: Iterable[Span], *, at_exit: bool, mass: bool) -> Iterator[_Judged]:
        """What the classifier says of every span that it can read."""
        if self._learnt is None:
            return
        for start, end in spans:
            if is_chinese(text[start:end]):
                opinion = self._opinion(self._learnt, text[start:end], at_exit=at_exit, mass=mass)
                yield _Judged(start, end, opinion.moved(start))

    def _opinion(self, learnt: Learnt, text: str, *, at_exit: bool, mass: bool) -> Opinion:
        """What would be minded only while the client leaves is no other offence at other times."""
        opinion = learnt.judge(text, at_exit=at_exit, mass=mass)
        if at_exit or not opinion.touched:
            return opinion
        leaving = learnt.judge(text, at_exit=True, mass=mass)
        return leaving if self._rules[leaving.kind].stage == "exit" else opinion

    def _of_patterns(
        self, read: Plain, judged: list[_Judged], judge: Callable[[Iterable[Span]], list[_Judged]]
    ) -> Iterator[_Found]:
        """A sentence is judged by itself, too: no number of honest ones beside it makes it honest."""
        alone: list[_Judged] | None = None  # for few texts, and once: time stays linear
        for match in self._patterns.in_text(read.text):
            counts = self._counts(match)
            if counts and self._surely_honest(match, judged):
                alone = judge(sentences(read.text)) if alone is None else alone
                counts = not self._surely_honest(match, alone)
            yield _Found(match.rule, False, False, counts, *read.span(match.start, match.end))

    def _counts(self, match: Match) -> bool:
        if match.scope == "denied":
            return not self._rules[match.rule].negatable
        return match.scope == "ours"

    def _surely_honest(self, match: Match, judged: list[_Judged]) -> bool:
        """Whether the classifier finds nothing wrong with any piece that the match stands in."""
        if self._learnt is None:
            return False
        enough = SURELY_HONEST * self._learnt.threshold
        first = bisect_right(judged, match.start, key=lambda piece: piece.end)
        last = bisect_left(judged, match.end, key=lambda piece: piece.start)
        around = judged[first:last]
        return bool(around) and all(piece.opinion.bad < enough for piece in around)

    def _hit(self, found: _Found, sentence: str, stage: Stage, channel: Channel, adviser: bool) -> Hit:
        rule = self._rules[found.rule]
        severity = _severity(rule, stage, channel, adviser) if found.counts else "info"
        if found.doubtful and severity == "block" and rule.severity == "block":
            severity = "warn"
        words = sentence[found.start : found.end]
        return Hit(
            rule.id, severity, found.start, found.end, words, rule.what, rule.basis, rule.instead, rule.better
        )


@dataclass(frozen=True)
class _Judged:
    """A piece of the plain text, from start to end, and what the classifier says of it."""

    start: int
    end: int
    opinion: Opinion


@dataclass(frozen=True)
class _Found:
    """``start`` and ``end`` are places in the sentence as it was given."""

    rule: str
    learnt: bool
    doubtful: bool
    counts: bool
    start: int
    end: int


MOST_OF_A_RULE = 20
"""Hits of one rule that are listed for one sentence; more tell the reader nothing."""


def _once_a_rule(found: list[_Found]) -> Iterator[_Found]:
    """What a pattern has found is not said again by the classifier; hits that count are listed first."""
    certain = {one.rule for one in found if one.counts and not one.learnt}
    listed: Counter[str] = Counter()
    for one in sorted(found, key=lambda one: (not one.counts, one.start, one.end)):
        if (one.learnt and one.rule in certain) or listed[one.rule] >= MOST_OF_A_RULE:
            continue
        listed[one.rule] += 1
        yield one


def _severity(rule: ScriptRule, stage: Stage, channel: Channel, adviser: bool) -> Severity:
    if rule.stage == "exit" and stage != "exit":
        return "info"
    if channel == "mass" and rule.mass_severity:
        return rule.mass_severity
    if rule.severity == "adviser_only":
        return "info" if adviser else "block"
    return rule.severity


def _worst(hits: list[Hit]) -> Finding:
    severities = {hit.severity for hit in hits}
    return "block" if "block" in severities else "warn" if "warn" in severities else "pass"


def _learnt(playbook: Playbook) -> Learnt:
    learnt, _ = learn(
        (
            *exemplars.read(),
            *exemplars.of_rules(playbook.rules.values()),
            *exemplars.of_scripts(playbook.scripts.values()),
        )
    )
    return learnt
