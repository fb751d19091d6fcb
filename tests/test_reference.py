"""Promises over all signs, and the pages that are made from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from wanliu.cli import main
from wanliu.indicator.parameter import UNITS, Parameter
from wanliu.indicator.sign import Reading
from wanliu.reference.pages import pages, stale, write
from wanliu.reference.toml_page import toml_of
from wanliu.ruleset import SETTINGS, SHIPPED, load, signs
from wanliu.text import Language, Text
from wanliu.warning.levels import STATUSES

READINGS = [
    pytest.param(reading, id=f"{name}-{reading.name}")
    for name, sign in signs().items()
    for reading in sign.readings.values()
]
PARAMETERS = [
    pytest.param(parameter, id=f"{owner}.{name}")
    for owner, parameters in [
        *(
            (f"{name}-{r.name}", r.parameters)
            for name, sign in signs().items()
            for r in sign.readings.values()
        ),
        *SETTINGS.items(),
    ]
    for name, parameter in parameters.items()
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff}%][,;:()]|[,;:()][\u4e00-\u9fff{]")


def is_told(text: Text) -> bool:
    return bool(CHINESE.search(text.zh)) and bool(text.en.strip()) and not CHINESE.search(text.en)


@pytest.mark.parametrize("name", signs())
def test_sign_says_why_and_when_it_misleads_in_both_languages(name: str) -> None:
    sign = signs()[name]

    assert is_told(sign.name)
    assert is_told(sign.why)
    assert is_told(sign.misleads)
    assert sign.guide


@pytest.mark.parametrize("reading", READINGS)
def test_reading_has_examples_that_fire_stay_clear_and_cannot_be_judged(reading: Reading) -> None:
    statuses = {example.expect.split()[0] for example in reading.examples}

    assert is_told(reading.meaning)
    assert {"fired", "clear"} <= statuses
    assert statuses & set(STATUSES[2:]), "one that cannot be judged"
    assert all(is_told(example.title) for example in reading.examples)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_parameter_has_range_unit_and_source(parameter: Parameter) -> None:
    assert parameter.low <= parameter.default <= parameter.high
    assert parameter.low < parameter.high
    assert parameter.unit in UNITS
    assert is_told(parameter.meaning)
    assert CHINESE.search(parameter.source.zh)
    assert parameter.source.en


@pytest.mark.parametrize("reading", READINGS)
def test_reading_names_no_number_that_a_rule_set_may_change(reading: Reading) -> None:
    others = {
        name: p.high if p.default != p.high else p.low
        for name, p in reading.parameters.items()
        if p.unit != "ratio"
    }
    defaults = {
        f"{reading.parameters[name].default:f}" for name in others if reading.parameters[name].default != 1
    }

    said = reading.meaning_with(others)

    numbers = set(re.findall(r"[0-9]+", said.zh + said.en)) - {f"{n:f}" for n in others.values()}
    assert not numbers & defaults


def chinese_texts() -> list[str]:
    texts = [text for sign in signs().values() for text in (sign.name.zh, sign.why.zh, sign.misleads.zh)]
    for sign in signs().values():
        for reading in sign.readings.values():
            texts += [reading.meaning.zh, reading.sum.zh, *(example.title.zh for example in reading.examples)]
            texts += [text for p in reading.parameters.values() for text in (p.meaning.zh, p.source.zh)]
    return texts


def test_chinese_of_the_signs_uses_full_width_punctuation() -> None:
    assert [text for text in chinese_texts() if HALF_WIDTH.search(text)] == []


def test_pages_in_the_repository_are_fresh() -> None:
    assert stale(ROOT / "docs" / "reference") == [], "run: wanliu docs"


def test_pages_come_in_both_languages_and_point_at_each_other() -> None:
    found = pages()

    for path, text in found.items():
        name, language, _ = path.rsplit(".", 2)
        other = f"{name}.{'en' if language == 'zh' else 'zh'}.md"
        assert other in found
        assert f"({Path(other).name})" in text


def test_links_of_the_pages_lead_somewhere() -> None:
    found = pages()

    broken = [
        (path, link)
        for path, text in found.items()
        for link in re.findall(r"\]\(([^)]+)\)", text)
        if not _leads_somewhere((Path(path).parent / link).as_posix(), found)
    ]

    assert broken == []


def _leads_somewhere(link: str, found: Mapping[str, str]) -> bool:
    page, _, anchor = link.partition("#")
    return page in found and (not anchor or f'<a id="{anchor}"></a>' in found[page])


def test_page_of_an_indicator_shows_what_its_file_says() -> None:
    sign, page = signs()["fund_outflow"], pages()["indicators/fund_outflow.zh.md"]

    assert sign.why.zh in page
    assert sign.misleads.zh in page
    for reading in sign.readings.values():
        assert reading.meaning_with({}).zh in page
        assert all(example.title.zh in page for example in reading.examples)
        assert all(f"`{name}`" in page for name in reading.parameters)


def test_docs_names_a_stale_page_and_leaves_what_a_person_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "rules.en.md").write_text("changed")
    (tmp_path / "indicators" / "gone.en.md").write_text("<!-- wanliu docs -->\n\n# Gone\n")
    own = tmp_path / "own.md"
    own.write_text("# My page\n")

    code = main(["docs", "--check", str(tmp_path)])

    assert code == 1
    assert stale(tmp_path) == ["indicators/gone.en.md", "rules.en.md"]
    assert "rules.en.md" in capsys.readouterr().out
    assert main(["docs", str(tmp_path)]) == 0
    assert main(["docs", "--check", str(tmp_path)]) == 0
    assert own.read_text() == "# My page\n"
    assert not (tmp_path / "indicators" / "gone.en.md").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SHIPPED)
def test_printed_rule_set_loads_back_to_the_same_numbers(
    name: str, language: Language, tmp_path: Path
) -> None:
    rules, file = load(name), tmp_path / "own.toml"
    file.write_text(toml_of(rules, language), encoding="utf-8")

    again = load(str(file))

    assert again.numbers() == rules.numbers()
    assert (again.name, again.version, again.title) == (rules.name, rules.version, rules.title)


def test_printed_rule_set_can_be_edited_into_an_own_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["rules", "guide"])
    text = capsys.readouterr().out
    file = tmp_path / "ours.toml"
    file.write_text(
        text.replace('name = "guide"', 'name = "ours"').replace("share = 0.30", "share = 0.25"), "utf-8"
    )

    main(["rules", str(file)])

    printed = capsys.readouterr().out
    assert 'name = "ours"' in printed
    assert "share = 0.25" in printed
    assert load(str(file)).name == "ours"


def test_rules_of_an_unknown_name_is_wrong_usage() -> None:
    assert main(["rules", "nobody"]) == 2
