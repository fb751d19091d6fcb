"""Reading requests and concessions: what waits for whom, and how often a client's terms were lowered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import cast

from django.db.models import Count, QuerySet

from wanliu.clock import SHANGHAI, today
from wanliu.commission.tariff import Channel
from wanliu.commission.terms import Terms
from wanliu.concessions import models
from wanliu.concessions.moving import NO_SUCH_CONCESSION, NO_SUCH_REQUEST
from wanliu.concessions.track import FINAL, MOVES, OPEN, STEPS, Decision, EndedFor, RefusedFor, State, Verb
from wanliu.errors import NotFound
from wanliu.people.rights import Sight, can
from wanliu.people.user import User
from wanliu.text import Text

MOST = 100
AT_ONCE = 2000
EVERYTHING = Sight()


@dataclass(frozen=True)
class Request:
    """One request as it stands. None is: has not happened, or is not known."""

    id: int
    client_id: str
    branch_id: str
    manager_id: str
    state: State
    version: int
    channel: Channel
    tariff: str
    tier: str
    terms: Terms
    as_of: date
    assets: Decimal | None
    turnover: Decimal
    old_rate: Decimal | None
    old_minimum: Decimal | None
    requested_at: datetime
    requested_by: int
    requested_by_name: str
    due_on: date
    decision: Decision | None
    decided_at: datetime | None
    decided_by_name: str | None
    reason: RefusedFor | None
    words: str
    answered_at: datetime | None
    answered_by_name: str | None
    letter: Text | None

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL

    @property
    def is_late(self) -> bool:
        """The client should have had the answer by now."""
        return self.is_open and today() > self.due_on


@dataclass(frozen=True)
class Granted:
    """Terms that were granted; ``ended_on`` is the first day on which they hold no longer."""

    id: int
    request_id: int
    client_id: str
    channel: Channel
    number: int
    version: int
    tier: str
    terms: Terms
    old_rate: Decimal | None
    old_minimum: Decimal | None
    effective_on: date
    review_on: date
    until: date
    ended_on: date | None
    ended_why: EndedFor | None

    @property
    def lowers_rate(self) -> bool | None:
        """None where the rate before is not known."""
        return None if self.old_rate is None else self.terms.rate < self.old_rate

    @property
    def lowers_minimum(self) -> bool | None:
        return None if self.old_minimum is None else self.terms.minimum < self.old_minimum


def request_of(id: int) -> Request:
    """Raises NotFound."""
    row = _requests().filter(pk=id).first()
    if row is None:
        raise NotFound(NO_SUCH_REQUEST)
    return _request(row)


def granted_of(id: int) -> Granted:
    """Raises NotFound."""
    row = models.Concession.objects.filter(pk=id).first()
    if row is None:
        raise NotFound(NO_SUCH_CONCESSION)
    return _granted(row)


def requests_of(client_id: str) -> list[Request]:
    """All of a client, the newest first."""
    return [_request(row) for row in _requests().filter(client_id=client_id).order_by("-id")]


def requests_by(user: User, *, start: int = 0, most: int = MOST) -> list[Request]:
    """What this person took from clients, the newest first."""
    found = _requests().filter(requested_by=user).order_by("-id")
    return [_request(row) for row in found[start : start + most]]


def requests_by_size(user: User) -> int:
    return models.CommissionRequest.objects.filter(requested_by=user).count()


def decided_between(first: date, last: date) -> Iterator[Request]:
    """Every request that was decided on these days (Shanghai), for whoever counts them."""
    begin, end = (datetime.combine(day, time.min, SHANGHAI) for day in (first, last + timedelta(days=1)))
    found = _requests().filter(decided_at__gte=begin, decided_at__lt=end).order_by("id")
    return map(_request, found.iterator(chunk_size=AT_ONCE))


def history(client_id: str) -> list[Granted]:
    """Every concession of a client, the first one first: the guide's “three to five cuts” are its length."""
    return [_granted(row) for row in models.Concession.objects.filter(client_id=client_id).order_by("number")]


def counts(client_ids: Collection[str]) -> dict[str, int]:
    """Client → how many concessions; those without any are left out."""
    found = models.Concession.objects.filter(client_id__in=client_ids)
    return dict(found.values_list("client_id").annotate(Count("id")))


def in_force(client_id: str, day: date) -> list[Granted]:
    """What holds on the day, one for each channel at most."""
    return [
        one
        for one in history(client_id)
        if one.effective_on <= day <= one.until and (one.ended_on is None or day < one.ended_on)
    ]


def queue(
    sight: Sight, *, states: Collection[State] = OPEN, start: int = 0, most: int = MOST
) -> list[Request]:
    """What waits for a decision or an answer, the first due first."""
    found = _within(_requests().filter(state__in=states), sight)
    return [_request(row) for row in found.order_by("due_on", "id")[start : start + most]]


def sizes(sight: Sight) -> dict[State, int]:
    """How many wait in each open state; those without any are left out."""
    found = _within(models.CommissionRequest.objects.filter(state__in=OPEN), sight)
    return dict(found.values_list("state").annotate(Count("id")))


def reviews_due(day: date, *, sight: Sight = EVERYTHING, start: int = 0, most: int = MOST) -> list[Granted]:
    """Concessions in force whose criteria are to be looked at by the day, the oldest first."""
    return [_granted(row) for row in _due(day, sight).order_by("review_on", "id")[start : start + most]]


def reviews_due_size(day: date, sight: Sight) -> int:
    return _due(day, sight).count()


def _due(day: date, sight: Sight) -> QuerySet[models.Concession]:
    found = models.Concession.objects.filter(ended_on__isnull=True, review_on__lte=day)
    if sight.nothing:
        return found.none()
    if sight.branch_id is not None:
        return found.filter(request__branch_id=sight.branch_id)
    return found if sight.manager_id is None else found.filter(request__manager_id=sight.manager_id)


def moves_for(user: User, request: Request) -> tuple[Verb, ...]:
    """What this person may do with the request now."""
    return tuple(
        verb
        for verb, state in MOVES
        if state == request.state
        and can(user, STEPS[verb].action, request)
        and not (STEPS[verb].action == "concessions.decide" and request.requested_by == user.pk)
    )


def _requests() -> QuerySet[models.CommissionRequest]:
    return models.CommissionRequest.objects.select_related("requested_by", "decided_by", "answered_by")


def _within(rows: QuerySet[models.CommissionRequest], sight: Sight) -> QuerySet[models.CommissionRequest]:
    if sight.nothing:
        return rows.none()
    if sight.branch_id is not None:
        return rows.filter(branch_id=sight.branch_id)
    return rows if sight.manager_id is None else rows.filter(manager_id=sight.manager_id)


def _request(row: models.CommissionRequest) -> Request:
    return Request(
        id=row.pk,
        client_id=row.client_id,
        branch_id=row.branch_id,
        manager_id=row.manager_id,
        state=cast(State, row.state),
        version=row.version,
        channel=cast(Channel, row.channel),
        tariff=row.tariff,
        tier=row.tier,
        terms=Terms(row.rate, row.minimum),
        as_of=row.as_of,
        assets=row.assets,
        turnover=row.turnover,
        old_rate=row.old_rate,
        old_minimum=row.old_minimum,
        requested_at=row.requested_at,
        requested_by=row.requested_by_id,
        requested_by_name=row.requested_by.actor_name,
        due_on=row.due_on,
        decision=cast(Decision, row.decision) if row.decision else None,
        decided_at=row.decided_at,
        decided_by_name=None if row.decided_by is None else row.decided_by.actor_name,
        reason=cast(RefusedFor, row.reason) if row.reason else None,
        words=row.words,
        answered_at=row.answered_at,
        answered_by_name=None if row.answered_by is None else row.answered_by.actor_name,
        letter=Text(zh=row.letter_zh, en=row.letter_en) if row.letter_zh else None,
    )


def _granted(row: models.Concession) -> Granted:
    return Granted(
        id=row.pk,
        request_id=row.request_id,
        client_id=row.client_id,
        channel=cast(Channel, row.channel),
        number=row.number,
        version=row.version,
        tier=row.tier,
        terms=Terms(row.rate, row.minimum),
        old_rate=row.old_rate,
        old_minimum=row.old_minimum,
        effective_on=row.effective_on,
        review_on=row.review_on,
        until=row.until,
        ended_on=row.ended_on,
        ended_why=cast(EndedFor, row.ended_why) if row.ended_why else None,
    )
