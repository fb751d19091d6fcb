"""The numbers and lists of this room, read from the TOML files beside: no number stands in a formula."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

from pydantic import Field

from wanliu.cases.track import Connection, Direction, Purpose
from wanliu.playbook.items import Shape, Words
from wanliu.text import Text

Limit = Literal[
    "closed",
    "left",
    "out",
    "leaving",
    "do_not_contact",
    "consent",
    "scoring",
    "declined",
    "suspended",
    "hours",
    "attempts",
    "effective",
]


class FirstContact(Shape):
    days: int = Field(ge=1)
    must: bool


class FirstContacts(Shape):
    red: FirstContact
    orange: FirstContact
    yellow: FirstContact
    source: str

    def of(self, level: str) -> FirstContact | None:
        """None: this level opens no case."""
        found: FirstContact | None = getattr(self, level) if level in ("red", "orange", "yellow") else None
        return found


class Days(Shape):
    days: int = Field(ge=1)
    source: str


class FollowUp(Shape):
    connected: int = Field(ge=1)
    missed: int = Field(ge=1)
    longest: int = Field(ge=1)
    source: str


class Escalation(Shape):
    branch_head: int = Field(ge=1)
    compliance: int = Field(ge=1)
    source: str


class Sla(Shape):
    first_contact: FirstContacts
    complaint: Days
    follow_up: FollowUp
    escalation: Escalation
    again: Days


class Hours(Shape):
    first: int = Field(alias="from", ge=0)
    last: int = Field(alias="to", le=24)
    source: str


class Attempts(Shape):
    most: int
    days: int
    source: str


class Most(Shape):
    most: int
    source: str


class Months(Shape):
    months: int
    source: str


class Limits(Shape):
    hours: Hours
    attempts: Attempts
    effective: Most
    declined: Months
    late: Days
    checks: Mapping[Purpose, tuple[Limit, ...]]

    def of(self, purpose: Purpose, direction: Direction) -> tuple[Limit, ...]:
        return () if direction == "in" else self.checks[purpose]


class ListFigures(Shape):
    capacity: int
    page: int
    soon_days: int
    new_days: int


class Order(Shape):
    rank: Mapping[str, int]
    reach: Mapping[Connection | Literal["never"], int]
    list: ListFigures
    source: str


class Outcomes(Shape):
    horizons: tuple[int, ...]
    stayed_from: Decimal
    left_below: Decimal
    wait_days: int
    source: str


class Feedback(Shape):
    name: Words
    declines: bool = False
    details: Mapping[str, Words] = Field(default_factory=dict)


class Aside(Shape):
    dismissals: Mapping[str, Words]
    snoozes: Mapping[str, Words]
    longest: Days


class Job(Shape):
    name: Words
    owner: Literal["assignee", "branch_head"]
    days: int = Field(ge=1)


class Jobs(Shape):
    jobs: Mapping[str, Job]
    methods: Mapping[str, str]

    def of(self, method: str) -> str:
        """The job's code."""
        return self.methods.get(method, "follow_through")


Kind = TypeVar("Kind", bound=Shape)


@cache
def sla() -> Sla:
    return _read(Sla, "sla")


@cache
def limits() -> Limits:
    return _read(Limits, "limits")


@cache
def order() -> Order:
    return _read(Order, "order")


@cache
def outcomes() -> Outcomes:
    return _read(Outcomes, "outcomes")


@cache
def feedback() -> Mapping[str, Feedback]:
    return {code: Feedback.model_validate(one) for code, one in _told("feedback").items()}


@cache
def aside() -> Aside:
    return _read(Aside, "aside")


@cache
def jobs() -> Jobs:
    return _read(Jobs, "jobs")


def job_name(code: str) -> Text:
    return jobs().jobs[code].name


def _read(kind: type[Kind], name: str) -> Kind:
    return kind.model_validate(_told(name))


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads((files("wanliu.cases") / f"{name}.toml").read_text("utf-8"))
