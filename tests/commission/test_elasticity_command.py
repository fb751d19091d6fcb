"""``wanliu commission elasticity``: a table in, a row per group out; what does not count is counted."""

from __future__ import annotations

import csv
import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from tests.commission.panels import a_panel
from wanliu.cli import main

HEAD = "store,brand,week,quantity,price,feature,display"
BRANDS = {"橙": -1.5, "plain": -3.0}


def lines(*, logs: bool = False) -> list[str]:
    """Two brands with elasticities of their own, 30 stores, 25 weeks; display is a word."""
    return list(_lines(logs=logs))


@cache
def _lines(*, logs: bool) -> tuple[str, ...]:
    written = []
    for number, (brand, truth) in enumerate(BRANDS.items()):
        panel = a_panel(number, truth=truth)
        for row in range(len(panel["price"])):
            quantity, price = panel["quantity"][row], panel["price"][row]
            values = (quantity, price) if logs else (np.exp(quantity), np.exp(price))
            shown = ("end", "none")[row % 2]
            written.append(
                f"{int(panel['unit'][row])},{brand},{row % 25},{values[0]!r},{values[1]!r},"
                f"{int(panel['feature'][row])},{shown}".replace("np.float64(", "").replace(")", "")
            )
    return tuple(written)


def a_table(folder: Path, rows: list[str], *, name: str = "sales.csv", codec: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes("\n".join([HEAD, *rows, ""]).encode(codec))
    return file


def ask(table: Path, *more: str, by: bool = True) -> list[dict[str, str]]:
    out = table.with_suffix(".out")
    grouped = ("--by", "brand") if by else ()
    asked = [
        "--quantity",
        "quantity",
        "--price",
        "price",
        "--unit",
        "store,brand",
        "--controls",
        "feature,display",
    ]
    arguments = [*asked, *grouped, *more, "-o", str(out), "--replace", "--lang", "en"]
    assert main(["commission", "elasticity", str(table), *arguments]) == 0
    return list(csv.DictReader(out.read_text("utf-8").splitlines()))


def test_a_row_per_group_and_a_pooled_one(tmp_path: Path) -> None:
    found = {row["brand"]: row for row in ask(a_table(tmp_path, lines()), "--log")}

    assert list(found) == ["plain", "橙", "pooled"]
    for brand, truth in BRANDS.items():
        assert float(found[brand]["low_90"]) - 0.2 < truth < float(found[brand]["high_90"]) + 0.2
        assert (found[brand]["n"], found[brand]["units"]) == ("750", "30")
    assert (found["pooled"]["n"], found["pooled"]["units"]) == ("1500", "60")
    assert -3.0 < float(found["pooled"]["estimate"]) < -1.5


def test_columns_in_logs_already_give_the_same(tmp_path: Path) -> None:
    plain = ask(a_table(tmp_path, lines()), "--log")
    logged = ask(a_table(tmp_path, lines(logs=True)))
    mixed = [row.split(",") for row in lines()]
    for row in mixed:
        row[3] = repr(float(np.log(float(row[3]))))
    half = ask(a_table(tmp_path, [",".join(row) for row in mixed]), "--log", "price")

    for one, other, third in zip(plain, logged, half, strict=True):
        assert float(one["estimate"]) == pytest.approx(float(other["estimate"]), rel=1e-9)
        assert float(one["estimate"]) == pytest.approx(float(third["estimate"]), rel=1e-9)


def test_zeros_blanks_and_words_are_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ["1,plain,1,0,2.0,0,end", "1,plain,1,-5,2.0,0,end", "1,plain,1,10,,0,end", "1,,1,10,2.0,0,end",
           "1,plain,1,10,2.0,NA,end", "1,plain,1,many,2.0,0,end", "1,plain,1,inf,2.0,0,end"]  # fmt: skip
    clean = ask(a_table(tmp_path, lines()), "--log")
    capsys.readouterr()

    found = ask(a_table(tmp_path, lines() + bad), "--log")

    assert found == clean
    said = capsys.readouterr().out
    assert "1,507 rows, of which 1,500 are used" in said
    assert "3 rows with a blank" in said
    assert "2 rows whose quantity or price is no number" in said
    assert "2 rows whose quantity or price is not above zero" in said


def test_a_group_without_variation_says_why_and_the_others_stand(tmp_path: Path) -> None:
    fixed = [f"{store},fixed,{week},{10 + week + store},2.0,0,end" for store in range(5) for week in range(5)]
    lonely = ["1,lonely,1,10,2.0,0,end", "2,lonely,1,12,2.1,0,end"]

    found = {row["brand"]: row for row in ask(a_table(tmp_path, lines() + fixed + lonely), "--log")}

    assert found["fixed"]["estimate"] == "" and "does not vary within any unit" in found["fixed"]["note"]
    assert found["lonely"]["estimate"] == "" and "at least 2" in found["lonely"]["note"]
    assert found["plain"]["estimate"] and "not counted" in found["pooled"]["note"]


def test_groups_in_numbers_come_by_size(tmp_path: Path) -> None:
    rows = [row.replace("橙", "10").replace("plain", "2") for row in lines()]

    assert [row["brand"] for row in ask(a_table(tmp_path, rows), "--log")] == ["2", "10", "pooled"]


def test_few_units_are_a_hint_only(tmp_path: Path) -> None:
    few = [row for row in lines() if int(row.split(",")[0]) < 4]

    assert all("take it as a hint" in row["note"] for row in ask(a_table(tmp_path, few), "--log")[:2])


def test_without_groups_there_is_one_row(tmp_path: Path) -> None:
    (row,) = ask(a_table(tmp_path, lines()), "--log", by=False)

    assert row["group"] == "pooled" and row["n"] == "1500"


def test_categories_in_numbers_are_said_to_be_some(tmp_path: Path) -> None:
    table = a_table(tmp_path, lines())

    as_number = ask(table, "--log", "--controls", "feature,week")
    as_category = ask(table, "--log", "--controls", "feature", "--categories", "week")

    assert as_number[0]["estimate"] != as_category[0]["estimate"]


@pytest.mark.parametrize(
    ("name", "codec"), [("s.csv", "gb18030"), ("s.csv", "utf-8-sig"), ("s.csv.gz", "utf-8")]
)
def test_any_encoding_that_is_met_is_read(tmp_path: Path, name: str, codec: str) -> None:
    table = a_table(tmp_path, lines(), name=name, codec=codec)
    if name.endswith(".gz"):
        table.write_bytes(gzip.compress(table.read_bytes()))

    assert ask(table, "--log") == ask(a_table(tmp_path, lines()), "--log")


def test_parquet_and_other_separators_give_the_same(tmp_path: Path) -> None:
    expected = ask(a_table(tmp_path, lines()), "--log")
    columns = list(zip(*(row.split(",") for row in lines()), strict=True))
    typed = [
        [float(one) for one in column] if place in (3, 4) else list(column)
        for place, column in enumerate(columns)
    ]
    parquet = tmp_path / "sales.parquet"
    pa.parquet.write_table(pa.table(typed, names=HEAD.split(",")), parquet)
    semicolons = tmp_path / "semicolons.csv"
    semicolons.write_text("\n".join(row.replace(",", ";") for row in [HEAD, *lines()]), "utf-8")

    assert ask(parquet, "--log") == expected == ask(semicolons, "--log")


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--controls", "weather"), 2, "There are no columns weather. The table has: store"),
        (("--unit", ","), 2, "at least one column"),
        (("--price", "quantity"), 2, "two parts"),
        (("--by", "price"), 2, "two parts"),
        (("--log", "sales"), 2, "Wrong usage"),
    ],
)
def test_bad_questions_get_a_clear_sentence(
    tmp_path: Path, more: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    arguments = ["commission", "elasticity", str(a_table(tmp_path, lines()[:50])), "--quantity", "quantity",
                 "--price", "price", "--unit", "store", "-o", str(out), "--lang", "en", *more]  # fmt: skip

    assert main(arguments) == code

    assert words in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"store,quantity,price\n1,2\n", 2, "line 2: 2 cells under 3 headings"),
        (b"store,quantity,price\n", 2, "has no row"),
        (b"", 2, "There are no columns"),
        (b"store,quantity,price,price\n1,2,3,4\n", 2, "more than once: price"),
        (
            "门店,quantity,price\n".encode() + b"\xe9\x97\xff,2,3\n" + "店店店店,2,3\n".encode(),
            3,
            "cannot be read",
        ),
    ],
)
def test_damaged_tables_get_a_clear_sentence(
    tmp_path: Path, content: bytes, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "sales.csv"
    table.write_bytes(content)

    asked = ["--quantity", "quantity", "--price", "price", "--unit", "store", "-o", str(tmp_path / "out.csv")]
    assert main(["commission", "elasticity", str(table), *asked, "--lang", "en"]) == code

    assert words in capsys.readouterr().err


def test_a_result_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    table = a_table(tmp_path, lines())
    out = tmp_path / "sales.out"
    out.write_text("mine", "utf-8")

    asked = ["--quantity", "quantity", "--price", "price", "--unit", "store", "-o", str(out)]
    assert main(["commission", "elasticity", str(table), *asked]) == 2

    assert out.read_text("utf-8") == "mine"
