"""客户: what is going on with this client, in ten seconds; and behind each sign its rows, on a click."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rich.console import Console

from wanliu.advice.figures import shown
from wanliu.book.engine import duckdb_engine
from wanliu.cases import queries as cases
from wanliu.directory.queries import current_run, months_of, signals_of, standing_of
from wanliu.directory.rows import Month, Signal
from wanliu.errors import NotFound
from wanliu.people.actions import PURPOSES, note_view
from wanliu.people.queries import Person
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.privacy.actions import PURPOSES as EXPORTED_FOR
from wanliu.report.words import STATUSES
from wanliu.ruleset import Rule, RuleSet, load
from wanliu.text import Text, current_language
from wanliu.why.explain import explain, plan_for, rule_of
from wanliu.why.show import Shown
from wanliu.workbench.at_book import current_book
from wanliu.workbench.clients.score import score_of
from wanliu.workbench.pages import page
from wanliu.workbench.served import served, serves

WIDTH = 110


@page("clients/<str:client_id>", action="client.view")
def client(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    who = _seen(client_id, user)
    rules, standing, run = load(settings.WANLIU_RULES), standing_of(client_id), current_run()
    bars = cases.bars(who, purpose="retention")
    return render(
        request,
        "clients/page.html",
        {
            "who": who,
            "standing": standing,
            "signals": sorted((_told(one, rules) for one in signals_of(client_id)), key=_place),
            "chart": _chart(months_of(client_id), signals_of(client_id)),
            "bars": bars,
            "score": score_of(who, standing, run.scoring if run else None, bars),
            "purposes": PURPOSES.items(),
            "export_purposes": EXPORTED_FOR.items(),
            "may": {
                "work": serves(user, "cases.work", who),
                "script": serves(user, "client.script", who),
                "explain": serves(user, "client.explain", who),
                "choices": serves(user, "people.choices", who),
                "unmask": serves(user, "people.unmask", who),
                "export": can(user, "client.export", who),
                "terms": can(user, "concessions.view", who),
            },
        },
    )


@page("clients/<str:client_id>/signs/<str:sign>", action="client.view")
def sign_rows(request: HttpRequest, user: User, client_id: str, sign: str) -> HttpResponse:
    """The rows behind one sign and its sum, from the sealed book, as ``wanliu why`` tells them."""
    _seen(client_id, user)
    run = current_run()
    if run is None:
        raise NotFound(_NO_RUN)
    plan = plan_for(current_book(), load(settings.WANLIU_RULES), sign, run.as_of)
    with duckdb_engine() as engine:
        explanation = explain(plan, client_id, engine, peers=_peers(client_id, sign))
    page = io.StringIO()
    Shown(Console(file=page, width=WIDTH, highlight=False), current_language()).show(explanation)
    return render(request, "clients/rows.html", {"told": page.getvalue()})


def _peers(client_id: str, sign: str) -> dict[str, float | None] | None:
    """The peers' median that the run told with the client's sign; None where it told nothing of them."""
    told = next((one.evidence for one in signals_of(client_id) if one.sign == sign), {})
    return {sign: told["peer"]} if "peer" in told else None


def _seen(client_id: str, user: User) -> Person:
    """The client, if this person may look; it is noted that they did. Raises NotFound, NotAllowed."""
    who = served(user, "client.view", client_id)
    note_view(client_id=client_id, what="page", by=user)
    return who


def _told(signal: Signal, rules: RuleSet) -> dict[str, Any]:
    rule = rule_of(rules, signal.sign)

    return {
        "id": signal.sign,
        "name": rule.sign.name,
        "status": STATUSES[signal.status],
        "fired": signal.status == "fired",
        "unknown": signal.status in ("missing_data", "insufficient_history"),
        "weak": signal.severity == "weak",
        "value": _in_words(signal.value, rule),
        "threshold": shown(signal.threshold, rule.reading.unit),
        "meaning": rule.meaning,
        "misleads": rule.sign.misleads,
    }


def _in_words(value: Any, rule: Rule) -> Text | None:
    return None if value is None else rule.reading.told.format(value=shown(value, rule.reading.unit))


def _place(told: dict[str, Any]) -> int:
    """What fired first, then what nobody can tell, then the rest."""
    return 0 if told["fired"] else 1 if told["unknown"] else 2


def _chart(months: list[Month], signals: list[Signal]) -> dict[str, Any] | None:
    """What the chart draws; None where there is nothing to draw. Unknown months stay gaps."""
    if not any(month.net_assets is not None for month in months):
        return None
    return {
        "names": [str(one) for one in (_ASSETS, _FLOW, _TRADES, _COMMISSION)],
        "months": [month.month for month in months],
        **{
            name: [None if (value := getattr(month, name)) is None else float(value) for month in months]
            for name in ("net_assets", "net_flow", "trades", "commission")
        },
        "window": _window(months, signals),
    }


def _window(months: list[Month], signals: list[Signal]) -> dict[str, str] | None:
    """The window of the first sign that fired and has one."""
    known = {month.month for month in months}
    for signal in signals:
        first, last = (str(signal.evidence.get(name) or "")[:7] for name in ("first", "last"))
        if signal.status == "fired" and {first, last} <= known:
            rules = load(settings.WANLIU_RULES)
            return {"name": str(rule_of(rules, signal.sign).sign.name), "from": first, "to": last}
    return None


_ASSETS = Text(zh="月末净资产（元）", en="Net assets at month's end (CNY)")
_FLOW = Text(zh="净转入（元）", en="Net inflow (CNY)")
_TRADES = Text(zh="委托笔数", en="Orders")
_COMMISSION = Text(zh="佣金（元）", en="Commission (CNY)")
_NO_RUN = Text(zh="还没有预警结果。", en="There is no run yet.")
