"""All pages of the reference, and keeping a folder of them fresh."""

from __future__ import annotations

from pathlib import Path

from wanliu.playbook.load import load as load_playbook
from wanliu.reference import index_page, published_page, rules_page, tables_page, tariff_page
from wanliu.reference.indicator_page import indicator_page
from wanliu.reference.markdown import GENERATED, file_name
from wanliu.reference.playbook_page import playbook_pages
from wanliu.ruleset import SHIPPED, load, signs
from wanliu.text import LANGUAGES


def pages() -> dict[str, str]:
    """Path within the reference → text, for every page in both languages."""
    rule_sets = tuple(load(name) for name in SHIPPED)
    playbook = load_playbook()
    found: dict[str, str] = {}
    for language in LANGUAGES:
        found[file_name(index_page.NAME, language)] = index_page.index_page(rule_sets, language)
        found[file_name(tables_page.NAME, language)] = tables_page.tables_page(language)
        found[file_name(rules_page.NAME, language)] = rules_page.rules_page(rule_sets, language)
        found[file_name(tariff_page.NAME, language)] = tariff_page.tariff_page(language)
        found[file_name(published_page.NAME, language)] = published_page.published_page(language)
        found |= playbook_pages(playbook, language)
        for name, sign in signs().items():
            path = f"indicators/{file_name(name, language)}"
            found[path] = indicator_page(name, sign, rule_sets, language)
    return dict(sorted(found.items()))


def stale(folder: Path) -> list[str]:
    """Pages that differ from what would be written, are absent, or belong to nothing any more."""
    expected = pages()
    outdated = [path for path, text in expected.items() if _text(folder / path) != text]
    return sorted({*outdated, *_orphans(folder, expected)})


def write(folder: Path) -> list[str]:
    """Writes what is stale and removes generated pages of nothing; returns the paths it touched."""
    expected, touched = pages(), stale(folder)
    for path in touched:
        file = folder / path
        if path not in expected:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(expected[path], encoding="utf-8", newline="\n")
    return touched


def _orphans(folder: Path, expected: dict[str, str]) -> list[str]:
    there = (file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.md")))
    return [
        path for path in there if path not in expected and (_text(folder / path) or "").startswith(GENERATED)
    ]


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None
