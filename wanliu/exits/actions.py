"""What the desk does with an exit. Each action takes what it needs of the exit itself, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, cast

from django.db import IntegrityError, transaction

from wanliu.audit.record import Actor, record
from wanliu.clock import now, today
from wanliu.errors import Refused
from wanliu.exits.blocks import blocks, check_counts
from wanliu.exits.models import IDENTITY_CHECKS, SIGNS, STAFF_CHANNELS, Condition, Departure, Escalation
from wanliu.exits.models import Exit as Row
from wanliu.exits.moving import checked_words, locked_for, move, step_due, stream_of
from wanliu.exits.queries import Exit, exit_of
from wanliu.exits.track import FINAL, KINDS, ON_THE_CLOCK, Kind, State, check_move
from wanliu.people.actions import freeze
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

LONGEST_REFERENCE: Final = 64


@dataclass(frozen=True)
class Requested:
    """The exit that the client asked for; ``is_new`` is False where it was asked before and is still open."""

    exit: Exit
    is_new: bool


@transaction.atomic
def request_exit(*, client_id: str, kind: Kind, channel: str, by: User) -> Requested:
    """Takes the request at once: all it needs is that the client exists. The clock starts here.

    Asked again while one of the kind is open, it returns that one and changes nothing. Another kind is an
    exit of its own, so that neither waits for the other. Raises NotFound, NotAllowed, and Refused for a
    kind or channel that there is not.
    """
    client = person(client_id)
    check_may(by, "exits.request", client)
    if kind not in KINDS or channel not in STAFF_CHANNELS:
        raise Refused(_NO_SUCH_REQUEST)
    if (found := _open_one(client_id, kind)) is not None:
        return Requested(exit_of(found), is_new=False)
    moment = now()
    row = Row(
        client_id=client_id,
        branch_id=client.branch_id,
        manager_id=client.manager_id,
        kind=kind,
        channel=channel,
        requested_at=moment,
        entered_at=moment,
        requested_by=by,
    )
    row.step_due_on = step_due(row, today())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else took the same request in this moment: theirs counts
        if (found := _open_one(client_id, kind)) is None:
            raise
        return Requested(exit_of(found), is_new=False)
    record_request(row, by=by)
    return Requested(exit_of(row.pk), is_new=True)


def record_request(row: Row, *, by: Actor) -> None:
    record(
        stream=stream_of(row.pk),
        verb="exit_requested",
        by=by,
        client_id=row.client_id,
        ids={"to": row.state, "kind": row.kind, "channel": row.channel},
    )


@transaction.atomic
def check_identity(*, exit_id: int, version: int, how: str, by: User) -> Exit:
    """Notes that the person who asks is the client. ``how``: document, app or phone."""
    row = locked_for("check_identity", exit_id, version, by)
    if how not in IDENTITY_CHECKS:
        raise Refused(_NO_SUCH_CHECK)
    row.identity_how, row.identity_at = how, now()
    move(row, "check_identity", by=by, ids={"how": how})
    return exit_of(row.pk)


@transaction.atomic
def list_conditions(*, exit_id: int, version: int, codes: Collection[str] = (), by: User) -> Exit:
    """Lists, once, what still stands in the way; nothing does where no code is given.

    Raises Refused for a code that does not count for this kind of exit.
    """
    row = locked_for("list_conditions", exit_id, version, by)
    wanted = list(dict.fromkeys(codes))
    check_move("list_conditions", cast(State, row.state), some_left=bool(wanted))
    for code in wanted:
        _find(row, code, note="", by=by)
    move(row, "list_conditions", by=by, some_left=bool(wanted), ids={"codes": ",".join(wanted)})
    return exit_of(row.pk)


@transaction.atomic
def add_condition(*, exit_id: int, version: int, code: str, note: str = "", by: User) -> Exit:
    """Adds a condition that was found later.

    Found when the exit was ready or submitted, it takes it back: that needs a note of what happened, and
    branch head and compliance are told at once. Raises Refused where the condition is open already.
    """
    row = locked_for("add_condition", exit_id, version, by)
    note = checked_words(note)
    before = cast(State, row.state)
    check_move("add_condition", before, some_left=True)
    sets_back = before in ON_THE_CLOCK
    if sets_back and not note:
        raise Refused(_SAY_WHAT_HAPPENED)
    if row.conditions.filter(code=code, cleared_at=None).exists():
        raise Refused(_OPEN_ALREADY)
    _find(row, code, note=note, by=by)
    due_on = row.due_on
    if sets_back:
        row.set_backs += 1
        _tell_of_set_back(row)
    ids = {"code": code, "was_due_on": due_on.isoformat() if due_on else None}
    move(row, "add_condition", by=by, some_left=True, ids=ids, payload={"note": note} if note else None)
    return exit_of(row.pk)


@transaction.atomic
def clear_condition(*, exit_id: int, version: int, code: str, note: str = "", by: User) -> Exit:
    """Notes that a condition no longer stands in the way. Raises Refused where it is not open."""
    row = locked_for("clear_condition", exit_id, version, by)
    note = checked_words(note)
    check_move("clear_condition", cast(State, row.state), some_left=True)
    found = row.conditions.filter(code=code, cleared_at=None).first()
    if found is None:
        raise Refused(_NOT_OPEN)
    found.cleared_at, found.cleared_by, found.cleared_note = now(), by, note
    found.save()
    some_left = row.conditions.filter(cleared_at=None).exists()
    payload = {"note": note} if note else None
    move(row, "clear_condition", by=by, some_left=some_left, ids={"code": code}, payload=payload)
    return exit_of(row.pk)


@transaction.atomic
def mark_ready(*, exit_id: int, version: int, by: User) -> Exit:
    """Nothing stands in the way: the two trading days begin. Raises Refused while a condition is open."""
    row = locked_for("mark_ready", exit_id, version, by)
    check_nothing_open(row)
    move(row, "mark_ready", by=by)
    return exit_of(row.pk)


@transaction.atomic
def submit(*, exit_id: int, version: int, by: User) -> Exit:
    """Notes that the exit was sent to the exchange or the clearing house."""
    row = locked_for("submit", exit_id, version, by)
    row.submitted_at = now()
    move(row, "submit", by=by)
    return exit_of(row.pk)


@transaction.atomic
def finish(*, exit_id: int, version: int, by: User) -> Exit:
    """Notes that it is done. A client whose account was closed is frozen from here on."""
    row = locked_for("finish", exit_id, version, by)
    row.done_at, row.done_on = now(), today()
    move(row, "finish", by=by, ids={"done_on": row.done_on.isoformat()})
    Departure.objects.create(client_id=row.client_id, kind=row.kind, on=row.done_on, exit=row)
    if row.kind == "close_account":
        freeze(client_id=row.client_id, by=by)
    return exit_of(row.pk)


@transaction.atomic
def withdraw(*, exit_id: int, version: int, how: str, reference: str, by: User) -> Exit:
    """Notes that the client took the request back, by the client's own signature or word in the app.

    ``reference`` names the signed form or the app's confirmation. Raises Refused without either: nobody
    else can take a request back.
    """
    row = locked_for("withdraw", exit_id, version, by)
    reference = checked_words(reference, most=LONGEST_REFERENCE)
    check_own_sign(how, reference)
    row.withdrawn_at, row.withdrawn_how, row.withdrawn_reference = now(), how, reference
    move(row, "withdraw", by=by, ids={"how": how}, payload={"reference": reference})
    return exit_of(row.pk)


def check_nothing_open(row: Row) -> None:
    """Raises Refused with the names of what is open."""
    open_ones = [blocks()[one.code].name for one in row.conditions.filter(cleared_at=None).order_by("id")]
    if open_ones and row.state not in FINAL:
        raise Refused(
            _STILL_OPEN.format(
                names=Text(
                    zh="、".join(one.zh for one in open_ones), en="; ".join(one.en for one in open_ones)
                )
            )
        )


def check_own_sign(how: str, reference: str) -> None:
    """Raises Refused where there is no sign of the client's own."""
    if not can_be_own_sign(how, reference):
        raise Refused(_ONLY_THE_CLIENT)


def can_be_own_sign(how: str, reference: str) -> bool:
    return how in SIGNS and bool(reference.strip())


def _open_one(client_id: str, kind: Kind) -> int | None:
    found = Row.objects.filter(client_id=client_id, kind=kind).exclude(state__in=FINAL)
    return found.values_list("pk", flat=True).first()


def _find(row: Row, code: str, *, note: str, by: User) -> None:
    block = check_counts(code, cast(Kind, row.kind))
    Condition.objects.create(
        exit=row, code=code, found_at=now(), found_by=by, note=note, expected_on=block.expected_on(today())
    )


def _tell_of_set_back(row: Row) -> None:
    """Once a day is enough: the second set-back of a day is in the records all the same."""
    Escalation.objects.get_or_create(
        exit=row, on=today(), why="set_back", defaults={"state": row.state, "due_on": row.due_on, "at": now()}
    )


_NO_SUCH_REQUEST = Text(
    zh="没有这种申请或受理方式，请重新选择。", en="There is no such kind of exit or channel; choose again."
)
_NO_SUCH_CHECK = Text(
    zh="请选择核对身份的方式：有效证件、手机应用或录音电话。",
    en="Choose how the identity was checked: by document, in the app or on the recorded line.",
)
_SAY_WHAT_HAPPENED = Text(
    zh="已经可以办理的申请要退回，请写明发生了什么。营业部负责人和合规会同时知道。",
    en="This takes back an exit that was ready: say what happened. Branch head and compliance are told.",
)
_OPEN_ALREADY = Text(
    zh="这个条件已经列着，还没有消除，不用再列。", en="This condition is listed and open already."
)
_NOT_OPEN = Text(
    zh="这个条件没有列入，或者已经消除了。", en="This condition is not listed, or it was cleared before."
)
_STILL_OPEN = Text(
    zh="还有条件没有消除：{names.zh}。消除后才能确认可以办理。",
    en="Conditions are still open: {names.en}. Clear them first; then it can be marked as ready.",
)
_ONLY_THE_CLIENT = Text(
    zh="只有客户本人可以撤回。请选择客户签字或手机应用确认，并填写单号。",
    en="Only the client can take the request back. Choose the client's signature or the confirmation in the "
    "app, and give its number.",
)
