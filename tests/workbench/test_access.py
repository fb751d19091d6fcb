"""Every page against every role, own and foreign clients, and nobody."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.conf import LazySettings

from tests.workbench.house import FOREIGN, OWN, browser, furnished
from tests.workbench.routes import address, leads_nowhere
from wanliu.people.queries import person
from wanliu.people.rights import can
from wanliu.people.roles import ROLES
from wanliu.workbench.pages import menu, pages

pytestmark = pytest.mark.django_db
REFUSED = (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def test_there_are_pages() -> None:
    assert {"today", "warnings", "client", "search"} <= {page.name for page in pages()}


def test_every_page_answers_whom_the_matrix_lets_in_and_refuses_all_others() -> None:
    people = furnished()
    wrong = []
    for page in pages():
        for role, user in people.items():
            for client_id in (OWN, FOREIGN) if "client_id" in page.route else (OWN,):
                asked = person(client_id) if "client_id" in page.route else None
                may = page.action is None or can(user, page.action, asked)
                answer = browser(user).generic(page.methods[0], address(page, {"client_id": client_id}))
                missing = leads_nowhere(page, {"client_id": client_id})
                there = answer.status_code == HTTPStatus.NOT_FOUND if missing else False
                answered = there or answer.status_code not in REFUSED
                if answered is not may or (not may and answer.status_code != HTTPStatus.FORBIDDEN):
                    wrong.append((page.name, role, client_id, answer.status_code))
    assert wrong == []


def test_nobody_is_sent_to_the_sign_in_page_and_learns_nothing() -> None:
    furnished()
    for page in pages():
        path = address(page, {"client_id": OWN})
        answer = browser(None).generic(page.methods[0], path)
        assert answer.status_code == HTTPStatus.FOUND and answer["Location"].startswith("/sign-in")
        part = browser(None).generic(
            page.methods[0], address(page, {"client_id": OWN}), headers={"HX-Request": "true"}
        )
        assert (part.status_code, part.content) == (HTTPStatus.UNAUTHORIZED, b"")
        assert part["HX-Redirect"] == "/sign-in"


def test_a_person_who_left_is_let_in_nowhere() -> None:
    user = furnished()["adviser"]
    user.is_active = False
    user.save()
    assert browser(user).get("/today").status_code == HTTPStatus.FOUND


def test_the_menu_shows_what_may_be_opened_and_nothing_else() -> None:
    for user in furnished().values():
        assert {page.name for page in menu(user)} == {
            page.name for page in pages() if page.nav and (page.action is None or can(user, page.action))
        }


def test_a_wrong_method_is_refused() -> None:
    user = furnished()["adviser"]
    for page in pages():
        for method in {"GET", "POST", "PUT", "DELETE"} - set(page.methods):
            answer = browser(user).generic(method, address(page, {"client_id": OWN}))
            assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_roles_with_a_second_factor_must_set_it_up_first(settings: LazySettings) -> None:
    settings.WANLIU_MFA = list(ROLES)
    answer = browser(furnished()["compliance"]).get("/warnings")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/second-factor/totp/activate/")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/clients/NOBODY", HTTPStatus.NOT_FOUND),
        ("/clients/%FF%FE", HTTPStatus.NOT_FOUND),
        ("/no/such", HTTPStatus.NOT_FOUND),
    ],
)
def test_what_does_not_exist_is_said_calmly(path: str, status: HTTPStatus) -> None:
    answer = browser(furnished()["adviser"]).get(path)
    assert answer.status_code == status
    assert 'lang="zh"' in answer.content.decode()


def test_a_client_is_found_by_number_or_phone_and_the_text_stands_in_no_address() -> None:
    user = furnished()["adviser"]
    for text in ("C1", "13800005678", " 138 0000 5678 "):
        page = browser(user).post("/search", {"text": text}).content.decode()
        assert 'href="/clients/C1"' in page
        assert "13800005678" not in page and "张三丰" not in page
    assert "/clients/C2" not in browser(user).post("/search", {"text": "C2"}).content.decode()
    assert 'method="post"' in browser(user).get("/search").content.decode()


def test_a_counter_clerk_finds_clients_but_opens_no_client_page() -> None:
    page = browser(furnished()["counter_clerk"]).post("/search", {"text": "C2"}).content.decode()
    assert "C2" in page and "/clients/" not in page


def test_names_are_masked_and_phones_nowhere() -> None:
    user = furnished()["adviser"]
    for path in ("/today", "/warnings", "/clients/C1"):
        page = browser(user).get(path).content.decode()
        assert "张**" in page and "张三丰" not in page and "13800005678" not in page
