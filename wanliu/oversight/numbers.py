"""The report's numbers, from ``fairness.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field

from wanliu.playbook.items import Shape


class Test(Shape):
    alpha: float = Field(gt=0, lt=0.5)
    draws: int = Field(ge=999, le=1_000_000)
    seed: int


class Shown(Shape):
    smallest: int = Field(ge=3, le=1000)
    least: int = Field(ge=10)
    least_rare: int = Field(ge=1)


class Ages(Shape):
    borders: tuple[int, ...] = Field(min_length=1)


class Numbers(Shape):
    test: Test
    shown: Shown
    ages: Ages


@cache
def numbers() -> Numbers:
    return Numbers.model_validate(
        tomllib.loads((files("wanliu.oversight") / "fairness.toml").read_text("utf-8"))
    )
