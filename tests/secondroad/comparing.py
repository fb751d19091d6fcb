"""Where two answers differ, in sentences that a person can follow up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .answers import Judgement, Row, Signal, Warned

RELATIVE = 1e-9
VALUED = ("fired", "clear")


def compare(expected: Judgement, actual: Mapping[str, Iterable[Row]]) -> list[str]:
    """One line per difference: client, sign, field, expected, actual; empty where both agree.

    `actual` has the lists `signals` (client_id, indicator, status, severity, value, threshold) and
    `warnings` (client_id, level, fired, unknown, value_at_stake; ids as a list or joined by `;`). Empty
    texts stand for None. Thresholds are compared where the status is fired or clear. The order of the
    warnings counts, that of the signals does not.
    """
    return [
        *differing_signals(expected.signals, list(actual["signals"])),
        *differing_warnings(expected.warnings, list(actual["warnings"])),
    ]


def differing_signals(expected: Mapping[tuple[str, str], Signal], rows: list[Row]) -> list[str]:
    found = {(row["client_id"], row["indicator"]): row for row in rows}
    lines = [f"{len(rows) - len(found)} signal rows are there twice"] if len(rows) > len(found) else []
    for key in sorted(expected.keys() | found.keys()):
        place = " ".join(key)
        if key not in found:
            lines.append(f"{place}: expected {expected[key].status}, actual has no such row")
        elif key not in expected:
            lines.append(f"{place}: expected no such row, actual {found[key]['status']}")
        else:
            lines.extend(f"{place} {line}" for line in differing_fields(expected[key], found[key]))
    return lines


def differing_fields(signal: Signal, row: Row) -> list[str]:
    pairs: dict[str, tuple[Any, Any]] = {
        "status": (signal.status, row["status"]),
        "severity": (signal.severity, row["severity"]),
        "value": (signal.value, row["value"]),
    }
    if signal.status in VALUED:
        pairs["threshold"] = (signal.threshold, row["threshold"])
    return [difference(name, *pair) for name, pair in pairs.items() if not same(*pair)]


def differing_warnings(expected: Mapping[str, Warned], rows: list[Row]) -> list[str]:
    found = {row["client_id"]: row for row in rows}
    lines = [f"{len(rows) - len(found)} warning rows are there twice"] if len(rows) > len(found) else []
    for client_id in sorted(expected.keys() | found.keys()):
        if client_id not in found:
            lines.append(f"{client_id} warning: expected {expected[client_id].level}, actual has no such row")
        elif client_id not in expected:
            lines.append(f"{client_id} warning: expected no such row, actual {found[client_id]['level']}")
        else:
            pairs = warning_pairs(expected[client_id], found[client_id])
            lines.extend(f"{client_id} warning {difference(*pair)}" for pair in pairs if not same(*pair[1:]))
    order = [row["client_id"] for row in rows]
    if not lines and order != list(expected):
        lines.append(f"order of warnings: expected {list(expected)}, actual {order}")
    return lines


def warning_pairs(warned: Warned, row: Row) -> list[tuple[str, Any, Any]]:
    return [
        ("level", warned.level, row["level"]),
        ("fired", warned.fired, ids(row["fired"])),
        ("unknown", warned.unknown, ids(row["unknown"])),
        ("value_at_stake", warned.value_at_stake, Decimal(str(row["value_at_stake"]))),
    ]


def ids(told: str | Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(told, str):
        return tuple(told.split(";")) if told else ()
    return tuple(told or ())


def same(expected: Any, actual: Any) -> bool:
    """Texts, Nones and decimals to the letter; numbers as doubles, 1e-9 apart at most (relative)."""
    actual = None if actual == "" else actual
    if expected is None or actual is None or isinstance(expected, str | tuple | Decimal):
        return bool(expected == actual)
    return math.isclose(float(expected), float(actual), rel_tol=RELATIVE, abs_tol=1e-12)


def difference(name: str, expected: Any, actual: Any) -> str:
    return f"{name}: expected {readable(expected)}, actual {readable(actual)}"


def readable(told: Any) -> str:
    if told is None or isinstance(told, str | tuple | Decimal):
        return repr(told) if told == "" else str(told)
    return f"{float(told)!r} ({told})" if not isinstance(told, float) else repr(told)
