"""Advice: what comes first, what may be offered, what is barred, and the words that are filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from tests.small_books import sealed_from
from wanliu.advice.advise import Advice, advise
from wanliu.advice.client import Client, client_of
from wanliu.advice.fill import FIELD_NAMES, fields_of, filled
from wanliu.advice.observed import observed
from wanliu.book.calendar import Calendar, shanghai_days
from wanliu.book.history import reader
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.compliance.lint import Linter
from wanliu.errors import UsageError
from wanliu.playbook.items import REASONS, Channel, Stage
from wanliu.playbook.load import load
from wanliu.reasons.signs import Observed
from wanliu.reasons.words import Diagnosis, Reason
from wanliu.text import Text

PLAYBOOK = load()
TODAY = date(2026, 10, 30)
CALENDAR = Calendar(shanghai_days())
RETIRED = {method.id for method in PLAYBOOK.methods.values() if method.standing == "retired"}
MARKETING = {method.id for method in PLAYBOOK.methods.values() if method.purpose == "marketing"}
WORDS: tuple[Channel, ...] = ("phone", "message")

Rows = list[dict[str, object]]


@cache
def linter() -> Linter:
    return Linter.load()


def a_client(**changed: object) -> Client:
    row: dict[str, object] = {
        "client_id": "C1",
        "branch_id": "0901",
        "opened_on": date(2020, 3, 2),
        "closed_on": None,
        "kind": "person",
        "segment": "regular",
        "status": "normal",
        "manager_id": "S1",
        "birth_year": 1980,
        "occupation": "教师",
        "risk_level": 3,
        "commission_rate": Decimal("0.00025"),
        "min_commission": Decimal("5.00"),
        "is_employee": False,
        "do_not_contact": False,
        "scoring_opt_out": False,
        "marketing_consent": "given",
    }
    return Client(
        row=row | changed,
        as_of=TODAY,
        orders=(),
        requests=(),
        contacts=(),
        profile_changes=(),
        exits=(),
        held=None,
        manager=None,
        branch=None,
        median_rate=None,
    )


def a_request(kind: str, days_ago: int = 3, **changed: object) -> dict[str, object]:
    day = TODAY - timedelta(days=days_ago)
    return {"request_id": "R1", "date": day, "kind": kind, "closed_on": None, "text": None} | changed


def a_contact(days_ago: int, **changed: object) -> dict[str, object]:
    day = TODAY - timedelta(days=days_ago)
    return {"contact_id": "K", "date": day, "direction": "out", "effective": False} | changed


def says(reason: str) -> Diagnosis:
    rest = 0.1 / (len(REASONS) - 1)
    reasons = (Reason(reason, 0.9), *(Reason(one, rest) for one in REASONS if one != reason))
    return Diagnosis("……", reasons, unknown=False, words=())


def advice_for(
    client: Client,
    reason: str = "service",
    *,
    stage: Stage = "normal",
    channel: Channel = "counter",
    seen: Sequence[Observed] = (),
) -> Advice:
    said = says(reason)
    return advise(client, seen, PLAYBOOK, CALENDAR, linter(), said=said, stage=stage, channel=channel)


def offered(advice: Advice) -> set[str]:
    return {method.id for method in advice.offered}


# --- stops -------------------------------------------------------------------------------------------------


def test_open_complaint_allows_complaint_handling_only() -> None:
    advice = advice_for(replace(a_client(), requests=(a_request("complaint"),)), "cut_demand")

    assert offered(advice) == {"complaint_handling"}
    assert advice.words is not None
    assert advice.words.filled.script.reason == "service"


def test_settled_complaint_bars_nothing() -> None:
    settled = a_request("complaint", days_ago=40, closed_on=TODAY - timedelta(days=2))

    assert len(offered(advice_for(replace(a_client(), requests=(settled,))))) > 1


def test_complaint_settled_later_is_still_open_today() -> None:
    later = a_request("complaint", closed_on=TODAY + timedelta(days=2))

    assert offered(advice_for(replace(a_client(), requests=(later,)))) == {"complaint_handling"}


@pytest.mark.parametrize("kind", ["transfer_custody", "revoke_designation", "close_account"])
def test_exit_request_comes_first_and_waits_for_nothing(kind: str) -> None:
    advice = advice_for(replace(a_client(), requests=(a_request(kind),)))

    assert advice.stage == "exit"
    assert advice.moment == "exit"
    assert advice.offered[0].id == "exit_help"
    assert "受理" in advice.next_step.zh
    assert advice.next_on == date(2026, 11, 3)  # two trading days: the 31st and the 1st are a weekend


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("consent", ["given", "refused", "withdrawn", None])
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
def test_nobody_who_leaves_is_kept_waiting_whatever_else_holds(
    reason: str, consent: str | None, channel: Channel
) -> None:
    client = a_client(marketing_consent=consent, do_not_contact=consent == "refused")
    client = replace(client, requests=(a_request("complaint"), a_request("close_account")))

    advice = advice_for(client, reason, channel=channel)

    assert advice.offered[0].id == "exit_help"
    assert advice.words is not None
    if advice.words.usable:
        assert "是否办理由您决定，不影响申请" in advice.words.filled.text.zh or reason == "identity"


@pytest.mark.parametrize("channel", WORDS)
@pytest.mark.parametrize(
    "changed",
    [{"do_not_contact": True}, {"marketing_consent": "refused"}, {"marketing_consent": "withdrawn"}],
)
def test_who_must_not_be_contacted_is_neither_called_nor_written_to(
    channel: Channel, changed: Mapping[str, object]
) -> None:
    advice = advice_for(a_client(**changed), channel=channel)

    assert offered(advice) == set()
    assert advice.words is None or not advice.words.usable
    assert advice.next_on is None


@pytest.mark.parametrize("consent", ["refused", "withdrawn", None])
@pytest.mark.parametrize("reason", REASONS)
def test_without_consent_nothing_is_marketed_even_at_the_counter(reason: str, consent: str | None) -> None:
    advice = advice_for(a_client(marketing_consent=consent), reason)

    assert not offered(advice) & MARKETING
    assert not {material.kind for material in advice.materials} & {"brand_fact", "service", "research"}


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_year": 2010},
        {"status": "deceased"},
        {"status": "frozen"},
        {"kind": "institution"},
        {"is_employee": True},
        {"closed_on": TODAY},
    ],
)
def test_minors_deceased_frozen_and_closed_accounts_are_out(changed: Mapping[str, object]) -> None:
    advice = advice_for(a_client(**changed))

    assert offered(advice) == set()
    assert advice.words is None
    assert advice.stops[0].kind == "out"


def test_frozen_account_that_asks_to_leave_is_helped_to() -> None:
    advice = advice_for(replace(a_client(status="frozen"), requests=(a_request("close_account"),)))

    assert offered(advice) == {"exit_help"}


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
@pytest.mark.parametrize("stage", ["normal", "exit"])
def test_retired_method_is_never_offered_and_says_why(reason: str, channel: Channel, stage: Stage) -> None:
    advice = advice_for(a_client(), reason, channel=channel, stage=stage)

    assert not offered(advice) & RETIRED
    told = {one.method.id: one.why.zh for one in advice.excluded}
    for id in RETIRED:
        legal = PLAYBOOK.methods[id].legal_reason
        assert legal is not None
        assert legal.zh in told[id]


def test_every_method_is_offered_or_excluded_with_a_reason() -> None:
    advice = advice_for(a_client())

    excluded = {one.method.id for one in advice.excluded}
    assert offered(advice) | excluded == PLAYBOOK.methods.keys()
    assert not offered(advice) & excluded


def test_two_attempts_in_a_week_are_enough() -> None:
    client = replace(a_client(), contacts=(a_contact(1), a_contact(6)))

    assert offered(advice_for(client, channel="phone")) == set()
    assert offered(advice_for(client, channel="counter")) != set()
    older = replace(a_client(), contacts=(a_contact(1), a_contact(7)))
    assert offered(advice_for(older, channel="phone")) != set()


def test_whose_identity_asks_it_is_helped_to_leave_and_not_kept() -> None:
    advice = advice_for(a_client(), "identity")

    assert not PLAYBOOK.reasons["identity"].retain
    assert "exit_help" in offered(advice)
    assert not offered(advice) & MARKETING


def test_elderly_and_most_cautious_clients_get_a_caution() -> None:
    assert len(advice_for(a_client(birth_year=1950, risk_level=1)).cautions) == 2


def test_account_clerk_does_not_talk_at_the_counter() -> None:
    assert "账户岗只办手续" in advice_for(a_client()).speaker.zh


def test_offers_about_price_are_the_same_whatever_level_or_value_the_run_found() -> None:
    """A client's signal row with every level and value at stake: nothing in the advice moves."""
    from wanliu.ruleset import load as rules_of

    rules = rules_of("standard").rules
    row: dict[str, object] = {}
    for rule in rules:
        row |= {f"{rule.id}__status": "clear", f"{rule.id}__value": 0.0, f"{rule.id}__threshold": 1.0}
    found = []
    for level, stake in (("red", 9e9), ("none", 0.0)):
        result = row | {"level": level, "value_at_stake": stake}
        seen = observed(a_client(), rules, result, book_without_trades())
        found.append(advice_for(a_client(), "cut_demand", seen=seen))

    assert found[0] == found[1]


@cache
def book_without_trades() -> Book:
    class Without:
        def has(self, _table: str) -> bool:
            return False

    without = Without()
    without.calendar = CALENDAR  # type: ignore[attr-defined]  # the little that is asked of a book here
    return without  # type: ignore[return-value]  # as above


# --- materials and words -----------------------------------------------------------------------------------


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


def test_unknown_client_gets_a_sentence_and_no_traceback(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--lang", "zh", "advise", str(book), "--client", "C9", "--as-of", TODAY.isoformat()])

    assert code == UsageError.exit_code
    assert "没有这个客户号" in capsys.readouterr().err
