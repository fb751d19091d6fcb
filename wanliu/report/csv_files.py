"""``signals.csv`` and ``warnings.csv``: plain tables for programs, UTF-8 without byte order mark.

Without the mark every program reads the first column's name as it is; people who want to open a table
in a spreadsheet are better served by ``--format xlsx``, which keeps leading zeros of numbers too. Still,
somebody will double-click a CSV: a text that a spreadsheet would run as a formula gets an apostrophe in
front. No number does, so ids such as ``-1`` stay themselves.
"""

from __future__ import annotations

from pathlib import Path

from wanliu.report.found import evidence_json, evidence_of, found_in, quoted
from wanliu.ruleset import RuleSet

SIGNALS_CSV, WARNINGS_CSV = "signals.csv", "warnings.csv"

FORMULA = r"^[=+\-@\t\r＝＋－＠]"
PLAIN_NUMBER = r"^[+-]?[0-9]+([.][0-9]+)?$"
HARMLESS = (
    f"harmless(x) AS CASE WHEN regexp_matches(x, '{FORMULA}') AND NOT regexp_matches(x, '{PLAIN_NUMBER}') "
    "THEN '''' || x ELSE nullif(x, '') END"
)


def write_csv(folder_in: Path, folder_out: Path, rules: RuleSet, *, memory: str | None = None) -> None:
    """Writes both tables from the Parquet files of a run; equal runs give equal bytes.

    ``signals.csv`` has one row per client, day and sign (those that the run kept), ``warnings.csv`` one per
    client and day with a level. Rows stream; memory does not grow with them.
    """
    with found_in(folder_in, rules, memory=memory) as found:
        found.define(HARMLESS)
        found.copy(_signals(rules), folder_out / SIGNALS_CSV)
        found.copy(_warnings(), folder_out / WARNINGS_CSV)


def _signals(rules: RuleSet) -> str:
    """Each row's structs become rows of their own, in the order of the rule set; nothing is sorted again."""
    told = ", ".join(_told(sign, names) for sign, names in evidence_of(rules).items())
    return (
        "SELECT harmless(client_id) AS client_id, as_of, harmless(rules) AS rules, told.indicator, "
        "told.status, told.severity, told.value, told.threshold, told.evidence FROM (SELECT client_id, "
        f"as_of, rules, unnest([{told}]) AS told FROM signals) WHERE told.status IS NOT NULL"
    )


def _told(sign: str, names: tuple[str, ...]) -> str:
    parts = ", ".join(
        f"'{part}': {sign}.{quoted(part)}" for part in ("status", "severity", "value", "threshold")
    )
    return f"{{'indicator': '{sign}', {parts}, 'evidence': {evidence_json(sign, names)}}}"


def _warnings() -> str:
    return (
        "SELECT harmless(client_id) AS client_id, harmless(branch_id) AS branch_id, harmless(manager_id) AS "
        "manager_id, as_of, harmless(rules) AS rules, level, nullif(fired, '') AS fired, nullif(unknown, '') "
        "AS unknown, value_at_stake FROM warnings"
    )
