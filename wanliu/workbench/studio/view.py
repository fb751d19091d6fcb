"""阈值工作室: move a sign's number, see calls, precision, lead and what is missed, then send the draft.

Every figure is one that a study has stored. Nothing is computed anew on a click, and nothing between two
tried numbers is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from wanliu.book.calendar import months_earlier
from wanliu.directory.queries import current_run
from wanliu.drafts.actions import LONGEST_REASON, submit_draft
from wanliu.drafts.overlay import Overlay, overlay
from wanliu.drafts.queries import draft, drafts
from wanliu.errors import Refused
from wanliu.nightly.places import Places
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.report.stored_study import Shelf, StoredStudy, shelf
from wanliu.ruleset import RuleSet, load
from wanliu.text import Text
from wanliu.workbench.files import TOML, as_file
from wanliu.workbench.pages import page
from wanliu.workbench.studio.chosen import Chosen, chosen, lines, moved, query, share, table
from wanliu.workbench.studio.sent import named, sent

YEAR = 12
PART = "sign-"
"""What begins the id of the part that shows one sign's figures."""


@dataclass(frozen=True)
class Studio:
    """The live rules, the newest study of them, and what was chosen for each sign with a curve."""

    live: RuleSet
    shelf: Shelf
    study: StoredStudy | None
    signs: list[Chosen]

    @property
    def faults(self) -> list[Chosen]:
        return [one for one in self.signs if one.fault]

    @property
    def moved(self) -> list[Chosen]:
        return [one for one in self.signs if one.number is not None]


@page(
    "studio",
    action="rules.study",
    nav=Text(zh="阈值工作室", en="Threshold studio"),
    order=61,
)
def studio(request: HttpRequest, user: User) -> HttpResponse:
    """The page; for one sign's part, that part and the list of what was moved."""
    found = _studio(request.GET)
    target = getattr(getattr(request, "htmx", None), "target", None) or ""
    part = next((one for one in found.signs if f"{PART}{one.id}" == target), None)
    if part is not None:
        context = {**_shown(part, found), **_draft_context(found, user), "is_part": True}
        return render(request, "studio/part.html", context)
    backtest, folder = _backtest(), Places(settings.WANLIU_HOME).studies
    context = {
        "rules": found.live,
        "study": found.study,
        "others": [one for one in found.shelf.studies if one is not found.study],
        "unreadable": found.shelf.unreadable,
        "signs": [_shown(one, found) for one in found.signs],
        "without": _without_curve(found),
        "base": share(found.study.outcomes, "base") if found.study else None,
        "sent": [
            (one, f"{backtest} --against {one.draft.name}.toml -o {folder / one.draft.name}")
            for one in sent(drafts(), found.shelf, found.live)
        ],
        "command": f"{backtest} -o {folder / f'{found.live.name}-{found.live.version}'}",
        "longest": LONGEST_REASON,
        **_draft_context(found, user),
    }
    return render(request, "studio/page.html", context)


@page("studio/drafts", action="rules.draft", methods=("POST",))
def studio_drafts(request: HttpRequest, user: User) -> HttpResponse:
    """Sends what was chosen as a draft."""
    found = _studio(request.POST)
    _check_whole(found)
    made = submit_draft(
        source=settings.WANLIU_RULES,
        moved=moved(found.signs),
        reason=request.POST.get("reason", ""),
        study=found.study.name if found.study else "",
        by=user,
    )
    messages.success(request, str(_SENT.format(name=made.name)))
    return redirect("studio")


@page("studio/draft.toml", action="rules.study")
def studio_draft_file(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    """What was chosen, as the file that a back-test takes."""
    found = _studio(request.GET)
    _check_whole(found)
    made = _overlay(found)
    return as_file(made.text, f"{made.rules.name}.toml", TOML)


@page("studio/drafts/<int:draft_id>.toml", action="rules.study")
def studio_sent_file(request: HttpRequest, user: User, draft_id: int) -> HttpResponse:  # noqa: ARG001 (as above)
    """A draft as it was sent, byte for byte."""
    found = draft(draft_id)
    return as_file(found.text, f"{found.name}.toml", TOML)


def _studio(asked: QueryDict) -> Studio:
    live = load(settings.WANLIU_RULES)
    studies = shelf(Places(settings.WANLIU_HOME).studies)
    study = studies.about(live)
    return Studio(
        live, studies, study, chosen(live, study, {name: str(asked[name]) for name in asked}) if study else []
    )


def _shown(one: Chosen, found: Studio) -> dict[str, object]:
    return {
        "one": one,
        "figures": list(lines(one)),
        "table": list(table(one)),
        "without_it": query(found.signs, **{one.id: ""}),
        "nearest": [(number, query(found.signs, **{one.id: number})) for number in one.beside],
    }


def _draft_context(found: Studio, user: User) -> dict[str, object]:
    changes = list(named(_overlay(found).changes, found.live)) if found.moved else []
    return {
        "changes": changes,
        "moved": found.moved,
        "faults": found.faults,
        "untested": [one for one in found.moved if one.untested],
        "query": query(found.signs),
        "may_send": can(user, "rules.draft"),
    }


def _backtest() -> str:
    """How a study is begun on the server: over the year before the data's day."""
    run = current_run()
    days = f"--from {months_earlier(run.as_of, YEAR)} --to {run.as_of}" if run else "--from … --to …"
    return f"wanliu backtest {Places(settings.WANLIU_HOME).book} {days} --rules {settings.WANLIU_RULES}"


def _without_curve(found: Studio) -> list[Text]:
    curves = {one.id for one in found.signs}
    return [rule.sign.name for rule in found.live.rules if rule.id not in curves]


def _overlay(found: Studio) -> Overlay:
    return overlay(settings.WANLIU_RULES, moved(found.signs))


def _check_whole(found: Studio) -> None:
    """Raises Refused where there is no study to move numbers in, or a number cannot be used."""
    if found.study is None:
        raise Refused(_NO_STUDY)
    for one in found.faults:
        assert one.fault is not None, "a faulty one says what is wrong"
        raise Refused(_FAULTY.format(sign=one.rule.sign.name, fault=one.fault))


_SENT = Text(
    zh="草案 {name} 已送出并留痕。现行规则没有变。",
    en="The draft {name} was sent and is on record. The live rules have not changed.",
)
_NO_STUDY = Text(
    zh="还没有针对现行规则的回测，不能改数：先运行 wanliu backtest。",
    en="There is no back-test of the live rules yet, so nothing can be moved: run wanliu backtest first.",
)
_FAULTY = Text(zh="{sign.zh}：{fault.zh}", en="{sign.en}: {fault.en}")
