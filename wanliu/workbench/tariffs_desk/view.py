"""收费标准: every version at its dates; drafting the next one, and sending it for approval."""

from __future__ import annotations

from dataclasses import fields
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from wanliu.approvals.authority import kind_of
from wanliu.approvals.queries import history
from wanliu.approvals.states import STATES
from wanliu.clock import today
from wanliu.commission.rates import in_words
from wanliu.commission.written import written
from wanliu.errors import Refused
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.tariffs import actions
from wanliu.tariffs.queries import KIND, in_force, latest_own, version_of, versions
from wanliu.tariffs.sheet import MOST_TIERS, Sheet, SheetRefused, TierTyped, as_sheet
from wanliu.text import Text
from wanliu.workbench.channels import CHANNELS
from wanliu.workbench.files import TOML, as_file
from wanliu.workbench.numbers import number
from wanliu.workbench.pages import page
from wanliu.workbench.versions import beside_shown, tiers_shown

TYPED: Final = (
    "name_zh",
    "name_en",
    "since",
    "until",
    "source",
    "asset_days",
    "answer_days",
    "cost_rate",
    "cost_source",
)
OF_A_TIER: Final = ("id", "name_zh", "name_en", "rate", "minimum", "assets", "turnover")
LONGEST: Final = 200
SPARE: Final = 2
"""Empty lines of the editor, for new tiers."""
NEW: Final = Text(zh="尚未报送", en="Not sent yet")


@page("tariffs", action="tariff.view", nav=Text(zh="收费标准", en="Tariff"), order=62)
def tariffs(request: HttpRequest, user: User) -> HttpResponse:
    """What holds today, what comes, what was; and the firm's drafts."""
    found, day = in_force(), today()
    own = versions()
    context = {
        "versions": [
            {**tiers_shown(one, found), "holds": one.holds(day)} for one in reversed(found.versions)
        ],
        "drafts": [
            {"version": one, "state": STATES[one.approval.state] if one.approval else NEW}
            for one in own
            if not one.is_approved
        ],
        "may_draft": can(user, "tariff.draft"),
    }
    return render(request, "tariffs_desk/page.html", context)


@page("tariffs/new", action="tariff.draft", methods=("GET", "POST"))
def tariff_new(request: HttpRequest, user: User) -> HttpResponse:
    """The editor, filled with the last version; saved, it is a draft."""
    if request.method == "GET":
        last = latest_own() or in_force().on(today())
        return _editor(request, as_sheet(last, since=None, until=None), None, {})
    return _saved(request, user, None)


@page("tariffs/<int:version_id>", action="tariff.view")
def tariff_version(request: HttpRequest, user: User, version_id: int) -> HttpResponse:
    """A version of the firm's own beside the one that it follows, with every question about it."""
    one, published = version_of(version_id), in_force()
    asked = history(KIND, str(version_id))
    context: dict[str, Any] = {
        "version": one,
        **tiers_shown(one.tariff, published),
        **beside_shown(one.tariff, published),
        "unsigned": not one.is_approved,
        "state": STATES[one.approval.state] if one.approval else NEW,
        "asked": [(each, STATES[each.state]) for each in asked],
        "may_draft": can(user, "tariff.draft"),
        "may_take_back": one.approval is not None
        and one.approval.state == "waiting"
        and one.approval.asked_by == user.pk,
        "opens_approval": can(user, "approvals.view"),
        "days": kind_of(KIND).days,
    }
    return render(request, "tariffs_desk/version.html", context)


@page("tariffs/<int:version_id>/draft", action="tariff.draft", methods=("GET", "POST"))
def tariff_draft(request: HttpRequest, user: User, version_id: int) -> HttpResponse:
    if request.method == "POST":
        return _saved(request, user, version_id)
    one = version_of(version_id)
    if not one.may_change:
        raise Refused(_FIXED)
    sheet = as_sheet(one.tariff, since=one.tariff.since, until=one.tariff.until)
    return _editor(request, sheet, version_id, {}, version=one.version)


@page("tariffs/<int:version_id>/sending", action="tariff.draft", methods=("POST",))
def tariff_sending(request: HttpRequest, user: User, version_id: int) -> HttpResponse:
    version, why = number(request.POST.get("version"), 0), request.POST.get("why", "")
    asked = actions.send_version(version_id=version_id, version=version, why=why, by=user)
    messages.success(request, str(_SENT.format(until=asked.until)))
    return redirect("tariff_version", version_id=version_id)


@page("tariffs/<int:version_id>/removal", action="tariff.draft", methods=("POST",))
def tariff_removal(request: HttpRequest, user: User, version_id: int) -> HttpResponse:
    version = number(request.POST.get("version"), 0)
    actions.drop_version(version_id=version_id, version=version, by=user)
    messages.success(request, str(_DROPPED))
    return redirect("tariffs")


@page("tariffs/<int:version_id>/file", action="tariff.view")
def tariff_file(request: HttpRequest, user: User, version_id: int) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    """The version as TOML, as ``wanliu commission quote --tariff`` reads it once it is approved."""
    one = version_of(version_id)
    text = written(one.tariff, signed=one.is_approved)
    return as_file(text, f"{one.tariff.since}.toml", TOML)


def _saved(request: HttpRequest, user: User, version_id: int | None) -> HttpResponse:
    """To the draft; after a refusal the editor again, with all that was typed and what is wrong with it."""
    sheet, version = _typed(request.POST), number(request.POST.get("version"), 0)
    try:
        one = actions.save_version(sheet=sheet, version_id=version_id, version=version, by=user)
    except SheetRefused as fault:
        return _editor(request, sheet, version_id, dict(fault.faults), version=version, said=fault.message)
    messages.success(request, str(_KEPT))
    return redirect("tariff_version", version_id=one.id)


def _typed(form: QueryDict) -> Sheet:
    head = {name: form.get(name, "").strip()[:LONGEST] for name in TYPED}
    count = min(number(form.get("tiers"), 0), MOST_TIERS + SPARE)
    return Sheet(**head, tiers=[_tier_typed(form, place) for place in range(count)])


def _tier_typed(form: QueryDict, place: int) -> TierTyped:
    if form.get(f"gone_{place}"):
        return TierTyped()
    told = {name: form.get(f"{name}_{place}", "").strip()[:LONGEST] for name in OF_A_TIER}
    return TierTyped(**told, channels=tuple(form.getlist(f"channels_{place}"))[: len(CHANNELS)])


def _editor(
    request: HttpRequest,
    sheet: Sheet,
    version_id: int | None,
    faults: dict[str, Text],
    *,
    version: int = 0,
    said: Text | None = None,
) -> HttpResponse:
    tiers = list(sheet.tiers) if faults else [one for one in sheet.tiers if not one.is_blank]
    blank = sum(one.is_blank for one in tiers)
    tiers += [TierTyped()] * max(0, SPARE - blank)
    law = in_force().law
    context: dict[str, Any] = {
        "sheet": {one.name: getattr(sheet, one.name) for one in fields(sheet)},
        "faults": faults,
        "said": said,
        "version_id": version_id,
        "version": version,
        "tiers": [
            {"place": place, "typed": one, "faults": _of_tier(faults, place)}
            for place, one in enumerate(tiers[: MOST_TIERS + SPARE])
        ],
        "channels": CHANNELS.items(),
        "inside": in_words(law.inside(today())),
        "ceiling": in_words(law.limit.rate),
        "most_minimum": law.limit.minimum,
        "today": today(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "tariffs_desk/editor.html", context, status=status)


def _of_tier(faults: dict[str, Text], place: int) -> dict[str, Text]:
    end = f"_{place}"
    return {name.removesuffix(end): fault for name, fault in faults.items() if name.endswith(end)}


_KEPT = Text(zh="草案已保存，还没有报送。", en="The draft is saved; it was not sent yet.")
_SENT = Text(
    zh="已报送，{until} 前由另一位有权限的人审批。",
    en="Sent; somebody else with the authority decides by {until}.",
)
_DROPPED = Text(zh="草案已删除。", en="The draft was deleted.")
_FIXED = Text(
    zh="这一版在审批中或已经批准，不能再改。",
    en="This version waits for approval or was approved: it stays as it is.",
)
