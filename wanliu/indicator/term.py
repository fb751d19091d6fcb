"""A term: one quantity of one client on one day, written like arithmetic and compiled to SQL.

Terms are built by the tables' rows (``flows.amount``), by facts (``flows.sum("amount", over=window)``),
by clients, windows and parameters, and by the operators below. Nothing is computed while a formula is
read: the engine receives the finished expression, so one formula runs on every engine.

Money stays decimal through ``+ − ×`` and comparison; only ``/`` leaves it, as a double, because a
quotient is shown to people and never held against a border (borders are cross-multiplied).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

if TYPE_CHECKING:
    from wanliu.indicator.facts import Fact

Kind = Literal["money", "count", "ratio", "date", "flag", "text"]
Plain = bool | int | Decimal | date | str

SETTLED_DECIMALS = 12

EVIDENCE_TYPES: dict[Kind, str] = {
    "money": "DECIMAL(18, 2)",
    "count": "BIGINT",
    "ratio": "DOUBLE",
    "date": "DATE",
    "flag": "BOOLEAN",
    "text": "VARCHAR",
}


@dataclass(frozen=True, eq=False)
class Term:
    """An SQL expression, the kind of its result, and the facts that it stands on."""

    sql: exp.Expr
    kind: Kind
    facts: frozenset[Fact] = frozenset()

    def __add__(self, other: Term | Plain) -> Term:
        return _arithmetic(exp.Add, self, other, self.kind)

    def __sub__(self, other: Term | Plain) -> Term:
        return _arithmetic(exp.Sub, self, other, self.kind)

    def __mul__(self, other: Term | Plain) -> Term:
        kinds = (self.kind, term(other).kind)
        return _arithmetic(exp.Mul, self, other, "money" if "money" in kinds else self.kind)

    __rmul__ = __mul__

    def __truediv__(self, other: Term | Plain) -> Term:
        """The quotient as a double; null where the divisor is zero."""
        divisor = exp.Nullif(this=_double(term(other)), expression=exp.cast(_number("0"), "DOUBLE"))
        quotient = exp.Div(this=_double(self), expression=divisor, typed=False, safe=False)
        return Term(exp.paren(quotient), "ratio", _facts((self, term(other))))

    def __lt__(self, other: Term | Plain) -> Term:
        return _comparison(exp.LT, self, other)

    def __le__(self, other: Term | Plain) -> Term:
        return _comparison(exp.LTE, self, other)

    def __gt__(self, other: Term | Plain) -> Term:
        return _comparison(exp.GT, self, other)

    def __ge__(self, other: Term | Plain) -> Term:
        return _comparison(exp.GTE, self, other)

    def equals(self, other: Term | Plain) -> Term:
        return _comparison(exp.EQ, self, other)

    def one_of(self, values: Iterable[Plain]) -> Term:
        choices = [term(value).sql for value in values]
        return Term(exp.paren(exp.In(this=self.sql.copy(), expressions=choices)), "flag", self.facts)

    def __and__(self, other: Term) -> Term:
        return Term(exp.and_(self.sql, other.sql), "flag", _facts((self, other)))

    def __or__(self, other: Term) -> Term:
        return Term(exp.paren(exp.or_(self.sql, other.sql)), "flag", _facts((self, other)))

    def __invert__(self) -> Term:
        return Term(exp.paren(exp.Not(this=exp.paren(self.sql.copy()))), "flag", self.facts)

    def is_unknown(self) -> Term:
        return Term(exp.paren(exp.Is(this=self.sql.copy(), expression=exp.null())), "flag", self.facts)

    def or_else(self, value: Term | Plain) -> Term:
        other = term(value)
        sql = exp.Coalesce(this=self.sql.copy(), expressions=[other.sql.copy()])
        return Term(sql, self.kind, _facts((self, other)))

    def as_money(self) -> Term:
        """The number to the fen, for showing."""
        return Term(exp.cast(self.sql.copy(), EVIDENCE_TYPES["money"]), "money", self.facts)

    def rounded(self) -> Term:
        """The double to twelve decimals: what is left of binary rounding does not decide a border."""
        places = exp.Literal.number(str(SETTLED_DECIMALS))
        return Term(exp.Round(this=self.sql.copy(), decimals=places), "ratio", self.facts)

    def where(self, condition: Term) -> Term:
        """This quantity where the condition holds, else null."""
        sql = exp.Case(ifs=[exp.If(this=condition.sql.copy(), true=self.sql.copy())])
        return Term(sql, self.kind, _facts((self, condition)))


def term(value: Term | Plain) -> Term:
    """A plain number, text or day as a term."""
    if isinstance(value, Term):
        return value
    if isinstance(value, bool):
        return Term(exp.true() if value else exp.false(), "flag")
    if isinstance(value, int):
        return Term(_number(str(value)), "count")
    if isinstance(value, Decimal):
        return Term(_number(f"{value:f}"), "ratio")
    if isinstance(value, date):
        return Term(exp.cast(exp.Literal.string(value.isoformat()), "DATE"), "date")
    return Term(exp.Literal.string(value), "text")


def either(condition: Term, yes: Term | Plain, no: Term | Plain) -> Term:
    """``yes`` where the condition holds, ``no`` where it does not or is unknown."""
    first, second = term(yes), term(no)
    branch = exp.If(this=condition.sql.copy(), true=first.sql.copy())
    sql = exp.Case(ifs=[branch], default=second.sql.copy())
    plain = isinstance(yes, int | Decimal) or second.kind == "money"
    kind = second.kind if plain else first.kind
    return Term(sql, kind, _facts((condition, first, second)))


def larger(*terms: Term | Plain) -> Term:
    """The largest of the terms."""
    parts = [term(one) for one in terms]
    kind: Kind = "money" if any(part.kind == "money" for part in parts) else parts[0].kind
    sql = exp.Greatest(this=parts[0].sql.copy(), expressions=[part.sql.copy() for part in parts[1:]])
    return Term(sql, kind, _facts(parts))


def total(terms: Iterable[Term]) -> Term:
    first, *rest = terms
    for other in rest:
        first = first + other
    return first


def unknown(kind: Kind) -> Term:
    return Term(exp.cast(exp.null(), EVIDENCE_TYPES[kind]), kind)


NEVER = term(False)


def _arithmetic(operator: type[exp.Binary], left: Term, right: Term | Plain, kind: Kind) -> Term:
    other = term(right)
    sql = exp.paren(operator(this=left.sql.copy(), expression=other.sql.copy()))
    return Term(sql, kind, _facts((left, other)))


def _comparison(operator: type[exp.Binary], left: Term, right: Term | Plain) -> Term:
    other = term(right)
    sql = exp.paren(operator(this=left.sql.copy(), expression=other.sql.copy()))
    return Term(sql, "flag", _facts((left, other)))


def _double(one: Term) -> exp.Expr:
    return exp.cast(one.sql.copy(), "DOUBLE")


def _number(digits: str) -> exp.Expr:
    return exp.Literal.number(digits)


def _facts(terms: Iterable[Term]) -> frozenset[Fact]:
    return frozenset().union(*(one.facts for one in terms))
