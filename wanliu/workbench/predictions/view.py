"""预测检验: whether scores and levels came true, month after month. Figures alone: no client is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.cases.track import LEVELS
from wanliu.clock import today
from wanliu.directory.queries import current_run
from wanliu.directory.scoring import SHOWN
from wanliu.foresight.decay import VERDICTS, Verdict, verdicts
from wanliu.foresight.measures import Figure
from wanliu.foresight.measuring import CALL, Group
from wanliu.foresight.watch_numbers import watch as numbers
from wanliu.nightly.predictions import MeasuredMonth, Waiting, watch
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page

TO = "\u2060–\u2060"
"""A dash at which no line breaks."""
NAMES = {CALL: Text(zh="红或橙", en="Red or orange"), **{str(level): name for level, name in LEVELS.items()}}


@page(
    "predictions",
    action="foresight.watch",
    nav=Text(zh="预测检验", en="Predictions tested"),
    order=62,
)
def predictions(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    told, run = watch(), current_run()
    scoring = run.scoring if run else None
    latest = next((one for one in reversed(told.months) if one.measured.tenths), None)
    last = told.months[-1] if told.months else None
    return render(
        request,
        "predictions/page.html",
        {
            "told": told,
            "scoring": scoring,
            "overlap": None if scoring is None or scoring.overlap is None else f"{scoring.overlap:.0%}",
            "decayed": [one.said for one in told.decayed],
            "waiting": [_waiting(one) for one in reversed(told.waiting)],
            "months": [_month(one) for one in reversed(told.months)],
            "latest": latest,
            "last": last,
            "tenths": list(_groups(latest.measured.tenths)) if latest else [],
            "levels": list(_groups(last.measured.levels)) if last else [],
            "chart": _chart(told.months, latest) if told.months else None,
            "numbers": numbers(),
        },
    )


def _waiting(one: Waiting) -> dict[str, Any]:
    """Nothing is known of it before the day after its horizon; then the next night with the data tells."""
    known_from = one.ends_on + timedelta(days=1)
    return {"one": one, "model": one.model[:SHOWN], "from": known_from, "late": known_from <= today()}


def _month(one: MeasuredMonth) -> dict[str, Any]:
    told, said = one.measured, verdicts(one.measured)
    call = next(group for group in told.levels if group.name == CALL)
    return {
        "one": one,
        "model": one.model[:SHOWN],
        "base": share(told.base),
        "ratio": (number(told.ratio), *_verdict(said["ratio"])),
        "lift": (number(told.lift), *_verdict(said["lift"])),
        "call": (share(call.share), number(call.lift), *_verdict(said["levels"])),
    }


def _verdict(code: Verdict) -> tuple[Verdict, Text]:
    return code, VERDICTS[code]


def _groups(groups: tuple[Group, ...]) -> Iterator[dict[str, Any]]:
    for one in groups:
        yield {
            "name": NAMES.get(one.name, one.name),
            "one": one,
            "expected": None if one.expected is None else f"{one.expected:,.1f}",
            "expected_share": None if one.expected is None else f"{one.expected / one.clients:.1%}",
            "share": share(one.share),
            "lift": number(one.lift),
        }


def share(figure: Figure) -> str | None:
    """With its interval; None is unknown."""
    if figure.value is None:
        return None
    if figure.low is None or figure.high is None:
        return f"{figure.value:.1%}"
    return f"{figure.value:.1%} ({figure.low * 100:.1f}{TO}{figure.high * 100:.1f})"


def number(figure: Figure) -> str | None:
    """As above; an end that nobody knows stays open."""
    if figure.value is None:
        return None
    low, high = ("…" if end is None else f"{end:.2f}" for end in (figure.low, figure.high))
    return f"{figure.value:.2f} ({low}{TO}{high})"


def _chart(months: tuple[MeasuredMonth, ...], latest: MeasuredMonth | None) -> dict[str, Any]:
    """What the charts draw; what is unknown stays a gap."""
    call = [next(one.lift for one in month.measured.levels if one.name == CALL) for month in months]
    tenths = latest.measured.tenths if latest else ()
    return {
        "words": {name: str(text) for name, text in _WORDS.items()},
        "months": [one.as_of.isoformat() for one in months],
        "ratio": [_points(one.measured.ratio) for one in months],
        "lift": [_points(one.measured.lift) for one in months],
        "call": [_points(one) for one in call],
        "borders": {
            "low": numbers().ratio_low,
            "high": numbers().ratio_high,
            "lift": numbers().least_lift,
            "call": numbers().least_level_lift,
        },
        "tenths": [
            [100 * (one.expected or 0) / one.clients, *(_percent(part) for part in _points(one.share))]
            for one in tenths
        ],
    }


def _points(figure: Figure) -> list[float | None]:
    return [figure.value, figure.low, figure.high]


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


_WORDS = {
    "ratio": Text(zh="实际 ÷ 预期", en="Observed ÷ expected"),
    "lift": Text(zh="得分最高一成", en="Top tenth by score"),
    "call": Text(zh="红或橙", en="Red or orange"),
    "border": Text(zh="界线", en="Border"),
    "chance": Text(zh="就像随便抽", en="As by lot"),
    "expected": Text(zh="预期离开（%）", en="Expected to leave (%)"),
    "observed": Text(zh="实际离开（%）", en="Left (%)"),
    "tenth": Text(zh="一成客户", en="A tenth of the clients"),
    "exact": Text(zh="完全相符", en="Exactly as expected"),
    "interval": Text(zh="95% 区间", en="95% interval"),
}
