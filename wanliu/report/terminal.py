"""The summary in the terminal after a run: how many, which signs, what is missing, whom to call first.

Tables fit the width: names that do not are cut with …, numbers never.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from wanliu.report.about_sheet import FINGERPRINT_DIGITS, days_in_words
from wanliu.report.formatting import count, money, share
from wanliu.report.found import Found, found_in
from wanliu.report.missing import missing_because
from wanliu.report.warnings_sheet import ON_WORKLIST, UNKNOWN
from wanliu.report.words import LEVELS, SHORT_STATUSES
from wanliu.ruleset import RuleSet
from wanliu.text import Language, Text

NARROWEST = 60
DAYS_SHOWN = 12
CLIENTS_SHOWN = 10
GAP = 2
STYLES = {
    "red": "bold red",
    "orange": "bold dark_orange",
    "yellow": "bold yellow",
    "unknown": "dim",
    "none": "",
}
MISSING = "red"
SEEN = ("red", "orange", "yellow", "unknown")


def summary(
    folder: Path,
    rules: RuleSet,
    *,
    language: Language,
    book: str = "",
    width: int = 80,
    colour: bool = False,
    memory: str | None = None,
) -> str:
    """The summary of a finished run in ``folder``, ready to print; ``book`` is what the book is called."""
    width = max(width, NARROWEST)
    file = StringIO()
    system = "256" if colour else None
    console = Console(file=file, width=width, force_terminal=colour, color_system=system, highlight=False)  # type: ignore[arg-type]  # a literal of rich's
    with found_in(folder, rules, memory=memory) as found:
        for part in (
            *_title(found, language, book, width),
            _levels(found, language) if len(found.days) == 1 else _levels_by_day(found, language),
            _signs(found, language, width),
            *_reasons(found, language, width),
            *_first_clients(found, language, width),
            *_notes(found, language, width),
        ):
            console.print(part)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _title(found: Found, language: Language, book: str, width: int) -> list[RenderableType]:
    rules = found.rules
    about = _ABOUT.format(
        book=" ".join(part for part in (book, found.account["book"][:FINGERPRINT_DIGITS]) if part),
        rules=rules.title.to(language),
        name=rules.name,
        version=rules.version,
    ).to(language)
    title = _TITLE.format(days=days_in_words(found.days, language)).to(language)
    return [Styled(title, "bold"), Styled(_cut(about, width), "dim"), ""]


def _levels(found: Found, language: Language) -> RenderableType:
    """Clients by level, and their share of all who were judged."""
    table = _table(
        (_LEVEL.to(language), "left"), (_CLIENTS.to(language), "right"), (_SHARE.to(language), "right")
    )
    judged = found.account["judged"]
    for level, number in found.account["levels"].items():
        of_all = share(number / judged, language, 1) if judged else ""
        table.add_row(Styled(LEVELS[level].to(language), STYLES[level]), count(number), of_all)
    table.add_row(Styled(_JUDGED.to(language), "bold"), Styled(count(judged), "bold"), "")
    return _parted(table)


def _levels_by_day(found: Found, language: Language) -> RenderableType:
    """Clients by level for the latest days, and over all days."""
    heads = [(LEVELS[level].to(language), "right") for level in SEEN]
    table = _table((_DAY.to(language), "left"), *heads)
    for column, level in zip(table.columns[1:], SEEN, strict=True):
        column.style = STYLES[level]
    counts: dict[Any, dict[str, int]] = {day: {} for day in found.days}
    for row in found.rows("SELECT as_of, level, count(*) AS clients FROM warnings GROUP BY ALL"):
        counts[row["as_of"]][row["level"]] = row["clients"]
    left_out = len(found.days) - DAYS_SHOWN
    if left_out > 0:
        table.add_row(Styled(_EARLIER.format(number=left_out).to(language), "dim"), *[""] * len(SEEN))
    for day in found.days[-DAYS_SHOWN:]:
        table.add_row(day.isoformat(), *(count(counts[day].get(level, 0)) for level in SEEN))
    every = found.account["levels"]
    table.add_row(Styled(_ALL_DAYS.to(language), "bold"), *(count(every.get(level, 0)) for level in SEEN))
    return _parted(table)


def _signs(found: Found, language: Language, width: int) -> RenderableType:
    """How often each sign gave each of the five results."""
    signals = found.account["signals"]
    texts = {
        rule.id: [count(signals.get(rule.id, {}).get(status, 0)) for status in SHORT_STATUSES]
        for rule in found.rules.rules
    }
    heads = [word.to(language) for word in SHORT_STATUSES.values()]
    taken = [max(map(cell_len, column)) for column in zip(heads, *texts.values(), strict=True)]
    room = width - sum(taken) - GAP * len(heads)
    table = _table((_SIGN.to(language), "left"), *((head, "right") for head in heads))
    for rule in found.rules.rules:
        *others, missing = texts[rule.id]
        table.add_row(
            _cut(rule.sign.name.to(language), room),
            Styled(others[0], "bold" if others[0] != "0" else "dim"),
            *others[1:],
            Styled(missing, MISSING if missing != "0" else ""),
        )
    return _parted(table)


def _reasons(found: Found, language: Language, width: int) -> list[RenderableType]:
    reasons = missing_because(found.rules, found.account, language)
    if not reasons:
        return []
    return [Styled(_WHY_MISSING.to(language), MISSING), _parted(_bullets(reasons, width))]


def _first_clients(found: Found, language: Language, width: int) -> list[RenderableType]:
    """The top of the latest day's list, without those who are not to be contacted."""
    day = found.days[-1]
    listed = f"warnings WHERE as_of = DATE '{day.isoformat()}' AND level <> '{UNKNOWN}' AND {ON_WORKLIST}"
    number = found.number(f"SELECT count(*) FROM {listed}")
    if not number:
        return [_NOBODY.format(day=day).to(language), ""]
    said = _FIRST.format(day=day, shown=min(number, CLIENTS_SHOWN), number=count(number)).to(language)
    names = {rule.id: rule.sign.name.to(language) for rule in found.rules.rules}
    clients = list(found.rows(f"SELECT * FROM {listed} LIMIT {CLIENTS_SHOWN}"))
    heads = [head.to(language) for head in (_LEVEL, _CLIENT, _BRANCH, _MANAGER, _STAKE, _FIRED)]
    rows, room = _clients(clients, heads, language, width)
    table = _table(*((head, "right" if head == _STAKE.to(language) else "left") for head in heads))
    for client, row in zip(clients, rows, strict=True):
        fired = [names[sign] for sign in client["fired"].split(";")]
        table.add_row(Styled(row[0], STYLES[client["level"]]), *row[1:], _fitting(fired, room, language))
    return [Styled(said, "bold"), _parted(table)]


def _clients(
    clients: Sequence[dict[str, Any]], heads: Sequence[str], language: Language, width: int
) -> tuple[list[list[str]], int]:
    """The cells before the signs, with branches and managers cut until the signs have room; and that room."""
    for most in BRANCH_WIDTHS:
        rows = [_client(client, most, language) for client in clients]
        taken = [max(map(cell_len, column)) for column in zip(heads[:-1], *rows, strict=True)]
        room = width - sum(taken) - GAP * len(taken)
        if room >= ROOM_FOR_SIGNS:
            break
    return rows, max(room, cell_len(heads[-1]))


def _client(client: dict[str, Any], most: int, language: Language) -> list[str]:
    number = _cut(client["client_id"], CLIENT_WIDTH)
    ids = [_cut(client[whose] or NOBODY, most) for whose in ("branch_id", "manager_id")]
    return [LEVELS[client["level"]].to(language), number, *ids, money(client["value_at_stake"])]


def _notes(found: Found, language: Language, width: int) -> list[RenderableType]:
    """Who is not on the list, and why."""
    unknown = found.account["levels"].get(UNKNOWN, 0)
    silent = found.number(f"SELECT count(*) FROM warnings WHERE NOT ({ON_WORKLIST})")
    clients = found.account["rows"].get("clients", {}).get("sealed", 0)
    outside = clients * len(found.days) - found.account["judged"]
    said = [(_NOT_KNOWN, unknown), (_SILENT, silent), (_OUTSIDE, outside)]
    unit = (_CLIENT_UNIT if len(found.days) == 1 else _CLIENT_DAY_UNIT).to(language)
    notes = [note.format(number=count(number), unit=unit).to(language) for note, number in said if number > 0]
    return [_parted(_bullets(notes, width))] if notes else []


# --- how things are laid out ----------------------------------------------------------------------------


def _table(*heads: tuple[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_edge=False)
    for head, side in heads:
        table.add_column(head, justify=side, no_wrap=True)
    return table


def _parted(table: Table) -> Table:
    """The table with an empty line below."""
    table.show_footer = True
    return table


def _bullets(lines: Sequence[str], width: int) -> Table:
    table = Table.grid()
    for line in lines:
        table.add_row(BULLET, "\n".join(_lines(line, width - len(BULLET))))
    return table


def _lines(text: str, room: int) -> list[str]:
    """The text in lines of at most so many cells.

    They break at blanks and between Chinese characters, never before a closing mark or within a number.
    """
    lines = [""]
    for piece in PIECE.findall(text):
        if lines[-1] and cell_len(lines[-1]) + cell_len(piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _cut(text: str, room: int) -> str:
    """The text within so many cells, with … where it was cut."""
    return text if cell_len(text) <= room else set_cell_size(text, room - 1).rstrip() + "…"


def _fitting(names: Sequence[str], room: int, language: Language) -> str:
    """As many names as fit, and how many more there are."""
    between = _BETWEEN.to(language)
    for shown in range(len(names), 0, -1):
        more = f" +{len(names) - shown}" if shown < len(names) else ""
        text = between.join(names[:shown]) + more
        if cell_len(text) <= room:
            return text
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return _cut(names[0], room - len(more)) + more


BULLET = " - "
PIECE = re.compile(r"(?:[（「]*[\u2e80-\uffef]|[（「]*[^\s\u2e80-\uffef]+)[，。；：、）」]*\s*")
CLIENT_WIDTH = 24
BRANCH_WIDTHS = (16, 10, 6)
ROOM_FOR_SIGNS = 20
NOBODY = "-"

_TITLE = Text(zh="客户流失预警  {days}", en="Clients who show the signs of leaving  {days}")
_ABOUT = Text(
    zh="账簿 {book} · 规则集「{rules}」（{name} 第 {version} 版）",
    en="book {book} · rule set “{rules}” ({name}, version {version})",
)
_LEVEL, _CLIENTS, _SHARE = (
    Text(zh="等级", en="level"),
    Text(zh="客户数", en="clients"),
    Text(zh="占比", en="share"),
)
_JUDGED = Text(zh="合计判断", en="all judged")
_DAY, _ALL_DAYS = Text(zh="判定日", en="as of"), Text(zh="全部判定日", en="all days")
_EARLIER = Text(zh="（更早 {number} 天）", en="({number} earlier)")
_SIGN = Text(zh="指标", en="sign")
_WHY_MISSING = Text(zh="数据缺失的原因", en="Why data are missing")
_FIRST = Text(
    zh="{day} 名单前 {shown} 位（共 {number} 位）", en="Top {shown} of the list of {day} ({number} clients)"
)
_NOBODY = Text(zh="{day} 没有客户达到预警等级。", en="On {day} no client reaches a level.")
_CLIENT, _BRANCH, _MANAGER = (
    Text(zh="客户号", en="client"),
    Text(zh="营业部", en="branch"),
    Text(zh="经理", en="manager"),
)
_STAKE, _FIRED = Text(zh="在险价值", en="at stake"), Text(zh="触发指标", en="signs that fired")
_CLIENT_UNIT = Text(zh="位客户", en="clients")
_CLIENT_DAY_UNIT = Text(zh="人次（客户 × 判定日）", en="rows (clients × days)")
_NOT_KNOWN = Text(
    zh="{number} {unit}无法判断：关键指标缺数据，不等于没有问题。",
    en="{number} {unit} are unknown: a key sign lacks data, which does not mean that all is well.",
)
_SILENT = Text(
    zh="另有 {number} {unit}已登记勿扰：照样判断，但不上名单，请勿联系。",
    en="{number} {unit} are left off the list: judged like others, but not to be contacted.",
)
_OUTSIDE = Text(
    zh="{number} {unit}不判断：机构与产品户、员工、已故、已销户、拒绝评分或当时尚未开户。",
    en="{number} {unit} are not judged: institutions, products, employees, deceased, closed, opted out or "
    "not yet opened.",
)
_BETWEEN = Text(zh="、", en=", ")
