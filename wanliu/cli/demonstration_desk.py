"""What lies behind the demonstration's commission desk: the firm's tariff, and a year of requests.

Through the same doors as all else: head office drafts a tariff and a second person approves it; clients ask,
somebody else decides, and the client is told; what runs out ends by the night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

import duckdb
from django.conf import settings

from wanliu.approvals.queries import Approval
from wanliu.audit.record import System
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cases.queries import colleagues
from wanliu.commission.tariff import Channel
from wanliu.concessions import actions
from wanliu.concessions.eligibility import Facts, best_tier, can_have, is_better, missing, tariffs
from wanliu.concessions.foreseen import obstacle
from wanliu.concessions.from_book import figures_of
from wanliu.concessions.queries import Request, history, requests_of
from wanliu.drafts.actions import submit_draft
from wanliu.nightly.people_of import client_rows
from wanliu.people.sync import sync_clients
from wanliu.people.user import User
from wanliu.tariffs import actions as on_tariffs
from wanliu.tariffs.queries import latest_own
from wanliu.tariffs.sheet import Sheet, TierTyped, as_sheet

At = Callable[[date, time], AbstractContextManager[None]]
"""The clock of the process on that day, from that hour on."""
DRAFTED, AGREED = date(2008, 9, 22), date(2008, 9, 24)
TARIFF_SINCE, NEXT_SINCE = "2008-10-06", "2010-01-04"
PAST = (date(2008, 10, 20), date(2009, 4, 20))
"""Mondays on which clients asked, before the week that the visitor sees; the first ones' terms are over."""
AT_WORK = time(9, 30)
CHANNEL: Channel = "online"
TIERS = (
    TierTyped("standard", "标准", "standard", "万3", "5", ("online", "mobile", "phone", "counter"), "0", "0"),
    TierTyped("from_200k", "日均资产20万元以上", "mean assets of 200,000 and above", "万2.3", "5",
              ("online", "mobile"), "200000", "0"),
    TierTyped("from_1m", "日均资产100万元以上", "mean assets of 1,000,000 and above", "万1.8", "5",
              ("online", "mobile"), "1000000", "0"),
)  # fmt: skip
SHEET = Sheet(
    name_zh="A股佣金公示标准（2008-10版，示例）",
    name_en="Published commission for A shares, version 2008-10 (sample)",
    since=TARIFF_SINCE,
    source="示例证券（虚构机构）收费公示2008-10版",
    asset_days="20",
    answer_days="5",
    cost_rate="0.02‰",
    cost_source="示例证券（虚构机构）服务成本说明2008",
    tiers=TIERS,
)


@dataclass(frozen=True)
class Wish:
    """A client who would gain by a tier, with the figures of the day; met, or not."""

    client_id: str
    tier: str
    facts: Facts
    met: bool
    by: User


def past(at: At) -> None:
    """The tariff of autumn 2008, and the requests of two earlier days."""
    first, second = _office()
    with at(DRAFTED, AT_WORK):
        sync_clients(client_rows(_book()), by=System)
        asked = _send(SHEET, "原标准与市场和客户实际执行的条件差得太远", first)
    with at(AGREED, AT_WORK):
        on_tariffs.decide_version(
            approval_id=asked.id,
            version=asked.version,
            decision="granted",
            reason="高于底线，条件客观，同意",
            by=second,
        )
    for day in PAST:
        with at(day, AT_WORK):
            met, unmet = _wishes(day, 3, 1)
            for wish in met:
                _answered(_granted(_ask(wish)), wish)
            for wish in unmet:
                _answered(_refused(_ask(wish)), wish)


def this_week(day: date) -> None:
    """A request in each state, a version of the tariff and a rule draft that wait for approval."""
    met, unmet = _wishes(day, 6, 3)
    for number, wish in enumerate(met):
        asked = _ask(wish)
        if number == 1:
            _granted(asked)
        elif number == 2:
            _answered(_granted(asked), wish)
        elif number == 3:
            actions.withdraw(request_id=asked.id, version=asked.version, by=wish.by)
    for number, wish in enumerate(unmet):
        asked = _ask(wish)
        if number:
            asked = _refused(asked)
        if number > 1:
            _answered(asked, wish)
    first, _ = _office()
    _send(_next_sheet(), "让日均资产50万元的客户也有一档", first)
    moved = {"fund_outflow": {"share": Decimal("0.25")}}
    submit_draft(
        source=settings.WANLIU_RULES, moved=moved, reason="转出三成才提醒，往往已经晚了", study="", by=first
    )


def _next_sheet() -> Sheet:
    last = latest_own()
    assert last is not None, "approved in autumn 2008"
    sheet = as_sheet(last, since=date.fromisoformat(NEXT_SINCE), until=None)
    added = TierTyped("", "日均资产50万元以上", "mean assets of 500,000 and above", "万2.1", "5",
                      ("online", "mobile"), "500000", "0")  # fmt: skip
    tiers = [*sheet.tiers[:2], added, *sheet.tiers[2:]]
    names = {
        "name_zh": "A股佣金公示标准（2010-01版，示例）",
        "name_en": "Published commission for A shares, version 2010-01 (sample)",
        "source": "示例证券（虚构机构）收费公示2010-01版",
    }
    return replace(sheet, tiers=tiers, **names)


def _send(sheet: Sheet, why: str, by: User) -> Approval:
    saved = on_tariffs.save_version(sheet=sheet, by=by)
    return on_tariffs.send_version(version_id=saved.id, version=saved.version, why=why, by=by)


def _office() -> tuple[User, User]:
    first, second = User.objects.filter(role="head_office").order_by("pk")[:2]
    return first, second


def _wishes(day: date, met: int, unmet: int) -> tuple[list[Wish], list[Wish]]:
    """So many who would gain by a tier and meet it, and who miss it by little; the wealthiest first."""
    with reader() as connection:
        wishes = _looked_at(day, connection)
        found: tuple[list[Wish], list[Wish]] = ([], [])
        while (len(found[0]) < met or len(found[1]) < unmet) and (wish := next(wishes, None)):
            found[0 if wish.met else 1].append(wish)
    return found[0][:met], found[1][:unmet]


def _looked_at(day: date, connection: duckdb.DuckDBPyConnection) -> Iterator[Wish]:
    up_to, book, published = day - timedelta(days=3), _book(), tariffs().on(day)
    advisers = {one.staff_id: one for one in User.objects.filter(role="adviser")}
    for client_id, manager_id in _candidates():
        by = advisers.get(manager_id)
        if by is None:
            continue
        facts = figures_of(connection, book, client_id, CHANNEL, day=up_to).facts
        best = best_tier(published, CHANNEL, facts)
        if best is not None and is_better(best, facts) and _is_free(client_id, best.rate):
            yield Wish(client_id, best.id, facts, True, by)
            continue
        for tier in published.ladder(CHANNEL):
            short = missing(tier, facts)
            near = short is not None and not can_have(tier, facts) and short.assets < tier.assets_at_least / 2
            if near and is_better(tier, facts) and _is_free(client_id, tier.rate):
                yield Wish(client_id, tier.id, facts, False, by)
                break


def _is_free(client_id: str, rate: Decimal) -> bool:
    """Nothing is in force or under way that is as good."""
    if any(one.is_open for one in requests_of(client_id)):
        return False
    return all(one.ended_on is not None or one.terms.rate > rate for one in history(client_id))


def _candidates() -> list[tuple[str, str]]:
    """Clients of the first branch, those with most assets first; the story's own people are left alone."""
    head = User.objects.filter(role="branch_head").order_by("pk")[0]
    staff = [one.staff_id for one in colleagues(head.branch_id) if one.role == "adviser"]
    book = _book()
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT c.client_id, c.manager_id FROM ({book.rows_of('clients')}) c "
            f"JOIN (SELECT client_id, max(net_assets) AS most FROM ({book.rows_of('assets')}) "
            "GROUP BY client_id) a USING (client_id) "
            "WHERE c.client_id NOT LIKE 'SIMP%' AND c.closed_on IS NULL AND c.branch_id = $branch "
            "AND list_contains($staff, c.manager_id) AND c.opened_on < DATE '2008-09-01' "
            "ORDER BY a.most DESC, c.client_id LIMIT $most",
            {"branch": head.branch_id, "staff": staff, "most": MOST_LOOKED_AT},
        ).fetchall()


MOST_LOOKED_AT = 120


def _book() -> Book:
    return Book.open(settings.WANLIU_HOME / "book")


def _ask(wish: Wish) -> Request:
    return actions.request_terms(
        client_id=wish.client_id, channel=CHANNEL, tier=wish.tier, facts=wish.facts, by=wish.by
    )


def _granted(asked: Request) -> Request:
    """By the head of the branch, or by head office where the terms are beyond that authority."""
    head = User.objects.filter(role="branch_head", branch_id=asked.branch_id).order_by("pk")[0]
    who = head if obstacle(asked.id, head) is None else _office()[0]
    return actions.grant(request_id=asked.id, version=asked.version, by=who)


def _refused(asked: Request) -> Request:
    head = User.objects.filter(role="branch_head", branch_id=asked.branch_id).order_by("pk")[0]
    return actions.refuse(
        request_id=asked.id, version=asked.version, reason="criteria_not_met", words="", by=head
    )


def _answered(asked: Request, wish: Wish) -> Request:
    return actions.answer(request_id=asked.id, version=asked.version, how="letter", by=wish.by)
