"""What ``seal`` and ``ingest`` say when they are done."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from wanliu.book.report import SealReport
from wanliu.text import Text


def print_report(report: SealReport) -> None:
    """Rows in, used and rejected per table with their totals, then notices and where the rejects are."""
    console = Console()
    table = Table(
        title=str(_TITLE.format(book=report.book, print=report.fingerprint[:12])), title_justify="left"
    )
    for heading in _HEADINGS:
        table.add_column(
            str(heading), justify="left" if heading in (_HEADINGS[0], _HEADINGS[-1]) else "right"
        )
    for name, rows in report.tables.items():
        totals = "  ".join(f"{column} {total:,.2f}" for column, total in rows.totals.items())
        table.add_row(name, f"{rows.rows_in:,}", f"{rows.rows_used:,}", f"{rows.rows_rejected:,}", totals)
    console.print(table)
    for notice in (*report.notices, *report.day_notices):
        console.print(f"· {notice}", highlight=False)
    if report.rejects is not None:
        console.print(str(_REJECTS.format(folder=report.rejects)), highlight=False)


_TITLE = Text(zh="账簿 {book}（指纹 {print}）", en="book {book} (fingerprint {print})")
_HEADINGS = (
    Text(zh="表", en="table"),
    Text(zh="交来行数", en="rows in"),
    Text(zh="采用", en="used"),
    Text(zh="拒收", en="rejected"),
    Text(zh="合计（元）", en="totals (CNY)"),
)
_REJECTS = Text(zh="被拒收的行逐一列在 {folder}。", en="Every rejected row is listed in {folder}.")
