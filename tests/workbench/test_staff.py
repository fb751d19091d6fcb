"""Joining, moving, leaving: nobody but the person knows a password, and sight goes with the place at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.web import PASSWORD
from tests.workbench.house import OWN, browser, furnished, names
from wanliu.audit.queries import events_of_stream
from wanliu.cases.queries import cases_of_client, tasks_of_client
from wanliu.people.models import SetupCode
from wanliu.people.roles import Role
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
FORM = {
    "username": "zhang.san",
    "name": "张珊",
    "role": "adviser",
    "branch_id": "B1",
    "staff_id": "S7",
    "certificate": "S1234567890",
    "capacity": "12",
}
NEW_PASSWORD = "plum-rain-over-suzhou"


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


@pytest.fixture
def office(people: dict[Role, User]) -> Browser:
    return browser(people["administrator"])


def code_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-9-]{14})</code>", page)
    assert found is not None
    return found[1]


def join(office: Browser, **given: str) -> tuple[User, str]:
    page = office.post("/staff/new", {**FORM, **given}).content.decode()
    return User.objects.get(username=given.get("username", FORM["username"])), code_on(page)


def changed(user: User, **given: Any) -> dict[str, Any]:
    """The form of this person, with something changed."""
    user.refresh_from_db()
    as_it_is = {name: getattr(user, name) for name in FORM if name != "username"}
    return {**as_it_is, "version": user.version, **given}


def set_password(there: Browser, code: str, **given: str) -> Any:
    form = {"username": "zhang.san", "code": code, "password": NEW_PASSWORD, "again": NEW_PASSWORD, **given}
    return there.post("/sign-in/first", form)


# --- joining --------------------------------------------------------------------------------------


def test_a_joiner_sets_a_password_with_the_code_and_signs_in(office: Browser) -> None:
    user, code = join(office)
    there = browser(None)
    assert not there.login(username=user.username, password=code)
    assert set_password(there, code.lower().replace("-", " "))["Location"] == "/sign-in"
    there.post("/sign-in", {"login": "zhang.san", "password": NEW_PASSWORD})
    assert there.get("/today").status_code == 200
    assert [one.verb for one in events_of_stream(f"user/{user.pk}")] == ["first_password_set", "staff_added"]


def test_the_code_is_shown_once_and_kept_nowhere(office: Browser, caplog: pytest.LogCaptureFixture) -> None:
    user, code = join(office)
    plain = code.replace("-", "")
    told = [str(one.payload) + str(one.ids) for one in events_of_stream(f"user/{user.pk}")]
    held = SetupCode.objects.get(user=user)
    assert plain not in held.code_hash and not any(plain in one or code in one for one in told)
    for path in (f"/staff/{user.pk}", "/staff"):
        assert code not in office.get(path).content.decode()
    assert code not in caplog.text and plain not in str(dict(office.session))


def test_a_code_counts_once_and_for_its_owner_and_its_days(office: Browser) -> None:
    user, code = join(office)
    other, _ = join(office, username="li.si")
    assert set_password(browser(None), code, username="li.si").status_code == 422
    SetupCode.objects.filter(user=user).update(
        expires_at=SetupCode.objects.get(user=user).expires_at - timedelta(days=4)
    )
    assert "已过期" in set_password(browser(None), code).content.decode()
    again = code_on(office.post(f"/staff/{user.pk}/code").content.decode())
    assert set_password(browser(None), code).status_code == 422
    assert set_password(browser(None), again).status_code == 302
    assert set_password(browser(None), again).status_code == 422
    other.refresh_from_db()
    assert not other.has_usable_password()


def test_guessing_codes_gets_nowhere(office: Browser) -> None:
    _, code = join(office)
    there = browser(None)
    for _ in range(6):
        assert set_password(there, "AAAA-BBBB-CCCC").status_code == 422
    assert "太多" in set_password(there, code).content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "12345678", "again": "12345678"}, "密码"),
        ({"again": "something else"}, "不一样"),
        ({"username": "nobody"}, "不对"),
        ({"username": "a\x07b"}, "不对"),
    ],
)
def test_a_first_password_that_will_not_do_is_refused_in_words(
    office: Browser, wrong: dict[str, str], told: str
) -> None:
    _, code = join(office)
    answer = set_password(browser(None), code, **wrong)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert NEW_PASSWORD not in answer.content.decode() and code not in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "a b"},
        {"username": ""},
        {"role": "king"},
        {"name": ""},
        {"branch_id": ""},
        {"capacity": "many"},
        {"capacity": "-1"},
        {"name": "x" * 65},
        {"certificate": "x" * 200},
    ],
)
def test_a_form_with_something_wrong_comes_back_with_all_that_was_typed(
    office: Browser, wrong: dict[str, str]
) -> None:
    answer = office.post("/staff/new", {**FORM, "staff_id": "<S&9>", **wrong})
    assert answer.status_code == 422 and "&lt;S&amp;9&gt;" in answer.content.decode()
    assert not User.objects.filter(staff_id="<S&9>").exists()


def test_a_user_name_is_given_once(office: Browser) -> None:
    join(office)
    assert "已经有人用了" in office.post("/staff/new", FORM).content.decode()


# --- moving ---------------------------------------------------------------------------------------


def test_a_moved_adviser_loses_sight_at_once_and_the_work_goes_back(
    people: dict[Role, User], office: Browser
) -> None:
    adviser, head = people["adviser"], people["branch_head"]
    there = browser(adviser)
    assert there.get(f"/clients/{OWN}").status_code == 200
    answer = office.post(f"/staff/{adviser.pk}", changed(adviser, branch_id="B2"), follow=True)
    assert "已清空" in answer.content.decode() and "已交回" in answer.content.decode()
    assert there.get(f"/clients/{OWN}").status_code == 403
    assert not any(names(there.get(path).content.decode(), OWN) for path in ("/warnings", "/today"))
    (case,) = cases_of_client(OWN)
    assert (case.state, case.assignee_name) == ("open", None)
    assert {task.assignee_id for task in tasks_of_client(OWN, open_only=True)} == {None}
    assert names(browser(head).get("/warnings?tab=waiting").content.decode(), OWN)


def test_a_new_number_opens_no_old_door(people: dict[Role, User], office: Browser) -> None:
    adviser = people["adviser"]
    office.post(f"/staff/{adviser.pk}", changed(adviser, branch_id="B2"))
    office.post(f"/staff/{adviser.pk}", changed(adviser, staff_id="S99"))
    adviser.refresh_from_db()
    assert adviser.staff_id == "S99"
    there = browser(adviser)
    assert not names(there.get("/warnings?tab=tracking").content.decode(), OWN)
    assert there.get(f"/clients/{OWN}").status_code == 403


def test_who_becomes_a_clerk_keeps_no_retention_work(people: dict[Role, User], office: Browser) -> None:
    adviser = people["adviser"]
    office.post(f"/staff/{adviser.pk}", changed(adviser, role="counter_clerk"))
    assert browser(adviser).get("/today").status_code == 403
    assert cases_of_client(OWN)[0].state == "open"


def test_a_new_name_or_capacity_leaves_the_work_where_it_is(
    people: dict[Role, User], office: Browser
) -> None:
    adviser = people["adviser"]
    office.post(f"/staff/{adviser.pk}", changed(adviser, name="李思", capacity="20"))
    adviser.refresh_from_db()
    assert (adviser.name, adviser.capacity, adviser.staff_id) == ("李思", 20, "S1")
    assert cases_of_client(OWN)[0].assignee_id == adviser.pk


def test_of_two_administrators_who_save_at_once_one_is_told(
    people: dict[Role, User], office: Browser
) -> None:
    adviser = people["adviser"]
    form = changed(adviser, name="第一位")
    office.post(f"/staff/{adviser.pk}", form)
    answer = office.post(f"/staff/{adviser.pk}", {**form, "name": "第二位"})
    assert answer.status_code == 409 and "第二位" in answer.content.decode()
    adviser.refresh_from_db()
    assert adviser.name == "第一位"


# --- leaving --------------------------------------------------------------------------------------


def test_a_leaver_is_out_at_once_and_nobody_has_the_work(people: dict[Role, User], office: Browser) -> None:
    adviser = people["adviser"]
    there = browser(None)
    there.post("/sign-in", {"login": adviser.username, "password": PASSWORD})
    assert there.get("/today").status_code == 200
    office.post(f"/staff/{adviser.pk}/stop", {"version": adviser.version})
    assert there.get("/today").status_code == 302
    page = browser(people["branch_head"]).get("/warnings?tab=waiting").content.decode()
    assert names(page, OWN) and "无人" in page
    back = office.post(f"/staff/{adviser.pk}/return", {"version": adviser.version + 1}).content.decode()
    assert there.get("/today").status_code == 302, "the old session stays dead"
    assert not browser(None).login(username=adviser.username, password=PASSWORD)
    assert code_on(back)
    told = [one.verb for one in events_of_stream(f"user/{adviser.pk}")]
    assert told == ["staff_returned", "staff_stopped"]


def test_somebody_who_left_gets_no_code(people: dict[Role, User], office: Browser) -> None:
    adviser = people["adviser"]
    office.post(f"/staff/{adviser.pk}/stop", {"version": adviser.version})
    assert office.post(f"/staff/{adviser.pk}/code").status_code == 422
    assert office.post(f"/staff/{adviser.pk}/second-factor").status_code == 422


def test_a_lost_second_factor_takes_the_password_with_it(people: dict[Role, User], office: Browser) -> None:
    watch = people["compliance"]
    TOTP.activate(watch, "JBSWY3DPEHPK3PXP")
    there = browser(watch)
    page = office.post(f"/staff/{watch.pk}/second-factor").content.decode()
    assert code_on(page) and not Authenticator.objects.filter(user=watch).exists()
    assert there.get("/warnings").status_code == 302
    assert not browser(None).login(username=watch.username, password=PASSWORD)
    assert [one.verb for one in events_of_stream(f"user/{watch.pk}")] == [
        "second_factor_reset",
        "second_factor_set_up",
    ]


@pytest.mark.parametrize("path", ["", "/stop", "/code", "/second-factor", "/return"])
def test_nobody_changes_themselves(people: dict[Role, User], office: Browser, path: str) -> None:
    me = people["administrator"]
    before = User.objects.values().get(pk=me.pk)
    answer = office.post(f"/staff/{me.pk}{path}", changed(me, name="我", role="compliance"))
    assert answer.status_code == 422
    assert User.objects.values().get(pk=me.pk) == before


# --- the list -------------------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(office: Browser) -> None:
    join(office, branch_id="B7")
    for query in ("text=zhang", "text=张珊", "text=S7", "branch=B7", "role=adviser&branch=B7"):
        page = office.get(f"/staff?{query}").content.decode()
        assert "zhang.san" in page and "compliance-B1" not in page
    assert "没有符合条件" in office.get("/staff?text=nobody-at-all").content.decode()
    assert "zhang.san" not in office.get("/staff?state=left").content.decode()


def test_a_thousand_people_are_paged_in_few_queries(office: Browser) -> None:
    User.objects.bulk_create(
        User(
            username=f"u{n}", name=f"员工{n}", role="adviser", branch_id="B3", staff_id=f"T{n}", password="!"
        )
        for n in range(1000)
    )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = office.get("/staff?branch=B3&page=3").content.decode()
    assert len(asked) <= 25 and page.count("/staff/") >= 50 and "共 1000 人" in page
    assert office.get("/staff?branch=B3&page=999").status_code == 200
    assert office.get("/staff?branch=B3&page=x").status_code == 200
    assert office.get("/staff?text=%07&role=%07&branch=%07").status_code == 200


def test_the_administrator_sees_no_client(people: dict[Role, User], office: Browser) -> None:
    paths = ("/staff", "/staff/new", f"/staff/{people['adviser'].pk}", "/settings", "/account")
    for path in paths:
        page = office.get(path).content.decode()
        assert not names(page, OWN) and "张**" not in page and "13800005678" not in page


# --- one's own account ----------------------------------------------------------------------------


def test_one_changes_ones_own_password_and_other_sessions_end(people: dict[Role, User]) -> None:
    user = people["counter_clerk"]
    here, elsewhere = browser(user), browser(user)
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert here.post("/account", form)["Location"] == "/account"
    assert here.get("/account").status_code == 200 and elsewhere.get("/account").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert [one.verb for one in events_of_stream(f"user/{user.pk}")] == ["password_changed"]


@pytest.mark.parametrize(
    "wrong", [{"old": "no"}, {"new": "short", "again": "short"}, {"again": "other"}, {"new": "", "again": ""}]
)
def test_a_password_that_will_not_do_changes_nothing(people: dict[Role, User], wrong: dict[str, str]) -> None:
    user = people["adviser"]
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD, **wrong}
    answer = browser(user).post("/account", form)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_second_factor_is_set_up_in_ones_own_language_without_a_foreign_script(
    people: dict[Role, User], language: str
) -> None:
    user = people["compliance"]
    user.language = language
    user.save()
    there = browser(None)
    there.post("/sign-in", {"login": user.username, "password": PASSWORD})
    there.post("/sign-in/again", {"password": PASSWORD, "next": "/second-factor/totp/activate/"})
    page = there.get("/second-factor/totp/activate/").content.decode()
    secret = re.search(r'id="secret" readonly value="([A-Z2-7]+)"', page)
    assert secret and "data:image/svg+xml" in page and ("扫不了" in page) == (language == "zh")
    answer = there.post("/second-factor/totp/activate/", {"code": "000000"})
    assert 'role="alert"' in answer.content.decode()
    there.post("/second-factor/totp/activate/", {"code": digits(secret[1])})
    for path in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"):
        page = there.get(f"/second-factor/{path}").content.decode()
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", page) == []
        shown = re.sub(r"<[^>]*>", " ", page.replace("中文", "").replace(user.name, ""))
        assert bool(re.search(r"[\u4e00-\u9fff]", shown)) == (language == "zh")
    assert [one.verb for one in events_of_stream(f"user/{user.pk}")] == ["second_factor_set_up"]


def digits(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    return str(
        auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    )
