"""A client as a person may see them: their own by the book, or by what was assigned to them."""

from __future__ import annotations

from wanliu.cases.queries import as_served
from wanliu.people.queries import Person, person
from wanliu.people.rights import can, check_may
from wanliu.people.user import User


def served(user: User, action: str, client_id: str) -> Person:
    """The client. Raises NotFound, and NotAllowed where the action does not reach this client."""
    found = person(client_id)
    if not can(user, action, found):
        check_may(user, action, as_served(user, client_id, found))
    return found


def serves(user: User, action: str, who: Person) -> bool:
    if can(user, action, who):
        return True
    return can(user, action) and can(user, action, as_served(user, who.client_id, who))
