"""Who is not to be kept at all: plain facts of the client's file, never a score."""

from __future__ import annotations

from collections.abc import Iterator

from wanliu.advice import stops
from wanliu.advice.client import Client, Row
from wanliu.cases.figures import Limit
from wanliu.clock import today
from wanliu.people.queries import Person
from wanliu.text import Text


def for_good(client: Person) -> list[tuple[Limit, Text]]:
    """Why this client gets no retention contact; empty where nothing of the file bars it."""
    return list(_reasons(client))


def _reasons(client: Person) -> Iterator[tuple[Limit, Text]]:
    if client.is_closed:
        yield "closed", _CLOSED
    for stop in out_of(client):
        yield "out", stop.why
    if client.do_not_contact:
        yield "do_not_contact", _DO_NOT_CONTACT
    if client.marketing_consent in ("refused", "withdrawn"):
        yield "consent", _NO_CONSENT
    if client.scoring_opt_out:
        yield "scoring", _NO_SCORING


def out_of(client: Person) -> list[stops.Stop]:
    """Whom nothing is offered: minors, the deceased, frozen accounts, employees, no persons."""
    found = stops.stops_of(on_file(client), stage="normal", channel="counter")
    return [stop for stop in found if stop.kind == "out"]


def on_file(client: Person, *, requests: tuple[Row, ...] = (), contacts: tuple[Row, ...] = ()) -> Client:
    """The client's file as advice reads it, from what the workbench knows today."""
    return Client(
        row={
            "client_id": client.client_id,
            "kind": client.kind,
            "status": client.status,
            "is_employee": client.is_employee,
            "do_not_contact": client.do_not_contact,
            "marketing_consent": client.marketing_consent,
            "birth_year": client.birth_year,
            "risk_level": client.risk_level,
            "opened_on": client.opened_on,
            "closed_on": client.closed_on,
        },
        as_of=today(),
        orders=None,
        requests=requests,
        contacts=contacts,
        profile_changes=None,
        exits=(),
        held=None,
        manager=None,
        branch=None,
        median_rate=None,
    )


_CLOSED = Text(
    zh="客户已销户：资料只保存，不再联系。",
    en="The account is closed: the data are kept; nobody calls any more.",
)
_DO_NOT_CONTACT = Text(
    zh="客户要求勿扰：不主动联系。", en="The client asked not to be contacted: nobody calls."
)
_NO_CONSENT = Text(
    zh="客户拒绝或撤回了营销同意：不作挽留联系。",
    en="The client refused marketing or withdrew the consent: no retention contact.",
)
_NO_SCORING = Text(
    zh="客户拒绝自动化评分：不按预警联系。",
    en="The client opted out of automated scoring: nobody calls because of a warning.",
)
