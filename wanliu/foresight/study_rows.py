"""From sums to the rows of a study: each figure beside its bounds and the base that it is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wanliu.foresight.curves import CurveTally
from wanliu.foresight.labels import LEAVING
from wanliu.foresight.measures import NOTHING, Cell, Counts, Figure, Moments, flat, spread_of
from wanliu.foresight.tally import Outcomes, RuleTally
from wanliu.text import Text

PER_THOUSAND = 1000.0

Row = dict[str, Any]


def figure_rows(rules: str, tally: RuleTally, trading_days: int, only: Text | None) -> Iterator[Row]:
    """One row per kind of alarm."""
    for place, kind in enumerate(tally.kinds):
        cell = tally.of_kind.at(place)
        yield {
            "rules": rules,
            "kind": kind,
            "client_days": cell.count("days"),
            "alarms": cell.count("alarms"),
            "new_alarms": cell.count("new"),
            "calls_a_day": cell.sum("new") / trading_days if trading_days else None,
            **_rates(cell),
            **_found(cell, only),
            **_lead(tally.leads[place]),
            "stood_before": int(tally.stood_before[place]),
        }


def _rates(cell: Cell) -> Row:
    """How often it alarms and how often it is right."""
    return {
        **flat("per_1000", cell.rate("alarms", "days").of(PER_THOUSAND)),
        **flat("new_per_1000", cell.rate("new", "later_days").of(PER_THOUSAND)),
        **flat("on_small", cell.share("on_small", "alarms")),
        **flat("precision", cell.share("true", "alarms")),
        **flat("precision_new", cell.share("new_true", "new")),
        **flat("base", cell.share("valid_leaving", "valid")),
        **flat("lift", cell.lift("true", "alarms", "valid_leaving", "valid")),
        **flat("lift_new", cell.lift("new_true", "new", "valid_leaving", "valid")),
    }


def _found(cell: Cell, only: Text | None) -> Row:
    """What of the leavers was seen; nothing of it where the book sees survivors only."""
    recall = NOTHING if only else cell.share("caught", "leavers")
    worth = NOTHING if only else cell.share("worth_caught", "worth")
    return {
        "leavers": cell.count("leavers"),
        "caught": cell.count("caught"),
        **flat("recall", recall),
        **flat("worth_caught", worth),
    }


def _lead(histogram: Counts) -> Row:
    spread = spread_of(histogram)
    return {
        **flat("lead_median", spread.median),
        "lead_first_quartile": spread.low_quarter,
        "lead_third_quartile": spread.high_quarter,
    }


def month_rows(rules: str, tally: RuleTally, months: Sequence[date]) -> Iterator[Row]:
    """One row per month and kind of alarm."""
    for month, moments in zip(months, tally.of_month, strict=True):
        for place, kind in enumerate(tally.kinds):
            cell = moments.at(place)
            counts = {
                "client_days": cell.count("days"),
                "alarms": cell.count("alarms"),
                "new_alarms": cell.count("new"),
            }
            yield {"rules": rules, "month": month, "kind": kind, **counts, **_rates(cell)}


def overlap_rows(rules: str, tally: RuleTally) -> Iterator[Row]:
    """One row per pair of signs: of the first's alarms, the share on which the other was up as well."""
    for first, sign in enumerate(tally.signs):
        for second, other in enumerate(tally.signs):
            cell = tally.overlap.at(first, second)
            yield {
                "rules": rules,
                "sign": sign,
                "other": other,
                "alarms": cell.count("alarms"),
                "both": cell.count("both"),
                **flat("share", cell.share("both", "alarms")),
            }


def curve_rows(rules: str, curves: CurveTally, trading_days: int, only: Text | None) -> Iterator[Row]:
    """One row per sign and number tried."""
    for line in curves.lines:
        for place, number in enumerate(line.tried):
            cell = curves.points[line.sign].at(place)
            missed = NOTHING if only else _rest(cell.share("worth_caught", "worth"))
            yield {
                "rules": rules,
                "sign": line.sign,
                "parameter": line.parameter,
                "comparison": line.comparison,
                "number": number,
                "in_force": number == line.number,
                "new_alarms": cell.count("new"),
                "calls_a_day": cell.sum("new") / trading_days if trading_days else None,
                **flat("precision_new", cell.share("new_true", "new")),
                **flat("precision", cell.share("true", "alarms")),
                **flat("recall", NOTHING if only else cell.share("caught", "leavers")),
                **flat("worth_missed", missed),
                **_lead(curves.leads[line.sign][place]),
            }


def _rest(figure: Figure) -> Figure:
    turned = [None if part is None else 1 - part for part in (figure.value, figure.high, figure.low)]
    return Figure(*turned)


COMPARED = {
    "precision": ("true", "alarms"),
    "precision_new": ("new_true", "new"),
    "per_client_day": ("alarms", "days"),
    "new_per_client_day": ("new", "later_days"),
    "recall": ("caught", "leavers"),
    "worth_caught": ("worth_caught", "worth"),
}
"""Figure → its part and whole."""
NEEDS_LEAVERS = ("recall", "worth_caught")


def difference_rows(together: Moments, kinds: Sequence[str], only: Text | None) -> list[Row]:
    """One row per shared kind and figure: the second rule set less the first, on the same rows."""
    rows: list[Row] = []
    for place, kind in enumerate(kinds):
        cell = together.at(place)
        for figure, (part, whole) in COMPARED.items():
            if only and figure in NEEDS_LEAVERS:
                continue
            sides = [(f"{side}_{part}", f"{side}_{whole}") for side in (0, 1)]
            values = [cell.sum(one) / cell.sum(other) if cell.sum(other) else None for one, other in sides]
            told = {"first": values[0], "second": values[1]}
            rows.append(
                {"kind": kind, "figure": figure, **told, **flat("difference", cell.difference(*sides))}
            )
    return rows


def outcome_row(outcomes: Outcomes, tallies: Mapping[str, RuleTally], only: Text | None) -> Row:
    """What became of the clients, and per rule set how many leavers no sign saw at all."""
    base, labels = outcomes.base.at(), outcomes.labels.at()
    unseen = {name: tally.unseen.at() for name, tally in tallies.items()}
    return {
        "client_days": outcomes.client_days,
        "client_days_unknown": outcomes.unknown_days,
        "valid_client_days": base.count("valid"),
        **flat("base", base.share("valid_leaving", "valid")),
        **flat("base_of_all", base.share("leaving", "days")),
        "leavers": labels.count("leavers"),
        **{label: labels.count(label) for label in LEAVING},
        "by_price": labels.count("by_price"),
        "worth": labels.sum("worth"),
        "unseen": {
            name: {
                "leavers": cell.count("unseen"),
                **flat("share", NOTHING if only else cell.share("unseen", "leavers")),
            }
            for name, cell in unseen.items()
        },
    }
