"""A model on tables of one's own: read, joined, refused where it must be, fitted, kept and applied."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wanliu.cli import main
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight import kept, table_model
from wanliu.foresight.columns import Schema
from wanliu.foresight.own_tables import joined
from wanliu.foresight.recipe import Recipe, day_of_rows
from wanliu.text import choose_language

ROWS = 600


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


Row = dict[str, object]


def people(seed: int = 1, rows: int = ROWS, *, year: int = 2019) -> list[Row]:
    """Clients who leave the likelier the less they hold and the longer they are idle."""
    rng = np.random.default_rng(seed)
    told: list[Row] = []
    for number in range(rows):
        held, idle = float(np.round(np.exp(rng.normal(9, 2)), 2)), int(rng.integers(0, 90))
        chance = 1 / (1 + np.exp(1.5 * (np.log(held) - 8) - 0.04 * idle))
        seen = np.datetime64(f"{year}-09-30") - np.timedelta64(idle, "D")
        told.append(
            {
                "id": f"c{number:04}",
                "held_1": held,
                "held_2": round(held * float(rng.uniform(0.5, 2)), 2),
                "seen_on": str(seen),
                "city": str(rng.choice(["沪", "京", "深"])),
                "flag": "" if rng.random() < 0.2 else "1",
                "label": -1 if rng.random() < chance else int(rng.integers(0, 2)),
            }
        )
    return told


def write(file: Path, rows: list[Row], names: list[str]) -> Path:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


COLUMNS = ["id", "held_1", "held_2", "seen_on", "city", "flag"]


def asked(*files: Path, **more: object) -> table_model.Asked:
    given: dict[str, object] = {"id_name": "id", "label": "label", "positive": "-1", **more}
    return table_model.Asked(files=files, **given)  # type: ignore[arg-type]  # a test's own words


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    rows = people()
    values, labels = write(folder / "x.csv.gz", rows, COLUMNS), write(folder / "y.csv", rows, ["id", "label"])
    table_model.fit(asked(values, labels), folder / "m")
    return folder / "m"


def test_card_names_baselines_with_intervals(fitted: Path) -> None:
    card = kept.read_about(fitted)["card"]

    told = card["trials"]["random"]["figures"]
    assert set(told) == {"model", "base rate", "idle time", "logistic", "plain LightGBM"}
    value, low, high = told["model"]["auc"]
    assert low < value < high
    assert value > told["idle time"]["auc"][0] > 0.5
    assert card["rows"] == ROWS


def test_score_writes_a_probability_for_each_id_of_a_later_year(fitted: Path, tmp_path: Path) -> None:
    rows = people(2, year=2020)
    later = write(tmp_path / "later.csv", rows, COLUMNS)

    assert main(["model", "score", str(fitted), str(later), "-o", str(tmp_path / "s.csv")]) == 0

    with (tmp_path / "s.csv").open(encoding="utf-8") as stream:
        told = list(csv.DictReader(stream))
    assert [one["id"] for one in told] == [row["id"] for row in rows]
    scores = np.array([float(one["score"]) for one in told])
    left = np.array([row["label"] == -1 for row in rows])
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[left].mean() > 2 * scores[~left].mean()
    assert 0.7 < left.mean() / scores.mean() < 1.4


def test_score_does_not_move_with_order_or_company_of_rows(fitted: Path, tmp_path: Path) -> None:
    rows = people(3)
    whole = write(tmp_path / "a.csv", rows, COLUMNS)
    turned = write(tmp_path / "b.csv", rows[::-1], COLUMNS)
    _, one = table_model.score(fitted, [whole])
    _, other = table_model.score(fitted, [turned])

    assert np.array_equal(one.probabilities, other.probabilities[::-1])


def test_score_unknown_category_and_infinite_number_count_as_blank(fitted: Path, tmp_path: Path) -> None:
    rows = people(4, rows=50)
    rows[0] |= {"city": "火星", "held_1": "inf"}
    rows[1] |= {"held_1": "not a number"}

    _, scored = table_model.score(fitted, [write(tmp_path / "a.csv", rows, COLUMNS)])

    said = " ".join(note.en for note in scored.notes)
    assert "held_1: 2 values" in said
    assert "city: 1 values were never seen" in said
    assert np.isfinite(scored.probabilities).all()


def test_score_missing_column_is_named(fitted: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", people(5, rows=30), [name for name in COLUMNS if name != "city"])

    with pytest.raises(UsageError, match="city"):
        table_model.score(fitted, [file])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "trees-0.txt").write_text("tree\n"), "trees-0.txt"),
        (lambda folder: (folder / "trees-1.txt").unlink(), "trees-1.txt"),
        (lambda folder: (folder / "model.json").write_text("{}"), "model.json"),
        (lambda folder: (folder / "model.sha256").unlink(), "model.sha256"),
    ],
)
def test_load_tampered_or_torn_is_refused(fitted: Path, tmp_path: Path, spoil: object, words: str) -> None:
    copy = Path(shutil.copytree(fitted, tmp_path / "m"))
    spoil(copy)  # type: ignore[operator]  # a lambda of the list above

    with pytest.raises(BookRefused, match=words):
        kept.load(copy, "table")


def test_load_another_format_says_so(fitted: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(fitted, tmp_path / "m"))
    about = json.loads((copy / "model.json").read_text("utf-8")) | {"format": 99}
    body = json.dumps(about)
    (copy / "model.json").write_text(body, "utf-8")
    (copy / "model.sha256").write_text(sha256(body.encode()).hexdigest(), "utf-8")

    with pytest.raises(BookRefused, match="another format"):
        kept.load(copy, "table")


def test_load_where_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no model"):
        kept.load(tmp_path, "table")


def test_fit_twice_gives_the_same_model(fitted: Path, tmp_path: Path) -> None:
    rows = people()
    values, labels = (
        write(tmp_path / "x.csv.gz", rows, COLUMNS),
        write(tmp_path / "y.csv", rows, ["id", "label"]),
    )
    table_model.fit(asked(values, labels), tmp_path / "m")

    for name in ("trees-0.txt", "trees-3.txt"):
        assert (tmp_path / "m" / name).read_bytes() == (fitted / name).read_bytes()


def test_fit_planted_future_column_is_refused_until_left_out(tmp_path: Path) -> None:
    rows = people(6)
    for row in rows:
        row["closed_flag"] = 1 if row["label"] == -1 else 0
        row["closed_why"] = "moved" if row["label"] == -1 else ""
    file = write(tmp_path / "a.csv", rows, [*COLUMNS, "label", "closed_flag", "closed_why"])

    with pytest.raises(BookRefused) as refused:
        table_model.fit(asked(file), tmp_path / "m")

    assert "closed_flag" in refused.value.message.zh
    assert "closed_why" in refused.value.message.en
    assert not (tmp_path / "m").exists()


def test_fit_constant_label_is_refused(tmp_path: Path) -> None:
    rows = people(7)
    for row in rows:
        row["label"] = 0
    file = write(tmp_path / "a.csv", rows, [*COLUMNS, "label"])

    with pytest.raises(BookRefused, match="0 rows equal -1"):
        table_model.fit(asked(file), tmp_path / "m")


def test_join_double_id_is_refused_and_a_lacking_one_is_blank(tmp_path: Path) -> None:
    rows = people(8, rows=40)
    whole = write(tmp_path / "a.csv", rows, ["id", "held_1"])
    short = write(tmp_path / "b.csv", rows[:30], ["id", "city"])
    double = write(tmp_path / "c.csv", [*rows, rows[0]], ["id", "flag"])

    table = joined([whole, short], id_name="id")

    assert len(table) == 40
    assert table.columns["city"].null_count == 10
    assert "10 of 40" in table.notes[0].en
    with pytest.raises(BookRefused, match="repeat the id"):
        joined([whole, double], id_name="id")


def test_join_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,held,held\n1,2,3\n", "utf-8")

    with pytest.raises(BookRefused, match="two columns named held"):
        joined([tmp_path / "a.csv"], id_name="id")


@pytest.mark.parametrize(
    "content", [b"", b"id,held\n1,2,3,4\n5,6\n", b"\x1f\x8b\x08broken", b"id,name\n1,\xff\xfe\xfa\n"]
)
def test_join_damaged_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(BookRefused):
        joined([tmp_path / "a.csv"], id_name="id")


def test_join_gb18030_and_parquet_read_alike(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("编号,城市\n1,上海\n2,北京\n".encode("gb18030"))
    pq.write_table(pa.table({"编号": [1, 2], "资产": [1.5, None]}), tmp_path / "b.parquet")

    table = joined([file, tmp_path / "b.parquet"], id_name="编号")

    assert table.columns["城市"].to_pylist() == ["上海", "北京"]
    assert table.columns["资产"].to_pylist() == [1.5, None]


def test_recipe_survives_json_and_reads_a_later_quarter_alike(tmp_path: Path) -> None:
    now = joined([write(tmp_path / "a.csv", people(9), COLUMNS)], id_name="id")
    later = joined([write(tmp_path / "b.csv", people(9, year=2021), COLUMNS)], id_name="id")
    schema = Schema.of(now)
    columns, _ = schema.arrays(now)
    recipe = Recipe.from_json(json.loads(json.dumps(Recipe.of(schema, columns).as_json())))

    then = recipe.matrix(columns, day_of_rows(schema, columns, now))
    columns, _ = Schema.from_json(json.loads(json.dumps(schema.as_json()))).arrays(later)
    same = recipe.matrix(columns, day_of_rows(schema, columns, later))

    assert np.array_equal(then, same, equal_nan=True)  # days are ages, so the year does not show
    assert "age(seen_on)" in recipe.names


def monthly(year: int) -> list[Row]:
    return [
        {**row, "month": f"{year}-{month:02}"} for month in (9, 10, 11, 12) for row in people(month, rows=250)
    ]


def test_fit_by_time_prints_both_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "a.csv", monthly(2019), [*COLUMNS, "month", "label"])
    words = ["--id", "id", "--time", "month", "--label", "label", "--positive", "-1", "--lang", "en"]

    code = main(["model", "fit", str(file), *words, "-o", str(tmp_path / "m")])

    told = capsys.readouterr().out
    assert code == 0
    assert "left out at random" in told
    assert "on later ones; the latter holds" in told


def test_fit_days_after_the_month_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", monthly(2018), [*COLUMNS, "month", "label"])

    with pytest.raises(BookRefused, match="nobody could"):
        table_model.fit(asked(file, time_name="month"), tmp_path / "m")


def test_report_is_a_page_in_both_languages(fitted: Path, tmp_path: Path) -> None:
    rows = people(2)
    later = write(tmp_path / "later.csv", rows, [*COLUMNS, "label"])

    for language, word in (("zh", "这个分数是什么"), ("en", "What the score is")):
        page = tmp_path / f"{language}.html"
        assert main(["model", "report", str(fitted), str(later), "-o", str(page), "--lang", language]) == 0
        told = page.read_text("utf-8")
        assert word in told
        assert "http" not in told.lower().replace("http-equiv", "")
