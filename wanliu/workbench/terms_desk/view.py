"""佣金审批: requests that wait for a decision or an answer, one's own, reviews; and one request as a whole.

Price sees no score, no level and no case: nothing of them is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wanliu.clock import today
from wanliu.commission.terms import Terms
from wanliu.commission.told import terms_in_words
from wanliu.concessions import actions, queries
from wanliu.concessions.authority import authority
from wanliu.concessions.eligibility import Facts, missing, tariffs, tier_of
from wanliu.concessions.foreseen import letter_today, obstacle
from wanliu.concessions.from_book import figures_of
from wanliu.concessions.queries import Granted, Request
from wanliu.concessions.track import DECIDED, ENDS, REFUSALS, STATES, STEPS, EndedFor, RefusedFor, State
from wanliu.errors import BookRefused, NotFound, Refused, UsageError
from wanliu.people.queries import person, persons
from wanliu.people.rights import Sight, can, check_may, sight
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.at_book import current_book, reader
from wanliu.workbench.channels import CHANNELS
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page

VIEW: Final = "concessions.view"
PAGE: Final = 20
WAYS: Final[Mapping[str, Text]] = {
    "letter": Text(zh="信函", en="by letter"),
    "app": Text(zh="手机应用", en="in the app"),
    "counter": Text(zh="柜台面交", en="at the counter"),
}
TABS: Final[Mapping[str, Text]] = {
    "decide": Text(zh="待决定", en="To decide"),
    "answer": Text(zh="待答复客户", en="To be told"),
    "mine": Text(zh="我提交的", en="Taken by me"),
    "reviews": Text(zh="到期复核", en="Reviews due"),
}
LISTED: Final[Mapping[str, tuple[State, ...]]] = {"decide": ("requested",), "answer": DECIDED}


@page("commission", action=VIEW, nav=Text(zh="佣金审批", en="Commission"), order=36)
def terms_desk(request: HttpRequest, user: User) -> HttpResponse:
    """The first due first; on a tab of its own whose criteria are to be looked at again."""
    seen, place = sight(user, VIEW), max(1, number(request.GET.get("page")))
    counts = _counts(seen, user)
    tab = request.GET.get("tab", "")
    if tab not in counts:
        tab = next((one for one in counts if counts[one]), next(iter(counts)))
    pages = max(1, -(-counts[tab] // PAGE))
    start = (min(place, pages) - 1) * PAGE
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [(code, TABS[code], count) for code, count in counts.items()],
        "lines": _requests(tab, seen, user, start) if tab != "reviews" else [],
        "reviews": _reviews(seen, start) if tab == "reviews" else [],
        "page": min(place, pages),
        "pages": pages,
        "authority": _own_limit(user),
        "named": _is_told_names(user),
    }
    return render(request, "terms_desk/page.html", context)


@page("commission/<int:request_id>", action=VIEW)
def terms_request(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    """One request as a whole: figures, criteria, history, what may be done now, the letter."""
    asked, who = _seen(user, request_id)
    history = queries.history(asked.client_id)
    granted = next((one for one in history if one.request_id == request_id), None)
    verbs = queries.moves_for(user, asked)
    decides = can(user, "concessions.decide", who) and asked.state == "requested"
    context: dict[str, Any] = {
        "one": asked,
        "who": who,
        "named": _is_told_names(user),
        "state": STATES[asked.state],
        "channel": CHANNELS[asked.channel],
        "terms": terms_in_words(asked.terms),
        "old": _old(asked.old_rate, asked.old_minimum),
        **_criteria(asked),
        "verbs": verbs,
        "decides": decides,
        "obstacle": obstacle(request_id, user) if decides else None,
        "own": decides and asked.requested_by == user.pk,
        "authority": _own_limit(user),
        "steps": {verb: STEPS[verb].name for verb in verbs},
        "refusals": REFUSALS.items(),
        "reason": REFUSALS[asked.reason] if asked.reason else None,
        "ways": WAYS.items(),
        "letter": asked.letter or (letter_today(request_id) if asked.state in DECIDED else None),
        "history": [_told(one) for one in history],
        "nth": granted.number if granted else len(history) + 1,
        "granted": granted,
        "may_review": granted is not None
        and granted.ended_on is None
        and can(user, "concessions.review", who),
        "endings": [(code, ENDS[code]) for code in BY_HAND],
    }
    return render(request, "terms_desk/request.html", context)


@page("commission/<int:request_id>/letter", action=VIEW)
def terms_letter(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    """The written answer alone, to print. Raises NotFound before there is one."""
    asked, who = _seen(user, request_id)
    if asked.letter is None:
        raise NotFound(_NO_LETTER)
    told = {"one": asked, "who": who, "letter": asked.letter, "named": _is_told_names(user)}
    return render(request, "terms_desk/letter.html", told)


@page("commission/<int:request_id>/decision", action="concessions.decide", methods=("POST",))
def terms_decision(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    version, decision = number(request.POST.get("version"), 0), request.POST.get("decision", "")
    if decision == "granted":
        actions.grant(request_id=request_id, version=version, by=user)
    elif decision == "refused":
        reason = cast(RefusedFor, request.POST.get("reason", ""))
        words = request.POST.get("words", "")
        actions.refuse(request_id=request_id, version=version, reason=reason, words=words, by=user)
    else:
        raise Refused(_NO_DECISION)
    return _back(request, request_id, _DECIDED)


@page("commission/<int:request_id>/answer", action="concessions.answer", methods=("POST",))
def terms_answer(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    version = number(request.POST.get("version"), 0)
    actions.answer(request_id=request_id, version=version, how=request.POST.get("how", ""), by=user)
    return _back(request, request_id, _ANSWERED)


@page("commission/<int:request_id>/withdrawal", action="concessions.request", methods=("POST",))
def terms_withdrawal(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    actions.withdraw(request_id=request_id, version=number(request.POST.get("version"), 0), by=user)
    return _back(request, request_id, _WITHDRAWN)


@page("commission/granted/<int:concession_id>/renewal", action="concessions.review", methods=("POST",))
def terms_renewal(request: HttpRequest, user: User, concession_id: int) -> HttpResponse:
    """The review, by the book's figures of today."""
    held = queries.granted_of(concession_id)
    check_may(user, "concessions.review", person(held.client_id))
    facts = _facts(held)
    version = number(request.POST.get("version"), 0)
    renewed = actions.renew(concession_id=concession_id, version=version, facts=facts, by=user)
    return _back(request, renewed.request_id, _RENEWED.format(until=renewed.until))


@page("commission/granted/<int:concession_id>/ending", action="concessions.review", methods=("POST",))
def terms_ending(request: HttpRequest, user: User, concession_id: int) -> HttpResponse:
    why = cast(EndedFor, request.POST.get("why", ""))
    version = number(request.POST.get("version"), 0)
    ended = actions.end(concession_id=concession_id, version=version, why=why, by=user)
    return _back(request, ended.request_id, _ENDED.format(on=ended.ended_on))


BY_HAND: Final[tuple[EndedFor, ...]] = ("criteria_not_met", "client_asked")


def _is_told_names(user: User) -> bool:
    """Head office decides by figures and criteria: it sees no client's page, and so no name here either."""
    return can(user, "client.view") or can(user, "counter.view")


def _seen(user: User, request_id: int) -> tuple[Request, Any]:
    """The request and its client, if this person may look. Raises NotFound, NotAllowed."""
    asked = queries.request_of(request_id)
    who = person(asked.client_id)
    check_may(user, VIEW, who)
    return asked, who


def _counts(seen: Sight, user: User) -> dict[str, int]:
    """Tab → how many stand there, for the tabs of this person."""
    waiting = queries.sizes(seen)
    counts = {tab: sum(waiting.get(state, 0) for state in states) for tab, states in LISTED.items()}
    if can(user, "concessions.request"):
        counts["mine"] = queries.requests_by_size(user)
    if can(user, "concessions.review"):
        counts["reviews"] = queries.reviews_due_size(today(), sight(user, "concessions.review"))
    return counts


def _requests(tab: str, seen: Sight, user: User, start: int) -> list[dict[str, Any]]:
    if tab == "mine":
        found = queries.requests_by(user, start=start, most=PAGE)
    else:
        found = queries.queue(seen, states=LISTED[tab], start=start, most=PAGE)
    people, cuts = persons(one.client_id for one in found), queries.counts({one.client_id for one in found})
    return [
        {
            "request": one,
            "person": people.get(one.client_id),
            "state": STATES[one.state],
            "terms": terms_in_words(one.terms),
            "old": _old(one.old_rate, one.old_minimum),
            "before": cuts.get(one.client_id, 0),
            "channel": CHANNELS[one.channel],
        }
        for one in found
    ]


def _reviews(seen: Sight, start: int) -> list[dict[str, Any]]:
    found = queries.reviews_due(today(), sight=seen, start=start, most=PAGE)
    people = persons(one.client_id for one in found)
    return [{**_told(one), "person": people.get(one.client_id)} for one in found]


def _told(one: Granted) -> dict[str, Any]:
    return {
        "granted": one,
        "terms": terms_in_words(one.terms),
        "old": _old(one.old_rate, one.old_minimum),
        "channel": CHANNELS[one.channel],
        "why": ENDS[one.ended_why] if one.ended_why else None,
        "holds": one.effective_on <= today() <= one.until
        and (one.ended_on is None or today() < one.ended_on),
        "begins": one.effective_on > today(),
    }


def _criteria(asked: Request) -> dict[str, Any]:
    """The tier as it was published on the day of the request, and what was missing then."""
    version = next((one for one in tariffs().versions if one.id == asked.tariff), None)
    if version is None:
        return {"tier": None, "tariff": None, "missing": None}
    tier = tier_of(version, asked.channel, asked.tier)
    facts = Facts(asked.as_of, "", asked.assets, asked.turnover, asked.old_rate, asked.old_minimum)
    return {"tier": tier, "tariff": version, "missing": missing(tier, facts)}


def _facts(held: Granted) -> Facts:
    try:
        with reader() as connection:
            return figures_of(connection, current_book(), held.client_id, held.channel, day=today()).facts
    except (UsageError, BookRefused) as fault:
        raise Refused(_NO_FIGURES) from fault


def _old(rate: Any, least: Any) -> Text | None:
    return None if rate is None or least is None else terms_in_words(Terms(rate, least))


def _own_limit(user: User) -> Text | None:
    """Down to which terms this person may grant; None for whoever grants nothing."""
    lowest = authority().lowest.get(user.role)  # type: ignore[call-overload]  # a CharField is no Literal
    if lowest is None or not can(user, "concessions.decide"):
        return None
    return terms_in_words(Terms(lowest.rate, lowest.minimum))


def _back(request: HttpRequest, request_id: int, said: Text) -> HttpResponse:
    messages.success(request, str(said))
    return redirect("terms_request", request_id=request_id)


_NO_LETTER = Text(zh="还没有书面答复。", en="There is no written answer yet.")
_NO_DECISION = Text(zh="请选择同意或不同意。", en="Choose to grant it or to refuse it.")
_DECIDED = Text(
    zh="决定已记录。请书面答复客户。", en="The decision is on record. Tell the client in writing."
)
_ANSWERED = Text(zh="已记录书面答复，可以打印。", en="The answer is on record and can be printed.")
_WITHDRAWN = Text(zh="已按客户的意思撤回。", en="Withdrawn, as the client asked.")
_RENEWED = Text(zh="复核通过，优惠延续到 {until}。", en="The criteria are met; it holds on until {until}.")
_ENDED = Text(zh="优惠自 {on} 起终止。请书面通知客户。", en="It ends on {on}. Tell the client in writing.")
_NO_FIGURES = Text(
    zh="账簿里没有这位客户的委托，复核不了。",
    en="The book has no orders of this client: nothing to review by.",
)
