"""People never meet a bare code where a word is promised."""

from __future__ import annotations

from wanliu.report.words import EVIDENCE, LEVELS, OF_ONE_SIGN, STATUSES, evidence_word
from wanliu.ruleset import signs
from wanliu.warning import levels

USED = {
    (id_, name)
    for id_, sign in signs().items()
    for reading in sign.readings.values()
    for name in reading.verdict({}).evidence
}


def test_every_piece_of_evidence_has_a_word() -> None:
    assert {name for _, name in USED} - set(EVIDENCE) == set()


def test_words_of_evidence_name_nothing_that_is_gone() -> None:
    assert set(EVIDENCE) - {name for _, name in USED} == set()
    assert set(OF_ONE_SIGN) - USED == set()


def test_evidence_of_one_sign_goes_before_the_general_word() -> None:
    assert evidence_word("securities_out", "moved_out").zh == "证券转出市值"
    assert evidence_word("fund_outflow", "moved_out").zh == "转出金额"


def test_evidence_without_a_word_stands_for_itself() -> None:
    assert evidence_word("a_firms_own", "odd_name").en == "odd_name"


def test_every_level_and_result_has_a_word() -> None:
    assert tuple(LEVELS) == levels.LEVELS
    assert tuple(STATUSES) == levels.STATUSES
