"""The house with something of each kind, own and foreign; and every field that any page reads, found."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps

from tests.concessions.desk import facts
from tests.tariffs.sheets import sent, sheet
from tests.web import make_user
from tests.workbench.house import FOREIGN, OWN, furnished
from wanliu.cases import actions as cases
from wanliu.cases.models import Case, Contact, NoteReview, Offer, Task
from wanliu.clock import today
from wanliu.concessions import actions as concessions
from wanliu.concessions.queries import history
from wanliu.exits.actions import request_exit
from wanliu.people.models import Client
from wanliu.people.queries import person
from wanliu.people.rights import can
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.tariffs import actions as on_tariffs
from wanliu.workbench.pages import Page

Ids = Mapping[str, object]
FIELD = re.compile(r"""(?:POST|GET)\.(?:get|getlist)\("(\w+)\"""")
NAMES = re.compile(r'for name in \(((?:"\w+",? ?)+)\)')
TYPED = re.compile(r"^TYPED = \((.*?)\)", re.DOTALL | re.MULTILINE)
DERIVED: Final = ("cases_line",)
"""Written anew from what is known elsewhere: the same line may have another number."""
LOOKED_AT: Final = ("people_view",)
"""That somebody looked is noted, whatever came of it."""


def living() -> tuple[dict[Role, User], Ids, Ids]:
    """The people, and the ids of what there is in their branch and in another."""
    people = furnished()
    Client.objects.update(marketing_consent="given")
    head = people["branch_head"]
    stranger = User.objects.create_user("away", None, name="外部", role="branch_head", branch_id="B2")
    return people, _ids(OWN, head, people), _ids(FOREIGN, stranger, people)


def _ids(client_id: str, by: User, people: Mapping[Role, User]) -> Ids:
    said = cases.Said(method="visit", connection="connected", direction="in")
    cases.record_contact(client_id=client_id, said=said, by=by)
    case = Case.objects.get(client_id=client_id, kind="retention")
    cases.make_offer(case_id=case.pk, method="named_adviser", reason="service", version=case.version, by=by)
    cases.promise(client_id=client_id, what="寄对账单", to_whom="客户", due_on=today(), by=by)
    contact = Contact.objects.filter(client_id=client_id).latest("pk")
    review = NoteReview.objects.create(
        contact=contact, client_id=client_id, cause="note", codes=["H01"], why="客户要求"
    )
    leaving = request_exit(client_id=client_id, kind="transfer_custody", channel="counter", by=by).exit
    owner = people["adviser"] if client_id == OWN else by
    return {
        "client_id": client_id,
        "case_id": case.pk,
        "offer_id": Offer.objects.get(client_id=client_id).pk,
        "task_id": Task.objects.filter(client_id=client_id, kind="promise").latest("pk").pk,
        "exit_id": leaving.id,
        "review_id": review.pk,
        "filter_id": cases.save_filter(page="today", name="红", query={"level": "red"}, by=owner),
        "user_id": (people["counter_clerk"] if client_id == OWN else by).pk,
        **_terms(client_id, by),
        **(_of_the_firm(people) if client_id == OWN else {}),
    }


def _terms(client_id: str, by: User) -> dict[str, object]:
    """A commission request that waits, and a concession in force on another channel."""
    told: dict[str, Any] = {
        "client_id": client_id,
        "facts": facts(as_of=today() - timedelta(days=3)),
        "tier": "from_500k",
        "by": by,
    }
    held = concessions.request_terms(channel="mobile", **told)
    head = make_user("branch_head", branch=by.branch_id, staff="")
    held = concessions.grant(request_id=held.id, version=held.version, by=head)
    held = concessions.answer(request_id=held.id, version=held.version, how="letter", by=by)
    waits = concessions.request_terms(channel="online", **told)
    (granted,) = history(client_id)
    return {"request_id": waits.id, "concession_id": granted.id}


def _of_the_firm(people: Mapping[Role, User]) -> dict[str, object]:
    """A version of the tariff that may be changed, and an approval that waits for another one."""
    begins = (today() + timedelta(days=60)).isoformat()
    draft = on_tariffs.save_version(sheet=sheet(since=begins), by=people["head_office"])
    _, asked = sent(sheet(since=begins))
    return {"version_id": draft.id, "approval_id": asked.id}


def fields_of(page: Page) -> tuple[str, ...]:
    """What the page's folder reads of a form or of an address; every page of the folder reads these."""
    folder = Path(inspect.getfile(inspect.unwrap(page.view))).parent
    source = "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))
    listed = " ".join((*NAMES.findall(source), *TYPED.findall(source)))
    return tuple(sorted({*FIELD.findall(source), *re.findall(r'"(\w+)"', listed), "version"}))


def whoever_may(page: Page, people: Mapping[Role, User], client_id: str) -> User:
    """The first person who may ask for the page of this client."""
    return next(
        user for user in people.values() if page.action is None or can(user, page.action, person(client_id))
    )


def valid(page: Page) -> dict[str, Any]:
    """A form that every rule of its page could like, as far as one form can please all pages."""
    good: dict[str, Any] = {
        "version": "3",
        "kind": "own" if "tasks" in page.route else "close_account",
        "channel": "counter",
        "how": "document",
        "state": "kept" if page.route.startswith("tasks") else "accepted",
        "reason": {"dismissal": "own_money_plan", "snooze": "client_asked"}.get(
            page.route.rsplit("/", 1)[-1], "service"
        ),
        "until": today().isoformat(),
        "due_on": today().isoformat(),
        "what": "寄对账单",
        "to_whom": "客户",
        "title": "整理资料",
        "outcome": "stayed",
        "answer": "accepted" if "offers" in page.route else "service",
        "why": "客户要求",
        "method": "named_adviser" if "offers" in page.route else "phone",
        "note": "客户问了对账单怎么寄",
        "said": "我想换一家",
        "purpose": "call" if "identity" in page.route else "access",
        "choice": "marketing_consent:given",
        "source": "phone",
        "verdict": "sound",
        "remark": "无",
        "page": "today",
        "name": "红色",
        "query": "level=red",
        "direction": "out",
        "connection": "connected",
        "decision": "granted",
        "words": "请补充资料",
        "tier": "from_500k",
        "quarter": "2026Q3",
        "to": str(User.objects.get(username="away").pk),
    }
    return {name: good[name] for name in fields_of(page) if name in good}


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, but for who looked."""
    return dict(_tables())


def _tables() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model in apps.get_models():
        table = model._meta.db_table
        if model.__module__.startswith("wanliu.") and table not in LOOKED_AT:
            rows = [dict(row) for row in model._default_manager.order_by("pk").values()]
            for row in rows:
                row.pop("last_login", None)
                if table in DERIVED:
                    row.pop("id")
            yield table, rows
