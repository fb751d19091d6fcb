"""The demonstration's people: one button each on the sign-in page, and nowhere but in a demonstration."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from wanliu.people.roles import ROLES
from wanliu.people.user import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def cast() -> list[User]:
    """One person for each role, in the order of the roles; nobody outside a demonstration."""
    if not settings.WANLIU_DEMO:
        return []
    found: dict[str, User] = {}
    for user in User.objects.filter(username__startswith="demo-", is_active=True).order_by("pk"):
        found.setdefault(user.role, user)
    return [found[role] for role in ROLES if role in found]


@require_POST
def sign_in_as(request: HttpRequest, user_id: int) -> HttpResponse:
    """Without a password; 404 for anybody who is not of the cast."""
    user = next((one for one in cast() if one.pk == user_id), None)
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    return redirect("/")
