"""Queries that turn facts into signals: who is judged, and each sign's result."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlglot import exp

from wanliu.indicator.facts import Additive, Chain, Fact
from wanliu.indicator.sign import Verdict
from wanliu.indicator.term import EVIDENCE_TYPES, Term
from wanliu.ruleset import Rule
from wanliu.warning.chain import chain_of
from wanliu.warning.gather import Select, column, facts_of, rows, same
from wanliu.warning.plan import Plan, is_optional, seen_from, tables_of, unavailable

CLIENT_COLUMNS = ("branch_id", "manager_id", "opened_on", "segment", "do_not_contact")
FEN = Decimal("0.01")


# --- who is judged, with all facts beside them ----------------------------------------------------------


def wide(plan: Plan) -> Select:
    """One row per judged client and as-of day: the client, the day's windows, and every fact."""
    borders = [column("d", name) for name in plan.days_table() if name != "as_of"]
    query = exp.select("e.*", *borders).from_("everyone AS e")
    query = query.join("days", join_alias="d", on=same("e", "d", "as_of")).with_(
        "everyone", as_=everyone(plan)
    )
    sources: dict[str, str] = {}
    for table in plan.covered_tables:
        query = _beside(query, f"facts_{table}", facts_of(plan, table))
        sources |= {fact.name: f"facts_{table}" for fact in plan.of_table(table)}
    for over in {chain.over.name for chain in plan.chains}:
        parts = [chain for chain in plan.chains if chain.over.name == over]
        query = _beside(query, f"chain_{over}", chain_of(parts))
        sources |= {fact.name: f"chain_{over}" for fact in parts}
    every = {fact.name: fact for fact in plan.named_facts if tables_of(fact)}
    return query.select(*(_fact(every[name], sources.get(name)) for name in sorted(every)), *_tainted(plan))


def _beside(query: Select, name: str, facts: Select) -> Select:
    on = exp.and_(same("e", name, "client_id"), same("e", name, "as_of"))
    return query.with_(name, as_=facts).join(name, on=on, join_type="left")


def _fact(fact: Fact, source: str | None) -> exp.Expr:
    if source is None:
        nothing = exp.Literal.number("0") if is_optional(fact) else exp.null()
        return exp.alias_(exp.cast(nothing, "DECIMAL(18, 2)"), fact.name)
    found = column(source, fact.name)
    value = exp.Coalesce(this=found, expressions=[exp.Literal.number("0")]) if _is_counted(fact) else found
    return exp.alias_(value, fact.name)


def _is_counted(fact: Fact) -> bool:
    """Whether a client without a row has zero of it, not an unknown number."""
    return isinstance(fact, Additive) or (isinstance(fact, Chain) and fact.part == "rows")


def everyone(plan: Plan) -> Select:
    """The judged clients of every as-of day."""
    client, opened_on = column("r", "client_id"), column("r", "opened_on")
    as_of = column("d", "as_of")
    closed_on = column("r", "closed_on")
    query = rows("clients").select(client, as_of, *(column("r", name) for name in CLIENT_COLUMNS))
    query = query.join(exp.select("as_of").from_("days").subquery("d"), join_type="cross")
    query = query.where(_is("kind", "person"), exp.LTE(this=opened_on, expression=as_of.copy()))
    query = query.where(*(exp.Not(this=_or_false(name)) for name in ("is_employee", "scoring_opt_out")))
    living = exp.Coalesce(this=column("r", "status"), expressions=[exp.Literal.string("normal")])
    query = query.where(
        exp.NEQ(this=living, expression=exp.Literal.string("deceased")), _still_open(closed_on)
    )
    if plan.without:
        left_out = [exp.Literal.string(one) for one in sorted(plan.without)]
        query = query.where(exp.Not(this=exp.In(this=client.copy(), expressions=left_out)))
    if not plan.book.has("exits"):
        return query
    query = query.join(_closings().subquery("x"), on=same("r", "x", "client_id"), join_type="left")
    return query.where(_still_open(column("x", "date")))


def _closings() -> Select:
    first = exp.alias_(exp.Min(this=column("r", "date")), "date")
    closed = _is("kind", "closed_account")
    return (
        rows("exits").select(column("r", "client_id"), first).where(closed).group_by(column("r", "client_id"))
    )


def _still_open(closed_on: exp.Expr) -> exp.Expr:
    never = exp.Is(this=closed_on.copy(), expression=exp.null())
    return exp.or_(never, exp.GT(this=closed_on.copy(), expression=column("d", "as_of")))


def _is(name: str, code: str) -> exp.Expr:
    return exp.EQ(this=column("r", name), expression=exp.Literal.string(code))


def _or_false(name: str) -> exp.Expr:
    return exp.Coalesce(this=column("r", name), expressions=[exp.false()])


def _tainted(plan: Plan) -> list[exp.Expr]:
    """For each table whether a rejected row touched the client (from the part of quarantined rows)."""
    touched = _touched if plan.has_rejected_rows else lambda _: exp.false()
    return [exp.alias_(touched(table), f"tainted_{table}") for table in plan.read_tables]


def _touched(table: str) -> exp.Expr:
    touched = (
        exp.select(exp.Literal.number("1"))
        .from_("tainted AS t")
        .where(same("t", "e", "client_id"))
        .where(exp.EQ(this=column("t", "table_name"), expression=exp.Literal.string(table)))
        .where(exp.LTE(this=column("t", "first"), expression=column("e", "as_of")))
        .where(exp.GTE(this=column("t", "last"), expression=column("d", seen_from(table))))
    )
    return exp.Exists(this=touched)


# --- each sign's result -----------------------------------------------------------------------------------


def peered(plan: Plan) -> dict[Rule, Verdict]:
    """The signs that compare a client with the peers."""
    return {rule: v for rule, v in plan.verdicts.items() if v.own is not None} if plan.peers else {}


def with_own(plan: Plan, source: Select) -> Select:
    """Beside every row: the client's tier, and each peered sign's own quantity where it can be judged."""
    tier = plan.tier
    assert tier is not None, "a rule set with peers has tiers"
    own = [
        exp.alias_(
            exp.Case(ifs=[exp.If(this=_is_judged(plan, rule, v), true=_double(v.own))]), f"{rule.id}__own"
        )
        for rule, v in peered(plan).items()
        if v.own is not None
    ]
    return exp.select("*", exp.alias_(tier.sql, "tier"), *own).from_(source.subquery("w"))


def medians(rule: Rule) -> Select:
    """Per as-of day and tier, and per day over all (tier null): the median of own and the number of peers."""
    own = exp.column(f"{rule.id}__own")
    known = exp.Not(this=exp.Is(this=own, expression=exp.null()))
    median, count = (
        exp.alias_(exp.Median(this=own.copy()), "peer"),
        exp.alias_(exp.Count(this=exp.Star()), "peers"),
    )
    judged = exp.select().from_("spool").where(known)
    by_tier = (
        judged.select("as_of", "tier", median, count).where("NOT tier IS NULL").group_by("as_of", "tier")
    )
    over_all = judged.select(
        "as_of", exp.alias_(exp.cast(exp.null(), "INT"), "tier"), median, count
    ).group_by("as_of")
    return exp.select("*").from_(exp.union(by_tier, over_all, distinct=False).subquery("m"))


def with_peers(plan: Plan) -> Select:
    """The spooled rows with each sign's median of the peers beside them."""
    query = rows("spool").select("r.*")
    at_least = exp.Literal.number(str(plan.rules.peers.at_least)) if plan.rules.peers else exp.null()
    for rule in peered(plan):
        tier, every = f"tier_{rule.id}", f"all_{rule.id}"
        enough = exp.GTE(this=column(tier, "peers"), expression=at_least.copy())
        peer = exp.Case(ifs=[exp.If(this=enough, true=column(tier, "peer"))], default=column(every, "peer"))
        in_tier = exp.and_(same("r", tier, "as_of"), same("r", tier, "tier"))
        over_all = exp.and_(
            same("r", every, "as_of"), exp.Is(this=column(every, "tier"), expression=exp.null())
        )
        query = query.select(exp.alias_(peer, _peer(rule)))
        query = query.join(f"medians_{rule.id}", join_alias=tier, on=in_tier, join_type="left")
        query = query.join(f"medians_{rule.id}", join_alias=every, on=over_all, join_type="left")
    return query


def with_told_peers(plan: Plan, source: Select, peers: Mapping[str, float | None]) -> Select:
    """The rows with medians beside them that a run has told."""
    told = [exp.alias_(exp.cast(exp.convert(peers[rule.id]), "DOUBLE"), _peer(rule)) for rule in peered(plan)]
    return exp.select("*", *told).from_(source.subquery("w"))


def results(plan: Plan, source: Select) -> Select:
    """Per judged client and day: every sign's status, severity, value, threshold and evidence."""
    columns = [c for rule, v in plan.verdicts.items() for c in _result(plan, rule, v)]
    stake = (
        plan.net_commission.or_else(0) + plan.net_assets.or_else(0) * plan.rules.stake.share
    ) * 100 + Decimal("0.5")
    half_up = exp.Mul(
        this=exp.cast(exp.Floor(this=stake.sql), "DECIMAL(36, 0)"), expression=exp.Literal.number(f"{FEN:f}")
    )
    named = (*map(exp.column, ("client_id", "as_of", "branch_id", "manager_id", "do_not_contact")),)
    at_stake = exp.alias_(exp.cast(half_up, EVIDENCE_TYPES["money"]), "value_at_stake")
    return exp.select(*named, at_stake, *columns).from_(source.subquery("w"))


def _result(plan: Plan, rule: Rule, verdict: Verdict) -> list[exp.Expr]:
    weak = exp.Coalesce(this=_of(rule, verdict.weak), expressions=[exp.false()])
    evidence = {
        name: exp.cast(_of(rule, term), EVIDENCE_TYPES[term.kind]) for name, term in verdict.evidence.items()
    }
    parts = {
        "status": _status(plan, rule, verdict),
        "weak": weak,
        "value": _double(verdict.value, rule),
        "threshold": _double(verdict.threshold_term, rule),
        **evidence,
    }
    return [exp.alias_(part, f"{rule.id}__{name}") for name, part in parts.items()]


def _status(plan: Plan, rule: Rule, verdict: Verdict) -> exp.Expr:
    fired = _of(rule, verdict.fired)
    checks = [
        *_before_judging(plan, rule, verdict),
        (fired, "fired"),
        (exp.Not(this=exp.paren(fired.copy())), "clear"),
    ]
    ifs = [exp.If(this=condition, true=exp.Literal.string(status)) for condition, status in checks]
    # what is neither true nor false is unknown, and unknown is never clear
    return exp.Case(ifs=ifs, default=exp.Literal.string("missing_data"))


def _before_judging(plan: Plan, rule: Rule, verdict: Verdict) -> list[tuple[exp.Expr, str]]:
    """The checks in their order; the first that holds is the result."""
    small = (
        [exp.Not(this=exp.paren(plan.valid_client.sql))]
        if plan.valid_client and plan.is_judged_by_size(rule)
        else []
    )
    touched = [exp.column(f"tainted_{table}") for table in sorted(plan.reads(rule))]
    return [
        (exp.column(unavailable(rule)), "missing_data"),
        (_of(rule, verdict.insufficient_history), "insufficient_history"),
        (exp.or_(*touched, _of(rule, verdict.missing_data)), "missing_data"),
        (exp.or_(*small, _of(rule, verdict.not_applicable)), "not_applicable"),
    ]


def _is_judged(plan: Plan, rule: Rule, verdict: Verdict) -> exp.Expr:
    ifs = [exp.If(this=condition, true=exp.false()) for condition, _ in _before_judging(plan, rule, verdict)]
    return exp.Case(ifs=ifs, default=exp.true())


def _of(rule: Rule, term: Term) -> exp.Expr:
    """The term's expression, with the peers' median of this very sign."""
    return term.sql.copy().transform(
        lambda node: exp.column(_peer(rule)) if isinstance(node, exp.Column) and node.name == "peer" else node
    )


def _peer(rule: Rule) -> str:
    return f"{rule.id}__peer"


def _double(term: Term, rule: Rule | None = None) -> exp.Expr:
    return exp.cast(term.sql.copy() if rule is None else _of(rule, term), "DOUBLE")
