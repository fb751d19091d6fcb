"""Studies of cuts in the workbench: what one says, its charts, its own page; unknown where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from tests.commission.test_study_answers import a_study
from tests.workbench.house import browser, furnished
from wanliu.report.price_files import write_price_study
from wanliu.report.stored_price_study import price_studies

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.WANLIU_MFA = []
    settings.WANLIU_HOME = tmp_path
    return tmp_path / "price-studies"


@pytest.fixture
def there(folder: Path) -> Browser:  # noqa: ARG001 (the settings must stand first)
    return browser(furnished()["head_office"])


def stored(folder: Path, name: str = "2026") -> Path:
    (folder / name).mkdir(parents=True)
    write_price_study(a_study((-0.06, -0.01)), folder / name, language="zh", book="book", seconds=1)
    return folder / name


def test_without_a_study_the_effect_is_unknown_and_the_command_is_named(there: Browser) -> None:
    page = there.get("/price-studies").content.decode()

    assert "未知" in page and "wanliu commission study" in page


def test_a_study_is_told_with_its_charts_in_the_readers_language(there: Browser, folder: Path) -> None:
    stored(folder)
    page = there.get("/price-studies").content.decode()
    found, _ = price_studies(folder)

    assert all(line in page for line in found[0].lines["zh"])
    assert (
        "/price-studies/2026/cuts.svg" in page and "levels.svg" not in page
    )  # no levels, so no chart of them
    chart = there.get("/price-studies/2026/cuts.svg")
    assert chart["Content-Type"] == "image/svg+xml"
    assert chart.content == (folder / "2026" / "cuts.zh.svg").read_bytes()
    assert there.get("/price-studies/2026/levels.svg").status_code == 404


def test_the_whole_study_may_run_nothing(there: Browser, folder: Path) -> None:
    stored(folder)
    whole, file = there.get("/price-studies/2026/whole"), there.get("/price-studies/2026/file")
    policy = whole["Content-Security-Policy"]

    assert "sandbox" in policy and "default-src 'none'" in policy and "script-src" not in policy
    assert "attachment" in file["Content-Disposition"]


def test_what_cannot_be_read_is_named_and_no_name_becomes_a_path(there: Browser, folder: Path) -> None:
    (stored(folder, "broken") / "run.json").write_text("{", encoding="utf-8")
    stored(folder)
    (folder.parent / "secret").mkdir()
    (folder.parent / "secret" / "run.json").write_text("{}", encoding="utf-8")

    assert "broken" in there.get("/price-studies").content.decode()
    for name in ("broken", "..", "none", "%2e%2e%2fsecret"):
        assert there.get(f"/price-studies/{name}/whole").status_code == 404
    assert there.get("/price-studies?study=../secret").status_code == 404
