"""How content is read, refused, laid over and locked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from wanliu.cli import main
from wanliu.errors import ContentRefused
from wanliu.playbook.load import SHIPPED, load
from wanliu.text import choose_language

METHOD = "methods/sincere_apology.toml"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content to damage."""
    return shutil.copytree(SHIPPED, tmp_path / "content")


def rewritten(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('maker = "wanliu-authors"', 'maker = "wanliu-reviewers"', "maker and checker must be two people"),
        ("version = 1", "version = 3", "changes must list every version"),
        ('approver = "', 'colour = "red"\napprover = "', "colour"),
        ('approver = "', 'approver = "nobody', "approver"),
        ("review_by = 2027-11-30", "", "review_by"),
    ],
)
def test_file_that_breaks_the_shape_is_refused_by_name(content: Path, old: str, new: str, said: str) -> None:
    rewritten(content / METHOD, old, new)

    with pytest.raises(ContentRefused) as refused:
        load(shipped=content)

    assert METHOD in str(refused.value)
    assert said in str(refused.value)


def test_every_faulty_file_is_named_at_once(content: Path) -> None:
    for name in (METHOD, "reasons/favor.toml"):
        (content / name).write_text("= no TOML", encoding="utf-8")

    with pytest.raises(ContentRefused, match=r"2 faults[\s\S]*favor[\s\S]*sincere_apology"):
        load(shipped=content)


def test_retired_method_needs_its_legal_reason(content: Path) -> None:
    rewritten(content / "methods/profit_template.toml", 'basis = ["广告法25(2)", "证券法41"]', "basis = []")

    with pytest.raises(ContentRefused, match="legal reason and basis"):
        load(shipped=content)


def test_firm_lays_its_own_item_over_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "methods").mkdir(parents=True)
    shutil.copy(SHIPPED / METHOD, own / METHOD)
    rewritten(own / METHOD, 'maker = "wanliu-authors"', 'maker = "firm-a"')

    playbook = load(own)

    assert playbook.methods["sincere_apology"].maker == "firm-a"
    assert len(playbook.methods) == len(load().methods)


def test_changed_words_need_a_new_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own"
    (own / "methods").mkdir(parents=True)
    shutil.copy(SHIPPED / METHOD, own / METHOD)
    assert main(["content", "lock", "--own", str(own), "--lang", "en"]) == 0
    assert main(["content", "check", "--own", str(own), "--lang", "en"]) == 0

    rewritten(own / METHOD, 'maker = "wanliu-authors"', 'maker = "firm-a"')

    assert main(["content", "check", "--own", str(own), "--lang", "en"]) == 3
    assert "Raise version by one" in capsys.readouterr().err


def test_broken_promise_of_the_set_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own"
    (own / "scripts").mkdir(parents=True)
    script = own / "scripts" / "favor.phone.first.toml"
    shutil.copy(SHIPPED / "scripts" / script.name, script)
    rewritten(script, "{client_title}", "{client_nickname}")

    assert main(["content", "check", "--own", str(own), "--lang", "en"]) == 3
    assert "no field is called client_nickname" in capsys.readouterr().err


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused, match="is not a folder"):
        load(tmp_path / "nothing")
