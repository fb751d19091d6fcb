"""Whatever is sent to whatever page: a clear answer of the right kind, nothing changed, nothing logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from tests.cases.desk import Clock, running
from tests.workbench.bad import Ids, fields_of, living, stored, valid, whoever_may
from tests.workbench.house import OWN
from tests.workbench.routes import address
from wanliu.audit.models import Event
from wanliu.people.roles import Role
from wanliu.people.user import User
from wanliu.workbench.forms import new_key
from wanliu.workbench.pages import Page, pages

pytestmark = pytest.mark.django_db
SCRIPT: Final = "<script>alert('坏')</script>"
MARK: Final = "4QQ7"
HOSTILE: Final = {
    "nothing": "",
    "blank": " \t\r\n",
    "script": SCRIPT + MARK,
    "nul": f"a\x00{MARK}",
    "half a character": f"\ud800{MARK}",
    "control": f"\x1b[2J\x08{MARK}",
    "turned": f"\u202e{MARK}",
    "long": "长" * 5000,
    "astral": "𠮷" * 300,
    "negative": "-1",
    "huge number": "9" * 12,
    "absurd number": "9" * 5000,
    "float": "1e309",
    "other digits": "１２٣",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "no day": "2026-02-30",
    "quotes": f"'; DROP TABLE cases_case; --{MARK}",
    "braces": "{zh} {0} %s %(x)s {{ x }}" + MARK,
    "path": "../../etc/passwd",
    "address": "//evil.example/",
    "pair": "1:" + "9" * 30,
}
QUICK: Final = ("script", "nul")
"""What broke most; the others take as long again and again, and run with the slow tests."""
IN_TURN: Final = 3
"""Of the others each field meets every third, in turn: what breaks one breaks its like on the next page."""
FORM: Final = "application/x-www-form-urlencoded"
PARTS: Final = "multipart/form-data; boundary=x"
House = tuple[dict[Role, User], Ids, Ids]


@pytest.fixture(autouse=True)
def _a_working_day(settings: LazySettings) -> Iterator[None]:
    settings.WANLIU_MFA = []
    with running(Clock()):
        yield


@pytest.fixture
def house() -> House:
    return living()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in ("wanliu", "django"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    return caplog


def there(user: User) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def faults(page: Page, sent: Any, changed: bool) -> Iterator[str]:
    """What is wrong with the answer to what was sent."""
    if sent.status_code >= 500 and not needs_a_book(page, sent.status_code):
        yield f"{sent.status_code}"
    text = b"" if sent.streaming else sent.content
    if SCRIPT.encode() in text:
        yield "script came back alive"
    if sent.status_code >= 400 and changed:
        yield f"{sent.status_code}, and yet something changed"
    if sent.status_code >= 400 and b"<html lang=" not in text and "text/plain" not in sent["Content-Type"]:
        yield f"{sent.status_code} is not our page"


def needs_a_book(page: Page, status: int) -> bool:
    """Advice, the sum and the rows of a sign are read from the book, which this house does not have: 503."""
    return page.name in ("client_advice", "sign_rows") and status == 503


@pytest.mark.parametrize(
    "what", [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in HOSTILE]
)
def test_no_field_of_any_page_breaks_it(house: House, what: str, heard: pytest.LogCaptureFixture) -> None:
    people, own, _ = house
    wrong, before = [], done()
    browsers = {role: there(user) for role, user in people.items()}
    for page in pages():
        browser = browsers[whoever_may(page, people, OWN).role]  # type: ignore[index]  # a role
        for field in fields_of(page)[_turn(what) :: 1 if what in QUICK else IN_TURN]:
            form = {**valid(page), field: HOSTILE[what]}
            sent = _send(browser, page, address(page, own), form)
            after = done()
            wrong += [(page.name, field, one) for one in faults(page, sent, after != before)]
            before = after
    assert wrong == []
    assert MARK not in heard.text


def _turn(what: str) -> int:
    return 0 if what in QUICK else list(HOSTILE).index(what) % IN_TURN


def done() -> int:
    """How much was done so far: each action leaves an event, in its own transaction."""
    return Event.objects.count()


def _send(browser: Browser, page: Page, path: str, form: dict[str, Any]) -> Any:
    sent = urlencode(form, errors="surrogatepass")
    if "POST" in page.methods:
        return browser.post(path, sent, content_type=FORM)
    return browser.get(f"{path}?{sent}")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"said=%FF%FE&version=%C3%28&note=%00", FORM, {400}),
        (b"said=\xff\xfe&version=\xc3\x28", FORM, {400}),
        (b"note=" + b"a" * 1_200_000, FORM, {413}),
        (b"&".join(b"f%d=1" % n for n in range(1500)), FORM, {413}),
        (b"--x\r\nContent-Disposition: form-data; name=said\r\n\r\n\x00\xff", PARTS, {400}),
        (b"--x", "multipart/form-data", {400}),
        (b'{"said": "\\u0000"}', "application/json", {400, 415, 422}),
        (b"%%%&&&===;;;", FORM, {400, 422}),
        (b"", FORM, {400, 422}),
    ],
    ids=["quoted", "raw", "huge", "many-fields", "parts", "no-boundary", "json", "signs", "empty"],
)  # fmt: skip
def test_no_body_breaks_a_page(house: House, body: bytes, kind: str, status: set[int]) -> None:
    people, own, _ = house
    before = stored()
    wrong: list[tuple[str, object]] = []
    for page in pages():
        if "POST" not in page.methods:
            continue
        browser = there(whoever_may(page, people, OWN))
        sent = browser.generic("POST", address(page, own), body, content_type=kind)
        refused = (REFUSED & status and _refused(sent, page)) or needs_a_book(page, sent.status_code)
        if sent.status_code not in status and not refused:
            wrong.append((page.name, sent.status_code))
        wrong += [(page.name, one) for one in faults(page, sent, False)]
    assert wrong == [], "\n".join(map(str, wrong))
    assert stored() == before or REFUSED & status


REFUSED: Final = {422}
NEEDS_NOTHING: Final = (
    "search", "counter", "exit_proof", "exit_survey", "filter_deleted", "counter_reasons", "offer_answer",
    "records", "staff_code", "staff_second_factor", "client_sum",
    "terms_withdrawal",
)  # fmt: skip
"""Pages that need nothing of a form, or find nothing for it."""


def _refused(sent: Any, page: Page) -> bool:
    """In whatever way the page refuses an empty form: its version is old, its choice is none."""
    return sent.status_code in (403, 404, 409, 422) or page.name in NEEDS_NOTHING


@pytest.mark.parametrize(
    "path",
    ["/clients/%00", "/clients/a%00b", "/clients/%FF%FE", "/exits/" + "9" * 5000, "/counter/%ED%A0%80",
     "/cases/99999999999999999999/claim", "/clients/..%2F..%2Fetc", "/clients/" + "长" * 3000,
     "/today?page=%00", "/today?tile=%FF", "/warnings?page=" + "9" * 5000, "/clients/C1/signs/%00",
     "/exits/1/moves/%00", "/clients/C1/advice?channel=%00"],
    ids=lambda path: path[:24],
)  # fmt: skip
def test_no_address_breaks_a_page(house: House, path: str, heard: pytest.LogCaptureFixture) -> None:
    people, _, _ = house
    roles: tuple[Role, ...] = ("adviser", "compliance", "counter_clerk")
    for role in roles:
        for method in ("GET", "POST"):
            sent = there(people[role]).generic(method, path)
            assert sent.status_code < 500, (role, method, path[:40], sent.status_code)
    assert "\x00" not in heard.text


@pytest.mark.parametrize("path", ["/sign-in", "/language", "/sign-in/as/1", "/sign-out", "/sign-in/again"])
@pytest.mark.parametrize("what", ["nul", "half a character", "script", "absurd number", "address"])
def test_who_is_not_signed_in_breaks_nothing(
    path: str, what: str, house: House, settings: LazySettings
) -> None:
    settings.WANLIU_DEMO = False
    before = stored()
    names = ("login", "password", "username", "next", "language", "back")
    form = urlencode(dict.fromkeys(names, HOSTILE[what]), errors="surrogatepass")
    sent = Browser(raise_request_exception=False).post(path, form, content_type=FORM)
    assert sent.status_code < 500 and SCRIPT.encode() not in sent.content
    assert "evil.example" not in sent.headers.get("Location", "")
    assert stored() == before and house


def test_foreign_things_are_reached_by_no_address(house: House) -> None:
    """Every id of another branch in every address, for whoever is bound to a branch."""
    people, own, foreign = house
    before, wrong = stored(), []
    bound: tuple[Role, ...] = ("adviser", "duty_adviser", "branch_head")
    for page in pages():
        ids = [name for name in foreign if f":{name}>" in page.route]
        for role in bound if ids else ():
            path = address(page, {**own, **{name: foreign[name] for name in ids}})
            sent = _send(there(people[role]), page, path, valid(page))
            if sent.status_code not in (403, 404):
                wrong.append((page.name, role, sent.status_code))
    assert wrong == [], "\n".join(map(str, wrong))
    assert stored() == before


def test_foreign_things_are_reached_by_no_field(house: House) -> None:
    """Every id of another branch in every field of a form about one's own client."""
    people, own, foreign = house
    theirs, before = _of(foreign), done()
    wrong = []
    for page in pages():
        if "POST" not in page.methods:
            continue
        browser = there(whoever_may(page, people, OWN))
        for field in (*fields_of(page), "ticked"):
            for value in {str(foreign[name]) for name in ("case_id", "task_id", "client_id")}:
                chosen = f"{value}:3" if field == "chosen" else value
                sent = browser.post(address(page, own), {**valid(page), field: chosen})
                broke = sent.status_code >= 500 and not needs_a_book(page, sent.status_code)
                acted, before = done() != before, done()
                if broke or (acted and _of(foreign) != theirs):
                    wrong.append((page.name, field, sent.status_code))
                    theirs = _of(foreign)
    assert wrong == [] and _of(foreign) == theirs


def _of(ids: Ids) -> dict[str, list[Any]]:
    return {
        table: [row for row in rows if row.get("client_id") == ids["client_id"]]
        for table, rows in stored().items()
    }


def test_a_form_that_is_sent_again_does_nothing_twice(house: House) -> None:
    """What carries a version or a key is refused the second time; what does not comes to the same thing."""
    people, own, _ = house
    wrong = []
    for page in pages():
        if "POST" not in page.methods or page.name in MAY_BE_REPEATED:
            continue
        browser = there(whoever_may(page, people, OWN))
        form = {**valid(page), "key": new_key()}
        first = browser.post(address(page, own), form)
        if first.status_code != 302:
            continue
        before = stored()
        browser.post(address(page, own), form)
        if stored() != before:
            wrong.append(page.name)
    assert wrong == []


MAY_BE_REPEATED: Final = (
    "client_choices",  # the client may say it twice: the latest counts, and each word is on record
    "counter_complaint",  # a second complaint joins the one that is open
    "filter_saved",  # in place of the one with this name
)
