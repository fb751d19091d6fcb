"""Random assets and flows of one client, tuned so that ratios hit their borders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from .days import ONE_DAY, Span, months_before, span_of_months
from .rows import money
from .stage import FEN, Stage, whole_fen

LEVELS = (
    *("500000", "500000", "499999.99", "500000.01", "600000", "50000", "49999.99"),
    *("10000", "10000", "9000", "8000", "5000", "4999.99", "100", "0", "-50"),
)
FACTORS = ("1", "1", "0.7", "0.5", "0.8", "0.95", "0.3", "0", "-0.01", "0.20", "0.333")
MARKET_KINDS = ("bank", "securities")
ALL_KINDS = (*MARKET_KINDS, "internal", "interest", "fee", "product", "other")


def write_money(stage: Stage, client_id: str) -> None:
    """Assets first; the flows are then tuned to them, and last the closing of the month to the flows."""
    days = days_with_rows(stage)
    nets = net_assets(stage, days)
    positions = held(stage, nets)
    if stage.happens(0.12):
        empty_out(stage, nets, positions)
    story = stage.one_of(FLOW_STORIES)
    story(stage, client_id, nets)
    if stage.happens(0.6):
        write_noise(stage, client_id)
    for day, net in nets.items():
        stage.book.assets(client_id, day, net, positions[day])


def days_with_rows(stage: Stage) -> list[date]:
    """Trading days of nine months around D, some weekends, and holes where a rule counts rows."""
    first, last = months_before(stage.as_of, 9), stage.as_of + 5 * ONE_DAY
    days = set(stage.trading_days(Span(first, last)))
    if stage.happens(0.3):
        days |= {stage.border() for _ in range(4)}
    hole = stage.one_of(HOLES)(stage)
    if hole == "all":
        return []
    return sorted(day for day in days if hole is None or day not in hole or stage.happens(0.02))


def hole_of_a_month(stage: Stage) -> Span:
    return stage.month.back(stage.chance.randrange(3)).span


def hole_before_the_day(stage: Stage) -> Span:
    """The latest row is 29 to 32 days old."""
    return Span(stage.as_of - stage.one_of((29, 30, 31)) * ONE_DAY, stage.as_of)


def hole_in_forty_days(stage: Stage) -> Span:
    """32 or 31 rows are left in the last 40 trading days, or the end is missing."""
    days = stage.trading_days(stage.window(40))
    start = stage.chance.randrange(32)
    return Span(days[start], days[start + stage.one_of((7, 8))])


def hole_in_twenty_days(stage: Stage) -> Span:
    """One row or none is left of the current window, and perhaps none just before."""
    days = stage.trading_days(stage.window(60))
    return Span(days[stage.one_of((5, 15, 39, 40, 41))], days[stage.one_of((57, 58, 59))])


def hole_half_a_year_ago(stage: Stage) -> Span:
    ago = months_before(stage.as_of, 6)
    return Span(ago - stage.one_of((29, 30, 31)) * ONE_DAY, ago)


def hole_of_the_base(stage: Stage) -> Span:
    return Span(stage.window(120, 20).first - 30 * ONE_DAY, stage.window(20, 20).last)


HOLES: tuple[Callable[[Stage], Span | str | None], ...] = (
    *[lambda _: None] * 10,
    lambda _: "all",
    hole_of_a_month,
    hole_before_the_day,
    hole_in_forty_days,
    hole_in_twenty_days,
    hole_half_a_year_ago,
    hole_of_the_base,
)


def net_assets(stage: Stage, days: list[date]) -> dict[date, Decimal]:
    """Flat, with up to two turns at borders: to an exact factor of the first level, or a fen beside."""
    level = Decimal(stage.one_of(LEVELS))
    nets = dict.fromkeys(days, level)
    for _ in range(stage.chance.randrange(3)):
        turn, beside = stage.border(), stage.beside()
        after = whole_fen(level * Decimal(stage.one_of(FACTORS)))
        after = (after if stage.happens(0.8) else Decimal(1000)) + beside
        nets |= {day: after for day in days if day >= turn}
    if days and stage.happens(0.3):
        odd = stage.one_of(days)
        nets[odd] = stage.one_of((Decimal(5000), Decimal("4999.99"), Decimal(-1), nets[odd] + FEN))
    return nets


def held(stage: Stage, nets: dict[date, Decimal]) -> dict[date, Decimal]:
    """A position on every day; or none in the last days but for a few, and some before those."""
    if stage.happens(0.35):
        return {day: max(net, Decimal(0)) for day, net in nets.items()}
    turn = stage.one_of((stage.window(40).first, stage.month.back(1).first, stage.border()))
    lines = {day: max(Decimal(100), whole_fen(net / 100)) for day, net in nets.items()}
    before, after = [day for day in nets if day < turn], [day for day in nets if day >= turn]
    held_days = before[-120:][: stage.one_of((0, 19, 20, 20, 60, 120))]
    still = after[: stage.one_of((0, 0, 0, 1, 2, 3))]
    rest = stage.one_of((Decimal(0), Decimal(0), Decimal(0), Decimal(100)))
    above = stage.one_of((FEN, FEN, Decimal(1000)))
    positions = {day: min(rest, lines[day]) for day in nets}
    positions |= {day: lines[day] + above for day in held_days}
    return positions | {day: stage.one_of((lines[day] + FEN, FEN)) for day in still}


def empty_out(stage: Stage, nets: dict[date, Decimal], positions: dict[date, Decimal]) -> None:
    """20 days with a position before the last 40, none in those; at D 0.70 of the assets before."""
    level, last_forty = Decimal(stage.one_of(("10000", "9000", "600000"))), stage.window(40)
    before = stage.window(120, 40)
    for day in nets:
        nets[day] = level
        positions[day] = level if day <= before.last else Decimal(0)
    for day in [day for day in nets if day in before][stage.one_of((19, 20, 60)) :]:
        positions[day] = Decimal(100)
    for day in [day for day in nets if day > last_forty.first][-25:]:
        nets[day] = level * Decimal("0.70") + stage.beside()


def net_at(nets: dict[date, Decimal], day: date) -> Decimal:
    known = [net for on, net in nets.items() if day - 31 * ONE_DAY < on <= day]
    return known[-1] if known else Decimal(0)


# Stories of flows.


def no_flows(_stage: Stage, _client_id: str, _nets: dict[date, Decimal]) -> None:
    return


def outflow_of_what_is_left(stage: Stage, client_id: str, nets: dict[date, Decimal]) -> None:
    """Σ out is 0.30 × net_assets at D."""
    window = span_of_months(stage.as_of, 6)
    amount = whole_fen(net_at(nets, stage.as_of) * Decimal("0.30")) + stage.beside()
    for part in stage.parts(amount):
        stage.book.flow(client_id, stage.day_in(window), "out", part)


def outflow_of_what_was_there(stage: Stage, client_id: str, nets: dict[date, Decimal]) -> None:
    """Σ out − Σ in is 0.30 × (net_assets at D − 6 months + Σ in); or the base is 5,000."""
    window, opening = span_of_months(stage.as_of, 6), net_at(nets, months_before(stage.as_of, 6))
    came_in = stage.one_of((Decimal(0), Decimal(1000), max(5000 - opening, Decimal(0)) + stage.beside()))
    came_in = max(came_in, Decimal(0))
    kind = stage.one_of(MARKET_KINDS)
    stage.book.flow(client_id, stage.day_in(window), "in", came_in, kind=kind)
    left = whole_fen((opening + came_in) * Decimal("0.30")) + stage.beside()
    for part in stage.parts(left + (came_in if kind == "bank" else 0)):
        stage.book.flow(client_id, stage.day_in(window), "out", part)


def securities_moved_out(stage: Stage, client_id: str, nets: dict[date, Decimal]) -> None:
    """Σ out − Σ in is a tenth of (net_assets at D + that sum), which is a ninth of the net assets."""
    window = span_of_months(stage.as_of, 2)
    moved = whole_fen(net_at(nets, stage.as_of) / 9) + stage.beside()
    back = stage.one_of((Decimal(0), Decimal(0), Decimal(300)))
    stage.book.flow(client_id, stage.day_in(window), "in", back, kind="securities")
    for part in stage.parts(moved + back):
        stage.book.flow(client_id, stage.day_in(window), "out", part, kind="securities")


def loss_in_the_month(stage: Stage, client_id: str, nets: dict[date, Decimal]) -> None:
    """The closing of M is tuned: loss is half of (opening + in)."""
    month = stage.month
    opening = net_at(nets, month.first - ONE_DAY)
    came_in, went_out = Decimal(stage.one_of((0, 0, 2000))), Decimal(stage.one_of((0, 0, 600)))
    stage.book.flow(client_id, stage.day_in(month.span), "in", came_in, kind=stage.one_of(MARKET_KINDS))
    stage.book.flow(client_id, stage.day_in(month.span), "out", went_out, kind=stage.one_of(MARKET_KINDS))
    within = [day for day in nets if day in month.span and day <= stage.as_of]
    if within:
        nets[within[-1]] = money((opening + came_in) / 2 - went_out + stage.beside())


def loss_in_twenty_days(stage: Stage, client_id: str, nets: dict[date, Decimal]) -> None:
    """A chain of daily losses with money that comes and goes on the same days."""
    window = stage.window(20)
    days = [day for day in nets if day in window]
    factor = Decimal(stage.one_of(("0.97", "0.985", "0.99", "0.96", "1.01")))
    for before, day in pairwise(days):
        nets[day] = whole_fen(nets[before] * factor)
        if stage.happens(0.2):
            amount = Decimal(stage.one_of((100, 1000)))
            direction = stage.one_of(("in", "out"))
            stage.book.flow(client_id, day, direction, amount, kind=stage.one_of(MARKET_KINDS))
            nets[day] += amount if direction == "in" else -amount
    if len(days) > 2 and stage.happens(0.3):
        nets[days[-2]], nets[days[-1]] = 1000 + stage.beside(), Decimal(400)


FLOW_STORIES = (
    no_flows,
    outflow_of_what_is_left,
    outflow_of_what_was_there,
    securities_moved_out,
    loss_in_the_month,
    loss_in_twenty_days,
)


def write_noise(stage: Stage, client_id: str) -> None:
    """Flows on the borders, of all kinds, most of them cancelled: in chains, twice, or after D."""
    for _ in range(stage.chance.randrange(1, 5)):
        kind = stage.one_of(ALL_KINDS)
        amount = stage.one_of((Decimal(50), Decimal(700), Decimal("0.01"), Decimal(0), Decimal(20000)))
        named = stage.book.flow(client_id, stage.border(), stage.one_of(("in", "out")), amount, kind=kind)
        while stage.happens(0.5):
            direction = stage.one_of(("in", "out"))
            named_next = stage.book.flow(
                client_id, stage.border(), direction, amount, kind=kind, reverses=named
            )
            named = stage.one_of((named, named_next))
