"""The guard before staff's words are saved: what is blocked is not saved, what is doubtful needs a reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from wanliu.compliance.lint import Hit, Linter, Verdict
from wanliu.errors import Refused
from wanliu.people.user import User
from wanliu.playbook.items import Stage
from wanliu.text import Text


class Blocked(Refused):
    """The words may not be saved; ``hits`` says which, by which rule, and what to say instead."""

    def __init__(self, message: Text, hits: Sequence[Hit]) -> None:
        super().__init__(message)
        self.hits = tuple(hits)


class Doubtful(Blocked):
    """The words may stand if the writer says why."""


@cache
def linter() -> Linter:
    """Loaded once in each process."""
    return Linter.load()


def judge(words: str, *, stage: Stage, by: User) -> Verdict:
    """What the linter says. Raises Blocked with the words found, the rule's basis, and better words."""
    verdict = linter().lint(words, stage=stage, adviser=is_adviser(by))
    if verdict.verdict == "block":
        raise _refusal(Blocked, _BLOCKED, _of(verdict, "block"))
    return verdict


def check_why(verdict: Verdict, why: str) -> None:
    """Raises Doubtful where the words need a reason and have none."""
    if verdict.verdict == "warn" and not why:
        raise _refusal(Doubtful, _DOUBTFUL, _of(verdict, "warn"))


def check_words(words: str, *, by: User, stage: Stage = "normal") -> None:
    """For short words that have no place for a reason: raises Blocked or Doubtful."""
    check_why(judge(words, stage=stage, by=by), "")


def rules_of(verdict: Verdict) -> list[str]:
    """The rules that made the words doubtful."""
    return sorted({hit.rule for hit in _of(verdict, "warn")})


def is_adviser(user: User) -> bool:
    """Whether this person may advise on securities: a registered adviser."""
    return user.role == "duty_adviser" and bool(user.certificate)


def _of(verdict: Verdict, severity: str) -> list[Hit]:
    return [hit for hit in verdict.hits if hit.severity == severity]


def _refusal(kind: type[Blocked], sentence: Text, hits: list[Hit]) -> Blocked:
    first = hits[0]
    message = Text(
        zh=sentence.zh.format(found=first.found, basis=first.basis.zh, better=first.better.zh),
        en=sentence.en.format(found=first.found, basis=first.basis.en, better=first.better.en),
    )
    return kind(message, hits)


_BLOCKED = Text(
    zh="没有保存：「{found}」不能说（{basis}）。可以说：{better}",
    en="Not saved: “{found}” may not be said ({basis}). Say instead: {better}",
)
_DOUBTFUL = Text(
    zh="「{found}」可能不合规（{basis}）。请改写，或说明理由后保存（合规会复核）。可以说：{better}",
    en="“{found}” may break a rule ({basis}). Write it otherwise, or give a reason and save: compliance will "
    "look at it. Say instead: {better}",
)
