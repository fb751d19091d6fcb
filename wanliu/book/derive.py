"""The closed list of ways in which a column may be derived from others; a mapping names one, it never writes
SQL.

Each way gives the SQL of its value, and of the question whether one of its inputs is there but unreadable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from wanliu.book.values import quote_text


@dataclass(frozen=True)
class Derivation:
    """``how`` is a name of DERIVATIONS, ``columns`` are the sender's.

    ``by`` divides, ``flags`` mark reversals, ``codes`` are the endings that ``coded_ending`` puts on.
    """

    how: str
    columns: tuple[str, ...] = ()
    by: int = 1
    flags: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Raw:
    """One delivered column in the layer ``plain``: ``r3`` as delivered, ``p3`` its plain text."""

    index: int
    name: str
    type: str = "VARCHAR"
    in_sheet: bool = False

    @property
    def delivered(self) -> str:
        return f"r{self.index}"

    @property
    def plain(self) -> str:
        return f"p{self.index}"

    @property
    def exact(self) -> str:
        """The number with six places, since prices have three or four."""
        return f"try_cast(wl_number({self.plain}) as decimal(18, 6))"


@dataclass(frozen=True)
class Formula:
    """``value`` is SQL of type ``gives``; ``unreadable`` is SQL of type boolean."""

    value: str
    unreadable: str = "false"


Build = Callable[[Sequence[Raw], Derivation], Formula]


@dataclass(frozen=True)
class Way:
    """One way: how many columns it takes, and whether it gives text to be read further or an exact number."""

    build: Build
    least: int
    most: int
    gives: Literal["text", "number"] = "number"

    def takes(self, count: int) -> bool:
        return self.least <= count <= self.most


MANY = 20


def _unreadable(raws: Sequence[Raw]) -> str:
    return " or ".join(f"({raw.plain} is not null and {raw.exact} is null)" for raw in raws)


def _zero(raw: Raw) -> str:
    return f"coalesce({raw.exact}, 0)"


def _all_blank(raws: Sequence[Raw]) -> str:
    return " and ".join(f"{raw.plain} is null" for raw in raws)


def _number(value: str, raws: Sequence[Raw]) -> Formula:
    """NULL where all inputs are blank; a single blank one counts as nothing."""
    return Formula(f"case when {_all_blank(raws)} then null else {value} end", _unreadable(raws))


def signed(raws: Sequence[Raw]) -> str:
    """The signed movement: one signed column, or what came in less what went out."""
    return _zero(raws[0]) if len(raws) == 1 else f"({_zero(raws[0])} - {_zero(raws[1])})"


def _signed_amount(raws: Sequence[Raw], _: Derivation) -> Formula:
    return _number(f"abs({signed(raws)})", raws)


def _sign_of(raws: Sequence[Raw], _: Derivation) -> Formula:
    # A movement of nothing has no direction and no effect; it is told as coming in.
    direction = f"case when {signed(raws)} < 0 then 'out' else 'in' end"
    return Formula(f"case when {_all_blank(raws)} then null else {direction} end")


def _quantity_times_price(raws: Sequence[Raw], _: Derivation) -> Formula:
    quantity, price = raws[-2:]
    product = f"abs({quantity.exact} * {price.exact})"
    # Something was moved and nobody knows what it was worth: no value, rather than a value of nothing.
    product = f"case when {quantity.exact} <> 0 then nullif({product}, 0) else {product} end"
    if len(raws) == 2:
        return Formula(product, _unreadable(raws))
    amount = _zero(raws[0])
    return Formula(f"case when {amount} = 0 then {product} else abs({amount}) end", _unreadable(raws))


def _sum_of(raws: Sequence[Raw], _: Derivation) -> Formula:
    return _number(" + ".join(_zero(raw) for raw in raws), raws)


def _difference_of(raws: Sequence[Raw], _: Derivation) -> Formula:
    return _number(" - ".join(_zero(raw) for raw in raws), raws)


def _divided_by(raws: Sequence[Raw], derivation: Derivation) -> Formula:
    share = f"cast({raws[0].exact} as decimal(30, 12)) * cast(1.0 / {derivation.by} as decimal(16, 14))"
    power_of_ten = str(derivation.by).strip("0") == "1"
    value = share if power_of_ten else f"cast({raws[0].exact} as double) / {derivation.by}"
    return Formula(value, _unreadable(raws))


def _middle_of_range(raws: Sequence[Raw], _: Derivation) -> Formula:
    if len(raws) == 1:
        middle = f"wl_middle({raws[0].plain})"
        return Formula(middle, f"{raws[0].plain} is not null and {middle} is null")
    low, high = raws
    return Formula(f"wl_half({low.exact}, {high.exact})", _unreadable(raws))


def _first_of(raws: Sequence[Raw], _: Derivation) -> Formula:
    return Formula(f"coalesce({', '.join(raw.plain for raw in raws)}, null)")


def _joined(raws: Sequence[Raw], _: Derivation) -> Formula:
    return Formula(f"nullif(concat_ws('-', {', '.join(raw.plain for raw in raws)}), '')")


def _year_of(raws: Sequence[Raw], _: Derivation) -> Formula:
    plain = raws[0].plain
    return Formula(f"coalesce(cast(year(wl_day({plain})) as varchar), {plain})")


def _coded_ending(raws: Sequence[Raw], derivation: Derivation) -> Formula:
    endings = " ".join(f"when {quote_text(word)} then {quote_text(text)}" for word, text in derivation.codes)
    return Formula(
        f"{raws[0].plain} || case {raws[1].plain} {endings} else '' end" if endings else raws[0].plain
    )


def _elsewhere(_raws: Sequence[Raw], _: Derivation) -> Formula:
    """Needs more than its own cells: the line (running_number) or earlier rows (reversal)."""
    return Formula("null")


DERIVATIONS: MappingProxyType[str, Way] = MappingProxyType(
    {
        "running_number": Way(_elsewhere, 0, 0, "text"),
        "reversal": Way(_elsewhere, 1, 1, "text"),
        "middle_of_range": Way(_middle_of_range, 1, 2),
        "signed_amount": Way(_signed_amount, 1, 2),
        "sign_of": Way(_sign_of, 1, 2, "text"),
        "quantity_times_price": Way(_quantity_times_price, 2, 3),
        "sum_of": Way(_sum_of, 1, MANY),
        "difference_of": Way(_difference_of, 2, MANY),
        "divided_by": Way(_divided_by, 1, 1),
        "first_of": Way(_first_of, 1, MANY, "text"),
        "joined": Way(_joined, 1, MANY, "text"),
        "coded_ending": Way(_coded_ending, 2, 2, "text"),
        "year_of": Way(_year_of, 1, 1, "text"),
    }
)


def build(raws: Sequence[Raw], derivation: Derivation) -> Formula:
    return DERIVATIONS[derivation.how].build(raws, derivation)
