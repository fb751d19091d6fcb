"""A complaint: written down at once, answered by somebody, closed by the branch head or compliance."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from wanliu.audit.record import Actor, record
from wanliu.cases import due, inputs, linting
from wanliu.cases.figures import sla
from wanliu.cases.hands import move, take, take_case, working_case
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, Contact
from wanliu.cases.serving import check_may_serve, users_of_managers
from wanliu.cases.suspending import facts_of, settle
from wanliu.cases.track import METHODS
from wanliu.clock import now, today, trading_days
from wanliu.people.queries import Person, person
from wanliu.people.rights import Located
from wanliu.people.user import User


@transaction.atomic
def record_complaint(*, client_id: str, said: str, method: str, by: User) -> int:
    """Opens a complaint case, or adds to the one that is open; its number. Retention rests from now on.

    Raises NotFound, NotAllowed, and Refused for empty words.
    """
    client = person(client_id)
    check_may_serve(by, "cases.complain", client_id, client)
    inputs.check_code(method, METHODS)
    said = inputs.words(said, needed=True)
    folder = take(client_id)
    case = working_case(client_id, "complaint") or open_complaint(client_id, client, by=by)
    contact = Contact.objects.create(
        client_id=client_id,
        case=case,
        method=method,
        direction="in",
        purpose="complaint",
        connection="connected",
        said=said,
        verdict="pass",
        happened_at=now(),
        recorded_at=now(),
        by=by,
    )
    folder.last_contact_at, folder.last_connection = contact.happened_at, contact.connection
    folder.save()
    record(
        stream=f"case/{case.pk}",
        verb="complaint_recorded",
        by=by,
        client_id=client_id,
        ids={"case": case.pk, "contact": contact.pk},
        payload={"said": said},
    )
    _settle(client, by=by)
    return case.pk


def open_complaint(client_id: str, place: Located, *, requests: Iterable[str] = (), by: Actor) -> Case:
    """A new case with its first contact due; whoever calls holds the folder and records it."""
    owner = users_of_managers({place.manager_id}).get(place.manager_id)
    case = Case.objects.create(
        client_id=client_id,
        branch_id=place.branch_id,
        manager_id=place.manager_id,
        kind="complaint",
        state="assigned" if owner else "open",
        opened_on=today(),
        book_requests=sorted(requests),
        assignee=owner,
        assigned_at=now() if owner else None,
        assigned_by=by.actor_id if owner else "",
        due_on=trading_days().after(today(), sla().complaint.days),
    )
    due.first_contact_of(case, by=by).save()
    return case


@transaction.atomic
def close_complaint(*, case_id: int, answer: str, version: int, by: User) -> int:
    """Closes the complaint with the answer that the client was given; retention goes on. The new version.

    Raises NotFound, NotAllowed, Changed, Refused without an answer, Blocked or Doubtful for its words.
    """
    answer = inputs.words(answer, needed=True)
    linting.check_words(answer, by=by)
    case, client = take_case(case_id, "close_complaint", by=by, version=version)
    move(case, "close_complaint")
    case.closed_at, case.closed_by = now(), by.actor_id
    case.save()
    due.drop_resting(case, by=by)
    record(
        stream=f"case/{case.pk}",
        verb="complaint_closed",
        by=by,
        client_id=case.client_id,
        ids={"case": case.pk},
        payload={"answer": answer},
    )
    _settle(client, by=by)
    return case.version


def _settle(client: Person, *, by: Actor) -> None:
    settle([client.client_id], facts_of([client.client_id]), by=by)
    refresh(client.client_id)
