"""Every action leaves its event; where the event cannot be written, nothing has changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from tests.concessions.desk import House, facts
from wanliu.audit.chain import verify
from wanliu.audit.models import Event
from wanliu.concessions import actions
from wanliu.concessions.queries import Granted, history

VERBS = ("answer", "end", "end_expired", "grant", "refuse", "renew", "request_terms", "withdraw")


def the_concession() -> Granted:
    return history("C1")[0]


def a_granted(house: House) -> Granted:
    house.in_state("answered")
    return the_concession()


def numbered(granted: Granted) -> dict[str, int]:
    return {"concession_id": granted.id, "version": granted.version}


DEEDS: dict[str, tuple[Callable[[House], Any], Callable[[House, Any], Any]]] = {
    "request_terms": (lambda _: None, lambda h, _: h.asks()),
    "grant": (lambda h: h.asks(), lambda h, it: h.grants(it)),
    "refuse": (lambda h: h.asks(), lambda h, it: h.refuses(it, reason="other", words="资料需要补齐")),
    "answer": (lambda h: h.in_state("granted"), lambda h, it: h.answers(it)),
    "withdraw": (
        lambda h: h.asks(),
        lambda h, it: actions.withdraw(request_id=it.id, version=it.version, by=h.adviser),
    ),
    "renew": (a_granted, lambda h, it: actions.renew(**numbered(it), facts=facts(), by=h.head)),
    "end": (a_granted, lambda h, it: actions.end(**numbered(it), why="client_asked", by=h.head)),
    "end_expired": (a_granted, lambda *_: actions.end_expired(day=date(2030, 1, 1))),
}
"""What must stand before, and the deed."""


def snapshot() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: sorted((dict(row) for row in model._default_manager.values()), key=str)
        for model in apps.get_app_config("concessions").get_models()
    }


def test_every_action_is_tried_below() -> None:
    own = {
        name
        for name, one in inspect.getmembers(actions, inspect.isfunction)
        if one.__module__ == actions.__name__ and not name.startswith(("_", "can_", "check_"))
    }

    assert own == set(DEEDS) == set(VERBS)


@pytest.mark.parametrize("deed", DEEDS)
def test_an_action_leaves_one_event_and_the_chain_holds(house: House, deed: str) -> None:
    prepare, act = DEEDS[deed]
    given = prepare(house)
    before, events = snapshot(), Event.objects.count()

    act(house, given)

    assert Event.objects.count() == events + 1
    assert snapshot() != before
    assert verify().holds


@pytest.mark.parametrize("deed", DEEDS)
def test_where_the_event_cannot_be_written_nothing_has_changed(
    house: House, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, act = DEEDS[deed]
    given = prepare(house)
    before, events = snapshot(), Event.objects.count()

    def fail(_event: Any) -> str:
        raise RuntimeError("no event today")

    monkeypatch.setattr("wanliu.audit.record.hash_of", fail)
    with pytest.raises(RuntimeError, match="no event"):
        act(house, given)

    assert snapshot() == before
    assert Event.objects.count() == events


def test_no_free_text_stands_among_an_events_ids(house: House) -> None:
    house.refuses(house.asks(), reason="other", words="资料需要补齐")

    for event in Event.objects.all():
        assert not any("\u4e00" <= sign <= "\u9fff" for value in event.ids.values() for sign in str(value))
