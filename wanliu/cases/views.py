"""What others see of this room's rows: frozen values, made from rows that were read whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wanliu.cases import models
from wanliu.cases.figures import job_name
from wanliu.cases.track import TASKS
from wanliu.text import Text


@dataclass(frozen=True)
class CaseView:
    """A case as it stands. None is: not yet, unknown, or there is none."""

    id: int
    client_id: str
    branch_id: str
    manager_id: str
    kind: str
    state: str
    version: int
    level: str
    level_at_open: str
    alarm_level: str
    value_at_stake: Decimal | None
    net_assets_at_open: Decimal | None
    opened_on: date
    alarmed_on: date | None
    as_of: date | None
    run_id: str
    assignee_id: int | None
    assignee_name: str | None
    assigned_at: datetime | None
    due_on: date | None
    first_contact_at: datetime | None
    reached_at: datetime | None
    suspended_at: datetime | None
    suspended_why: str | None
    outcome_claimed: str | None
    declined_on: date | None
    closed_at: datetime | None
    merged_into: int | None


@dataclass(frozen=True)
class TaskView:
    """A task or promise. ``name``: what the house calls it; ``title``: the words of staff, if any."""

    id: int
    client_id: str
    case_id: int | None
    kind: str
    name: Text
    title: str
    to_whom: str
    job: str
    must: bool
    due_on: date
    state: str
    assignee_id: int | None
    assignee_name: str | None
    escalated_to: str
    escalated_on: date | None
    ended_at: datetime | None
    ended_why: str
    version: int


@dataclass(frozen=True)
class ContactView:
    """A contact; ``corrected``: a later row stands for it."""

    id: int
    client_id: str
    case_id: int | None
    method: str
    direction: str
    purpose: str
    connection: str
    feedback: str
    feedback_detail: str
    declined: bool
    reason: str
    said: str
    note: str
    verdict: str
    happened_at: datetime
    recorded_at: datetime
    next_follow_up_on: date | None
    by_name: str
    corrects: int | None
    corrected: bool


@dataclass(frozen=True)
class OfferView:
    id: int
    client_id: str
    case_id: int
    method: str
    method_version: int
    method_hash: str
    reason: str
    state: str
    offered_at: datetime
    offered_by: str
    answered_at: datetime | None
    task_id: int | None


@dataclass(frozen=True)
class OutcomeView:
    """``result`` None: not judged yet. ``share``: net assets then ÷ the alarm day's; None is unknown."""

    horizon: int
    due_on: date
    result: str | None
    judged_on: date | None
    as_of: date | None
    share: Decimal | None


@dataclass(frozen=True)
class TalkView:
    exit_id: int
    client_id: str
    state: str
    noted_at: datetime
    answered_at: datetime | None
    held_at: datetime | None


@dataclass(frozen=True)
class ReviewView:
    """A contact in compliance's queue; ``verdict`` None: it waits."""

    id: int
    version: int
    client_id: str
    cause: str
    codes: tuple[str, ...]
    why: str
    verdict: str | None
    remark: str
    decided_at: datetime | None
    decided_by: str | None
    contact: ContactView


@dataclass(frozen=True)
class CaseDetail:
    """A case with all that belongs to it, the newest first; tasks by their day."""

    case: CaseView
    signs: tuple[str, ...]
    dismissed: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    contacts: tuple[ContactView, ...]
    offers: tuple[OfferView, ...]
    outcomes: tuple[OutcomeView, ...]
    snoozed_until: date | None
    moves: tuple[str, ...]
    """The verbs of ``track.MOVES`` that its state allows."""


def case_view(row: models.Case) -> CaseView:
    """The row's assignee must have been read with it."""
    return CaseView(
        id=row.pk,
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id,
        kind=row.kind,
        state=row.state,
        version=row.version,
        level=row.level,
        level_at_open=row.level_at_open,
        alarm_level=row.alarm_level,
        value_at_stake=row.value_at_stake,
        net_assets_at_open=row.net_assets_at_open,
        opened_on=row.opened_on,
        alarmed_on=row.alarmed_on,
        as_of=row.as_of,
        run_id=row.run_id,
        assignee_id=row.assignee_id,
        assignee_name=row.assignee.actor_name if row.assignee else None,
        assigned_at=row.assigned_at,
        due_on=row.due_on,
        first_contact_at=row.first_contact_at,
        reached_at=row.reached_at,
        suspended_at=row.suspended_at,
        suspended_why=row.suspended_why,
        outcome_claimed=row.outcome_claimed,
        declined_on=row.declined_on,
        closed_at=row.closed_at,
        merged_into=row.merged_into_id,
    )


def task_view(row: models.Task) -> TaskView:
    return TaskView(
        id=row.pk,
        client_id=row.client_id,
        case_id=row.case_id,
        kind=row.kind,
        name=job_name(row.job) if row.job else TASKS[row.kind].name,  # type: ignore[index]  # a CharField
        title=row.title,
        to_whom=row.to_whom,
        job=row.job,
        must=row.must,
        due_on=row.due_on,
        state=row.state,
        assignee_id=row.assignee_id,
        assignee_name=row.assignee.actor_name if row.assignee else None,
        escalated_to=row.escalated_to,
        escalated_on=row.escalated_on,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        version=row.version,
    )


def contact_view(row: models.Contact) -> ContactView:
    return ContactView(
        id=row.pk,
        client_id=row.client_id,
        case_id=row.case_id,
        method=row.method,
        direction=row.direction,
        purpose=row.purpose,
        connection=row.connection,
        feedback=row.feedback,
        feedback_detail=row.feedback_detail,
        declined=row.declined,
        reason=row.reason,
        said=row.said,
        note=row.note,
        verdict=row.verdict,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        next_follow_up_on=row.next_follow_up_on,
        by_name=row.by.actor_name,
        corrects=row.corrects_id,
        corrected=bool(row.corrections.all()),
    )


def offer_view(row: models.Offer) -> OfferView:
    return OfferView(
        id=row.pk,
        client_id=row.client_id,
        case_id=row.case_id,
        method=row.method,
        method_version=row.method_version,
        method_hash=row.method_hash,
        reason=row.reason,
        state=row.state,
        offered_at=row.offered_at,
        offered_by=row.offered_by.actor_name,
        answered_at=row.answered_at,
        task_id=row.task_id,
    )


def outcome_view(row: models.OutcomeCheck) -> OutcomeView:
    return OutcomeView(row.horizon, row.due_on, row.result, row.judged_on, row.as_of, row.share)


def talk_view(row: models.Talk) -> TalkView:
    return TalkView(
        exit_id=row.exit_id,
        client_id=row.client_id,
        state=row.state,
        noted_at=row.noted_at,
        answered_at=row.answered_at,
        held_at=row.contact.happened_at if row.contact else None,
    )


def review_view(row: models.NoteReview) -> ReviewView:
    return ReviewView(
        id=row.pk,
        version=row.version,
        client_id=row.client_id,
        cause=row.cause,
        codes=tuple(row.codes),
        why=row.why,
        verdict=row.verdict,
        remark=row.remark,
        decided_at=row.decided_at,
        decided_by=row.decided_by.actor_name if row.decided_by else None,
        contact=contact_view(row.contact),
    )
