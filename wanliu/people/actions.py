"""What may be done with people: telling a name, noting a client's decision, keeping the list of staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from django.db import transaction

from wanliu.audit.record import Actor, record
from wanliu.clock import now
from wanliu.errors import Refused
from wanliu.people.models import Choice, Client, View
from wanliu.people.queries import CONTACT, MARKETING, NO, SCORING, YES, Person, person
from wanliu.people.rights import Located, can, check_may
from wanliu.people.staffing import (
    add_staff,
    change_own_password,
    change_staff,
    issue_code,
    let_back,
    note_second_factor,
    reset_second_factor,
    use_code,
)
from wanliu.people.user import User
from wanliu.text import Text

Purpose = Literal["call", "identity", "complaint", "exit", "quality"]
PURPOSES: Final[Mapping[Purpose, Text]] = {
    "call": Text(zh="联系客户", en="to call the client"),
    "identity": Text(zh="核对身份", en="to check who the client is"),
    "complaint": Text(zh="处理投诉", en="to answer a complaint"),
    "exit": Text(zh="办理离开手续", en="to carry out an exit"),
    "quality": Text(zh="质检与合规检查", en="for a compliance check"),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    CONTACT: (YES, NO),
    SCORING: (YES, NO),
    MARKETING: ("given", "refused", "withdrawn"),
}
SOURCES: Final = ("counter", "phone", "app", "letter")


@transaction.atomic
def unmask(*, client_id: str, purpose: str, by: User, served_at: Located | None = None) -> Person:
    """The client with name and phone to be shown; says in the records who read them and what for.

    ``served_at``: where the client is served, for somebody to whom work on this client was assigned.
    Raises NotAllowed, NotFound, and Refused without a purpose.
    """
    client = person(client_id)
    if not can(by, "people.unmask", client):
        check_may(by, "people.unmask", served_at or client)
    if purpose not in PURPOSES:
        raise Refused(_NO_PURPOSE)
    record(
        stream=f"client/{client_id}", verb="unmasked", by=by, client_id=client_id, ids={"purpose": purpose}
    )
    return client


def note_view(*, client_id: str, what: str, by: User) -> None:
    """Keeps for the privacy register that this person looked at the client."""
    View.objects.create(user=by, client_id=client_id, what=what, at=now())


@transaction.atomic
def note_choice(*, client_id: str, what: str, value: str, source: str, by: User) -> None:
    """Notes what the client decided; it counts from this moment on.

    Raises NotAllowed, NotFound, and Refused for a choice that there is not.
    """
    check_may(by, "people.choices", person(client_id))
    if value not in CHOICES.get(what, ()) or source not in SOURCES:
        raise Refused(_NO_SUCH_CHOICE)
    Choice.objects.create(client_id=client_id, what=what, value=value, source=source, at=now(), by=by)
    record(
        stream=f"client/{client_id}",
        verb="choice_noted",
        by=by,
        client_id=client_id,
        ids={"what": what, "value": value, "source": source},
    )


@transaction.atomic
def freeze(*, client_id: str, by: Actor) -> None:
    """The account was closed: from now on the client's data are only kept. Twice is as good as once."""
    if Client.objects.filter(client_id=client_id, frozen_at__isnull=True).update(frozen_at=now()):
        record(stream=f"client/{client_id}", verb="frozen", by=by, client_id=client_id)


@transaction.atomic
def choose_own_language(*, language: Literal["zh", "en"], by: User) -> None:
    User.objects.filter(pk=by.pk).update(language=language)
    record(stream=f"user/{by.pk}", verb="language_chosen", by=by, ids={"language": language})


_NO_PURPOSE = Text(
    zh="请先选择查看用途，再显示姓名和电话。",
    en="Choose what you need the name and phone for; then they are shown.",
)
_NO_SUCH_CHOICE = Text(
    zh="没有这种选择或来源，未作任何更改。", en="There is no such choice or source; nothing was changed."
)

__all__ = [
    "CHOICES",
    "PURPOSES",
    "SOURCES",
    "Purpose",
    "add_staff",
    "change_own_password",
    "change_staff",
    "choose_own_language",
    "freeze",
    "issue_code",
    "let_back",
    "note_choice",
    "note_second_factor",
    "note_view",
    "reset_second_factor",
    "unmask",
    "use_code",
]
