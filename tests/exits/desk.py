"""An exit brought to where a test needs it, by the desk's own actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.test import override_settings

from wanliu.exits import actions
from wanliu.exits.queries import Exit, exit_of
from wanliu.exits.track import Kind, State, Verb
from wanliu.people.user import User

FRIDAY: Final = date(2026, 3, 6)
SATURDAY: Final = date(2026, 3, 7)
MONDAY: Final = date(2026, 3, 9)
TUESDAY: Final = date(2026, 3, 10)
WEDNESDAY: Final = date(2026, 3, 11)

CODE: Final = "OPEN_ORDER"
SIGN: Final = {"how": "signature", "reference": "XH-2026-0001"}

GIVEN: Final[Mapping[Verb, Mapping[str, Any]]] = {
    "check_identity": {"how": "document"},
    "list_conditions": {"codes": ()},
    "add_condition": {"code": CODE, "note": "客户又下了单"},
    "clear_condition": {"code": CODE},
    "mark_ready": {},
    "submit": {},
    "finish": {},
    "withdraw": SIGN,
}
"""What each of the desk's actions needs beside the exit."""

ROAD: Final[Mapping[State, tuple[Verb, ...]]] = {
    "requested": (),
    "identity_checked": ("check_identity",),
    "conditions_listed": ("check_identity", "list_conditions"),
    "conditions_open": ("check_identity", "list_conditions", "add_condition"),
    "ready": ("check_identity", "list_conditions", "mark_ready"),
    "submitted": ("check_identity", "list_conditions", "mark_ready", "submit"),
    "done": ("check_identity", "list_conditions", "mark_ready", "submit", "finish"),
    "withdrawn_by_client": ("withdraw",),
}
"""A way to every state."""


def act(verb: Verb, leaving: Exit, *, by: User, **given: Any) -> Exit:
    """One action on the exit as the person sees it."""
    action: Callable[..., Exit] = getattr(actions, verb)
    return action(exit_id=leaving.id, version=leaving.version, by=by, **{**GIVEN[verb], **given})


def an_exit(
    state: State = "requested", *, by: User, client: str = "C1", kind: Kind = "close_account"
) -> Exit:
    """An exit of the client in the state; the client must be there."""
    leaving = actions.request_exit(client_id=client, kind=kind, channel="counter", by=by).exit
    for verb in ROAD[state]:
        leaving = act(verb, leaving, by=by)
    return leaving


def again(leaving: Exit) -> Exit:
    return exit_of(leaving.id)


def on(day: date) -> override_settings:
    """Within the block it is that day."""
    return override_settings(WANLIU_TODAY=day)
