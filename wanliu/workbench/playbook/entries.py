"""One line of the playbook's lists: what an item is called, what it is about, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from wanliu.clock import today
from wanliu.playbook.items import (
    Item,
    Material,
    Method,
    Precedent,
    Principle,
    ReasonItem,
    Script,
    ScriptRule,
    Slot,
)
from wanliu.playbook.load import Playbook
from wanliu.text import Text
from wanliu.workbench.playbook import words

STANDING_ORDER = ("usable", "reworded", "retired")


@dataclass(frozen=True)
class Entry:
    """A line of the list. ``mark``: a badge's class; ``under``: the heading that it stands below."""

    kind: str
    id: str
    name: Text
    about: Text
    badge: Text | None = None
    mark: str = ""
    under: Text | None = None


def of_kind(book: Playbook, kind: str) -> list[Item]:
    """All of a kind, as a reader would look for them."""
    ordered: list[Any] = list(getattr(book, kind).values())
    if kind == "methods":
        ordered.sort(key=lambda one: STANDING_ORDER.index(one.standing))
    places, channels, moments = list(book.reasons), list(words.CHANNELS), list(words.MOMENTS)
    if kind == "scripts":
        ordered.sort(
            key=lambda one: (
                places.index(one.reason),
                channels.index(one.channel),
                moments.index(one.moment),
            )
        )
    if kind == "precedents":
        ordered.sort(key=lambda one: places.index(one.reason))
    return ordered


def entry(item: Item, book: Playbook) -> Entry:
    return LINES[type(item)](item, book)


def entries(book: Playbook, kind: str, wanted: Callable[[Any], bool]) -> list[Entry]:
    return [entry(one, book) for one in of_kind(book, kind) if wanted(one)]


def methods_named(ids: tuple[str, ...], book: Playbook) -> list[Entry]:
    return [entry(book.methods[one], book) for one in ids if one in book.methods]


def title(item: Item, book: Playbook) -> Text:
    """The heading of an item's page; a script is named for its reason, too."""
    line = entry(item, book)
    return _joined(book.reasons[item.reason].name, line.name) if isinstance(item, Script) else line.name


def _reason(item: ReasonItem, book: Playbook) -> Entry:  # noqa: ARG001 (all lines are asked alike)
    badge = None if item.retain else _LET_GO
    return Entry("reasons", item.id, _numbered(item.number, item.name), item.meaning, badge, "level-none")


def _method(item: Method, book: Playbook) -> Entry:  # noqa: ARG001 (as above)
    standing = words.STANDINGS[item.standing]
    about = item.legal_reason if item.standing == "retired" and item.legal_reason else item.when
    return Entry("methods", item.id, item.name, about, standing, f"standing-{item.standing}", standing)


def _script(item: Script, book: Playbook) -> Entry:
    place = _joined(words.CHANNELS[item.channel], words.MOMENTS[item.moment])
    about = Text(zh=words.plain(item.text.zh, "zh"), en=words.plain(item.text.en, "en"))
    return Entry("scripts", item.id, place, about, under=book.reasons[item.reason].name)


def _rule(item: ScriptRule, book: Playbook) -> Entry:  # noqa: ARG001 (as above)
    name = Text(zh=f"{item.id} {item.what.zh}", en=f"{item.id} {item.what.en}")
    severity = words.SEVERITIES[item.severity]
    return Entry("rules", item.id, name, item.instead, severity, f"severity-{item.severity}")


def _material(item: Material, book: Playbook) -> Entry:  # noqa: ARG001 (as above)
    barred = words.why_not_shown(item, today())
    badge = barred or words.MATERIAL_KINDS[item.kind]
    return Entry("materials", item.id, item.title, item.text, badge, "told" if barred else "new")


def _precedent(item: Precedent, book: Playbook) -> Entry:
    """A story has no title: its first sentence is one."""
    zh, en = words.opening(item.story.zh), words.opening(item.story.en)
    name, about = Text(zh=zh[0], en=en[0]), Text(zh=zh[1], en=en[1])
    return Entry("precedents", item.id, name, about, book.reasons[item.reason].name, "level-none")


def _principle(item: Principle, book: Playbook) -> Entry:  # noqa: ARG001 (as above)
    return Entry("principles", item.id, _numbered(item.number, item.name), item.check)


def _slot(item: Slot, book: Playbook) -> Entry:  # noqa: ARG001 (as above)
    return Entry("slots", item.id, _numbered(item.number, item.name), item.allowed_today)


LINES: Final[dict[type[Item], Callable[[Any, Playbook], Entry]]] = {
    ReasonItem: _reason,
    Method: _method,
    Script: _script,
    ScriptRule: _rule,
    Material: _material,
    Precedent: _precedent,
    Principle: _principle,
    Slot: _slot,
}


def _numbered(number: int, name: Text) -> Text:
    return Text(zh=f"{number}. {name.zh}", en=f"{number}. {name.en}")


def _joined(first: Text, second: Text) -> Text:
    return Text(zh=f"{first.zh} · {second.zh}", en=f"{first.en} · {second.en}")


_LET_GO = Text(zh="不挽留，协助办理", en="No retention: help to go")
