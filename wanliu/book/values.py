"""From the text in a file to a value: dates, money, rates, numbers and client numbers, as SQL of the engine.

The macros work on *plain* text (see ``wl_plain``). Each gives NULL where the text is not such a value;
whether that is a blank or a fault is for the caller to say, who still holds the plain text.

Money is rounded half up to the fen, away from zero (2.675 → 2.68, −2.675 → −2.68); binary doubles are
rounded as the shortest decimal that they print as.
"""

from __future__ import annotations

import duckdb

FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F))
BLANKS = "\u3000\u00a0\u2007\u202f\t\r\n"
VANISHING = "\ufeff\u200b"

FIRST_YEAR, LAST_YEAR = 1901, 2199
"""Days outside these years are typing errors, but for the marks of no day (19000101, 30000000, 99991231)."""
FIRST_SERIAL, LAST_SERIAL = 7_306, 73_050
"""Excel counts days from 1899-12-30; these are 1920-01-01 and 2099-12-31."""
EXACT_DOUBLE = 1_000_000_000
"""Below this the quick rounding of a double by arithmetic is exact; above it goes through its text."""
TOO_LARGE_A_RATE = 1
"""A rate is a fraction; at 1 or more the sign % or ‱ was lost on the way."""

_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_NO_DAY = (
    r"0+(?:\.0+)?|0{4}[-/.]0{1,2}[-/.]0{1,2}.*|1900[-/.]?0?1[-/.]?0?1(?:[ T][0:.]+|\.0+)?"
    r"|(?:3000|9999)[-/.]?\d{1,2}[-/.]?\d{1,2}(?:[ T].*|\.0+)?"
)
_NUMBER = r"[+-]?[¥$]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?元?|[+-]?\.\d+|[+-]?\d(?:\.\d+)?[eE]-\d+"
DIGITS_LOST = r"[+-]?\d(?:\.\d+)?[eE]\+\d+"
"""What a spreadsheet makes of a twelve-digit number: 1.23457E+11."""
NO_VALUE = ("NULL", "null", "NaN", "nan")


def quote_text(text: str) -> str:
    """A text as an SQL literal; the one way in which foreign text enters a statement that cannot bind it."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A name of a column or relation as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _macros() -> dict[str, str]:
    fold_from = FULL_WIDTH + "￥" + BLANKS + VANISHING
    fold_to = HALF_WIDTH + "¥" + " " * len(BLANKS)
    folded = f"translate(x, {quote_text(fold_from)}, {quote_text(fold_to)})"
    unwrapped = rf"""regexp_replace({folded}, '^ *="(.*)" *$|^ *''?(.*?) *$', '\1\2')"""
    return {
        "wl_plain(x)": (
            rf"nullif(regexp_replace({unwrapped}, '^(?: "
            rf"*|-+|—+|NULL|null|\\N|NaN|nan)$', ''), '')"
        ),
        "wl_text(x)": (
            r"nullif(regexp_replace(x, "
            r"'^[\s\x{00A0}\x{3000}\x{FEFF}]+|[\s\x{00A0}\x{3000}]+$', '', 'g'), '')"
        ),
        "wl_no_day(p)": f"regexp_full_match(p, '{_NO_DAY}')",
        "wl_day_in_range(d)": f"case when year(d) between {FIRST_YEAR} and {LAST_YEAR} then d end",
        "wl_day(p)": rf"""wl_day_in_range(case
            when wl_no_day(p) then null
            when regexp_full_match(p, '\d{{8}}(?:\.0+)?') then cast(try_strptime(left(p, 8), '%Y%m%d') as
            date)
            when regexp_full_match(p, '{_DAY}') then try_cast(regexp_replace(p, '^{_DAY}$', '\1-\2-\3') as
            date)
            end)""",
        "wl_serial_day(p)": rf"""case
            when regexp_full_match(p, '\d{{4,5}}(?:\.\d+)?')
             and try_cast(p as double) between {FIRST_SERIAL} and {LAST_SERIAL}
            then date '1899-12-30' + cast(floor(cast(p as double)) as integer)
            end""",
        "wl_number(p)": (
            rf"case when regexp_full_match(p, '{_NUMBER}') "
            rf"then regexp_replace(p, '[,¥$元+]', '', 'g') end"
        ),
        "wl_money(p)": "try_cast(wl_number(p) as decimal(18, 2))",
        "wl_money_of_double(x)": f"""case when abs(x) < {EXACT_DOUBLE}
            then try_cast(sign(x) * floor(abs(x) * 100 * (1 + 1e-15) + 0.5) / 100 as decimal(18, 2))
            else try_cast(cast(x as varchar) as decimal(18, 2)) end""",
        "wl_rate_unit(p)": r"""case
            when regexp_matches(p, '^万|‱$') then 0.0001::decimal(5, 4)
            when regexp_matches(p, '^千|‰$') then 0.001::decimal(5, 4)
            when regexp_matches(p, '^百|%$') then 0.01::decimal(5, 4)
            else 1::decimal(5, 4) end""",
        "wl_rate(p)": r"""try_cast(
            try_cast(wl_number(regexp_replace(p, '^[万千百](?:分之)?|[%‰‱]$', '', 'g')) as decimal(20, 10))
            * wl_rate_unit(p) as decimal(12, 8))""",
        "wl_integer(p)": r"""case when regexp_full_match(p, '[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?')
            then try_cast(regexp_replace(p, ',|\.0*$', '', 'g') as integer) end""",
        "wl_digits_lost(p)": f"regexp_full_match(p, '{DIGITS_LOST}')",
        # Much quicker than cleaning: true only where wl_plain would change nothing and no digits are lost.
        "wl_is_plain(x)": f"""strlen(x) = length(x) and x >= '0' and x not in {NO_VALUE}
            and not contains(x, ' ') and not contains(x, '=') and not contains(x, '+')
            and not contains(x, chr(9)) and not contains(x, chr(10)) and not contains(x, chr(13))""",
        "wl_padded(p, width)": r"""case when regexp_full_match(p, '\d+') and length(p) < width
            then lpad(p, width, '0') else p end""",
        "wl_numbers_in(p)": r"list_transform(regexp_extract_all(p, '\d[\d,]*(?:\.\d+)?'), "
        "lambda n: try_cast(replace(n, ',', '') as decimal(18, 2)))",
        "wl_half(a, b)": "cast(cast(a + b as decimal(20, 2)) * 0.5::decimal(2, 1) as decimal(18, 2))",
        "wl_middle(p)": r"""case
            when regexp_matches(p, '[+>]|(?i)over|以上') then null
            when regexp_matches(p, '^ *(?:<|(?i)under|(?i)up to)') then wl_half(0, wl_numbers_in(p)[1])
            when len(wl_numbers_in(p)) = 2 then wl_half(wl_numbers_in(p)[1], wl_numbers_in(p)[2])
            when len(wl_numbers_in(p)) = 1 then wl_numbers_in(p)[1] end""",
    }


def install_values(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the ``wl_`` macros known to this connection."""
    for head, body in _macros().items():
        connection.execute(f"create or replace macro {head} as {body}")
