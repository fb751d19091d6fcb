"""The page of tables: every column that a book may have."""

from __future__ import annotations

from wanliu.book.codes import code_word
from wanliu.book.tables import TABLES, Column, Table
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.text import Language, Text

NAME = "tables"
TITLE = Text(zh="数据表", en="Tables")

_TYPES = {
    "id": Text(zh="编号（文本）", en="identifier (text)"),
    "text": Text(zh="文本", en="text"),
    "code": Text(zh="代码", en="code"),
    "date": Text(zh="日期", en="day"),
    "money": Text(zh="金额，两位小数", en="money, two decimals"),
    "rate": Text(zh="费率", en="rate"),
    "integer": Text(zh="整数", en="whole number"),
    "boolean": Text(zh="是否", en="true or false"),
}
_UNITS = {
    "date": Text(zh="上海时间的自然日", en="calendar day in Shanghai"),
    "money": Text(zh="元", en="CNY"),
    "rate": Text(zh="小数，如 0.0003", en="fraction, as 0.0003"),
}
_HEADINGS = (
    Text(zh="列", en="column"),
    Text(zh="含义", en="meaning"),
    Text(zh="类型", en="type"),
    Text(zh="单位", en="unit"),
    Text(zh="必须", en="required"),
    Text(zh="取值与默认", en="values and default"),
)


def tables_page(language: Language) -> str:
    parts = heading(TITLE.to(language), other=file_name(NAME, other_language(language)), language=language)
    parts.append(_ABOUT.to(language))
    for one in TABLES.values():
        parts += _table(one, language)
    return page(parts)


def _table(one: Table, language: Language) -> list[str]:
    key = ", ".join(f"`{name}`" for name in one.key) or _NO_KEY.to(language)
    rows = [_column(one, column, language) for column in one.columns]
    return [
        f"## {one.meaning.to(language)} · `{one.name}`",
        (_DAILY if one.daily else _PLAIN).format(key=key).to(language),
        table([h.to(language) for h in _HEADINGS], rows),
    ]


def _column(one: Table, column: Column, language: Language) -> tuple[str, ...]:
    unit = _UNITS.get(column.type)
    return (
        f"`{column.name}`",
        column.meaning.to(language),
        _TYPES[column.type].to(language),
        unit.to(language) if unit else "",
        _REQUIRED.to(language) if column.required else "",
        _values(one, column, language),
    )


def _values(one: Table, column: Column, language: Language) -> str:
    said = [_code(one.name, column.name, code, language) for code in column.codes]
    if column.at_least is not None:
        said.append(f"≥ {column.at_least}")
    if column.at_most is not None:
        said.append(f"≤ {column.at_most}")
    if column.default is not None:
        said.append(_DEFAULT.format(value=column.default).to(language))
    return "；".join(said) if language == "zh" else "; ".join(said)


def _code(table_name: str, column: str, code: str, language: Language) -> str:
    return f"`{code}` {code_word(table_name, column, code).zh}" if language == "zh" else f"`{code}`"


_ABOUT = Text(
    zh="账簿（book）由下列表组成，只有 `clients` 必须有。缺少的表，读它的指标对所有客户记为数据缺失；"
    "表在而某客户没有行，就是零"
    "（`assets` 例外：没有行就是缺失）。表头可以用中文，见各映射文件。",
    en="A book has these tables; only `clients` must be there. Signs that read an absent table are missing "
    "data for everyone. "
    "A table without a row for a client means zero (but `assets`: there it means missing). Chinese headers "
    "are read through mappings.",
)
_DAILY = Text(
    zh="逐日的表；主键 {key}。封存时按月存放，按客户和日期排序。",
    en="A daily table; key {key}. Sealed by month, sorted by client and day.",
)
_PLAIN = Text(zh="主键 {key}。", en="Key {key}.")
_NO_KEY = Text(zh="无", en="none")
_REQUIRED = Text(zh="必须", en="yes")
_DEFAULT = Text(zh="默认 `{value}`", en="default `{value}`")
