"""One sign of one client: the rows shown give the run's own result, and every reason is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.small_books import Rows, sealed_from
from wanliu.book.calendar import continued
from wanliu.book.engine import duckdb_engine
from wanliu.book.history import history
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.errors import UsageError, WanliuError
from wanliu.indicator.example import THE_CLIENT, rows_of
from wanliu.indicator.sign import Example
from wanliu.indicator.windows import Day
from wanliu.ruleset import load, signs
from wanliu.text import Language
from wanliu.warning.plan import Plan
from wanliu.why.explain import Explanation, explain, plan_for, rule_of
from wanliu.why.rows import Section, sections_of
from wanliu.why.show import Shown

AS_OF, MONTH_END = date(2009, 10, 30), date(2009, 10, 31)
RULES = {"literal": "guide", "rolling": "standard"}


def first_of_each_status() -> list[tuple[str, str, Example]]:
    """For every reading one example of each status that its examples have."""
    found = {
        (name, reading.name, example.expect.split()[0]): (name, RULES[reading.name], example)
        for name, sign in signs().items()
        for reading in sign.readings.values()
        for example in reversed(reading.examples)
    }
    return list(found.values())


def explained(
    book: Book,
    sign: str,
    rules: str,
    as_of: date = AS_OF,
    client: str = THE_CLIENT,
    peers: dict[str, float | None] | None = None,
) -> Explanation:
    """Explains without asking whether days were lost: the books here hold a few rows."""
    chosen = load(rules)
    alone = replace(chosen, rules=(rule_of(chosen, sign),), same_orders={})
    with duckdb_engine() as engine:
        return explain(Plan(book, alone, (Day(as_of, book.calendar),)), client, engine, peers=peers)


def shown(explanation: Explanation, language: Language, *, every_row: bool = False) -> str:
    out = StringIO()
    Shown(Console(file=out, width=100), language, every_row=every_row).show(explanation)
    return out.getvalue()


CLIENT = {"client_id": THE_CLIENT, "branch_id": "b1", "opened_on": date(2005, 1, 4)}


def flow(number: str, day: date, direction: str, amount: str, **more: object) -> dict[str, object]:
    base = {"flow_id": number, "client_id": THE_CLIENT, "date": day, "direction": direction}
    return base | {"amount": Decimal(amount), "kind": "bank"} | more


def assets(first: date, last: date, net_assets: str = "100000") -> Rows:
    money = {"cash": Decimal(0), "position_value": Decimal(net_assets), "net_assets": Decimal(net_assets)}
    return [{"client_id": THE_CLIENT, "date": day, **money} for day in continued(()).between(first, last)]


@pytest.fixture
def withdrawing(tmp_path: Path) -> Book:
    """A client who took 40,000 of 100,000, of which 1,000 were a mistake that was put right."""
    flows = [
        flow("f1", date(2009, 8, 3), "out", "39000"),
        flow("f2", date(2009, 8, 4), "out", "1000"),
        flow("f3", date(2009, 8, 5), "in", "1000", reverses="f2"),
        flow("f4", date(2009, 8, 6), "in", "5", kind="interest"),
    ]
    days = assets(date(2009, 4, 1), AS_OF)
    return sealed_from({"clients": [CLIENT], "assets": days, "flows": flows}, tmp_path / "book")


@pytest.mark.parametrize(
    ("sign", "rules", "example"),
    [
        pytest.param(*case, id=f"{case[0]}-{case[1]}-{case[2].expect.split()[0]}")
        for case in first_of_each_status()
    ],
)
def test_rows_shown_give_the_result_of_the_run(
    sign: str, rules: str, example: Example, tmp_path: Path
) -> None:
    book = sealed_from(rows_of(example.given, continued(())), tmp_path / "book")

    found = explained(book, sign, rules, date.fromisoformat(example.as_of))

    assert found.status == example.expect.split()[0]
    assert bool(found.reasons) == (found.status not in ("fired", "clear"))
    for language in ("zh", "en"):
        lines = shown(found, "zh" if language == "zh" else "en").splitlines()
        assert max(map(cell_len, lines)) <= 100


@pytest.mark.parametrize(
    ("sign", "rules", "example"),
    [one for one in first_of_each_status() if one[1] == "standard"],
)
def test_peers_median_that_a_run_has_told_stands_for_everyone(
    sign: str, rules: str, example: Example, tmp_path: Path
) -> None:
    book = sealed_from(rows_of(example.given, continued(())), tmp_path / "book")
    as_of = date.fromisoformat(example.as_of)
    found = explained(book, sign, rules, as_of)

    again = explained(book, sign, rules, as_of, peers={sign: found.evidence.get("peer")})

    assert (again.status, again.weak, again.value, again.threshold) == (
        found.status,
        found.weak,
        found.value,
        found.threshold,
    )
    assert again.evidence == found.evidence


def test_operand_is_the_sum_of_the_rows_that_count(withdrawing: Book) -> None:
    found = explained(withdrawing, "fund_outflow", "guide")

    (flows,) = [section for section in found.sections if section.table == "flows"]
    assert [flows.value(place) for place in range(len(flows.facts))] == [Decimal("39000.00"), 1]
    assert found.evidence["moved_out"] == Decimal("39000.00")


def test_reversed_flow_is_marked_with_what_cancelled_it(withdrawing: Book) -> None:
    found = explained(withdrawing, "fund_outflow", "guide")

    told = shown(found, "en")
    assert "✗ f2 cancelled by f3 on 2009-08-05: counts as nothing" in told
    assert "✗ f3 cancels f2: counts as nothing" in told
    assert "1 more in the window" in told, "the interest"


def test_reversal_that_is_not_known_yet_changes_nothing(withdrawing: Book) -> None:
    found = explained(withdrawing, "fund_outflow", "guide", as_of=date(2009, 8, 4))

    assert found.evidence["moved_out"] == Decimal("40000.00")
    assert "✗" not in shown(found, "zh")


def test_rows_that_do_not_give_the_result_are_a_fault_and_are_not_shown(
    withdrawing: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing_a_row(*given: object) -> list[Section]:
        return [replace(one, rows=one.rows[1:]) for one in sections_of(*given)]  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr("wanliu.why.explain.sections_of", losing_a_row)

    with pytest.raises(WanliuError, match="moved_out"):
        explained(withdrawing, "fund_outflow", "guide")


def test_months_that_only_large_clients_look_at_are_left_out_for_the_others(tmp_path: Path) -> None:
    trades = [
        {
            "order_id": f"o{m}",
            "client_id": THE_CLIENT,
            "date": date(2009, m, 9),
            "turnover": 1,
            "commission": m,
        }
        for m in range(1, 11)
    ]
    regular = {"clients": [CLIENT | {"segment": "regular"}], "trades": trades}
    large = {"clients": [CLIENT | {"segment": "large"}], "trades": trades}

    few = explained(
        sealed_from(regular, tmp_path / "regular"), "commission_drop", "guide", date(2009, 10, 31)
    )
    more = explained(sealed_from(large, tmp_path / "large"), "commission_drop", "guide", MONTH_END)

    assert [section.window.name for section in few.sections] == ["month_3", "month_2", "month_1", "month_0"]
    assert len(more.sections) == 7


def test_long_table_is_shortened_in_the_middle_unless_asked_for_whole(withdrawing: Book) -> None:
    found = explained(withdrawing, "empty_position", "guide")

    assert "行 …" in shown(found, "zh")
    assert "行 …" not in shown(found, "zh", every_row=True)
    assert len(shown(found, "zh", every_row=True)) > len(shown(found, "zh"))


def test_mean_before_is_shown_as_the_sum_and_the_number_of_its_rows(tmp_path: Path) -> None:
    (example,) = [
        one for one in signs()["empty_position"].readings["rolling"].examples if "60 %" in one.title.en
    ]
    book = sealed_from(rows_of(example.given, continued(())), tmp_path / "book")

    found = explained(book, "empty_position", "standard")

    assert found.evidence["rows_before"] == 120
    assert found.evidence["sum_before"] == Decimal("5920000.00")
    assert "5,920,000.00" in shown(found, "zh")
    assert "低于其日均的 0.7 才算强" in shown(found, "zh")


def test_reading_is_told_with_the_numbers_of_ones_own_rule_set(withdrawing: Book, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'based_on = "guide"\nname = "own"\nversion = "1"\n[signs.fund_outflow]\nmonths = 9\n',
        encoding="utf-8",
    )

    found = explained(withdrawing, "fund_outflow", str(own))

    assert "最近 9 个月银行转出总额" in shown(found, "zh")
    assert "(D − 9 months, D]" in shown(found, "en")


def test_chain_of_a_loss_is_shown_day_by_day(withdrawing: Book) -> None:
    found = explained(withdrawing, "heavy_loss", "standard")

    (links,) = found.chains
    assert links.product == found.evidence["product"]
    assert len(links.links) == found.evidence["rows"]
    assert "÷ row before" in shown(found, "en")


def test_sum_is_written_step_by_step_in_both_languages(withdrawing: Book) -> None:
    found = explained(withdrawing, "fund_outflow", "standard")

    assert "1. 2009-05-01 至 2009-10-30 银行转出 39,000.00 元（共 1 笔）" in shown(found, "zh")
    assert "2. ÷ (net assets at the start 100,000.00 CNY" in shown(found, "en")
    assert "结果：触发（强）   值 39%，阈值 30%" in shown(found, "zh")


def test_unknown_client_is_wrong_usage(withdrawing: Book) -> None:
    with pytest.raises(UsageError) as refused:
        explained(withdrawing, "fund_outflow", "guide", client="nobody")

    assert "does not have this number" in refused.value.message.en


@pytest.mark.parametrize(
    ("particulars", "why"),
    [
        ({"kind": "product"}, "not a person"),
        ({"is_employee": True}, "an employee"),
        ({"status": "deceased"}, "deceased"),
        ({"scoring_opt_out": True}, "opted out"),
        ({"opened_on": date(2009, 11, 2)}, "opened on 2009-11-02"),
        ({"closed_on": date(2009, 10, 9)}, "closed on 2009-10-09"),
    ],
)
def test_client_who_is_not_judged_gets_the_reason(
    particulars: dict[str, object], why: str, tmp_path: Path
) -> None:
    rows = {"clients": [CLIENT | particulars], "assets": assets(date(2009, 10, 9), AS_OF)}
    book = sealed_from(rows, tmp_path / "book")

    with pytest.raises(UsageError) as refused:
        explained(book, "empty_position", "guide")

    assert why in refused.value.message.en


def test_client_whose_exit_was_carried_out_is_not_judged(tmp_path: Path) -> None:
    exits = [{"client_id": THE_CLIENT, "date": date(2009, 10, 12), "kind": "closed_account"}]
    rows = {"clients": [CLIENT], "assets": assets(date(2009, 10, 9), AS_OF), "exits": exits}

    with pytest.raises(UsageError) as refused:
        explained(sealed_from(rows, tmp_path / "book"), "empty_position", "guide")

    assert "closed on 2009-10-12" in refused.value.message.en


def test_sign_that_the_rule_set_does_not_have_is_wrong_usage(withdrawing: Book) -> None:
    with pytest.raises(UsageError, match="exit_request"):
        plan_for(withdrawing, load("guide"), "exit_request", AS_OF)


def test_lost_days_are_a_reason(tmp_path: Path) -> None:
    days = [row for row in assets(date(2009, 4, 1), AS_OF) if row["date"] != date(2009, 10, 14)]
    book = sealed_from({"clients": [CLIENT], "assets": days}, tmp_path / "gap")

    with duckdb_engine() as engine:
        found = explain(plan_for(book, load("guide"), "empty_position", AS_OF), THE_CLIENT, engine)

    assert found.status == "missing_data"
    assert "2009-10-14" in found.reasons[0].zh


def test_rejected_row_of_the_client_is_a_reason(tmp_path: Path) -> None:
    days = assets(date(2009, 4, 1), AS_OF)
    tainted = [(THE_CLIENT, "assets", date(2009, 10, 9), AS_OF)]
    book = sealed_from({"clients": [CLIENT], "assets": days}, tmp_path / "book", tainted=tainted)

    found = explained(book, "empty_position", "guide")

    assert found.status == "missing_data"
    assert "rejected" in found.reasons[0].en


def test_history_holds_every_row_of_the_client_and_of_nobody_else(withdrawing: Book) -> None:
    found = history(withdrawing, THE_CLIENT)

    assert {name: rows.num_rows for name, rows in found.items()} == {"clients": 1, "assets": 143, "flows": 4}
    assert all(rows.num_rows == 0 for rows in history(withdrawing, "c").values())
    assert history(withdrawing, THE_CLIENT, up_to=date(2009, 8, 4))["flows"].num_rows == 2


def test_command_prints_the_rows_and_the_result(
    withdrawing: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--client", THE_CLIENT, "--sign", "fund_outflow", "--as-of", "2009-10-30", "--rules", "guide"]

    code = main(["why", str(withdrawing.path), *asked, "--lang", "en"])

    printed = capsys.readouterr().out
    assert code == 0
    assert "39,000.00" in printed
    assert "Result: fired (strong)   value 39 %, threshold 30 %" in printed


def test_command_refuses_wrong_usage_with_one_sentence(
    withdrawing: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--client", "nobody", "--sign", "fund_outflow", "--as-of", "2009-10-30"]

    assert main(["why", str(withdrawing.path), *asked, "--lang", "en"]) == 2
    assert "Check --client" in capsys.readouterr().err
