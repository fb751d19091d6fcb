"""Random trades, contacts and requests of one client, tuned so that ratios hit their borders."""

from __future__ import annotations

from decimal import Decimal

from .days import ONE_DAY, Span
from .guide import DEMANDS
from .stage import Stage
from .standard import EXIT_REQUESTS

ZERO = Decimal(0)
TRADE_KINDS = ("ordinary", "ordinary", "ipo", "repo", "plan", None)


def write_trades(stage: Stage, client_id: str) -> None:
    story = stage.one_of((*[trades_by_month] * 4, *[trades_by_window] * 6, no_trades))
    story(stage, client_id)
    if stage.happens(0.35):
        for _ in range(stage.chance.randrange(1, 6)):
            commission = stage.one_of((ZERO, Decimal(1), Decimal(30)))
            levies = stage.one_of((None, ZERO, Decimal("0.50"), Decimal(40)))
            kind = stage.one_of(TRADE_KINDS)
            stage.book.trade(client_id, stage.border(), commission, turnover=100, levies=levies, kind=kind)


def no_trades(_stage: Stage, _client_id: str) -> None:
    return


def trades_by_month(stage: Stage, client_id: str) -> None:
    """Commission of M is 0.70 × the mean, its orders half of the mean; months without any row."""
    usual = stage.one_of((ZERO, Decimal(100), Decimal(100), Decimal(300), Decimal(300), Decimal("33.40")))
    count = stage.one_of((2, 4, 4, 6))
    for back in range(7, 0, -1):
        of_the_month = usual * (3 if stage.happens(0.1) else 1)
        if stage.happens(0.92):
            write_month(stage, client_id, back, of_the_month, count)
    now = max(usual * Decimal("0.70") + stage.beside(), ZERO)
    write_month(stage, client_id, 0, now, count // 2 + stage.one_of((0, 0, 1, -1)))


def write_month(stage: Stage, client_id: str, back: int, commission: Decimal, orders: int) -> None:
    span = stage.month.back(back).span
    kind = stage.one_of(("ordinary", "ordinary", "ipo"))
    for number in range(orders):
        paid = commission if number == 0 else ZERO
        stage.book.trade(client_id, stage.day_in(span), paid, turnover=paid * 1000, kind=kind)


def trades_by_window(stage: Stage, client_id: str) -> None:
    """Turnover of current is 0.70 of the base's, its orders half of the base's 18; `then` is 20."""
    length = stage.one_of((60, 60, 120))
    current, base = stage.window(20), stage.window(length, 20)
    orders = stage.one_of((17, 18, 18, 24)) * (length // 60)
    turnover = Decimal(stage.one_of((9000, 9000, 9000, 90000, 90000, 0)))
    paid = stage.one_of((Decimal(60), Decimal("59.99"), *[Decimal(900)] * 4)) * (length // 60)
    levies = stage.one_of((None, Decimal(5)))
    gross = paid + (levies or ZERO)
    stage.book.trade(client_id, stage.day_in(base), gross, turnover=turnover, levies=levies)
    for _ in range(orders - 1):
        stage.book.trade(client_id, stage.day_in(base), ZERO, turnover=ZERO)
    part = Decimal(stage.one_of(("0.70", "0.70", "1", "0")))
    now = max(turnover * 20 / length * part + stage.beside(), ZERO)
    for number in range(max(orders * 20 // length // 2 + stage.one_of((0, 0, 1, -1, 4)), 1)):
        stage.book.trade(client_id, stage.day_in(current), 7, turnover=ZERO if number else now)


def write_contacts(stage: Stage, client_id: str) -> None:
    if stage.happens(0.5):
        usual = stage.one_of((0, 1, 2, 3))
        for back in range(6, -1, -1):
            count = max(usual + stage.one_of((0, 0, 0, 0, 1, -1, -3)), 0)
            for _ in range(count):
                write_contact(stage, client_id, stage.month.back(back).span)
    elif stage.happens(0.8):
        usual = stage.one_of((5, 6, 6, 9, 12))
        for _ in range(usual):
            write_contact(stage, client_id, stage.window(60, 40))
        for _ in range(max(usual // 3 + stage.one_of((0, 0, 1, -1)), 0)):
            write_contact(stage, client_id, stage.window(40))
    if stage.happens(0.3):
        stage.book.contact(client_id, stage.border(), channel="sms", effective=stage.one_of((None, True)))
        stage.book.contact(client_id, stage.border(), channel="app", effective=stage.one_of((None, False)))


def write_contact(stage: Stage, client_id: str, span: Span) -> None:
    channel = stage.one_of(("phone", "visit", "wecom", None))
    stage.book.contact(client_id, stage.day_in(span), channel=channel, direction=stage.one_of(("in", "out")))


def write_requests(stage: Stage, client_id: str) -> None:
    """Often none; otherwise a few on the borders of the windows of two months."""
    if stage.happens(0.6):
        return
    for _ in range(stage.chance.randrange(1, 3)):
        kinds = stage.one_of((("complaint",), DEMANDS, DEMANDS, EXIT_REQUESTS))
        near = stage.as_of - stage.chance.randrange(-1, 65) * ONE_DAY
        stage.book.request(client_id, stage.one_of((stage.border(), near)), stage.one_of(kinds))
