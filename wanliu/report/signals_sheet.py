"""``signals.xlsx``: one row per client, day and sign, with the columns and codes of ``signals.csv``.

Beside them stand the sign's name and its sum in words, for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wanliu.report.about_sheet import about_sheet, days_in_words
from wanliu.report.formatting import sum_in_words
from wanliu.report.found import Found, evidence_json, evidence_of, quoted
from wanliu.report.workbook import DAY, PLAIN, Cell, Column, workbook
from wanliu.ruleset import Rule
from wanliu.text import Language, Text

KEEP_LEFT = 4
COMPUTED = ("fired", "clear")


def signals_workbook(found: Found, path: Path, *, language: Language, book: str) -> None:
    """Two sheets: the signals in the order of client, day and rule set, and what they mean."""
    title = _TITLE.format(days=days_in_words(found.days, language)).to(language)
    columns = [Column(head, width, DAY if head == "as_of" else {}) for head, width in _WIDTHS.items()]
    columns += [Column(_NAME.to(language), 22), Column(_SUM.to(language), 120)]
    looks = [{**PLAIN, **column.look} for column in columns]
    with workbook(path, title=title, made_on=found.days[-1], language=language) as file:
        sheet = file.sheet(_SIGNALS.to(language))
        head = sheet.table(columns, keep_left=KEEP_LEFT)
        formats = file.formats(looks)
        for cells in _rows(found, language):
            sheet.fill(cells, formats)
        sheet.filters(head, len(columns))
        told = [(name, meaning.to(language)) for name, meaning in _TOLD.items()]
        told += [(_NAME.to(language), _NAME_TOLD.to(language)), (_SUM.to(language), _SUM_TOLD.to(language))]
        about_sheet(found, file.sheet(_ABOUT.to(language)), title=title, columns=told, book=book)


def _rows(found: Found, language: Language) -> Iterator[list[Cell]]:
    names = evidence_of(found.rules)
    json = ", ".join(f"{evidence_json(sign, names[sign])} AS {quoted(f'{sign}__json')}" for sign in names)
    for row in found.rows(f"SELECT *, {json} FROM signals"):
        who = [row["client_id"], row["as_of"], row["rules"]]
        for rule in found.rules.rules:
            signal = row[rule.id]
            if signal is None or signal["status"] is None:
                continue
            result = [signal[part] for part in ("status", "severity", "value", "threshold")]
            sum_ = _sum(rule, signal, names[rule.id], language)
            yield [*who, rule.id, *result, row[f"{rule.id}__json"], rule.sign.name.to(language), sum_]


def _sum(rule: Rule, signal: dict[str, Cell], names: tuple[str, ...], language: Language) -> str | None:
    """The sum where there was one to compute."""
    if signal["status"] not in COMPUTED:
        return None
    evidence = {name: signal[name] for name in names}
    value, threshold = signal["value"], signal["threshold"]
    return sum_in_words(rule.reading, evidence, value, threshold, language, parameters=rule.values)  # type: ignore[arg-type]  # doubles, by the file's layout


_WIDTHS = {
    "client_id": 16,
    "as_of": 12,
    "rules": 10,
    "indicator": 17,
    "status": 20,
    "severity": 9,
    "value": 12,
    "threshold": 12,
    "evidence": 40,
}
_SIGNALS, _ABOUT = Text(zh="信号", en="signals"), Text(zh="说明", en="about")
_TITLE = Text(zh="全部信号 {days}", en="Signals, {days}")
_NAME, _SUM = Text(zh="指标名称", en="Sign"), Text(zh="算式", en="Sum in words")
_NAME_TOLD = Text(zh="指标的中文名称", en="what the sign is called")
_SUM_TOLD = Text(
    zh="用依据里的数写成的算式；没有结论时为空",
    en="the sum with the numbers of the evidence; empty where there is no result",
)
_TOLD = {
    "client_id": Text(zh="客户号", en="the client's number"),
    "as_of": Text(zh="判定日", en="the day that the row speaks of"),
    "rules": Text(zh="规则集", en="the rule set"),
    "indicator": Text(zh="指标编号", en="the sign's id"),
    "status": Text(zh="五种结果之一", en="one of the five results"),
    "severity": Text(zh="强 strong 或弱 weak；没有触发时为空", en="strong or weak; empty unless fired"),
    "value": Text(zh="算出的值，未舍入", en="the value, unrounded"),
    "threshold": Text(zh="与之比较的界线", en="the number that it was held against"),
    "evidence": Text(
        zh="依据（JSON）：可以手工复算的各个数", en="the operands (JSON) by which the sum can be redone"
    ),
}
