"""Draft rule sets: what is sent is held against every range, kept once, on record, and changes nothing."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web import make_user
from wanliu.audit.queries import events_of_stream
from wanliu.drafts import models
from wanliu.drafts.actions import submit_draft
from wanliu.drafts.overlay import Moved, overlay
from wanliu.drafts.queries import RuleDraft, draft, drafts
from wanliu.drafts.states import STATES
from wanliu.errors import NotAllowed, NotFound, Refused, UsageError
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User
from wanliu.ruleset import from_text, load

FIFTH: Moved = {"fund_outflow": {"share": Decimal("0.20")}}
STANDARD = {rule.id: rule for rule in load("standard").rules}


def send(by: User, moved: Moved = FIFTH, reason: str = "漏得太多", **other: str) -> RuleDraft:
    told = {"source": "standard", "study": "standard-2026", **other}
    return submit_draft(moved=moved, reason=reason, by=by, **told)


# --- the text ---------------------------------------------------------------------------------------


def test_a_draft_gives_only_what_differs_and_loads_as_a_rule_set() -> None:
    made = overlay("standard", FIFTH)

    told = tomllib.loads(made.text, parse_float=Decimal)
    assert told["signs"] == {"fund_outflow": {"share": Decimal("0.2")}}
    assert (told["based_on"], told["name"]) == ("standard", made.rules.name)
    assert made.changes == {"fund_outflow": {"share": ("0.3", "0.2")}}


@pytest.mark.parametrize("sign", STANDARD)
def test_every_parameter_can_be_moved_to_both_ends_of_its_range(sign: str) -> None:
    for key, declared in STANDARD[sign].reading.parameters.items():
        for end in (declared.low, declared.high):
            if end == STANDARD[sign].values[key]:
                continue
            made = overlay("standard", {sign: {key: end}})
            assert {rule.id: rule for rule in made.rules.rules}[sign].values[key] == end


@given(share=st.decimals("0.01", "0.95", places=4))
def test_equal_numbers_make_equal_drafts_and_other_numbers_others(share: Decimal) -> None:
    if share == Decimal("0.3"):
        return
    made = overlay("standard", {"fund_outflow": {"share": share}})

    assert made.hash == overlay("standard", {"fund_outflow": {"share": share.normalize()}}).hash
    assert made.rules.name != overlay("standard", FIFTH).rules.name or share == Decimal("0.2")


def test_a_firms_own_set_is_written_whole(tmp_path: Path) -> None:
    """Its file need not be where the draft is read; all else stays as it is."""
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "我司"\nversion = "3"\nbased_on = "guide"\n[levels]\nred_keys = 3\n', encoding="utf-8"
    )

    made = overlay(str(own), FIFTH)

    assert "based_on" not in made.text
    numbers, live = from_text(made.text, where="x").numbers(), load(str(own)).numbers()
    assert numbers["signs"]["fund_outflow"]["share"] == Decimal("0.20")
    live["signs"]["fund_outflow"]["share"] = Decimal("0.20")
    assert numbers == live


@pytest.mark.parametrize("moved", [{}, {"fund_outflow": {}}, {"fund_outflow": {"share": Decimal("0.300")}}])
def test_a_draft_that_changes_nothing_is_refused(moved: Moved) -> None:
    with pytest.raises(Refused, match="没有差别"):
        overlay("standard", moved)


@pytest.mark.parametrize(
    "moved",
    [
        {"fund_outflow": {"share": Decimal("0.001")}},
        {"fund_outflow": {"share": Decimal(99)}},
        {"complaint": {"at_least": Decimal("1.5")}},
        {"fund_outflow": {"no_such": Decimal(1)}},
        {"no_such": {"share": Decimal(1)}},
    ],
)
def test_what_no_rule_set_may_have_is_refused(moved: Moved) -> None:
    with pytest.raises(UsageError):
        overlay("standard", moved)


# --- sending ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_draft_is_kept_with_author_reason_and_one_event() -> None:
    author = make_user("head_office")

    sent = send(author)

    assert (sent.state, sent.reason, sent.study) == ("draft", "漏得太多", "standard-2026")
    assert (sent.based_on, sent.based_on_version, sent.sent_by_name) == ("standard", "1", author.name)
    assert sent.hash == overlay("standard", FIFTH).hash
    assert drafts() == [sent] and draft(sent.id) == sent
    (event,) = events_of_stream(f"draft/{sent.id}")
    assert (event.verb, event.ids["hash"], event.client_id) == ("rule_draft_sent", sent.hash, None)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != "head_office"])
def test_nobody_else_sends_one(role: Role) -> None:
    with pytest.raises(NotAllowed):
        send(make_user(role))
    assert drafts() == []


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "  \n", "长" * 501])
def test_without_a_reason_there_is_no_draft(reason: str) -> None:
    with pytest.raises(Refused, match="为什么"):
        send(make_user("head_office"), reason=reason)
    assert drafts() == []


@pytest.mark.django_db
def test_the_same_draft_is_sent_once() -> None:
    sent = send(make_user("head_office"))
    with pytest.raises(Refused, match=sent.name):
        send(make_user("head_office"), reason="再送一次")
    assert drafts() == [sent] and len(events_of_stream(f"draft/{sent.id}")) == 1


@pytest.mark.django_db
def test_a_draft_without_its_record_does_not_come_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> str:
        raise RuntimeError("no record")

    monkeypatch.setattr("wanliu.audit.record.hash_of", fail)
    with pytest.raises(RuntimeError):
        send(make_user("head_office"))
    assert not models.RuleDraft.objects.exists()


@pytest.mark.django_db
def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        draft(1)


def test_every_state_has_its_words() -> None:
    assert all(name.zh and name.en for name in STATES.values())
