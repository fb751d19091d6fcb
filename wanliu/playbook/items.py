"""The shape of every kind of content: what a file of the playbook must say, and nothing else.

One file is one item; its name is the item's id. Whoever wrote it did not check it (four eyes), it names the
day by which it is looked at again, and every version says what was changed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from wanliu.language.pattern import Pattern
from wanliu.text import Text

REASONS = (
    "identity",
    "relocation",
    "service",
    "heavy_loss",
    "commission_competition",
    "small_gifts",
    "solicitation",
    "favor",
    "cut_demand",
    "quick_profit",
    "other",
)
"""The eleven reasons for leaving, in the order of the guide."""

Reason = Literal[
    "identity",
    "relocation",
    "service",
    "heavy_loss",
    "commission_competition",
    "small_gifts",
    "solicitation",
    "favor",
    "cut_demand",
    "quick_profit",
    "other",
]
Channel = Literal["counter", "phone", "message"]
Moment = Literal["first", "exit", "follow_up"]
Stage = Literal["normal", "exit"]
Standing = Literal["usable", "reworded", "retired"]
Purpose = Literal["contract", "marketing"]
"""What a method serves: the contract that the client has, or the wish to sell; the latter needs consent."""
Approver = Literal["none", "branch_head", "compliance", "head_office"]
Sign = Literal[
    "fund_outflow",
    "commission_drop",
    "empty_position",
    "trade_drop",
    "heavy_loss",
    "complaint",
    "demand",
    "contact_drop",
    "exit_request",
    "securities_out",
    "rate_above_tier",
    "address_changed",
    "no_manager",
    "manager_changed",
    "works_in_finance",
    "market_quiet",
    "cut_asked",
    "gift_asked",
    "product_asked",
]
"""The signs of the rule sets, and what else a client's own data can say for or against a reason."""


def _text(given: Any) -> Any:
    """Both languages, each with words in it."""
    if isinstance(given, Text):
        return given
    if not isinstance(given, dict) or set(given) != {"zh", "en"}:
        raise ValueError("needs zh and en, and nothing else")
    if not all(isinstance(words, str) and words.strip() for words in given.values()):
        raise ValueError("zh and en must both have words")
    return Text(zh=given["zh"].strip(), en=given["en"].strip())


def _compiles(expression: str) -> str:
    Pattern(expression)
    return expression


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


Words = Annotated[Text, BeforeValidator(_text), PlainSerializer(_pair)]


class Shape(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Change(Shape):
    version: int = Field(ge=1)
    on: date
    what: Words


class Item(Shape):
    """What every item says of itself."""

    folder: ClassVar[str]
    """The folder of ``content/`` where items of this kind lie."""

    id: str
    version: int = Field(ge=1)
    maker: str = Field(min_length=1)
    checker: str = Field(min_length=1)
    review_by: date
    changes: tuple[Change, ...]

    @model_validator(mode="after")
    def _four_eyes(self) -> Self:
        if self.maker == self.checker:
            raise ValueError("maker and checker must be two people")
        if [change.version for change in self.changes] != list(range(1, self.version + 1)):
            raise ValueError("changes must list every version up to this one, in order")
        return self


class Evidence(Shape):
    """How a sign speaks of a reason: where it holds, ``times`` as likely under this as under the others.

    ``absent`` is the same where it was looked for and does not hold.
    """

    sign: Sign
    times: float = Field(gt=0)
    absent: float = Field(default=1, gt=0, le=1)
    why: Words


class ReasonItem(Item):
    folder: ClassVar[str] = "reasons"

    id: Reason
    number: int = Field(ge=1, le=len(REASONS))
    name: Words
    meaning: Words
    typical: tuple[Words, ...] = Field(min_length=3)
    for_signs: tuple[Evidence, ...]
    against_signs: tuple[Evidence, ...]
    first_question: Words
    never: tuple[Words, ...] = Field(min_length=1)
    methods: tuple[str, ...] = Field(min_length=1)
    retain: bool
    """Whether the client may be asked to stay at all."""


class Method(Item):
    folder: ClassVar[str] = "methods"

    name: Words
    standing: Standing
    purpose: Purpose
    legal_reason: Words | None = None
    basis: tuple[str, ...] = ()
    replaced_by: str | None = None
    guide: str
    fits: tuple[Reason, ...]
    stages: tuple[Stage, ...]
    channels: tuple[Channel, ...]
    when: Words
    steps: tuple[Words, ...] = Field(min_length=1)
    cost: Words
    approver: Approver

    @model_validator(mode="after")
    def _standing_has_a_reason(self) -> Self:
        if self.standing != "usable" and not (self.legal_reason and self.basis):
            raise ValueError("a reworded or retired method names its legal reason and basis")
        return self


class Principle(Item):
    folder: ClassVar[str] = "principles"

    number: int = Field(ge=1, le=5)
    name: Words
    check: Words
    why: Words
    moments: tuple[Moment, ...] = Field(min_length=1)
    guide: str


class Script(Item):
    folder: ClassVar[str] = "scripts"

    reason: Reason
    channel: Channel
    moment: Moment
    methods: tuple[str, ...]
    text: Words

    @model_validator(mode="after")
    def _named_for_its_place(self) -> Self:
        if self.id != f"{self.reason}.{self.channel}.{self.moment}":
            raise ValueError("the file must be named reason.channel.moment")
        return self

    @property
    def stage(self) -> Stage:
        return "exit" if self.moment == "exit" else "normal"


class Slot(Item):
    """A kind of service that a firm fills with its own; the guide names twelve."""

    folder: ClassVar[str] = "slots"

    number: int = Field(ge=1)
    name: Words
    meaning: Words
    guide: str
    allowed_today: Words


class Material(Item):
    folder: ClassVar[str] = "materials"

    kind: Literal["brand_fact", "service", "research", "risk_notice", "tariff", "partner_service"]
    title: Words
    text: Words
    source: str = Field(min_length=1)
    year: int
    scope: Words
    valid_until: date
    approver: str = Field(min_length=1)
    slot: str | None = None

    def is_valid(self, on: date) -> bool:
        """Whether a client may be shown it on this day: it is out by then, and has not expired."""
        return self.year <= on.year and on <= self.valid_until


class Precedent(Item):
    folder: ClassVar[str] = "precedents"

    reason: Reason
    outcome: Literal["stayed", "left", "undecided", "withdrawn"]
    methods: tuple[str, ...] = Field(min_length=1)
    methods_today: tuple[str, ...] = Field(min_length=1)
    guide: str
    story: Words
    """Markdown from the files beside it: situation, what was done, what would be done today, outcome."""


class ScriptRule(Item):
    folder: ClassVar[str] = "rules"

    severity: Literal["block", "warn", "adviser_only"]
    mass_severity: Literal["block"] | None = None
    negatable: bool
    stage: Literal["any", "exit"]
    what: Words
    basis: Words
    instead: Words
    better: Words
    patterns: tuple[Annotated[str, AfterValidator(_compiles)], ...] = Field(min_length=1)
    """What is certain, as RE2 expressions over the plain reading of a sentence (language/normalise.py)."""
    hits: tuple[str, ...] = Field(min_length=1)
    passes: tuple[str, ...] = Field(min_length=1)


KINDS: tuple[type[Item], ...] = (
    Principle,
    ReasonItem,
    Method,
    Script,
    Slot,
    Material,
    Precedent,
    ScriptRule,
)
