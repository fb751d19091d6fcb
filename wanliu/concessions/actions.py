"""What may be done with a commission request. A decision reads request, tariff and authority alone."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.db import IntegrityError, transaction

from wanliu.audit.record import Actor, System, record
from wanliu.book.calendar import months_earlier
from wanliu.clock import now, today, trading_days
from wanliu.commission.tariff import Channel, Tier
from wanliu.concessions.authority import authority
from wanliu.concessions.eligibility import Facts, can_have, check_can_have, check_is_better, tariffs, tier_of
from wanliu.concessions.granting import TOLD_BEFORE, granted_to, letter_for
from wanliu.concessions.letters import checked_words
from wanliu.concessions.models import ANSWERED_BY, CommissionRequest, Concession
from wanliu.concessions.moving import locked_concession, locked_for, move, stream_of
from wanliu.concessions.queries import Granted, Request, granted_of, request_of
from wanliu.concessions.track import FINAL, REFUSALS, EndedFor, RefusedFor, State, check_move
from wanliu.errors import Refused
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text


@transaction.atomic
def request_terms(*, client_id: str, channel: Channel, tier: str, facts: Facts, by: User) -> Request:
    """Files the client's request for a published tier; the answer is due within the tariff's trading days.

    An unmet criterion does not stop a request: the answer says in writing what is missing. Raises NotFound,
    NotAllowed, and Refused for a closed account, figures that are too old, a tier that there is not or that
    is no gain, and where a request is open already.
    """
    client = person(client_id)
    check_may(by, "concessions.request", client)
    if client.is_closed:
        raise Refused(_CLOSED)
    _check_fresh(facts)
    tariff = tariffs().on(today())
    asked = tier_of(tariff, channel, tier)
    check_is_better(asked, facts)
    _check_none_open(client_id, channel)
    row = CommissionRequest(
        client_id=client_id,
        branch_id=client.branch_id,
        manager_id=client.manager_id,
        channel=channel,
        tariff=tariff.id,
        tier=tier,
        rate=asked.rate,
        minimum=asked.minimum,
        book=facts.book,
        as_of=facts.as_of,
        assets=facts.assets,
        turnover=facts.turnover,
        old_rate=facts.rate,
        old_minimum=facts.minimum,
        requested_at=now(),
        requested_by=by,
        due_on=trading_days().after(today(), tariff.answer_days),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:  # somebody else filed it in this moment
        raise Refused(_OPEN_ALREADY) from fault
    ids = {
        "tariff": tariff.id,
        "tier": tier,
        "channel": channel,
        "book": facts.book,
        "due_on": str(row.due_on),
    }
    record(stream=stream_of(row.pk), verb="commission_requested", by=by, client_id=client_id, ids=ids)
    return request_of(row.pk)


@transaction.atomic
def grant(*, request_id: int, version: int, by: User) -> Request:
    """Grants the published terms that were asked for; there is no granting of others.

    Raises NotFound, NotAllowed, Changed, and Refused for one's own request, unmet criteria, terms below the
    floor or below the role's authority.
    """
    row = locked_for("grant", request_id, version, by)
    check_move("grant", _state(row))
    check_may_grant(row, by)
    row.decision, row.decided_at, row.decided_by = "granted", now(), by
    move(row, "grant", by=by, ids={"tier": row.tier})
    return request_of(row.pk)


@transaction.atomic
def refuse(*, request_id: int, version: int, reason: RefusedFor, words: str = "", by: User) -> Request:
    """Refuses with a reason that the client will read. Unmet criteria cannot be claimed where they are met.

    Raises as ``grant`` does, and Refused without words where the reason is none of the usual.
    """
    row = locked_for("refuse", request_id, version, by)
    check_move("refuse", _state(row))
    _check_other_person(row, by)
    words = checked_words(words)
    if reason not in REFUSALS:
        raise Refused(_NO_SUCH_REASON)
    if reason == "other" and not words:
        raise Refused(_SAY_WHY)
    if reason == "criteria_not_met" and can_have(_tier(row), _facts(row)):
        raise Refused(_CRITERIA_MET)
    row.decision, row.decided_at, row.decided_by = "refused", now(), by
    row.reason, row.words = reason, words
    move(row, "refuse", by=by, ids={"reason": reason})
    return request_of(row.pk)


@transaction.atomic
def answer(*, request_id: int, version: int, how: str, by: User) -> Request:
    """Notes that the client was told in writing; granted terms hold from the next trading day on.

    A concession of the channel that is in force ends the day before.
    """
    _take_turns(request_id)
    row = locked_for("answer", request_id, version, by)
    check_move("answer", _state(row))
    if how not in ANSWERED_BY:
        raise Refused(_NO_SUCH_WAY)
    found = granted_to(row) if row.decision == "granted" else None
    words = letter_for(row, found)
    row.answered_at, row.answered_by, row.answered_how = now(), by, how
    row.letter_zh, row.letter_en = words.zh, words.en
    ids: dict[str, str | int | None] = {"decision": row.decision, "how": how}
    if found is not None:
        _supersede(row, found.effective_on, by=by)
        found.save(force_insert=True)
        ids |= {"number": found.number, "effective_on": str(found.effective_on)}
    move(row, "answer", by=by, ids=ids)
    return request_of(row.pk)


@transaction.atomic
def withdraw(*, request_id: int, version: int, by: User) -> Request:
    """Notes that the client took the request back."""
    row = locked_for("withdraw", request_id, version, by)
    row.withdrawn_at = now()
    move(row, "withdraw", by=by)
    return request_of(row.pk)


@transaction.atomic
def renew(*, concession_id: int, version: int, facts: Facts, by: User) -> Granted:
    """The review: the tier's criteria are met still, so it holds on. Raises Refused with what is missing."""
    row = locked_concession(concession_id, version, by)
    _check_in_force(row)
    _check_fresh(facts)
    tariff = tariffs().on(today())
    tier = tier_of(tariff, _channel(row.channel), row.tier)
    if tier.rate > row.rate or tier.minimum > row.minimum:
        raise Refused(_NOT_PUBLISHED)
    check_can_have(tier, facts)
    valid = authority().validity
    row.review_on = months_earlier(today(), -valid.review_months)
    row.until = months_earlier(today(), -valid.months)
    row.version += 1
    row.save()
    ids = {"until": str(row.until), "book": facts.book}
    record(
        stream=stream_of(row.request_id), verb="concession_renewed", by=by, client_id=row.client_id, ids=ids
    )
    return granted_of(row.pk)


@transaction.atomic
def end(*, concession_id: int, version: int, why: EndedFor, by: User) -> Granted:
    """Ends a concession on the client's word, or after its review with the tariff's answer days as notice.

    Raises Refused where it has ended.
    """
    row = locked_concession(concession_id, version, by)
    _check_in_force(row)
    if why not in ("criteria_not_met", "client_asked"):
        raise Refused(_NO_SUCH_REASON)
    notice = tariffs().on(today()).answer_days if why == "criteria_not_met" else TOLD_BEFORE
    _end(row, trading_days().after(today(), notice), why, by=by)
    return granted_of(row.pk)


@transaction.atomic
def end_expired(*, day: date, by: Actor = System) -> list[int]:
    """Ends what ran out before the day; the numbers of the concessions. Asked again it does nothing."""
    found = Concession.objects.select_for_update().filter(ended_on__isnull=True, until__lt=day).order_by("pk")
    for row in found:
        _end(row, trading_days().after(row.until, 1), "expired", by=by)
    return [row.pk for row in found]


def check_may_grant(row: CommissionRequest, user: User) -> None:
    """Raises Refused with the sentence that the user will read."""
    _check_other_person(row, user)
    check_can_have(_tier(row), _facts(row))
    found = tariffs()
    if row.rate < found.on(today()).floor(found.law, today()):
        raise Refused(_BELOW_FLOOR)
    if not authority().may_grant(user.role, row.rate, row.minimum):
        raise Refused(_BEYOND_AUTHORITY)


def can_grant(row: CommissionRequest, user: User) -> bool:
    try:
        check_may_grant(row, user)
    except Refused:
        return False
    return True


def _take_turns(request_id: int) -> None:
    """Holds all of the client's requests: concessions of two channels at once would take the same number."""
    client = CommissionRequest.objects.filter(pk=request_id).values("client_id")
    list(CommissionRequest.objects.select_for_update().filter(client_id__in=client).order_by("pk"))


def _supersede(row: CommissionRequest, effective_on: date, *, by: User) -> None:
    in_force = Concession.objects.select_for_update().filter(
        client_id=row.client_id, channel=row.channel, ended_on__isnull=True
    )
    for one in in_force:
        _end(one, effective_on, "superseded", by=by)


def _end(row: Concession, on: date, why: EndedFor, *, by: Actor) -> None:
    row.ended_on, row.ended_why = on, why
    row.version += 1
    row.save()
    record(
        stream=stream_of(row.request_id),
        verb="concession_ended",
        by=by,
        client_id=row.client_id,
        ids={"why": why, "on": str(on)},
    )


def _check_other_person(row: CommissionRequest, user: User) -> None:
    if row.requested_by_id == user.pk:
        raise Refused(_OWN_REQUEST)


def _check_fresh(facts: Facts) -> None:
    age = (today() - facts.as_of).days
    if not 0 <= age <= authority().validity.fresh_days:
        raise Refused(_STALE.format(day=facts.as_of, most=authority().validity.fresh_days))


def _check_none_open(client_id: str, channel: Channel) -> None:
    if (
        CommissionRequest.objects.filter(client_id=client_id, channel=channel)
        .exclude(state__in=FINAL)
        .exists()
    ):
        raise Refused(_OPEN_ALREADY)


def _check_in_force(row: Concession) -> None:
    if row.ended_on is not None:
        raise Refused(_ENDED.format(on=row.ended_on))


def _tier(row: CommissionRequest) -> Tier:
    """The tier as it was published on the day of the request."""
    version = next(one for one in tariffs().versions if one.id == row.tariff)
    return tier_of(version, _channel(row.channel), row.tier)


def _facts(row: CommissionRequest) -> Facts:
    return Facts(row.as_of, row.book, row.assets, row.turnover, row.old_rate, row.old_minimum)


def _state(row: CommissionRequest) -> State:
    return cast(State, row.state)


def _channel(written: str) -> Channel:
    return cast(Channel, written)


_CLOSED = Text(
    zh="这位客户已经销户，不能提交佣金申请。",
    en="This client's account is closed; there is nothing to apply for.",
)
_STALE = Text(
    zh="依据的数据是 {day} 的，最多只能是 {most} 天以内的。请重新测算后提交。",
    en="The figures are of {day}; they may be {most} days old at most. Make the sum again and apply.",
)
_OPEN_ALREADY = Text(
    zh="这个渠道已有一项申请在办，请等答复，或先由客户撤回。",
    en="A request for this channel is open already: wait for its answer, or let the client withdraw it "
    "first.",
)
_OWN_REQUEST = Text(
    zh="自己提交的申请不能自己决定，请由另一位有权限的人决定。",
    en="Nobody decides on a request of their own; somebody else with the authority must.",
)
_BELOW_FLOOR = Text(
    zh="该费率低于底线（规费加服务成本），不能同意。",
    en="This rate is below the floor (levies plus cost of service) and cannot be granted.",
)
_BEYOND_AUTHORITY = Text(
    zh="该条件超出您的权限，请提交总部决定。",
    en="These terms are beyond your authority; head office decides.",
)
_NO_SUCH_REASON = Text(zh="请从列出的原因中选择一项。", en="Choose one of the reasons listed.")
_SAY_WHY = Text(zh="请写明原因，客户会看到。", en="Say why; the client will read it.")
_CRITERIA_MET = Text(
    zh="客户符合该档公示的条件，不能以“不符合条件”为由不同意。",
    en="The client meets the published criteria: it cannot be refused for not meeting them.",
)
_NO_SUCH_WAY = Text(
    zh="请选择答复方式：信函、手机应用或柜台面交。",
    en="Choose how the client is told: letter, app or counter.",
)
_NOT_PUBLISHED = Text(
    zh="现行公示标准里这一档已经不是原来的条件，不能直接续期，请按新标准申请。",
    en="The published tier no longer has these terms: it cannot be renewed. Apply by the new tariff.",
)
_ENDED = Text(zh="这项优惠已于 {on} 终止。", en="This concession ended on {on}.")
