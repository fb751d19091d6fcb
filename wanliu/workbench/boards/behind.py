"""The rows behind a number: lines that lead to the client; for who sees no clients, how many each day."""

from __future__ import annotations

from typing import Any

from wanliu.cases.tallies import PAGE, TALLIES, By, Key, Row, rows_behind, tallied
from wanliu.cases.track import KINDS, RESULTS, STATES, TASK_STATES, TASKS
from wanliu.exits.gone import gone_between
from wanliu.oversight.board_measures import formula_of, name_of
from wanliu.oversight.board_rows import NONE, PEOPLE, STAFF, key_of, row_named
from wanliu.oversight.board_told import HEADS
from wanliu.people.headcount import Among, clients_there
from wanliu.people.queries import Person, persons
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.boards.asked import Asked
from wanliu.workbench.numbers import number


def behind(
    user: User, chosen: Asked, *, measure: str, part: bool, key: str, page: str | None
) -> dict[str, Any]:
    """What the list shows. An empty key: of all rows of the board."""
    common = {
        "measure": name_of(measure),
        "formula": formula_of(measure, chosen.horizon),
        "part": part,
        "where": None if not key else (HEADS[chosen.tab], row_named(chosen.tab, key)),
        "opens_clients": can(user, "client.view"),
        "address": chosen.address(measure=measure, side="part" if part else "whole", key=key),
    }
    if not can(user, "cases.view"):
        return {**common, "days": _days(chosen, measure, part=part, key=key), "hidden": True}
    if measure in PEOPLE:
        return {**common, **_clients(chosen, key, lost=part, page=number(page))}
    return {**common, **_lines(user, chosen, measure, key, part=part, page=number(page))}


def _by(chosen: Asked, key: str) -> tuple[By | None, Key]:
    """Nothing where no row is named. What no row has finds nothing."""
    if not key:
        return None, None
    try:
        return chosen.tab, key_of(chosen.tab, key)
    except ValueError:
        return chosen.tab, -1


def _lines(user: User, chosen: Asked, measure: str, key: str, *, part: bool, page: int) -> dict[str, Any]:
    by, named = _by(chosen, key)
    own = chosen.whose.user is not None
    asked = chosen.whose.asked(chosen.period, chosen.horizon)
    found = rows_behind(asked, measure, "part" if part else "whole", by, named, page=page)
    people = persons(one.client_id for one in found.lines)
    lines = [_line(user, one, people.get(one.client_id), own=own) for one in found.lines]
    return {"lines": lines, "total": found.total, "page": found.page, "pages": found.pages}


def _line(user: User, one: Row, person: Person | None, *, own: bool) -> dict[str, Any]:
    """A client who moved away is a number in one's own past work, and no longer somebody to look at."""
    seen = person is not None and can(user, "client.view", person)
    working = one.kind in KINDS and one.state in STATES and one.state not in ("tracking", "closed")
    seen = seen or (own and one.assignee_id == user.pk and (working or one.state == "open"))
    return {"one": one, "person": person if seen else None, "kind": _kind(one), "state": _state(one)}


def _kind(one: Row) -> Text:
    if one.kind == "outcome":
        return _OUTCOME
    if one.kind in KINDS:
        return KINDS[one.kind]  # type: ignore[index]  # a CharField is no Literal
    return TASKS[one.kind].name  # type: ignore[index]  # as above


def _state(one: Row) -> Text:
    if one.kind == "outcome":
        return RESULTS[one.state] if one.state else _NOT_YET  # type: ignore[index]  # as above
    words = STATES if one.kind in KINDS else TASK_STATES
    return words[one.state]  # type: ignore[index]  # as above


def _clients(chosen: Asked, key: str, *, lost: bool, page: int) -> dict[str, Any]:
    period, among = chosen.period, _among(chosen, key)
    gone = gone_between(period.first, period.last)
    people, total = clients_there(
        period.first, period.last, gone, among=among, lost=lost, page=page, size=PAGE
    )
    return {"clients": people, "total": total, "page": page, "pages": max(1, -(-total // PAGE))}


def _among(chosen: Asked, key: str) -> Among:
    """A row's clients: a branch's, or those of the manager whom the row is of."""
    among = chosen.whose.among
    if not key or chosen.tab not in ("branch", "adviser"):
        return among
    if chosen.tab == "branch":
        return Among(key, among.manager_id)
    if key == NONE:
        return Among(among.branch_id, "")
    if key.startswith(STAFF):
        return Among(among.branch_id, key.removeprefix(STAFF))
    user = User.objects.filter(pk=number(key, 0)).first()
    return Among(among.branch_id, (user.staff_id if user else "") or NONE)


def _days(chosen: Asked, measure: str, *, part: bool, key: str) -> list[tuple[str, int]]:
    """Day → how many, without a client; clients have no day."""
    if measure in PEOPLE:
        return []
    by, named = _by(chosen, key)
    asked = chosen.whose.asked(chosen.period, chosen.horizon)
    found: dict[str, int] = {}
    groups = (by, "day") if by is not None else ("day",)
    for one, counts in tallied(asked, *groups, names=(measure,)).items():
        if by is None or one[0] == named:
            told = counts[measure]
            number_of = told.part if part or TALLIES[measure].part is None else told.whole
            if number_of:
                found[str(one[-1])] = number_of
    return sorted(found.items())


_OUTCOME = Text(zh="结果（按账簿）", en="Outcome by the book")
_NOT_YET = Text(zh="账簿尚未判定", en="not judged yet")
