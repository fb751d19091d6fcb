"""Scenes of the back office: staff who come, move and go, and the commission desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from tests.cases.desk import case_in, head
from tests.concessions.desk import House, facts
from tests.tariffs import sheets
from tests.web import PASSWORD, make_user
from wanliu.approvals import actions as approvals
from wanliu.cases import actions as cases
from wanliu.clock import today
from wanliu.concessions import actions as concessions
from wanliu.concessions.queries import Granted, history
from wanliu.drafts import actions as drafts
from wanliu.drafts.queries import RuleDraft
from wanliu.people import actions as people
from wanliu.people import staffing
from wanliu.tariffs import actions as tariffs

Call = Callable[[], object]
Scene = Callable[[], Call]


def _staff() -> Call:
    by, other = make_user("administrator"), make_user("adviser")
    return lambda: people.change_staff(user_id=other.pk, by=by, capacity=20)


def _of_staff(action: Callable[..., object], **given: Any) -> Scene:
    def scene() -> Call:
        by, other = make_user("administrator"), make_user("adviser")
        return lambda: action(user_id=other.pk, by=by, **given)

    return scene


def _add_staff() -> Call:
    by = make_user("administrator")
    given: dict[str, Any] = {"name": "新同事", "role": "adviser", "branch_id": "B1", "staff_id": "S9"}
    return lambda: staffing.add_staff(username="new.one", by=by, **given)


def _let_back() -> Call:
    by, other = make_user("administrator"), make_user("adviser")
    stopped = people.change_staff(user_id=other.pk, by=by, is_active=False)
    return lambda: staffing.let_back(user_id=stopped.pk, version=stopped.version, by=by)


def _mover() -> Call:
    """Somebody with two cases and a task goes to another branch."""
    by, other = make_user("administrator"), make_user("branch_head", staff="S3")
    for one in ("C1", "C2"):
        case_in("in_contact", other, client_id=one)
    return lambda: cases.rearrange(user_id=other.pk, by=by, branch_id="B2")


def _password() -> Call:
    by = head()
    return lambda: staffing.change_own_password(old=PASSWORD, new="a longer horse of one's own", by=by)


def _price(act: Callable[[House], Call]) -> Scene:
    """Of the commission desk, with its own small house of people."""
    return lambda: act(House())


def _grant(house: House) -> Call:
    asked = house.asks()
    return lambda: concessions.grant(request_id=asked.id, version=asked.version, by=house.head)


def _refuse(house: House) -> Call:
    asked = house.asks()
    given: dict[str, Any] = {"request_id": asked.id, "version": asked.version, "by": house.head}
    return lambda: concessions.refuse(reason="account_not_normal", **given)


def _answer_request(house: House) -> Call:
    granted = house.in_state("granted")
    return lambda: house.answers(granted)


def _withdraw_request(house: House) -> Call:
    asked = house.asks()
    return lambda: concessions.withdraw(request_id=asked.id, version=asked.version, by=house.adviser)


def _in_force(house: House) -> Granted:
    house.in_state("answered")
    (found,) = history("C1")
    return found


def _renew(house: House) -> Call:
    held = _in_force(house)
    given: dict[str, Any] = {"concession_id": held.id, "version": held.version, "by": house.head}
    return lambda: concessions.renew(facts=facts(), **given)


def _end(house: House) -> Call:
    held = _in_force(house)
    given: dict[str, Any] = {"concession_id": held.id, "version": held.version, "by": house.head}
    return lambda: concessions.end(why="client_asked", **given)


def _end_expired(house: House) -> Call:
    _in_force(house)
    return lambda: concessions.end_expired(day=today() + timedelta(days=5000))


def _tariff(act: str) -> Scene:
    """Of the firm's tariff, by people of head office."""

    def scene() -> Call:
        maker, checker = sheets.office(), sheets.office()
        if act == "save":
            return lambda: tariffs.save_version(sheet=sheets.SHEET, by=maker)
        if act in ("drop", "send"):
            saved = tariffs.save_version(sheet=sheets.SHEET, by=maker)
            told: dict[str, Any] = {"version_id": saved.id, "version": saved.version, "by": maker}
            return lambda: (
                tariffs.drop_version(**told) if act == "drop" else tariffs.send_version(why="调整", **told)
            )
        _, asked = sheets.sent(by=maker)
        given: dict[str, Any] = {"approval_id": asked.id, "version": asked.version}
        if act == "take_back":
            return lambda: approvals.take_back(by=maker, **given)
        if act == "expire":
            return lambda: approvals.expire(day=today() + timedelta(days=5000))
        if act == "decide":
            told = {"decision": "refused", "reason": "依据不足", "digest": asked.hash, "by": checker}
            return lambda: approvals.decide(**given, **told)
        return lambda: sheets.decided(asked, by=checker)

    return scene


def _ask_approval() -> Call:
    by = sheets.office()
    told: dict[str, Any] = {
        "kind": "tariff",
        "subject": "1",
        "name": "新标准",
        "digest": "a" * 64,
        "why": "调整",
    }
    return lambda: approvals.ask(by=by, **told)


MOVED: Final = {"fund_outflow": {"share": Decimal("0.20")}}


def _draft(act: str) -> Scene:
    """Of a draft of the rule set."""

    def scene() -> Call:
        maker, checker = sheets.office(), sheets.office()

        def submit() -> RuleDraft:
            return drafts.submit_draft(source="standard", moved=MOVED, reason="漏得太多", study="", by=maker)

        if act == "submit":
            return submit
        sent = submit()
        assert sent.approval is not None
        given: dict[str, Any] = {"approval_id": sent.approval.id, "version": 1, "reason": "再看"}
        decision: Any = "refused" if act == "again" else "granted"
        if act == "decide":
            return lambda: drafts.decide_draft(decision=decision, by=checker, **given)
        drafts.decide_draft(decision=decision, by=checker, **given)
        return lambda: drafts.ask_again(draft_id=sent.id, why="补了回测", by=maker)

    return scene


SCENES: Final[Mapping[str, Scene]] = {
    "approvals.ask": _ask_approval,
    "approvals.decide": _tariff("decide"),
    "approvals.expire": _tariff("expire"),
    "approvals.take_back": _tariff("take_back"),
    "drafts.ask_again": _draft("again"),
    "drafts.decide_draft": _draft("decide"),
    "drafts.submit_draft": _draft("submit"),
    "tariffs.decide_version": _tariff("approve"),
    "tariffs.drop_version": _tariff("drop"),
    "tariffs.save_version": _tariff("save"),
    "tariffs.send_version": _tariff("send"),
    "cases.rearrange": _mover,
    "concessions.answer": _price(_answer_request),
    "concessions.end": _price(_end),
    "concessions.end_expired": _price(_end_expired),
    "concessions.grant": _price(_grant),
    "concessions.refuse": _price(_refuse),
    "concessions.renew": _price(_renew),
    "concessions.request_terms": _price(lambda house: house.asks),
    "concessions.withdraw": _price(_withdraw_request),
    "people.add_staff": _add_staff,
    "people.change_own_password": _password,
    "people.change_staff": _staff,
    "people.issue_code": _of_staff(staffing.issue_code),
    "people.let_back": _let_back,
    "people.reset_second_factor": _of_staff(staffing.reset_second_factor),
}
