"""What an item's page shows beside the item's own fields: names for codes, and what refers to it."""

from __future__ import annotations

from collections.abc import Callable
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
from wanliu.workbench.playbook import words
from wanliu.workbench.playbook.entries import entries, methods_named

Beside = dict[str, Any]


def beside(item: Item, book: Playbook) -> Beside:
    return BESIDE[type(item)](item, book)


def _reason(item: ReasonItem, book: Playbook) -> Beside:
    return {
        "methods": methods_named(item.methods, book),
        "scripts": entries(book, "scripts", lambda one: one.reason == item.id),
        "precedents": entries(book, "precedents", lambda one: one.reason == item.id),
    }


def _method(item: Method, book: Playbook) -> Beside:
    return {
        "standing": words.STANDINGS[item.standing],
        "laws": [words.law(one) for one in item.basis],
        "instead": methods_named((item.replaced_by,), book) if item.replaced_by else [],
        "reasons": [(one, book.reasons[one].name) for one in item.fits],
        "purpose": words.PURPOSES[item.purpose],
        "approver": words.APPROVERS[item.approver],
        "channels": [words.CHANNELS[one] for one in item.channels],
        "stages": [words.STAGES[one] for one in item.stages],
        "precedents": entries(book, "precedents", lambda one: item.id in (*one.methods, *one.methods_today)),
    }


def _script(item: Script, book: Playbook) -> Beside:
    return {
        "zh": words.marked(item.text.zh, "zh"),
        "en": words.marked(item.text.en, "en"),
        "reason": book.reasons[item.reason],
        "methods": methods_named(item.methods, book),
    }


def _rule(item: ScriptRule, book: Playbook) -> Beside:  # noqa: ARG001 (all kinds are asked alike)
    return {"severity": words.SEVERITIES[item.severity], "stage": words.STAGES[item.stage]}


def _material(item: Material, book: Playbook) -> Beside:
    return {
        "material_kind": words.MATERIAL_KINDS[item.kind],
        "barred": words.why_not_shown(item, today()),
        "slot": book.slots.get(item.slot) if item.slot else None,
    }


def _precedent(item: Precedent, book: Playbook) -> Beside:
    return {
        "chapters": words.chapters(str(item.story)),
        "reason": book.reasons[item.reason],
        "outcome": words.OUTCOMES[item.outcome],
        "then": methods_named(item.methods, book),
        "now": methods_named(item.methods_today, book),
    }


def _principle(item: Principle, book: Playbook) -> Beside:  # noqa: ARG001 (as above)
    return {"moments": [words.MOMENTS[one] for one in item.moments]}


def _slot(item: Slot, book: Playbook) -> Beside:
    return {"materials": entries(book, "materials", lambda one: one.slot == item.id)}


BESIDE: Final[dict[type[Item], Callable[[Any, Playbook], Beside]]] = {
    ReasonItem: _reason,
    Method: _method,
    Script: _script,
    ScriptRule: _rule,
    Material: _material,
    Precedent: _precedent,
    Principle: _principle,
    Slot: _slot,
}
