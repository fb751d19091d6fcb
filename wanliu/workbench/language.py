"""Which language a page speaks: the person's own, else the one chosen in this browser, else Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from wanliu.people.actions import choose_own_language
from wanliu.people.user import User
from wanliu.text import Language, choose_language

SESSION_KEY = "language"
TAGS: dict[Language, str] = {"zh": "zh-hans", "en": "en"}


def of(request: HttpRequest) -> Language:
    user = request.user
    chosen = user.language if isinstance(user, User) else request.session.get(SESSION_KEY)
    return "en" if chosen == "en" else "zh"


class Speaking:
    """Middleware: our sentences and allauth's in one language for the length of a request."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = of(request)
        choose_language(language)
        with translation.override(TAGS[language]):
            answer = self.answer(request)
        answer["Content-Language"] = TAGS[language]
        return answer


@require_POST
def change_language(request: HttpRequest) -> HttpResponse:
    language: Language = "en" if request.POST.get("language") == "en" else "zh"
    request.session[SESSION_KEY] = language
    if isinstance(request.user, User):
        choose_own_language(language=language, by=request.user)
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if is_ours else "/")
