"""The firm's own tariff: typed within the rules, made by two people, in force at its dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.concessions.desk import MONDAY, House, facts, on
from tests.tariffs.sheets import BASE, SHEET, UPPER, approved, decided, office, sent, sheet, upper
from tests.web import make_user
from wanliu.audit.queries import events_of_stream
from wanliu.commission.law import SHIPPED
from wanliu.commission.shapes import read_text
from wanliu.commission.tariff import ServiceCost, Tariff, Tier, load_tariffs, succeeded
from wanliu.commission.written import written
from wanliu.concessions.eligibility import best_tier, tariffs
from wanliu.errors import Changed, ContentRefused, NotAllowed, NotFound, Refused
from wanliu.people.roles import ROLES, Role
from wanliu.tariffs import actions, models
from wanliu.tariffs.beside import beside, deepest_cut
from wanliu.tariffs.queries import in_force, latest_own, version_of, versions
from wanliu.tariffs.sheet import MOST_TIERS, Sheet, SheetRefused, TierTyped, as_sheet, read_sheet
from wanliu.text import Text

LAW = load_tariffs(SHIPPED).law
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with on(MONDAY):
        yield


def read(typed: Sheet, last: Tariff | None = None) -> Tariff:
    return read_sheet(typed, LAW, last, day=DAY)


def faults(typed: Sheet, last: Tariff | None = None) -> dict[str, Text]:
    with pytest.raises(SheetRefused) as refused:
        read(typed, last)
    return dict(refused.value.faults)


# --- what is typed ----------------------------------------------------------------------------------


def test_a_good_sheet_is_a_tariff_and_comes_back_as_it_was() -> None:
    tariff = read(SHEET)
    assert [tier.rate for tier in tariff.tiers] == [Decimal("0.00025"), Decimal("0.0002")]
    assert read(as_sheet(tariff, since=tariff.since, until=tariff.until)) == tariff


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (upper(rate="万0.5"), "rate_1"),  # levies of today 0.0541‰ and 0.03‰ of service: the floor is 万0.841
        (upper(rate="万0.840"), "rate_1"),
        (sheet(tiers=(TierTyped(**{**vars(BASE), "rate": "3.1‰"}),)), "rate_0"),
        (upper(rate="2.5"), "rate_1"),
        (upper(rate="很低"), "rate_1"),
        (upper(rate="0"), "rate_1"),
        (sheet(tiers=(TierTyped(**{**vars(BASE), "minimum": "5.01"}),)), "minimum_0"),
        (upper(minimum="-5"), "minimum_1"),
        (upper(minimum="0.005"), "minimum_1"),
        (upper(assets="五十万"), "assets_1"),
        (upper(turnover="-1"), "turnover_1"),
        (upper(channels=()), "channels_1"),
        (upper(channels=("fax",)), "channels_1"),
        (upper(name_zh=""), "name_zh_1"),
        (upper(name_en="a\x00b"), "name_en_1"),
        (upper(rate="万2.6"), "tiers"),  # dearer than the tier below
        (upper(assets="0"), "tiers"),  # asks for no more than the tier below
        (sheet(tiers=(UPPER,)), "tiers"),  # nobody's tier
        (sheet(tiers=()), "tiers"),
        (sheet(tiers=(BASE, *(UPPER for _ in range(MOST_TIERS)))), "tiers"),
        (sheet(name_zh=""), "name_zh"),
        (sheet(name_en="长" * 101), "name_en"),
        (sheet(since=""), "since"),
        (sheet(since="2026-02-30"), "since"),
        (sheet(since="2026-11-23"), "since"),  # today: the client would hear too late
        (sheet(until="2027-01-03"), "until"),
        (sheet(asset_days="0"), "asset_days"),
        (sheet(answer_days="31"), "answer_days"),
        (sheet(answer_days="５"), "answer_days"),
        (sheet(cost_rate="0.03"), "cost_rate"),
        (sheet(cost_source=" "), "cost_source"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_said_at_its_field(typed: Sheet, field: str) -> None:
    found = faults(typed)
    assert set(found) == {field}
    assert (
        found[field].zh
        and found[field].en
        and not any(
            "一" <= one <= "鿿"
            for one in found[field].en.replace("很低", "").replace("五十万", "").replace("万", "")
        )
    )


def test_the_floor_itself_and_the_ceiling_itself_may_be_charged() -> None:
    floor = LAW.inside(date(2027, 1, 4)) + Decimal("0.00003")
    assert read(upper(rate=f"{floor:f}")).tiers[1].rate == floor == Decimal("0.0000841")
    top = TierTyped(**{**vars(BASE), "rate": "3‰"})
    assert read(sheet(tiers=(top,))).tiers[0].rate == LAW.limit.rate


def test_all_faults_are_told_at_once() -> None:
    assert set(faults(sheet(since="", name_zh="", tiers=(TierTyped(name_zh="x"),)))) >= {
        "since",
        "name_zh",
        "name_en_0",
        "rate_0",
        "minimum_0",
        "channels_0",
    }


@pytest.mark.parametrize(
    ("until", "since", "field"),
    [
        (None, "2027-01-04", "since"),
        (None, "2027-01-01", "since"),
        ("2027-06-30", "2027-06-30", "since"),
        ("2027-06-30", "2027-07-02", "since"),
        ("2027-06-30", "2027-07-01", None),
        (None, "2027-01-05", None),
    ],
    ids=["same", "before", "overlap", "gap", "next", "open-ended"],
)
def test_after_the_firms_last_version_there_is_no_gap_and_no_overlap(
    until: str | None, since: str, field: str | None
) -> None:
    last = read(sheet(until=until or ""))
    if field is None:
        assert read(sheet(since=since), last).since == date.fromisoformat(since)
    else:
        assert set(faults(sheet(since=since), last)) == {field}


def test_empty_lines_do_not_count_and_a_tier_keeps_its_id() -> None:
    added = TierTyped("", "百万", "million", "万1.5", "5", BASE.channels, "1000000", "")
    tariff = read(sheet(tiers=(BASE, TierTyped(), UPPER, TierTyped(id="x"), added)))
    assert [tier.id for tier in tariff.tiers] == ["standard", "from_500k", "tier_1"]


RATES = st.decimals("0.0000841", "0.003", places=8)


@given(
    rates=st.lists(RATES, min_size=1, max_size=5),
    minima=st.lists(st.decimals("0", "5", places=2), min_size=5, max_size=5),
    name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)
def test_a_written_version_is_read_back_as_it_was(
    rates: list[Decimal], minima: list[Decimal], name: str
) -> None:
    steps = zip(sorted(rates, reverse=True), sorted(minima, reverse=True), strict=False)
    tiers = tuple(
        Tier(id=f"t{n}", name=Text(zh=name, en=name), rate=rate, minimum=least, channels=("online",),
             assets_at_least=Decimal(n * 1000))
        for n, (rate, least) in enumerate(steps)
    )  # fmt: skip
    who: dict[str, Any] = {"id": "x", "maker": "a", "checker": "b", "approved_on": DAY}
    cost = ServiceCost(rate=Decimal("0.00003"), source=name)
    made = Tariff(name=Text(zh=name, en=name), since=DAY, source=name, asset_days=20, answer_days=5,
                  service_cost=cost, tiers=tiers, **who)  # fmt: skip

    assert read_text(Tariff, written(made), place="x", **who) == made


# --- beside the version before ----------------------------------------------------------------------


def test_the_cut_is_held_against_what_the_tiers_clients_pay_until_then() -> None:
    """万2 for half a million was 万2; 万1 for a million was 万2 as well: half of it is cut."""
    added = TierTyped("", "百万", "million", "万1", "5", BASE.channels, "1000000", "")
    before, after = read(SHEET), read(sheet(tiers=(BASE, UPPER, added)))
    assert deepest_cut(before, before) == 0
    assert deepest_cut(after, before) == Decimal("0.5")
    assert deepest_cut(read(upper(minimum="0")), before) == 1
    (line,) = [one for one in beside(after, before) if one.tier.id == "tier_1" and one.channel == "online"]
    assert line.before is not None and line.before.rate == Decimal("0.0002")


# --- two people -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_approved_by_another_it_holds_from_its_day_and_not_before() -> None:
    before = in_force()
    version, asked = sent()
    assert in_force() == before and not version_of(version.id).may_change

    decided(asked)

    found = in_force()
    assert found.on(date(2027, 1, 3)).id == "2026" and found.on(date(2027, 1, 3)).until == date(2027, 1, 3)
    assert found.on(date(2027, 1, 4)).id == "2027-01-04"
    own = latest_own()
    assert own is not None and own.maker != own.checker and own.approved_on == MONDAY
    assert [one.is_approved for one in versions()] == [True]


@pytest.mark.django_db
def test_whoever_drafted_and_sent_it_does_not_approve_it() -> None:
    maker = office()
    _, asked = sent(by=maker)
    with pytest.raises(Refused, match="自己提交的"):
        decided(asked, by=maker)
    assert latest_own() is None


@pytest.mark.django_db
def test_a_deep_cut_is_beyond_compliance_and_a_small_one_is_not() -> None:
    watch = make_user("compliance", branch="", staff="")
    _, deep = sent(upper(minimum="0"))
    with pytest.raises(Refused, match="超出您的审批权限"):
        decided(deep, by=watch)
    _, small = sent(upper(rate="万1.8"))
    assert decided(small, by=watch).state == "granted"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != "head_office"])
def test_nobody_else_drafts(role: Role) -> None:
    with pytest.raises(NotAllowed):
        actions.save_version(sheet=SHEET, by=make_user(role))
    assert not models.TariffVersion.objects.exists()


@pytest.mark.django_db
def test_what_waits_or_is_approved_stays_as_it_is_and_what_was_refused_may_change() -> None:
    version, asked = sent()
    for act in (actions.drop_version, lambda **told: actions.save_version(sheet=SHEET, **told)):
        with pytest.raises(Refused, match="不能再改"):
            act(version_id=version.id, version=version.version, by=office())
    decided(asked, "refused")
    saved = actions.save_version(
        sheet=upper(rate="万1.9"), version_id=version.id, version=version.version, by=office()
    )
    assert saved.tariff.tiers[1].rate == Decimal("0.00019") and saved.hash != version.hash
    with pytest.raises(Changed):
        actions.drop_version(version_id=version.id, version=version.version, by=office())
    actions.drop_version(version_id=saved.id, version=saved.version, by=office())
    verbs = [event.verb for event in events_of_stream(f"tariff/{version.id}")]
    assert sorted(verbs) == ["tariff_dropped", "tariff_saved", "tariff_saved"] and versions() == []


@pytest.mark.django_db
def test_of_two_versions_for_the_same_day_the_second_is_not_approved() -> None:
    (_, one), (_, two) = sent(), sent(upper(rate="万1.9"))
    decided(one)
    with pytest.raises(Refused, match="重叠"):
        decided(two)
    assert decided(two, "refused").state == "refused" and len(in_force().versions) == 5


@pytest.mark.django_db
def test_a_version_whose_day_has_come_is_too_late_to_approve() -> None:
    _, asked = sent(sheet(since="2026-11-25"))
    with on(date(2026, 11, 25)), pytest.raises(Refused, match="起日要晚于今天"):
        decided(asked)


@pytest.mark.django_db
def test_a_second_version_ends_the_first_the_day_before() -> None:
    approved()
    approved(sheet(since="2027-07-01", tiers=(BASE,)))
    spans = [(one.id, one.until) for one in in_force().versions][-3:]
    assert spans == [("2026", date(2027, 1, 3)), ("2027-01-04", date(2027, 6, 30)), ("2027-07-01", None)]


@pytest.mark.django_db
def test_eligibility_goes_by_the_version_of_its_day() -> None:
    """六十万 meets 万2 today, and from January on a tier of 万1.8."""
    approved(upper(rate="万1.8"))
    own = facts(rate=Decimal("0.0003"))
    for day, rate in ((MONDAY, "0.0002"), (date(2027, 1, 4), "0.00018")):
        tier = best_tier(tariffs().on(day), "online", own)
        assert tier is not None and tier.rate == Decimal(rate)


@pytest.mark.django_db
def test_a_request_of_january_is_for_the_new_terms_and_one_of_before_keeps_its_own() -> None:
    approved(upper(rate="万2.2"))
    house = House()
    old = house.asks()
    with on(date(2027, 1, 5)):
        new = house.asks(channel="mobile", facts=facts(as_of=date(2027, 1, 4)))
        assert (new.tariff, new.terms.rate) == ("2027-01-04", Decimal("0.00022"))
        assert house.grants(old).terms.rate == Decimal("0.0002")


def test_own_versions_replace_the_samples_from_their_first_day_on() -> None:
    own = read(SHEET).model_copy(update={"since": date(2012, 1, 1)})
    found = succeeded(load_tariffs(SHIPPED), [own.model_copy(update={"tiers": (read(SHEET).tiers[0],)})])
    assert [one.until for one in found.versions] == [date(2011, 12, 31), None]
    with pytest.raises(ContentRefused):
        succeeded(load_tariffs(SHIPPED), [own, own])


@pytest.mark.django_db
def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        version_of(1)
    with pytest.raises(NotFound):
        actions.drop_version(version_id=1, version=1, by=office())
