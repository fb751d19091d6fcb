"""Promises about the shipped content, held over the whole set."""

from __future__ import annotations

from datetime import date

import pytest

from wanliu.playbook.checks import faults_of
from wanliu.playbook.items import REASONS
from wanliu.playbook.load import SHIPPED, load
from wanliu.playbook.lock import lock_of, read_lock
from wanliu.text import Text

PLAYBOOK = load()
RISK = Text(zh="投资有风险，入市需谨慎", en="Investing carries risk; be careful when entering the market")
FREE = Text(
    zh="是否办理由您决定，不影响申请",
    en="Whether to go ahead is yours to decide; it does not affect your request",
)


def test_content_keeps_every_promise_of_the_set() -> None:
    assert faults_of(PLAYBOOK) == []


def test_content_is_locked_as_it_is() -> None:
    assert read_lock(SHIPPED) == lock_of(PLAYBOOK), "run: wanliu content lock"


def test_content_has_what_the_guide_has() -> None:
    assert tuple(PLAYBOOK.reasons) == REASONS
    assert [one.number for one in PLAYBOOK.principles.values()] == [1, 2, 3, 4, 5]
    assert [one.number for one in PLAYBOOK.slots.values()] == list(range(1, 13))
    assert len(PLAYBOOK.precedents) == 8
    assert len(PLAYBOOK.rules) == 34


def test_client_who_may_not_stay_is_never_asked_to() -> None:
    assert [id for id, reason in PLAYBOOK.reasons.items() if not reason.retain] == ["identity"]
    used = {
        method
        for script in PLAYBOOK.scripts.values()
        if script.reason == "identity"
        for method in script.methods
    }
    assert used <= {"exit_help", "complaint_handling", "affirming"}


@pytest.mark.parametrize("id", sorted(PLAYBOOK.scripts))
def test_script_has_its_required_parts(id: str) -> None:
    script = PLAYBOOK.scripts[id]

    for words, risk, free in ((script.text.zh, RISK.zh, FREE.zh), (script.text.en, RISK.en, FREE.en)):
        if script.channel == "message":
            assert "{firm_name}" in words, "a message names its sender"
            assert "{refuse_words}" in words, "a message says how to refuse"
        if script.moment == "exit":
            assert free in words, "an exit is the client's own decision"
        if "{tariff_tier}" in words or "{current_rate}" in words:
            assert "{tariff_version}" in words
            assert "{tariff_date}" in words
        if "{adviser_name}" in words:
            assert "{adviser_registration}" in words
        if "{material_title}" in words:
            assert risk in words


def test_some_material_has_run_out_and_says_so() -> None:
    on = date(2026, 11, 23)

    expired = [id for id, material in PLAYBOOK.materials.items() if not material.is_valid(on)]

    assert len(expired) >= 2
    assert len(expired) < len(PLAYBOOK.materials) / 2


def test_every_kind_of_material_is_there() -> None:
    kinds = {material.kind for material in PLAYBOOK.materials.values()}
    slots = {material.slot for material in PLAYBOOK.materials.values() if material.slot}

    assert kinds == {"brand_fact", "service", "research", "risk_notice", "tariff", "partner_service"}
    assert slots == set(PLAYBOOK.slots)
