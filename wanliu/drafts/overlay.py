"""A draft as text: the live rule set with some numbers changed, as the TOML that a back-test takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wanliu.errors import Refused
from wanliu.indicator.parameter import Number
from wanliu.ruleset import SHIPPED, RuleSet, from_text, load
from wanliu.text import Text

Moved = Mapping[str, Mapping[str, Number]]
"""Sign → parameter → the number proposed."""
VERSION = "1"
LETTERS = 8
"""Of the hash, in a draft's name: the same numbers have the same name."""


@dataclass(frozen=True)
class Overlay:
    """A draft that loads: its text, what it is, and what it changes."""

    text: str
    rules: RuleSet
    changes: Mapping[str, Mapping[str, tuple[str, str]]]
    """Sign → parameter → the live number and the proposed one, as they are written."""

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


def overlay(source: str, moved: Moved) -> Overlay:
    """The draft on the rule set of that name or file, read back and held against every parameter's range.

    Raises Refused where no number differs from the live one, UsageError for a number out of its range or a
    sign that the live set does not have.
    """
    live = load(source)
    changes = dict(_changes(live, moved))
    if not changes:
        raise Refused(_NOTHING)
    name = f"draft-{_hash(live, changes)[:LETTERS]}"
    text = "\n".join([*_head(source, live, name), *_body(source, live, changes)]) + "\n"
    rules = from_text(text, where=name)
    told = {
        sign: {
            key: ("" if old is None else written(old), written(new)) for key, (old, new) in numbers.items()
        }
        for sign, numbers in changes.items()
    }
    return Overlay(text, rules, told)


def written(value: Number) -> str:
    """0.30 and 0.3 are one number and are written once."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _changes(live: RuleSet, moved: Moved) -> Iterator[tuple[str, dict[str, tuple[Number | None, Number]]]]:
    """In the order of the rule set; what the live set does not know stays, for the loader to refuse."""
    own = {rule.id: rule.values for rule in live.rules}
    for sign in sorted(moved, key=lambda one: (list(own).index(one) if one in own else len(own), one)):
        values = own.get(sign, {})
        differing = {
            key: (values.get(key), value)
            for key, value in sorted(moved[sign].items())
            if values.get(key) != value
        }
        if differing:
            yield sign, differing


def _hash(live: RuleSet, changes: Mapping[str, Mapping[str, tuple[Any, Number]]]) -> str:
    new = {sign: {key: written(one[1]) for key, one in numbers.items()} for sign, numbers in changes.items()}
    told = json.dumps([live.name, live.version, live.numbers(), new], sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def _head(source: str, live: RuleSet, name: str) -> Iterator[str]:
    yield f"# A draft on {live.name} {live.version}."
    yield f"name = {_toml(name)}"
    yield f"version = {_toml(VERSION)}"
    title = {"zh": f"草案，基于{live.title.zh}", "en": f"draft on {live.title.en}"}
    yield f"title = {_toml(title)}"
    if source in SHIPPED:
        yield f"based_on = {_toml(source)}"


def _body(
    source: str, live: RuleSet, changes: Mapping[str, Mapping[str, tuple[Any, Number]]]
) -> Iterator[str]:
    """What differs; a firm's own set is written whole, since its file need not be where the draft is read."""
    new = {sign: {key: one[1] for key, one in numbers.items()} for sign, numbers in changes.items()}
    numbers = {} if source in SHIPPED else live.numbers()
    signs = numbers.pop("signs", {})
    signs = {**signs, **{sign: {**signs.get(sign, {}), **values} for sign, values in new.items()}}
    for section, part in [*((f"signs.{sign}", part) for sign, part in signs.items()), *numbers.items()]:
        if part:
            yield f"\n[{section}]"
            yield from (f"{key} = {_toml(value)}" for key, value in part.items())


def _toml(value: Any) -> str:
    if isinstance(value, str):
        # every escape of JSON's is one of TOML's
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return written(value)


_NOTHING = Text(
    zh="草案和现行规则没有差别：请先改动至少一个数。",
    en="The draft does not differ from the live rules: change a number first.",
)
