"""Promises about the content as a whole: what no single file can be held to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import get_args

from wanliu.playbook.items import REASONS, Channel, Item, Moment
from wanliu.playbook.load import Playbook
from wanliu.playbook.placeholders import placeholders_of, unfilled

HEADINGS = {
    "zh": ("情况", "当时怎么做", "今天怎么做", "结果"),
    "en": ("Situation", "What was done", "What would be done today", "Outcome"),
}

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def faults_of(playbook: Playbook) -> list[str]:
    """Every broken promise of the set, as kind/id: what is wrong; empty where all is well."""
    return [
        *_reasons_are_whole(playbook),
        *_methods_agree(playbook),
        *_scripts_are_whole(playbook),
        *_placeholders_exist(playbook),
        *_precedents_are_told(playbook),
        *_materials_have_a_slot(playbook),
    ]


def _reasons_are_whole(playbook: Playbook) -> Iterator[str]:
    for id in REASONS:
        reason = playbook.reasons.get(id)
        if reason is None:
            yield f"reasons/{id}: is missing"
            continue
        yield from _usable(playbook, reason, reason.methods)
        for method in reason.methods:
            if method in playbook.methods and id not in playbook.methods[method].fits:
                yield f"reasons/{id}: {method} does not say that it fits this reason"


def _methods_agree(playbook: Playbook) -> Iterator[str]:
    for id, method in playbook.methods.items():
        if method.replaced_by and method.replaced_by not in playbook.methods:
            yield f"methods/{id}: is replaced by {method.replaced_by}, which does not exist"
        for reason in method.fits if method.standing != "retired" else ():
            if reason in playbook.reasons and id not in playbook.reasons[reason].methods:
                yield f"methods/{id}: fits {reason}, which does not list it"


def _scripts_are_whole(playbook: Playbook) -> Iterator[str]:
    for reason, channel, moment in product(REASONS, get_args(Channel), get_args(Moment)):
        if f"{reason}.{channel}.{moment}" not in playbook.scripts:
            yield f"scripts/{reason}.{channel}.{moment}: is missing"
    for script in playbook.scripts.values():
        yield from _usable(playbook, script, script.methods)


def _placeholders_exist(playbook: Playbook) -> Iterator[str]:
    for id, script in playbook.scripts.items():
        if unknown := unfilled(script.text):
            yield f"scripts/{id}: no field is called {', '.join(sorted(unknown))}"
        if placeholders_of(script.text.zh) != placeholders_of(script.text.en):
            yield f"scripts/{id}: zh and en have other fields"


def _precedents_are_told(playbook: Playbook) -> Iterator[str]:
    for id, precedent in playbook.precedents.items():
        for language, told in (("zh", precedent.story.zh), ("en", precedent.story.en)):
            if tuple(_HEADING.findall(told)) != HEADINGS[language]:
                yield f"precedents/{id}: the headings in {language} must be {', '.join(HEADINGS[language])}"
        yield from _usable(playbook, precedent, precedent.methods_today)
        for method in precedent.methods:
            if method not in playbook.methods:
                yield f"precedents/{id}: there is no method {method}"


def _materials_have_a_slot(playbook: Playbook) -> Iterator[str]:
    for id, material in playbook.materials.items():
        if material.kind == "service" and material.slot not in playbook.slots:
            yield f"materials/{id}: a service names one of the slots"


def _usable(playbook: Playbook, item: Item, methods: Iterable[str]) -> Iterator[str]:
    for id in methods:
        method = playbook.methods.get(id)
        if method is None:
            yield f"{item.folder}/{item.id}: there is no method {id}"
        elif method.standing == "retired":
            yield f"{item.folder}/{item.id}: the method {id} is retired"
