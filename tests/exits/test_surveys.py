"""The survey: voluntary, once, and after the exit was submitted."""

from __future__ import annotations

import pytest

from tests.exits.desk import again, an_exit
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.exits.models import Survey
from wanliu.exits.surveys import ANSWERS, answer_survey, skip_survey
from wanliu.exits.track import STATES, State
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


@pytest.mark.parametrize("state", STATES)
def test_survey_is_asked_after_submission_alone(clerk: User, state: State) -> None:
    leaving = an_exit(state, by=clerk)

    if state in ("submitted", "done"):
        answer_survey(exit_id=leaving.id, answer="fees", words="费用", by=clerk)
        assert again(leaving).survey == "answered"
    else:
        with pytest.raises(Refused):
            answer_survey(exit_id=leaving.id, answer="fees", by=clerk)
        with pytest.raises(Refused):
            skip_survey(exit_id=leaving.id, by=clerk)
        assert again(leaving) == leaving


def test_survey_is_asked_once(clerk: User) -> None:
    leaving = an_exit("done", by=clerk)
    skip_survey(exit_id=leaving.id, by=clerk)

    with pytest.raises(Refused):
        answer_survey(exit_id=leaving.id, answer="fees", by=clerk)
    with pytest.raises(Refused):
        skip_survey(exit_id=leaving.id, by=clerk)
    assert again(leaving).survey == "skipped"


def test_exit_needs_no_survey_and_is_not_changed_by_one(clerk: User) -> None:
    leaving = an_exit("submitted", by=clerk)
    skip_survey(exit_id=leaving.id, by=clerk)

    assert again(leaving).version == leaving.version


def test_words_of_the_client_stand_in_the_payload_that_may_be_deleted(clerk: User) -> None:
    leaving = an_exit("done", by=clerk)
    answer_survey(exit_id=leaving.id, answer="other", words="家里有事", by=clerk)

    event = events_of_stream(f"exit/{leaving.id}")[0]
    assert (event.verb, event.ids, event.payload) == (
        "survey_answered",
        {"answer": "other"},
        {"words": "家里有事"},
    )


@pytest.mark.parametrize(
    "wrong", [{"answer": ""}, {"answer": "mood"}, {"answer": "fees", "words": "x" * 1001}]
)
def test_answer_that_is_none_is_refused(clerk: User, wrong: dict[str, str]) -> None:
    leaving = an_exit("done", by=clerk)

    with pytest.raises(Refused):
        answer_survey(exit_id=leaving.id, by=clerk, **wrong)

    assert not Survey.objects.exists()


def test_survey_follows_the_matrix(clerk: User) -> None:
    leaving = an_exit("done", by=clerk)

    for stranger in (
        make_user("adviser", staff="S2"),
        make_user("compliance"),
        make_user("branch_head", "B2"),
    ):
        with pytest.raises(NotAllowed):
            skip_survey(exit_id=leaving.id, by=stranger)
    with pytest.raises(NotFound):
        skip_survey(exit_id=404, by=clerk)
    skip_survey(exit_id=leaving.id, by=make_user("adviser", staff="S1"))


def test_answers_have_words_in_both_languages() -> None:
    assert all(text.zh and text.en for text in ANSWERS.values())
