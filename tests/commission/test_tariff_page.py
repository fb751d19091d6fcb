"""The tariff's page: as generated, in both languages, with every source and what is unchecked."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanliu.commission.tariff import load_tariffs
from wanliu.reference.tariff_page import tariff_page
from wanliu.text import LANGUAGES, Language

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_names_every_source_and_every_tier(language: Language) -> None:
    page = tariff_page(language)

    tariffs = load_tariffs()
    assert all(charge.source in page for charge in tariffs.law.charges)
    assert all(f"`{tier.id}`" in page for version in tariffs.versions for tier in version.tiers)
    unchecked = sum(charge.standing == "memory" for charge in tariffs.law.charges)
    assert page.count("未核实" if language == "zh" else "memory, unchecked") == unchecked


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_fresh(language: Language) -> None:
    assert (PAGES / f"tariff.{language}.md").read_text("utf-8") == tariff_page(language)
