"""Facts and conditions in the words of a colleague: for reference pages, and for a sum shown step by step."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from sqlglot import exp

from wanliu.book.codes import code_word
from wanliu.book.tables import TABLES
from wanliu.indicator.facts import Additive, Chain, Fact, Latest, PeerMedian
from wanliu.text import Language, Text

SEVERITIES = MappingProxyType({"strong": Text(zh="强", en="strong"), "weak": Text(zh="弱", en="weak")})

_CHAIN = MappingProxyType(
    {
        "product": Text(
            zh="逐日（净资产 + 转出）÷（前一行净资产 + 转入）连乘",
            en="(net assets + moved out) ÷ (net assets of the row before + moved in), multiplied day by day",
        ),
        "rows": Text(zh="参与连乘的资产行数", en="rows of assets that the product stands on"),
        "lowest": Text(zh="窗口内最低的净资产", en="lowest net assets within the window"),
    }
)
_PEERS = Text(zh="同类客户的中位数", en="the peers' median")


def fact_in_words(fact: Fact) -> Text:
    """What a fact adds up or looks up, without its window: 金额合计（类别为银行，方向为转出）."""
    if isinstance(fact, Additive):
        return _additive(fact)
    if isinstance(fact, Latest):
        column = column_in_words(fact.table, fact.column)
        return Text(zh=f"最后一行的{column.zh}", en=f"{column.en} on the latest row")
    if isinstance(fact, Chain):
        return _CHAIN[fact.part]
    return _PEERS if isinstance(fact, PeerMedian) else fact.window.meaning


def column_in_words(table: str, column: str) -> Text:
    """The short name of a column: 净资产, net assets."""
    meaning = TABLES[table].column(column).meaning.zh
    return Text(zh=meaning.split("（")[0].split("(")[0], en=column.replace("_", " "))


def expression_in_words(expression: exp.Expr, table: str) -> Text:
    """A condition on, or a measure of, one row of a table."""
    return Text(zh=_Speaker(table, "zh").say(expression), en=_Speaker(table, "en").say(expression))


def _additive(fact: Additive) -> Text:
    said = Text(zh="行数", en="number of rows")
    if fact.measure is not None:
        measure = expression_in_words(fact.measure, fact.table)
        said = Text(zh=f"{measure.zh}合计", en=f"sum of {measure.en}")
    if fact.condition is None:
        return said
    condition = expression_in_words(fact.condition, fact.table)
    return Text(zh=f"{said.zh}（{condition.zh}）", en=f"{said.en} ({condition.en})")


_SIGNS: dict[type[exp.Expr], Text] = {
    exp.LTE: Text(zh="不超过", en="at most"),
    exp.LT: Text(zh="小于", en="less than"),
    exp.GT: Text(zh="大于", en="more than"),
    exp.GTE: Text(zh="不低于", en="at least"),
    exp.EQ: Text(zh="为", en="is"),
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "−", exp.Mul: "×", exp.Div: "÷"}


class _Speaker:
    """Says an expression over the rows of one table in one language."""

    def __init__(self, table: str, language: Language) -> None:
        self.table = table
        self.language = language

    def say(self, node: exp.Expr) -> str:
        for kinds, how in self._ways():
            if isinstance(node, kinds):
                return how(node)
        return node.sql()

    def _ways(
        self,
    ) -> list[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[..., str]]]:
        return [
            (exp.Paren, lambda node: self.say(node.this)),
            (exp.Column, lambda node: column_in_words(self.table, node.name).to(self.language)),
            (exp.And, self._both),
            (exp.In, self._one_of),
            (exp.Not, self._not),
            (exp.Greatest, self._greatest),
            (exp.Coalesce, lambda node: self.say(node.this)),
            (tuple(_ARITHMETIC), self._computed),
            (tuple(_SIGNS), self._compared),
            (
                exp.Boolean,
                lambda node: self._said("是" if node.this else "否", "true" if node.this else "false"),
            ),
            (exp.Literal, lambda node: str(node.this)),
        ]

    def _said(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def _both(self, node: exp.And) -> str:
        return f"{self.say(node.left)}{self._said('，', '; ')}{self.say(node.right)}"

    def _one_of(self, node: exp.In) -> str:
        codes = [self._code(node.this, choice) for choice in node.expressions]
        listed = "、".join(codes) if self.language == "zh" else ", ".join(codes[:-1]) + " or " + codes[-1]
        return f"{self.say(node.this)}{self._said('为', ' is ')}{listed}"

    def _not(self, node: exp.Not) -> str:
        inner = node.this.unnest()
        if isinstance(inner, exp.EQ):
            return (
                f"{self.say(inner.left)}{self._said('不为', ' is not ')}{self._code(inner.left, inner.right)}"
            )
        return self._said(f"非（{self.say(inner)}）", f"not ({self.say(inner)})")

    def _greatest(self, node: exp.Greatest) -> str:
        parts = [self.say(part) for part in (node.this, *node.expressions)]
        return self._said(f"{'、'.join(parts)}中的较大者", f"the larger of {' and '.join(parts)}")

    def _computed(self, node: exp.Binary) -> str:
        return f"{self.say(node.left)} {_ARITHMETIC[type(node)]} {self.say(node.right)}"

    def _compared(self, node: exp.Binary) -> str:
        sign = _SIGNS[type(node)].to(self.language)
        right = self._code(node.left, node.right)
        return (
            f"{self.say(node.left)}{sign}{right}"
            if self.language == "zh"
            else f"{self.say(node.left)} {sign} {right}"
        )

    def _code(self, column: exp.Expr, value: exp.Expr) -> str:
        """A code in the words of its column, anything else as it is said."""
        if isinstance(value, exp.Literal) and value.is_string:
            return code_word(self.table, column.name, value.this).to(self.language)
        return self.say(value)
