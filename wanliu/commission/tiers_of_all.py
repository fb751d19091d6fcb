"""Which published tier every client of a book meets, and whether the client pays its terms or better."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book
from wanliu.commission.everyone import quotes
from wanliu.commission.tariff import Channel, Tariffs, Tier
from wanliu.commission.terms import Terms
from wanliu.errors import UsageError
from wanliu.text import Text

NO_TERMS = Terms(Decimal(0), Decimal(0))
"""Asked of the sum over all orders, of which only turnover and present terms are taken."""


def tiers_of_all(
    connection: duckdb.DuckDBPyConnection, book: Book, tariffs: Tariffs, *, as_of: date, channel: Channel
) -> pa.Table:
    """A row per client with assets in the tariff's days and known terms, by client: client_id, place (of the
    best tier met, in the channel's ladder), as_published (rate and minimum are that tier's or better).

    Raises UsageError before the first tariff, for a channel without tiers, and where the book has no orders
    or no assets.
    """
    tariff = tariffs.on(as_of)
    ladder = tariff.ladder(channel)
    days = book.calendar.ending(as_of, length=tariff.asset_days) if book.has("assets") else None
    if not ladder or days is None:
        raise UsageError(_CANNOT)
    everyone = quotes(connection, book, tariffs, against=NO_TERMS, as_of=as_of)
    connection.register("everyone_asked", everyone)
    try:
        with named_failures():
            return connection.sql(_sql(book.rows_of("assets", *days), ladder)).to_arrow_table()
    finally:
        connection.unregister("everyone_asked")


def _sql(assets: str, ladder: tuple[Tier, ...]) -> str:
    """The best tier is asked for first; a mean is multiplied out, for it may have no end."""
    met = " ".join(
        f"WHEN held >= {tier.assets_at_least}::DECIMAL(24,2) * days::DECIMAL(6,0) "
        f"AND turnover >= {tier.turnover_at_least} THEN {place}"
        for place, tier in reversed(list(enumerate(ladder)))
    )
    tiers = ", ".join(f"({place}, {tier.rate}, {tier.minimum})" for place, tier in enumerate(ladder))
    return f"""
WITH held AS (
    SELECT client_id, sum(net_assets) AS held, count(net_assets) AS days FROM ({assets}) GROUP BY client_id
),
placed AS (
    SELECT client_id, rate, minimum, CASE {met} END AS place
    FROM everyone_asked JOIN held USING (client_id)
    WHERE days > 0 AND rate IS NOT NULL AND minimum IS NOT NULL
)
SELECT client_id, place::INTEGER AS place, rate <= tier_rate AND minimum <= tier_minimum AS as_published
FROM placed JOIN (VALUES {tiers}) AS tiers(place, tier_rate, tier_minimum) USING (place)
ORDER BY client_id"""


_CANNOT = Text(
    zh="这一天的账簿没有足够的资产，或这个渠道没有公示的档位，判断不了客户符合哪一档。",
    en="The book has too few assets for this day, or the channel has no published tier: which tier clients "
    "meet cannot be told.",
)
