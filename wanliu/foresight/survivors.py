"""Whether the book holds the clients who closed, or only those who are still there."""

from __future__ import annotations

from datetime import date

from sqlglot import exp, parse_one

from wanliu.book.engine import Engine
from wanliu.book.sealed import TAINTED, Book
from wanliu.foresight.labels import SPOOL
from wanliu.text import Text


def survivors_only(book: Book, since: date, engine: Engine) -> Text | None:
    """Why the book sees survivors only, or None. Reads what ``Labels`` has left in the engine.

    Closed clients vanish from an export of today's clients. A book fed day by day keeps them; one sealed from
    a single export may have lost them, and then every share of leavers that was caught is a share of those
    leavers who did not close.
    """
    if strangers := _rows_of_strangers(book, engine):
        return _STRANGERS.format(count=strangers)
    if not _closed_since(since, engine):
        return _NOBODY_CLOSED.format(since=since)
    return None


def _rows_of_strangers(book: Book, engine: Engine) -> int:
    """Clients of rejected rows who are in no client table: most likely closed and gone from it."""
    if not book.paths(TAINTED):
        return 0
    query = _select(
        "SELECT COUNT(DISTINCT t.client_id) AS n FROM label_tainted AS t LEFT JOIN label_clients AS c "
        "ON LTRIM(c.client_id, '0') = LTRIM(t.client_id, '0') WHERE c.client_id IS NULL"
    )
    ((count,),) = engine.rows(query)
    return int(str(count))


def _closed_since(since: date, engine: Engine) -> int:
    query = _select(
        f"""SELECT COUNT(*) AS n FROM (
            SELECT client_id FROM label_exits
            WHERE kind = 'closed_account' AND date >= CAST('{since}' AS DATE)
            UNION
            SELECT client_id FROM label_clients WHERE closed_on >= CAST('{since}' AS DATE)
            UNION
            SELECT client_id FROM {SPOOL} WHERE rebuilt
        ) AS closed"""
    )
    ((count,),) = engine.rows(query)
    return int(str(count))


def _select(text: str) -> exp.Expr:
    found: exp.Expr = parse_one(text, dialect="duckdb")
    return found


_STRANGERS = Text(
    zh="有 {count} 个客户号出现在资产、成交等表里，却不在客户表里：多半是已销户、已从客户表中消失的客户。"
    "账簿只看得到留下来的人，所以不给出“离开的客户里事先报过警的占多少”。请从更早的客户表开始逐日并入（"
    "wanliu ingest），销户客户就会留在账簿里。",
    en="{count} client numbers stand in assets, trades and the like but not in clients: most likely "
    "closed accounts that have vanished from it. The book sees survivors only, so the share of leavers "
    "that was caught is not printed. Begin with an older table of clients and feed it day by day "
    "(wanliu ingest): who closes then stays in the book.",
)
_NOBODY_CLOSED = Text(
    zh="自 {since} 起账簿里没有一位客户销户：要么真的没有，要么销户客户没有进账簿。账簿可能只看得到留下"
    "来的人，所以不给出“离开的客户里事先报过警的占多少”。若确有销户，请补交 exits 表，或从更早的客户表开"
    "始并入（wanliu ingest）。",
    en="Not one client has closed since {since} in this book: either none did, or those who did are not "
    "in it. It may see survivors only, so the share of leavers that was caught is not printed. If "
    "accounts were closed, deliver the table exits, or begin with an older table of clients (wanliu "
    "ingest).",
)
