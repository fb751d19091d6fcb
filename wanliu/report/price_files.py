"""The folder of a study of cuts: the page, the figures as CSV and Parquet, a workbook, and run.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from wanliu import __version__
from wanliu.commission.study.answers import answers
from wanliu.commission.study.effect import Estimate
from wanliu.commission.study.whole import Compared, PriceStudy
from wanliu.report.price_charts import PriceCharts
from wanliu.report.price_page import price_page
from wanliu.report.price_said import chart_file
from wanliu.report.price_words import first_lines
from wanliu.report.study_files import ACCOUNT, PAGE, SHEETS, write_tables
from wanliu.report.workbook import HEAD, HEAD_HEIGHT, PLAIN, WRAPPED, workbook
from wanliu.text import LANGUAGES, Language, Text

FIRST_WIDTH, WIDTH = 110.0, 16.0


def write_price_study(
    study: PriceStudy, folder: Path, *, language: Language, book: str, seconds: float
) -> None:
    """Writes everything into the folder; equal studies give equal bytes but for run.json's seconds."""
    made = tables(study, language)
    write_tables(made, folder)
    (folder / PAGE).write_text(price_page(study, language, book=book), encoding="utf-8")
    for each in LANGUAGES:
        for name, drawn in PriceCharts(study, each).all():
            (folder / chart_file(name, each)).write_text(drawn, encoding="utf-8")
    _write_sheets(study, made, folder / SHEETS, language, book)
    account = json.dumps(_account(study, seconds), ensure_ascii=False, indent=2, default=str)
    (folder / ACCOUNT).write_text(account + "\n", encoding="utf-8")


def tables(study: PriceStudy, language: Language) -> dict[str, pa.Table]:
    """File name → rows; what is empty is left out."""
    steps = [
        {"series": one.series, "step": one.step, "treated": one.treated, "others": one.others,
         "rows": one.rows, **_bounds("difference", one.difference)}
        for one in study.steps
    ]  # fmt: skip
    levels = [
        {"rate_low": one.low, "rate_high": one.high, "rows": one.rows, "leavers": one.leavers,
         **_bounds("bare", one.bare), **_bounds("like", one.like)}
        for one in study.levels
    ]  # fmt: skip
    effects = [_row(study, one, language) for one in (*study.compared, *study.placebos)]
    return {
        name: pa.Table.from_pylist(rows)
        for name, rows in (("effects", effects), ("steps", steps), ("levels", levels))
        if rows
    }


def _row(study: PriceStudy, one: Compared, language: Language) -> dict[str, Any]:
    """Numbers where there is an effect, and the reason where there is none."""
    found = one.effect
    return {
        "what": one.arm,
        "part": one.part,
        "horizon": one.horizon,
        "treated": one.treated,
        **_bounds("effect", found.estimate if found else None),
        **_bounds("naive", found.naive if found else None),
        "left": found.rate if found else None,
        "left_without": found.without if found else None,
        "others": found.others if found else None,
        "others_leavers": found.others_leavers if found else None,
        "effective": found.overlap.effective if found else None,
        "trimmed": found.overlap.trimmed if found else None,
        "yuan_each": study.yuan.get(one.arm) if one.part == "all" else None,
        "refused": one.refused.to(language) if one.refused else None,
    }


def _bounds(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    values = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _write_sheets(
    study: PriceStudy, made: Mapping[str, pa.Table], path: Path, language: Language, book: str
) -> None:
    title = _TITLE.format(book=book).to(language)
    with workbook(path, title=title, made_on=study.landmarks[-1], language=language) as file:
        front = file.sheet(_FIRST.to(language))
        front.words(title, first_lines(study, language), width=FIRST_WIDTH, look=PLAIN)
        for name, table in made.items():
            sheet = file.sheet(_NAMES[name].to(language))
            sheet.widths([WIDTH] * table.num_columns)
            sheet.row(table.column_names, [{**HEAD, **WRAPPED}] * table.num_columns, height=HEAD_HEIGHT)
            for row in table.to_pylist():
                sheet.fill(list(row.values()), file.formats([PLAIN] * table.num_columns))


def _account(study: PriceStudy, seconds: float) -> dict[str, Any]:
    return {
        "program": __version__,
        "book": study.book,
        "landmarks": study.landmarks,
        "weeks_left_out": study.left_out,
        "numbers": asdict(study.numbers),
        "yuan": dict(study.yuan),
        "cuts": {str(nth): count for nth, count in study.cuts.items()},
        "absent": study.absent,
        "answers": [
            {"finding": one.finding.en, "verdict": one.verdict, "reason": one.reason.en}
            for one in answers(study)
        ],
        "lines": {language: list(first_lines(study, language)) for language in LANGUAGES},
        "seconds": round(seconds, 3),
    }


_TITLE = Text(zh="降佣留得住客户吗：{book}", en="Does a cut keep clients? {book}")
_FIRST = Text(zh="结论", en="first")
_NAMES = {
    "effects": Text(zh="比较", en="comparisons"),
    "steps": Text(zh="逐月", en="months"),
    "levels": Text(zh="费率", en="rates"),
}
