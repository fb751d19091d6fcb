"""What the boards count, from ``boards.toml``: name, formula, unit and source of each number."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from wanliu.cases.figures import outcomes, sla
from wanliu.playbook.items import Shape, Words
from wanliu.text import Text


class Measure(Shape):
    name: Words
    unit: Literal["count", "share"]
    formula: Words
    source: Words


class Shown(Shape):
    months: int = Field(ge=2, le=24)
    team: int = Field(ge=3)
    source: str


class Boards(Shape):
    shown: Shown
    measures: Mapping[str, Measure]


@cache
def boards() -> Boards:
    return Boards.model_validate(
        tomllib.loads((files("wanliu.oversight") / "boards.toml").read_text("utf-8"))
    )


def name_of(measure: str) -> Text:
    return boards().measures[measure].name


def formula_of(measure: str, horizon: int) -> Text:
    """With the numbers that hold now."""
    figures, days = outcomes(), sla().first_contact
    return (
        boards()
        .measures[measure]
        .formula.format(
            horizon=horizon,
            stayed=f"{figures.stayed_from:.0%}",
            left=f"{figures.left_below:.0%}",
            red=days.red.days,
            orange=days.orange.days,
            yellow=days.yellow.days,
        )
    )
