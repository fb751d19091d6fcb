"""The sum: worked examples, the same computed a second time, and what must hold for all orders and terms."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commission import slowly
from wanliu.commission.agreement import Why
from wanliu.commission.law import load_law
from wanliu.commission.quote import Order, Quote, Standing, quote
from wanliu.commission.tariff import load_tariffs
from wanliu.commission.terms import Change, Course, Terms

LAST = date(2026, 10, 30)
FIRST = date(2025, 10, 31)
LAW = load_law()
TARIFF = load_tariffs().on(LAST)
FIVE = Decimal(5)


def d(written: str) -> Decimal:
    return Decimal(written)


def an_order(
    turnover: str, commission: str = "5.00", *, day: date = LAST, levies: str | None = None
) -> Order:
    return Order(day, d(turnover), d(commission), None if levies is None else d(levies))


def a_quote(
    *orders: Order,
    course: Course | None = None,
    against: Terms | None = None,
    standing: Standing | None = None,
) -> Quote:
    return quote(
        "C1",
        sorted(orders, key=lambda one: one.date),
        course or Course(d("0.00025"), FIVE),
        first=FIRST,
        last=LAST,
        whole_year=True,
        levies=LAW.levy_steps(FIRST, LAST),
        against=against,
        standing=standing,
    )


def test_the_guides_own_sum_with_its_invented_turnover() -> None:
    """Case 2: 100,000 at 0.25 % and 0.20 % are 50 yuan apart, if they are one order."""
    found = a_quote(
        an_order("100000", "250.00"), course=Course(d("0.0025"), FIVE), against=Terms(d("0.002"), FIVE)
    )

    assert found.against is not None
    assert (found.total, found.against.total, found.against.difference) == (
        d("250.00"),
        d("200.00"),
        d("50.00"),
    )
    assert found.agreement.agrees


def test_the_same_turnover_in_small_orders_is_another_sum() -> None:
    """Fifty orders of 2,000: at 0.20 % each pays the minimum, so the lower rate saves nothing at all."""
    orders = [an_order("2000", "5.00") for _ in range(50)]

    found = a_quote(*orders, course=Course(d("0.0025"), FIVE), against=Terms(d("0.002"), FIVE))

    assert found.against is not None
    assert (found.total, found.against.difference, found.against.on_minimum) == (d("250.00"), d("0.00"), 50)
    assert found.on_minimum == 0, "at 0.25 % an order of 2,000 is exactly at the border: the rate counts"


@pytest.mark.parametrize(
    ("rate", "size"),
    [
        ("0.003", "1666.67"),
        ("0.0025", "2000.00"),
        ("0.00025", "20000.00"),
        ("0.0002", "25000.00"),
        ("0.00015", "33333.34"),
        ("0.0001", "50000.00"),
    ],
)
def test_break_even_is_where_the_minimum_stops_to_bind(rate: str, size: str) -> None:
    terms = Terms(d(rate), FIVE)

    below = a_quote(an_order(str(d(size) - d("0.01"))), course=Course(terms.rate, FIVE))
    at = a_quote(an_order(size), course=Course(terms.rate, FIVE))

    assert terms.break_even == d(size)
    assert (below.on_minimum, at.on_minimum) == (1, 0)


def test_break_even_without_a_minimum_and_without_a_rate() -> None:
    assert Terms(d("0.0001"), d("0")).break_even == 0
    assert Terms(d("0"), FIVE).break_even is None


def test_todays_small_orders_want_no_minimum_rather_than_a_lower_rate() -> None:
    """The average retail order of 8,900 yuan pays 5.6 per ten thousand whatever the rate (5 / 8,900)."""
    found = a_quote(*[an_order("8900")] * 100, against=Terms(d("0.0001"), d("0")))

    assert found.against is not None
    assert found.effective_rate is not None and round(found.effective_rate, 5) == d("0.00056")
    assert (found.against.rate_alone, found.against.minimum_alone) == (d("0.00"), d("277.00"))
    assert (found.against.total, found.against.difference) == (d("89.00"), d("411.00"))
    assert found.share_on_minimum == 1


def test_half_a_fen_goes_up_order_by_order() -> None:
    found = a_quote(
        an_order("100.00", "0.03"), an_order("100.00", "0.03"), course=Course(d("0.00025"), d("0"))
    )

    assert found.total == d("0.06"), "2.5 fen each: 3 and 3, not 5 for both"


def test_levies_are_the_books_where_it_has_them_and_the_days_else() -> None:
    given = a_quote(an_order("100000", "25.00", levies="5.40"))
    computed = a_quote(an_order("100000", "25.00"))
    capped = a_quote(an_order("100000", "1.00"))

    assert (given.levies, given.levies_computed) == (d("5.40"), 0)
    assert (computed.levies, computed.levies_computed) == (d("5.41"), 1)
    assert capped.levies == d("1.00"), "what is inside a commission is never more than it"


def test_levies_change_with_the_day() -> None:
    days = (date(2009, 3, 2), date(2023, 8, 25), date(2023, 8, 28))

    inside = [LAW.inside(day) for day in days]

    assert inside == [d("0.00015"), d("0.0000687"), d("0.0000541")]


def test_levies_before_the_first_known_day_are_unknown_and_not_nothing() -> None:
    day = date(2001, 5, 8)
    found = quote(
        "C1",
        [an_order("100000", "25.00", day=day)],
        Course(d("0.00025"), FIVE),
        first=day,
        last=day,
        whole_year=False,
        levies=LAW.levy_steps(day, day),
    )

    assert found.levies is None


def test_terms_of_the_past_are_todays_with_later_changes_taken_back() -> None:
    course = Course(
        d("0.00015"),
        d("0"),
        (
            Change(date(2026, 3, 2), d("0.0003"), d("0.0002")),
            Change(date(2026, 6, 1), d("0.0002"), d("0.00015"), d("5"), d("0")),
        ),
    )

    assert course.terms(date(2026, 3, 1)) == Terms(d("0.0003"), FIVE)
    assert course.terms(date(2026, 3, 2)) == Terms(d("0.0002"), FIVE), (
        "an order of the day pays the new terms"
    )
    assert course.terms(date(2026, 6, 1)) == Terms(d("0.00015"), d("0"))


def test_a_change_after_the_day_tells_nothing_but_what_held_before_it() -> None:
    later = Change(LAST + timedelta(days=3), d("0.00025"), d("0.0001"))

    found = a_quote(an_order("100000", "25.00"), course=Course(d("0.0001"), FIVE, (later,)))

    assert found.now == Terms(d("0.00025"), FIVE)
    assert found.total == d("25.00")


def test_a_rate_change_within_the_year_is_said_with_its_amount() -> None:
    change = Change(date(2026, 3, 2), d("0.0005"), d("0.00025"))
    before = an_order("100000", "50.00", day=date(2026, 1, 5))

    found = a_quote(before, an_order("100000", "25.00"), course=Course(d("0.00025"), FIVE, (change,)))

    assert (found.charged, found.total) == (d("75.00"), d("50.00"))
    assert found.agreement.agrees
    assert (found.agreement.changes, found.agreement.changed) == (1, d("25.00"))


@pytest.mark.parametrize(
    ("commission", "why", "amount"),
    [
        ("25.01", "rounding", "0.01"),
        ("24.99", "rounding", "-0.01"),
        ("0.00", "free", "-25.00"),
        ("20.00", "less", "-5.00"),
        ("80.00", "more", "55.00"),
        ("50.00", "other_terms", "25.00"),
    ],
)
def test_what_does_not_agree_says_by_how_much_and_why(commission: str, why: Why, amount: str) -> None:
    change = Change(date(2026, 3, 2), d("0.0005"), d("0.00025"))
    early = an_order("100000", "50.00", day=date(2026, 1, 5))

    found = a_quote(early, an_order("100000", commission), course=Course(d("0.00025"), FIVE, (change,)))

    (part,) = found.agreement.parts
    assert (part.why, part.orders, part.amount) == (why, 1, d(amount))
    assert found.charged == found.agreement.by_terms + found.agreement.difference


@pytest.mark.parametrize("course", [Course(None, FIVE), Course(d("0.00025"), None), Course(None, None)])
def test_unknown_terms_are_held_against_what_was_charged(course: Course) -> None:
    found = a_quote(an_order("10000", "5.00"), course=course, against=Terms(d("0.0001"), d("0")))

    assert (found.now, found.total, found.on_minimum, found.basis) == (None, None, None, "charged")
    assert found.against is not None and found.against.difference == d("4.00")
    assert (found.against.rate_alone, found.against.minimum_alone) == (None, None)
    (part,) = found.agreement.parts
    assert (part.why, part.orders) == ("unknown", 1)


def test_no_orders_are_nothing_paid() -> None:
    found = a_quote(against=Terms(d("0.0001"), d("0")))

    assert (found.orders, found.charged, found.total) == (0, d("0"), d("0"))
    assert found.share_on_minimum is None and found.against is not None and found.agreement.agrees


def standing(assets: str, days: int = 20) -> Standing:
    return Standing(TARIFF, "online", d(assets) * days, days)


def test_the_tier_is_the_best_whose_criteria_are_met() -> None:
    at = a_quote(an_order("100000", "25.00"), standing=standing("500000.00")).tier
    below = a_quote(an_order("100000", "25.00"), standing=standing("499999.99")).tier

    assert at is not None and below is not None
    assert (at.tier.id, below.tier.id) == ("from_500k", "standard")
    assert below.next is not None and below.next.assets == d("0.01")
    assert below.next.compared.difference == d("5.00")
    assert at.next is not None and (at.next.tier.id, at.next.assets) == ("from_2m", d("1500000.00"))


def test_a_mean_that_never_ends_is_not_rounded_onto_the_border() -> None:
    found = a_quote(standing=Standing(TARIFF, "online", d("1499999.99"), 3)).tier

    assert found is not None and found.tier.id == "standard"
    assert found.assets == d("500000.00"), "as shown"
    assert found.next is not None and found.next.assets == d("0.01"), "what is missing is rounded up"


def test_without_assets_no_tier_is_named() -> None:
    assert a_quote(standing=Standing(TARIFF, "online", d("0"), 0)).tier is None


TURNOVERS = st.decimals(0, 10_000_000, places=2)
RATES = st.integers(0, 300_000).map(lambda units: Decimal(units).scaleb(-8))
MINIMA = st.decimals(0, 5, places=2)
MANY = st.lists(TURNOVERS, max_size=30)


def paid(turnovers: list[Decimal], rate: Decimal, minimum: Decimal) -> Decimal:
    total = a_quote(*(Order(LAST, one, d("0")) for one in turnovers), course=Course(rate, minimum)).total
    assert total is not None
    return total


@given(MANY, RATES, MINIMA, RATES, MINIMA)
@settings(max_examples=200)
def test_the_sum_is_the_slow_one(
    turnovers: list[Decimal], rate: Decimal, minimum: Decimal, other: Decimal, least: Decimal
) -> None:
    orders = [Order(LAST, one, slowly.one(one, rate, minimum)) for one in turnovers]

    found = a_quote(*orders, course=Course(rate, minimum), against=Terms(other, least))

    now = slowly.total(turnovers, rate, minimum)
    assert found.against is not None
    assert found.total == now == found.charged
    assert found.agreement.agrees
    assert found.on_minimum == slowly.on_minimum(turnovers, rate, minimum)
    assert found.against.total == slowly.total(turnovers, other, least)
    assert found.against.difference == now - slowly.total(turnovers, other, least)
    assert found.against.rate_alone == now - slowly.total(turnovers, other, minimum)
    assert found.against.minimum_alone == now - slowly.total(turnovers, rate, least)


@given(MANY, RATES, RATES, MINIMA, MINIMA)
def test_a_higher_rate_or_minimum_never_costs_less(
    turnovers: list[Decimal], rate: Decimal, other: Decimal, minimum: Decimal, least: Decimal
) -> None:
    low, high = sorted((rate, other))
    little, much = sorted((minimum, least))

    assert paid(turnovers, low, little) <= paid(turnovers, high, little) <= paid(turnovers, high, much)


@given(MANY, MANY, RATES, MINIMA)
def test_orders_add_up(first: list[Decimal], second: list[Decimal], rate: Decimal, minimum: Decimal) -> None:
    assert paid(first + second, rate, minimum) == paid(first, rate, minimum) + paid(second, rate, minimum)


@given(TURNOVERS, TURNOVERS, RATES, MINIMA)
def test_one_order_in_two_costs_no_less_but_for_a_fen(
    first: Decimal, second: Decimal, rate: Decimal, minimum: Decimal
) -> None:
    whole = paid([first + second], rate, minimum)

    assert paid([first, second], rate, minimum) >= whole - d("0.01"), "each half is rounded on its own"


@given(MANY, RATES)
def test_without_a_minimum_only_rounding_keeps_the_sum_from_turnover_times_rate(
    turnovers: list[Decimal], rate: Decimal
) -> None:
    exact = sum(turnovers, d("0")) * rate

    assert abs(paid(turnovers, rate, d("0")) - exact) <= d("0.005") * len(turnovers)
