"""The query that chains daily ratios of net assets: r = (net assets + out) ÷ (net assets before + in).

Flows count for the client's next row of net assets: those dated after the row before and up to it.
"""

from __future__ import annotations

from sqlglot import exp

from wanliu.indicator.facts import Chain
from wanliu.indicator.term import term
from wanliu.warning.gather import Select, column, rows, same, without_reversals
from wanliu.warning.plan import reach_before

NEUTRAL = "1.0"
CHAIN = ("client_id", "as_of")


def chain_of(chains: list[Chain]) -> Select:
    """One row per client and as-of day with the parts of one chain (``product``, ``rows``, ``lowest``)."""
    one = chains[0]
    ratios = (
        exp.select(*(column("l", name) for name in (*CHAIN, "date", "net_assets", "inside")))
        .select(exp.alias_(_ratio(one), "ratio"))
        .from_("lagged AS l")
        .join("moved_by_row", join_alias="m", on=_matched("l", "m", (*CHAIN, "date")), join_type="left")
    )
    parts = {
        "product": exp.Coalesce(
            this=exp.Anonymous(this="ORDERED_PRODUCT", expressions=[exp.column("ratio"), exp.column("date")]),
            expressions=[exp.cast(exp.Literal.number(NEUTRAL), "DOUBLE")],
        ),
        "rows": exp.Count(this=exp.Star()),
        "lowest": _where(exp.Min(this=exp.column("net_assets")), exp.column("inside")),
    }
    named = [exp.alias_(parts[fact.part], fact.name) for fact in chains]
    return (
        exp.select(*map(exp.column, CHAIN), *named)
        .from_(ratios.subquery("r"))
        .group_by(*map(exp.column, CHAIN))
        .with_("lagged", as_=_lagged(one))
        .with_("moved_by_row", as_=_moved_by_row(one))
    )


def _lagged(one: Chain) -> Select:
    """Every row of the window, and the latest one before it, beside the row before."""
    partition = {
        "partition_by": [exp.column(name) for name in CHAIN],
        "order": exp.Order(expressions=[exp.column("date")]),
    }
    before = [
        exp.alias_(exp.Window(this=exp.Lag(this=exp.column(name)), **partition), f"{name}_before")
        for name in ("date", "net_assets")
    ]
    named = [exp.column(name) for name in (*CHAIN, "date", "net_assets", "inside")]
    return exp.select(*named, *before).from_(
        exp.union(_inside(one), _latest_before(one), distinct=False).subquery("a")
    )


def _inside(one: Chain) -> Select:
    return (
        rows("assets")
        .select(*_keys(), column("r", "date"), column("r", "net_assets"), exp.alias_(exp.true(), "inside"))
        .join("cover_chain", join_alias="c", on=same("r", "c", "date"))
        .where(column("c", one.over.name))
    )


def _latest_before(one: Chain) -> Select:
    dated = column("r", "date")
    latest = exp.ArgMax(this=column("r", "net_assets"), expression=dated.copy())
    return (
        rows("assets")
        .select(*_keys(), exp.alias_(exp.Max(this=dated), "date"), exp.alias_(latest, "net_assets"))
        .select(exp.alias_(exp.false(), "inside"))
        .join("cover_chain", join_alias="c", on=same("r", "c", "date"))
        .where(column("c", reach_before(one.over.name)))
        .group_by(*_keys())
    )


def _moved_by_row(one: Chain) -> Select:
    """What was moved in and out since the row before, for the few rows where anything was."""
    seen = exp.or_(column("c", one.over.name), column("c", reach_before(one.over.name)))
    flows = (
        rows("flows")
        .select(*_keys(), *(column("r", name) for name in ("date", "direction", "amount")))
        .join("cover_chain", join_alias="c", on=same("r", "c", "date"))
        .where(seen)
        .where(one.moved.copy())
    )
    between = exp.and_(
        _matched("f", "l", CHAIN),
        exp.GT(this=column("f", "date"), expression=column("l", "date_before")),
        exp.LTE(this=column("f", "date"), expression=column("l", "date")),
    )
    return (
        exp.select(*(column("l", name) for name in (*CHAIN, "date")), _moved("in"), _moved("out"))
        .from_("lagged AS l")
        .join(without_reversals(flows, "flows").subquery("f"), on=between)
        .group_by(*(column("l", name) for name in (*CHAIN, "date")))
    )


def _moved(direction: str) -> exp.Expr:
    wanted = exp.EQ(this=column("f", "direction"), expression=exp.Literal.string(direction))
    return exp.alias_(_where(exp.Sum(this=column("f", "amount")), wanted), f"moved_{direction}")


def _ratio(one: Chain) -> exp.Expr:
    """The ratio as a double; null, and so skipped, where the base is too small or there is none."""
    left = exp.paren(_plus("net_assets", "moved_out"))
    base = exp.paren(_plus("net_assets_before", "moved_in"))
    quotient = exp.Div(
        this=exp.cast(left, "DOUBLE"), expression=exp.cast(base.copy(), "DOUBLE"), typed=False, safe=False
    )
    enough = exp.GTE(this=base, expression=term(one.skip_below).sql)
    counted = exp.and_(exp.Not(this=exp.Is(this=column("l", "date_before"), expression=exp.null())), enough)
    return exp.Case(ifs=[exp.If(this=counted, true=quotient)])


def _plus(assets: str, moved: str) -> exp.Expr:
    nothing = exp.Coalesce(this=column("m", moved), expressions=[exp.Literal.number("0")])
    return exp.Add(this=column("l", assets), expression=nothing)


def _where(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def _keys() -> tuple[exp.Expr, ...]:
    return column("r", "client_id"), column("c", "as_of")


def _matched(left: str, right: str, names: tuple[str, ...]) -> exp.Expr:
    return exp.and_(*(same(left, right, name) for name in names))
