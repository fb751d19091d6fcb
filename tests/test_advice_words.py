"""Advice: materials, words with the client's own figures in them, and the way from a book to the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.advised import CALENDAR, PLAYBOOK, TODAY, a_client, advice_for, linter, says
from tests.small_books import sealed_from
from wanliu.advice.advise import advise
from wanliu.advice.client import client_of
from wanliu.advice.fill import FIELD_NAMES, fields_of, filled
from wanliu.book.calendar import shanghai_days
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.errors import EnvironmentFailed, UsageError
from wanliu.playbook.items import REASONS
from wanliu.text import Text


def test_expired_material_is_never_shown() -> None:
    for reason in REASONS:
        for material in advice_for(a_client(), reason).materials:
            assert material.year <= TODAY.year
            assert material.valid_until >= TODAY


def test_unknown_figure_stays_open_and_is_never_invented() -> None:
    advice = advice_for(a_client(), "commission_competition")

    assert advice.words is not None
    assert "〔待填：称呼〕" in advice.words.filled.text.zh
    assert "client_title" in advice.words.filled.to_fill


def test_every_field_has_a_name_for_people_in_both_languages() -> None:
    assert all(name.zh and name.en for name in FIELD_NAMES.values())


def test_script_is_filled_with_the_clients_own_orders() -> None:
    orders = [
        {"date": TODAY, "turnover": Decimal(t), "commission": Decimal(c)}
        for t, c in (("10000", "5.00"), ("60000.5", "15.00"), ("8000", "5.00"))
    ]
    client = replace(a_client(), orders=orders)

    fields = fields_of(client, done_by=None, staff=None, material=None)

    assert fields["turnover_12m"].zh == "78,000.50"
    assert fields["commission_12m"].zh == "25.00"
    assert fields["orders_12m"].zh == "3"
    assert fields["orders_on_minimum"].zh == "2"
    assert fields["share_on_minimum"].zh == "66.7%"
    assert fields["current_rate"] == Text(zh="万2.5", en="0.025%")
    assert fields["tenure_years"].zh == "6"


@pytest.mark.parametrize("script", PLAYBOOK.scripts.values(), ids=PLAYBOOK.scripts.keys())
def test_filling_leaves_no_brace_behind(script: object) -> None:
    one = PLAYBOOK.scripts[script.id]  # type: ignore[attr-defined]  # parametrised with scripts

    text = filled(one, {}).text

    assert "{" not in text.zh + text.en


def test_blocked_words_are_not_shown() -> None:
    script = PLAYBOOK.scripts["service.counter.first"]
    bad = script.model_copy(update={"text": Text(zh="跟着我们做，保证您稳赚不赔。", en="…")})
    scripts = {**PLAYBOOK.items["scripts"], script.id: bad}
    playbook = replace(PLAYBOOK, items={**PLAYBOOK.items, "scripts": scripts})

    advice = advise(a_client(), [], playbook, CALENDAR, linter(), said=says("service"))

    assert advice.words is not None
    assert not advice.words.usable


# --- from a book, through the door -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("advice") / "book"
    days = [d for d in shanghai_days() if date(2025, 10, 1) <= d <= TODAY]
    sealed_from(
        {
            "clients": [
                {
                    "client_id": "C1",
                    "branch_id": "0901",
                    "opened_on": "2020-03-02",
                    "manager_id": "S1",
                    "marketing_consent": "given",
                    "commission_rate": "0.0003",
                    "min_commission": "5",
                },
                {"client_id": "C2", "branch_id": "0901", "opened_on": "2020-03-02"},
            ],
            "assets": [
                {
                    "client_id": id,
                    "date": day,
                    "cash": "1000",
                    "position_value": "90000",
                    "net_assets": "91000",
                }
                for id in ("C1", "C2")
                for day in days
            ],
            "trades": [
                {
                    "order_id": f"{id}{n}",
                    "client_id": id,
                    "date": day,
                    "turnover": "10000",
                    "commission": "5",
                }
                for id in ("C1", "C2")
                for n, day in enumerate(days[::5])
            ],
            "requests": [
                {
                    "request_id": "R1",
                    "client_id": "C1",
                    "date": "2026-10-20",
                    "kind": "commission_cut",
                    "outcome": "open",
                },
            ],
            "staff": [
                {
                    "staff_id": "S1",
                    "branch_id": "0901",
                    "name": "示例员工",
                    "registration": "T0001",
                    "is_adviser": True,
                }
            ],
        },
        path,
    )
    return path


def test_client_of_the_book_gets_advice_in_both_languages(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["advise", str(book), "--client", "C1", "--as-of", TODAY.isoformat()]

    assert main(["--lang", "zh", *asked]) == 0
    chinese = capsys.readouterr().out
    assert main(["--lang", "en", *asked]) == 0
    english = capsys.readouterr().out

    assert "降佣要求" in chinese
    assert "今天可以做" in chinese
    assert "What may be done today" in english


def test_same_question_gets_the_same_answer_to_the_byte(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["advise", str(book), "--client", "C1", "--as-of", TODAY.isoformat(), "--format", "json"]

    main(asked)
    first = capsys.readouterr().out
    main(asked)

    assert capsys.readouterr().out == first
    assert "@1:" in first


def test_one_connection_serves_client_after_client(book: Path) -> None:
    with reader() as connection:
        found = [client_of(Book.open(book), id, TODAY, connection).id for id in ("C1", "C2", "C1")]

    assert found == ["C1", "C2", "C1"]


def test_what_happens_later_changes_nothing(book: Path) -> None:
    with reader() as connection:
        before = client_of(Book.open(book), "C1", date(2026, 10, 19), connection)

    assert before.asked("commission_cut") == []


def test_without_the_text_extra_signs_and_advice_still_work_and_what_is_missing_is_said(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise EnvironmentFailed(Text(zh="没有安装 scikit-learn。", en="scikit-learn is not installed."))

    monkeypatch.setattr("wanliu.reasons.words.check_installed", absent)
    monkeypatch.setattr("wanliu.compliance.lint.check_installed", absent)

    asked = ["advise", str(book), "--client", "C1", "--as-of", TODAY.isoformat(), "--said", "我要走"]
    code = main(["--lang", "zh", *asked])

    told = capsys.readouterr()
    assert code == 0
    assert "没有听客户的话" in told.err
    assert "降佣要求" in told.out


def test_unknown_client_gets_a_sentence_and_no_traceback(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--lang", "zh", "advise", str(book), "--client", "C9", "--as-of", TODAY.isoformat()])

    assert code == UsageError.exit_code
    assert "没有这个客户号" in capsys.readouterr().err
