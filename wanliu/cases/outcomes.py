"""The outcome by the book: due 30, 90 and 180 days after the work ended, beside what staff claimed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.cases import due
from wanliu.cases.figures import outcomes
from wanliu.cases.hands import move, take
from wanliu.cases.lines import refresh
from wanliu.cases.models import Case, OutcomeCheck
from wanliu.cases.track import Result, Verb
from wanliu.clock import now, today

SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Seen:
    """What the book says of one client on its day.

    ``net_assets`` None is unknown. ``left_on``: the last exit carried out; None: the book has none.
    """

    client_id: str
    as_of: date
    net_assets: Decimal | None
    left_on: date | None


def track(case: Case, verb: Verb, outcome: str, *, by: Actor) -> None:
    """The work ends with what is claimed; from here on only the book speaks. Promises stand."""
    move(case, verb)
    case.outcome_claimed, case.closed_at, case.closed_by = outcome, now(), by.actor_id
    case.suspended_at = case.suspended_why = None
    case.save()
    due.drop_resting(case, by=by)
    OutcomeCheck.objects.bulk_create(
        OutcomeCheck(case=case, client_id=case.client_id, horizon=days, due_on=today() + timedelta(days=days))
        for days in outcomes().horizons
    )


def clients_to_judge(on: date) -> list[str]:
    """The clients of whom the nightly run must bring figures: an outcome of theirs is due."""
    found = OutcomeCheck.objects.filter(result__isnull=True, due_on__lte=on)
    return sorted(set(found.values_list("client_id", flat=True)))


def judge_outcomes(seen: Iterable[Seen], *, by: Actor = System) -> int:
    """Judges what is due by these figures; the number of outcomes judged. Twice is as good as once.

    A figure that is missing is waited for, as long as the table says; then unknown is final.
    """
    return sum(_judge_client(one, by) for one in seen)


@transaction.atomic
def _judge_client(seen: Seen, by: Actor) -> int:
    take(seen.client_id)
    found = OutcomeCheck.objects.select_related("case").filter(
        client_id=seen.client_id, result__isnull=True, due_on__lte=seen.as_of
    )
    judged = [check for check in found.order_by("case_id", "horizon") if _judge(check, seen)]
    for case, checks in groupby(judged, key=lambda check: check.case):
        _finish(case, list(checks), by)
    if judged:
        refresh(seen.client_id)
    return len(judged)


def _judge(check: OutcomeCheck, seen: Seen) -> bool:
    """Sets the result, if there is one by now."""
    late = seen.as_of > check.due_on + timedelta(days=outcomes().wait_days)
    result, share = result_of(check.case, replace(seen, net_assets=None) if late else seen, check.due_on)
    if result == "unknown" and not late:
        return False
    check.result, check.share, check.as_of, check.judged_on = result, share, seen.as_of, today()
    check.save(update_fields=["result", "share", "as_of", "judged_on"])
    return True


def result_of(case: Case, seen: Seen, on: date) -> tuple[Result, Decimal | None]:
    """The result by the definition in ``outcomes.toml``, and the share of the alarm day's assets."""
    before, figures = case.net_assets_at_open, outcomes()
    share = None
    if before is not None and before > 0 and seen.net_assets is not None:
        share = (seen.net_assets / before).quantize(SHARE)
    if seen.left_on is not None and case.opened_on <= seen.left_on <= on:
        return "left", share
    if share is None:
        return "unknown", None
    if share >= figures.stayed_from:
        return "stayed", share
    return ("left" if share < figures.left_below else "reduced"), share


def _finish(case: Case, judged: list[OutcomeCheck], by: Actor) -> None:
    """The case closes with its last outcome."""
    if case.state == "tracking" and not case.checks.filter(result__isnull=True).exists():
        move(case, "judge")
        case.save(update_fields=["state", "version"])
    record(
        stream=f"case/{case.pk}",
        verb="outcome_judged",
        by=by,
        client_id=case.client_id,
        ids=dict(_told(judged)),
    )


def _told(judged: list[OutcomeCheck]) -> Iterator[tuple[str, str]]:
    return ((f"day_{check.horizon}", check.result or "") for check in judged)
