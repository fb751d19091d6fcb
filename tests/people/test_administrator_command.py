"""``wanliu administrator``: how somebody comes to be the first who may sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from wanliu.audit.queries import events_of_stream
from wanliu.cli import main
from wanliu.people.actions import use_code
from wanliu.people.user import User
from wanliu.text import choose_language

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """The command chooses a language for the process, which goes on."""
    yield
    choose_language(None)


def test_the_first_administrator_gets_a_code_and_chooses_a_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["administrator", "root.one", "--name", "陈管理", "--lang", "en"]) == 0
    found = re.search(r"One-time code: ([A-Z2-9-]{14})", capsys.readouterr().out)
    assert found is not None
    user = use_code(username="root.one", code=found[1], password="plum-rain-over-suzhou")
    assert (user.role, user.name, user.branch_id) == ("administrator", "陈管理", "")
    told = events_of_stream(f"user/{user.pk}")
    assert [(one.verb, one.actor_id) for one in told] == [
        ("first_password_set", user.actor_id),
        ("staff_added", "system"),
    ]
    assert found[1] not in str(told)


@pytest.mark.parametrize("username", ["", "a b", "x" * 65, "陈"])
def test_a_user_name_that_will_not_do_is_refused(username: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["administrator", username, "--name", "陈管理", "--lang", "en"]) == 2
    assert "user name" in capsys.readouterr().err
    assert not User.objects.exists()
