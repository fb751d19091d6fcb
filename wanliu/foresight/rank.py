"""Whom first: the clients in the order of what a call may save, as far as time and rules allow.

A pure function over plain values. What a call may save is

    effect × risk × value − cost of the call,

``effect``: the share of leavers whom a contact keeps, where somebody measured it on clients drawn by lot;
until then every client has the same (unknown) effect, so the order is risk × value, and the answer says so.
``value``: the net commission to come and a share of the assets, as for value at stake.

The list is steady: who was on it yesterday and may still be called stays ahead of somebody new who is
hardly better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from wanliu.errors import UsageError
from wanliu.text import Text

Basis = Literal["measured", "risk_times_value"]
Why = Literal[
    "do_not_contact",
    "leaving",
    "declined",
    "week_full",
    "alarm_full",
    "not_worth_it",
    "no_time",
    "no_adviser",
]


@dataclass(frozen=True)
class Candidate:
    """One client on one day: the chance of leaving, what would go (CNY), whose client it is, and what bars
    a call.

    ``effect`` is the measured share of leavers like this one whom a contact keeps (0 to 1).
    """

    client_id: str
    adviser: str
    risk: float
    value: float
    effect: float | None = None
    attempts_this_week: int = 0
    talks_this_alarm: int = 0
    do_not_contact: bool = False
    is_leaving: bool = False
    has_declined: bool = False


@dataclass(frozen=True)
class Capacity:
    """What is possible and allowed. The limits are those of contact: two attempts a week, four talks an
    alarm."""

    calls_per_adviser: int
    cost_per_call: float = 0.0
    attempts_a_week: int = 2
    talks_an_alarm: int = 4
    steadiness: float = 0.15
    """How much better somebody new must be to take the place of who was listed yesterday."""


@dataclass(frozen=True)
class Listed:
    """A call worth making: its place on the adviser's list, and the expected value saved (CNY) by the
    basis.

    ``weight`` is what places go by: the expected value, favoured where the client was listed yesterday.
    """

    client_id: str
    adviser: str
    place: int
    expected: float
    basis: Basis
    was_listed: bool
    weight: float


@dataclass(frozen=True)
class Ranking:
    """``waiting``: whom time does not reach today, with the places that they would have. ``overlap``: the
    share of yesterday's clients, still callable, who are listed again; None without a list of yesterday's.
    ``left_out`` counts the others by reason."""

    listed: tuple[Listed, ...]
    left_out: Mapping[Why, int]
    basis: Basis
    overlap: float | None
    waiting: tuple[Listed, ...] = ()

    @property
    def said(self) -> Text:
        return BASIS[self.basis]


def ranked(
    candidates: Iterable[Candidate], capacity: Capacity, *, yesterday: Collection[str] = frozenset()
) -> Ranking:
    """The calls of one day. Ties go by client number, so that the same facts give the same list.

    Raises UsageError for a risk or an effect outside 0 to 1, a negative value, or a client who comes twice.
    """
    everyone = list(candidates)
    _check(everyone, capacity)
    before = frozenset(yesterday)
    basis: Basis = "measured" if any(one.effect is not None for one in everyone) else "risk_times_value"
    left_out: Counter[Why] = Counter()
    open_to: list[tuple[float, Candidate, float]] = []
    for one in everyone:
        expected = _expected(one, capacity, basis)
        why = _barred(one, capacity) or ("not_worth_it" if expected <= 0 else None)
        if why:
            left_out[why] += 1
            continue
        steady = expected * (1 + capacity.steadiness) if one.client_id in before else expected
        open_to.append((steady, one, expected))
    open_to.sort(key=lambda item: (-item[0], item[1].client_id))
    listed, waiting = _placed(open_to, capacity, basis, before)
    if waiting:
        left_out["no_time"] = len(waiting)
    overlap = _overlap(listed, {one.client_id for _, one, _ in open_to} & before)
    return Ranking(tuple(listed), dict(left_out), basis, overlap, tuple(waiting))


def _placed(
    open_to: list[tuple[float, Candidate, float]], capacity: Capacity, basis: Basis, before: frozenset[str]
) -> tuple[list[Listed], list[Listed]]:
    """Each adviser's clients in order: those whom the day's calls reach, and those whom they do not."""
    listed: list[Listed] = []
    waiting: list[Listed] = []
    places = Counter[str]()
    for weight, one, expected in open_to:
        places[one.adviser] += 1
        place = places[one.adviser]
        line = Listed(one.client_id, one.adviser, place, expected, basis, one.client_id in before, weight)
        (listed if place <= capacity.calls_per_adviser else waiting).append(line)
    return listed, waiting


def _expected(one: Candidate, capacity: Capacity, basis: Basis) -> float:
    """Where effects are measured, a client without one is given none: nobody knows that a call helps."""
    effect = 1.0 if basis == "risk_times_value" else one.effect or 0.0
    return effect * one.risk * one.value - capacity.cost_per_call


def _barred(one: Candidate, capacity: Capacity) -> Why | None:
    if one.is_leaving:
        return "leaving"
    if one.do_not_contact:
        return "do_not_contact"
    if one.has_declined:
        return "declined"
    if one.attempts_this_week >= capacity.attempts_a_week:
        return "week_full"
    if one.talks_this_alarm >= capacity.talks_an_alarm:
        return "alarm_full"
    return None if one.adviser else "no_adviser"


def _overlap(listed: list[Listed], callable_still: set[str]) -> float | None:
    return sum(one.was_listed for one in listed) / len(callable_still) if callable_still else None


def _check(everyone: list[Candidate], capacity: Capacity) -> None:
    seen = Counter(one.client_id for one in everyone)
    shares = [s for one in everyone for s in (one.risk, one.effect) if s is not None]
    wrong = any(not 0 <= share <= 1 for share in shares) or any(not one.value >= 0 for one in everyone)
    if wrong or any(count > 1 for count in seen.values()):
        raise UsageError(_NONSENSE)
    if capacity.calls_per_adviser < 0 or capacity.steadiness < 0:
        raise UsageError(_NO_CAPACITY)


BASIS: dict[Basis, Text] = {
    "measured": Text(
        zh="按随机对照测得的联系效果 × 风险 × 价值排序；没有测得效果的客户按无效果计。",
        en="Ordered by the effect of contact as measured on clients drawn by lot × risk × value; a client "
        "without a measured effect counts as having none.",
    ),
    "risk_times_value": Text(
        zh="联系的效果还没有测过，所以按风险 × 价值排序，假定对每位客户的效果相同；这不等于能保住的钱。",
        en="The effect of contact has not been measured yet, so the order is risk × value, as if the effect "
        "were the same for all; this is not the money that will be saved.",
    ),
}
_NONSENSE = Text(
    zh="排序的输入不对：风险与效果应在 0 至 1 之间，价值不得为负，每位客户只能出现一次。",
    en="What was to be ranked makes no sense: risk and effect lie within 0 and 1, values are not "
    "negative, and each "
    "client comes once.",
)
_NO_CAPACITY = Text(
    zh="每位客户经理每天的通话数和稳定系数不得为负。",
    en="Calls per adviser and steadiness may not be negative.",
)
