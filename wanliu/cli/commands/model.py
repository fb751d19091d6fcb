"""``wanliu model``: fit a model on tables of one's own or on a book, score with it, and read its page."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from wanliu.book.atomic import check_free, write_file
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.cli.options import shown_progress, the_day
from wanliu.errors import DONE, UsageError
from wanliu.foresight import book_model, drift, kept, skill, table_model
from wanliu.foresight.card import Later, sections
from wanliu.foresight.card_page import as_html, as_text
from wanliu.foresight.explanation import explained
from wanliu.foresight.hazard_numbers import hazard
from wanliu.text import Text, current_language

HELP = Text(
    zh="流失模型：训练（fit）、打分（score）、看成绩单（report）",
    en="a model of leaving: fit it, score with it, read its page (report)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True, title=str(_ACTIONS))
    for name, help_, configured, action in (
        ("fit", _FIT, _configure_fit, fit),
        ("score", _SCORE, _configure_score, score),
        ("report", _REPORT, _configure_report, report),
    ):
        place = actions.add_parser(name, help=str(help_), description=str(help_))
        configured(place)
        place.add_argument("--replace", action="store_true", help=str(_REPLACE))
        place.add_argument(
            "--lang", choices=("zh", "en"), help=argparse.SUPPRESS
        )  # told above, taken here as well
        place.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        place.set_defaults(action=action)


def run(given: argparse.Namespace) -> int:
    action: Callable[[argparse.Namespace], int] = given.action
    return action(given)


def _configure_fit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tables", type=Path, nargs="*", metavar="TRAIN", help=str(_TABLES))
    parser.add_argument("--id", dest="id_name", metavar="COLUMN", help=str(_ID))
    parser.add_argument("--label", metavar="COLUMN", help=str(_LABEL))
    parser.add_argument("--positive", metavar="VALUE", help=str(_POSITIVE))
    parser.add_argument("--book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--from", dest="first", type=the_day, metavar="DATE", help=str(_FIRST))
    parser.add_argument("--to", dest="last", type=the_day, metavar="DATE", help=str(_LAST))
    parser.add_argument("--horizon", type=int, default=hazard().horizon, metavar="DAYS", help=str(_HORIZON))
    parser.add_argument("--memory", metavar="SIZE", default="2GB", help=str(_MEMORY))
    parser.add_argument("--accept-gaps", action="store_true", help=str(_GAPS))
    parser.add_argument("--time", dest="time_name", metavar="COLUMN", help=str(_TIME))
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--without", default="", metavar="COL,COL", help=str(_WITHOUT))
    parser.add_argument("--accept", default="", metavar="COL,COL", help=str(_ACCEPT))
    parser.add_argument("--seed", type=int, default=1, metavar="N", help=str(_SEED))
    parser.add_argument("--threads", type=int, default=_cores(), metavar="N", help=str(_THREADS))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="MODEL", help=str(_OUT))


def _configure_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL", help=str(_OUT))
    parser.add_argument("tables", type=Path, nargs="*", metavar="TABLE", help=str(_TABLES))
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("--book", type=Path, metavar="BOOK", help=str(_BOOK))
    parser.add_argument("--explain", type=int, default=0, metavar="N", help=str(_EXPLAIN))
    parser.add_argument("--memory", metavar="SIZE", default="2GB", help=str(_MEMORY))
    parser.add_argument("--threads", type=int, default=_cores(), metavar="N", help=str(_THREADS))
    parser.add_argument("--accept-gaps", action="store_true", help=str(_GAPS))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="scores.csv", help=str(_SCORES))


def _configure_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL", help=str(_OUT))
    parser.add_argument("tables", type=Path, nargs="*", metavar="TABLE", help=str(_LATER))
    parser.add_argument("--as-of", type=the_day, metavar="DATE", help=str(_AS_OF))
    parser.add_argument("-o", "--out", type=Path, metavar="report.html", help=str(_PAGE))


def fit(given: argparse.Namespace) -> int:
    check_free(given.out, replace=given.replace)
    card = _fitted_on_book(given) if _means_a_book(given) else _fitted_on_tables(given)
    print(as_text(str(_TITLE.format(name=given.out.name)), sections(card, current_language())))
    print(f"\n{_WRITTEN.format(out=given.out)}")
    return DONE


def _fitted_on_tables(given: argparse.Namespace) -> dict[str, Any]:
    if None in (given.id_name, given.label, given.positive):
        raise UsageError(_WHICH_COLUMNS)
    with shown_progress() as progress:
        asked = table_model.Asked(
            files=given.tables,
            id_name=given.id_name,
            label=given.label,
            positive=given.positive,
            time_name=given.time_name,
            without=_listed(given.without),
            accepted=_listed(given.accept),
            as_of=given.as_of,
            seed=given.seed,
            threads=given.threads,
            progress=progress,
        )
        return table_model.fit(asked, given.out, replace=given.replace)


def _fitted_on_book(given: argparse.Namespace) -> dict[str, Any]:
    if None in (given.first, given.last):
        raise UsageError(_WHICH_SPAN)
    with shown_progress() as progress, duckdb_engine(memory=given.memory, threads=given.threads) as engine:
        asked = book_model.Asked(
            book=Book.open(given.book),
            first=given.first,
            last=given.last,
            horizon=given.horizon,
            seed=given.seed,
            threads=given.threads,
            accept_gaps=given.accept_gaps,
            progress=progress,
        )
        return book_model.fit(asked, engine, given.out, replace=given.replace)


def score(given: argparse.Namespace) -> int:
    check_free(given.out, replace=given.replace)
    _check_form(given.out)
    told, notes = _of_book(given) if _means_a_book(given) else _of_tables(given)
    _write(given.out, told)
    for note in notes:
        print(note)
    print(_SCORED.format(rows=f"{told.num_rows:,}", out=given.out))
    return DONE


def _of_tables(given: argparse.Namespace) -> tuple[pa.Table, tuple[Text, ...]]:
    about, scored = table_model.score(given.model, given.tables, as_of=given.as_of)
    table = scored.table
    names = [about["schema"]["id_name"], *([table.time_name] if table.time_name else [])]
    columns = {name: pa.array([str(one) for one in key]) for name, key in zip(names, table.keys, strict=True)}
    columns["score"] = pa.array(np.round(scored.probabilities, SCORE_DIGITS))
    return pa.table(columns), scored.notes


def _of_book(given: argparse.Namespace) -> tuple[pa.Table, tuple[Text, ...]]:
    """Highest first; with ``--explain`` the first so many rows say why."""
    if given.as_of is None:
        raise UsageError(_WHICH_DAY)
    with duckdb_engine(memory=given.memory, threads=given.threads) as engine:
        _, day = book_model.score_day(
            given.model, Book.open(given.book), given.as_of, engine, accept_gaps=given.accept_gaps
        )
    order = np.argsort(-day.scores, kind="stable")
    told = pa.table(
        {
            "client_id": pa.array([str(one) for one in day.months.client_ids[order]]),
            "as_of": pa.array([given.as_of] * len(order)),
            "score": pa.array(np.round(day.scores[order], SCORE_DIGITS)),
        }
    )
    if not given.explain:
        return told, ()
    first = order[: given.explain]
    usual = float(day.scores.mean())
    why = explained(day.model, day.months.features[first], day.scores[first], usual)
    said = [str(one.text) for one in why] + [None] * (len(order) - len(why))
    return told.append_column("why", pa.array(said, type=pa.string())), ()


def report(given: argparse.Namespace) -> int:
    if given.out:
        check_free(given.out, replace=given.replace)
    about = kept.read_about(given.model)
    later = _later(given) if given.tables else None
    title = str(_TITLE.format(name=given.model.name))
    told = list(sections(about["card"], current_language(), later))
    if given.out is None:
        print(as_text(title, told))
        return DONE
    write_file(given.out, as_html(title, told, current_language()).encode())
    print(_WRITTEN.format(out=given.out))
    return DONE


def _later(given: argparse.Namespace) -> Later:
    about, scored = table_model.score(given.model, given.tables, as_of=given.as_of)
    then, names = about["reference"], [feature["name"] for feature in about["recipe"]]
    moved = drift.drift(then["features"], scored.features, names)
    of_score = drift.drift(then["scores"], scored.probabilities[:, None], ["score"])["score"]
    notes = [{"zh": note.zh, "en": note.en} for note in scored.notes]
    left = table_model.outcome(about, scored)
    if left is None:
        return Later(len(scored.probabilities), moved, of_score, notes)
    figures = {name: one.as_list() for name, one in skill.figures(left, scored.probabilities).items()}
    return Later(
        len(left), moved, of_score, notes, {"model": figures}, skill.reliability(left, scored.probabilities),
        table_model.slices_of(about, scored, left),
    )  # fmt: skip


def _means_a_book(given: argparse.Namespace) -> bool:
    if (given.book is None) == (not given.tables):
        raise UsageError(_WHICH)
    return given.book is not None


def _check_form(out: Path) -> None:
    if out.suffix not in (".csv", ".parquet"):
        raise UsageError(_FORM.format(out=out))


def _write(out: Path, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    if out.suffix == ".parquet":
        pq.write_table(table, sink)
    else:
        pacsv.write_csv(table, sink, pacsv.WriteOptions(quoting_style="needed"))
    write_file(out, sink.getvalue().to_pybytes())


def _listed(names: str) -> frozenset[str]:
    return frozenset(name.strip() for name in names.split(",") if name.strip())


def _cores() -> int:
    return len(os.sched_getaffinity(0))


SCORE_DIGITS = 9

_TITLE = Text(zh="模型 {name}", en="Model {name}")
_ACTIONS = Text(zh="动作", en="actions")
_FIT = Text(
    zh="用有标签的数据训练，并如实估计成绩", en="fit on labelled data, and estimate honestly how well"
)
_SCORE = Text(zh="给数据打分：编号、概率", en="score tables: id and probability")
_REPORT = Text(
    zh="成绩单；给出新表则看漂移与新成绩", en="the model's page; with tables, drift and new figures, too"
)
_TABLES = Text(zh="CSV（可为 .gz）或 Parquet,按编号对齐", en="CSV (.gz or not) or Parquet, matched by the id")
_LATER = Text(zh="训练之后的表（可选）", en="tables of a later time (optional)")
_ID = Text(zh="编号列", en="the id column")
_LABEL = Text(zh="标签列", en="the label column")
_POSITIVE = Text(zh="标签为此值即为离开", en="the label's value of those who leave")
_TIME = Text(zh="时间列：按时间留出", en="the column of times: splits go by time")
_AS_OF = Text(
    zh="表说的是哪一天（默认取表中最晚的日期）",
    en="the day that the tables speak of (default: the newest in them)",
)
_WITHOUT = Text(zh="不读的列", en="columns to leave unread")
_ACCEPT = Text(
    zh="确知当时就有、虽然可疑的列", en="columns known to be filled in beforehand, though suspicious"
)
_SEED = Text(zh="随机种子", en="random seed")
_THREADS = Text(zh="使用的线程数", en="threads to use")
_OUT = Text(zh="模型文件夹", en="the model's folder")
_SCORES = Text(zh="写到哪里（.csv 或 .parquet）", en="where to (.csv or .parquet)")
_PAGE = Text(zh="写成网页（默认打印）", en="write it as a page (default: print it)")
_REPLACE = Text(zh="已存在时覆盖", en="overwrite what exists")
_WRITTEN = Text(zh="已写入 {out}", en="Written: {out}")
_SCORED = Text(zh="已给 {rows} 行打分，写入 {out}", en="{rows} rows scored, written to {out}")
_FORM = Text(zh="{out} 应以 .csv 或 .parquet 结尾。", en="{out} must end in .csv or .parquet.")
_BOOK = Text(zh="封存的账簿（代替表格）", en="a sealed book (instead of tables)")
_FIRST = Text(zh="账簿：从哪一天起的月末", en="with a book: month-ends from this day")
_LAST = Text(zh="账簿：到哪一天止的月末", en="with a book: month-ends up to this day")
_HORIZON = Text(
    zh="账簿：预测多少天内离开（默认 90）", en="with a book: leaving within so many days (default 90)"
)
_EXPLAIN = Text(zh="账簿：给得分最高的 N 位写明为什么", en="with a book: say why for the N highest scores")
_MEMORY = Text(zh="计算引擎的内存上限（默认 2GB）", en="memory for the engine (default 2GB)")
_GAPS = Text(zh="容忍整天缺失的数据", en="go on where days were lost")
_WHICH = Text(
    zh="请给出表格文件，或用 --book 给出账簿，二者取一。", en="Give either tables, or a book with --book."
)
_WHICH_COLUMNS = Text(
    zh="用表格训练时请同时给出 --id、--label 和 --positive。",
    en="To fit on tables give --id, --label and --positive.",
)
_WHICH_SPAN = Text(zh="用账簿训练时请同时给出 --from 和 --to。", en="To fit on a book give --from and --to.")
_WHICH_DAY = Text(zh="给账簿打分时请用 --as-of 给出日期。", en="To score a book give the day with --as-of.")
