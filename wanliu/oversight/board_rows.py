"""The rows of a board: what they are counted by, how they are named, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.db.models import Q

from wanliu.cases.offers import playbook
from wanliu.cases.tallies import Asked, Counted, Key, tallied
from wanliu.exits.gone import gone_between
from wanliu.oversight.board_days import Period
from wanliu.oversight.board_measures import boards
from wanliu.people.headcount import Among, Heads, heads
from wanliu.people.user import User
from wanliu.playbook.items import REASONS
from wanliu.ruleset import signs
from wanliu.text import Text

Tab = Literal["branch", "adviser", "reason", "method", "sign"]
Value = Counted | None
"""None: not known."""
Values = Mapping[str, Value]

PEOPLE: Final = ("clients", "lost")
WORK: Final = ("alarms", "load", "first_contact", "connected", "dismissed", "promises", "overdue")
BOOK: Final = ("stayed", "left", "unjudged")
COLUMNS: Final[Mapping[Tab, tuple[str, ...]]] = {
    "branch": (*PEOPLE, *WORK, *BOOK),
    "adviser": (*PEOPLE, *WORK, *BOOK),
    "reason": (*WORK, *BOOK),
    "method": (*WORK, *BOOK),
    "sign": ("alarms", "telling", "came_true", "stayed", "unjudged"),
}
ADD_UP: Final[tuple[Tab, ...]] = ("branch", "adviser", "reason")
"""By these each case is counted in one row; by method or sign in as many as it has."""
NONE: Final = "-"
"""A key that is nobody, or no reason, method or sign."""
STAFF: Final = "staff:"
"""Begins the key of a manager of the book who does not sign in here."""


@dataclass(frozen=True)
class Whose:
    """A branch's rows, one person's own, or (neither) the firm's."""

    branch_id: str | None = None
    user: User | None = None

    def asked(self, period: Period, horizon: int) -> Asked:
        own = None if self.user is None else self.user.pk
        return Asked(period.first, period.last, horizon, self.branch_id, own)

    @property
    def among(self) -> Among:
        # nobody's number is no manager's number
        return Among(self.branch_id, None if self.user is None else self.user.staff_id or NONE)


@dataclass(frozen=True)
class Row:
    """``key`` as it stands in an address. ``hands``: people with a case in hand; ``held``: those cases."""

    key: str
    name: Text
    values: Values
    held: int = 0
    hands: int = 0


def rows(asked: Asked, tab: Tab, whose: Whose) -> list[Row]:
    """In the order of names and numbers, never of performance; what is nobody's comes last."""
    names = [name for name in COLUMNS[tab] if name not in (*PEOPLE, "load")]
    found: dict[Key, dict[str, Value]] = {
        key: dict(values) for (key,), values in tallied(asked, tab, names=names).items()
    }
    hands: dict[Key, tuple[int, int]] = {}
    if "load" in COLUMNS[tab]:
        for key, (load, *in_hand) in loads(asked, tab).items():
            found.setdefault(key, {})["load"] = Counted(load)
            hands[key] = (in_hand[0], in_hand[1])
        names.append("load")
    told = _advisers(asked, found, whose) if tab == "adviser" else _plain(asked, tab, found, whose)
    return [
        Row(key, name, {**nothing(names), **values}, *hands.get(_as_counted(tab, key), (0, 0)))
        for key, name, values in told
    ]


def clients_of(asked: Asked, among: Among) -> dict[str, Value]:
    """Of everybody who is asked about."""
    return _of_heads(_heads(asked, (), among), ())


def total(rows: Iterable[Row], tab: Tab) -> Row:
    """What the rows add up to; a sum with an unknown in it is unknown."""
    told = list(rows)
    values = {name: _sum(one.values[name] for one in told) if told else None for name in COLUMNS[tab]}
    if not told:
        values.update(nothing(name for name in COLUMNS[tab] if name not in PEOPLE))
    return Row("", TOTAL, values, sum(one.held for one in told), sum(one.hands for one in told))


def nothing(names: Iterable[str]) -> dict[str, Value]:
    """Counts of nothing: a share has 0 of 0, which is no number."""
    measures = boards().measures
    return {name: Counted(0, 0 if measures[name].unit == "share" else None) for name in names}


def key_of(tab: Tab, text: str) -> Key:
    """A row's key from an address. Raises ValueError for what no row has."""
    if text == NONE:
        return None
    if tab == "adviser":
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ValueError("an adviser's key is a number")
        return int(text)
    return text


def row_named(tab: Tab, key: str) -> Text:
    """What a row is called, by its key in an address."""
    if tab != "adviser" or key == NONE:
        return _named(tab, None if key == NONE else key)
    known = _as_counted(tab, key)
    user = User.objects.filter(pk=known).first() if isinstance(known, int) else None
    code = key.removeprefix(STAFF)
    return _who(user) if user else Text(zh=code, en=code)


def loads(asked: Asked, *tab: Tab) -> dict[Key, tuple[int, int, int]]:
    """Key → open cases, those in somebody's hands, and how many people have one."""
    found: dict[Key, tuple[int, int, int]] = {}
    for (*key, person), counts in tallied(asked, *tab, "adviser", names=("load",)).items():
        number = counts["load"].part
        held, hands = (number, int(number > 0)) if person is not None else (0, 0)
        before = found.get(key[0] if key else None, (0, 0, 0))
        found[key[0] if key else None] = (before[0] + number, before[1] + held, before[2] + hands)
    return found


def _plain(
    asked: Asked, tab: Tab, found: dict[Key, dict[str, Value]], whose: Whose
) -> list[tuple[str, Text, dict[str, Value]]]:
    if tab == "branch":
        people = _heads(asked, ("branch",), whose.among)
        for (branch_id,) in people:
            found.setdefault(branch_id, {})
        for key, values in found.items():
            values.update(_of_heads(people, (str(key),)))
    order = sorted(found, key=lambda key: _place(tab, key))
    return [(NONE if key is None else str(key), _named(tab, key), found[key]) for key in order]


def _advisers(
    asked: Asked, found: dict[Key, dict[str, Value]], whose: Whose
) -> list[tuple[str, Text, dict[str, Value]]]:
    """By the person who has the cases; clients by the book's manager, who may not sign in here."""
    people = _heads(asked, ("manager",), whose.among)
    managers = {manager for (manager,) in people if manager}
    users = list(User.objects.filter(Q(pk__in=[one for one in found if one]) | Q(staff_id__in=managers)))
    told: list[tuple[str, Text, dict[str, Value]]] = []
    for user in users:
        values = found.get(user.pk, {})
        own = _of_heads(people, (user.staff_id or NONE,))
        told.append((str(user.pk), _who(user), {**values, **own}))
    for manager in managers - {user.staff_id for user in users}:
        name = Text(zh=manager, en=manager)
        told.append((STAFF + manager, name, _of_heads(people, (manager,))))
    told.sort(key=lambda one: (one[1].zh, one[0]))
    if None in found or ("",) in people:
        told.append((NONE, _NOBODY["adviser"], {**found.get(None, {}), **_of_heads(people, ("",))}))
    return told


def _who(user: User) -> Text:
    said = f"{user.staff_id} {user.actor_name}".strip()
    return Text(zh=said, en=said)


def _as_counted(tab: Tab, key: str) -> Key:
    try:
        return key_of(tab, key)
    except ValueError:
        return key


def _heads(
    asked: Asked, by: tuple[Literal["branch", "manager"], ...], among: Among
) -> dict[tuple[str, ...], Heads]:
    return heads(asked.first, asked.last, gone_between(asked.first, asked.last), *by, among=among)


def _of_heads(people: dict[tuple[str, ...], Heads], key: tuple[str, ...]) -> dict[str, Value]:
    """Not known where no delivery has brought any client."""
    if not people:
        return dict.fromkeys(PEOPLE)
    one = people.get(key, Heads(0, 0))
    return {"clients": Counted(one.there), "lost": Counted(one.gone, one.there)}


def _sum(values: Iterable[Value]) -> Value:
    found: Value = None
    for one in values:
        if one is None:
            return None
        found = one if found is None else found + one
    return found


def _named(tab: Tab, key: Key) -> Text:
    if key is None:
        return _NOBODY[tab]
    code = str(key)
    plain = Text(zh=code or "—", en=code or "—")
    if tab == "reason":
        reason = playbook().reasons.get(code)
        return reason.name if reason else plain
    if tab == "method":
        method = playbook().methods.get(code)
        return method.name if method else plain
    if tab == "sign":
        sign = signs().get(code)
        return sign.name if sign else plain
    return plain


def _place(tab: Tab, key: Key) -> tuple[bool, int, str]:
    """Reasons as the guide has them; all else by name."""
    code = "" if key is None else str(key)
    place = REASONS.index(code) if tab == "reason" and code in REASONS else len(REASONS)
    return key is None, place, code


TOTAL: Final = Text(zh="合计", en="All")
_NOBODY: Final[Mapping[Tab, Text]] = {
    "branch": Text(zh="没有营业部", en="No branch"),
    "adviser": Text(zh="无人承接", en="Nobody"),
    "reason": Text(zh="原因未知", en="Reason unknown"),
    "method": Text(zh="没有提过方案", en="Nothing was offered"),
    "sign": Text(zh="没有指标", en="No sign"),
}
