"""The numbers of a rule set: each has a default, a unit, a range and a source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from wanliu.errors import UsageError
from wanliu.text import Text

Unit = Literal["ratio", "CNY", "months", "trading days", "orders", "contacts", "rows", "count", "clients"]
Number = int | Decimal

UNITS: dict[Unit, Text] = {
    "ratio": Text(zh="比例", en="ratio"),
    "CNY": Text(zh="元", en="CNY"),
    "months": Text(zh="月", en="months"),
    "trading days": Text(zh="交易日", en="trading days"),
    "orders": Text(zh="笔", en="orders"),
    "contacts": Text(zh="次", en="contacts"),
    "rows": Text(zh="行", en="rows"),
    "count": Text(zh="个", en="count"),
    "clients": Text(zh="人", en="clients"),
}


@dataclass(frozen=True)
class Parameter:
    """A number that a rule set may set within [low, high]; whole numbers stay whole."""

    default: Number
    unit: Unit
    low: Number
    high: Number
    meaning: Text
    source: Text

    def checked(self, value: object, *, where: str) -> Number:
        """The value as this parameter's kind of number; raises UsageError outside the range."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._refusal(value, where)
        if isinstance(self.default, int) and value != int(value):
            raise self._refusal(value, where)
        if not self.low <= value <= self.high:
            raise self._refusal(value, where)
        return int(value) if isinstance(self.default, int) else Decimal(value)

    def _refusal(self, value: object, where: str) -> UsageError:
        whole = isinstance(self.default, int)
        return UsageError(
            Text(
                zh="规则参数 {where} = {value} 不可用：应为 {low} 至 {high} 之间的{kind}（{unit}）。",
                en="The rule parameter {where} = {value} cannot be used: it must be a {kind} from {low} to "
                "{high} ({unit}).",
            ).format(
                where=where,
                value=value,
                low=self.low,
                high=self.high,
                kind=_WHOLE if whole else _NUMBER,
                unit=UNITS[self.unit],
            )
        )


_WHOLE = Text(zh="整数", en="whole number")
_NUMBER = Text(zh="数", en="number")


def parameter(
    default: int | str, unit: Unit, low: int | str, high: int | str, meaning: Text, source: Text
) -> Any:
    """Declares a number of a reading, in the place of the argument's default.

    Texts such as ``"0.30"`` become exact decimals; ints stay whole numbers.
    """
    return Parameter(_number(default), unit, _number(low), _number(high), meaning, source)


def guide(section: str) -> Text:
    """The number stands in that section of the guide."""
    return Text(zh=f"指引 {section}", en=f"the guide, {section}")


def standard(zh: str, en: str) -> Text:
    """The number is a choice of the standard rule set, for this reason."""
    return Text(zh=f"标准规则集：{zh}", en=f"the standard rule set: {en}")


DAYS_OF_A_MONTH = standard("一个月约 20 个交易日", "a month has about 20 trading days")
DAYS_OF_TWO_MONTHS = standard("两个月约 40 个交易日", "two months have about 40 trading days")
DAYS_OF_A_QUARTER = standard("三个月约 60 个交易日", "three months have about 60 trading days")
DAYS_OF_HALF_A_YEAR = standard("六个月约 120 个交易日", "six months have about 120 trading days")
QUIET_MARKET = standard(
    "行情清淡时同类客户一起下降，差得不多的算弱",
    "in a quiet market the peers fall as well; who fell little more is weak",
)


def _number(value: int | str) -> Number:
    return value if isinstance(value, int) else Decimal(value)
