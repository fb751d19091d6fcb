"""设置: what this installation was started with. Read-only: it is set where the server is started."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu import __version__
from wanliu.clock import today, trading_days
from wanliu.directory.queries import current_run
from wanliu.keys import FILE as KEYS_FILE
from wanliu.nightly.places import Places
from wanliu.nightly.queries import last_night
from wanliu.people.roles import ROLES
from wanliu.people.user import User
from wanliu.ruleset import load
from wanliu.text import Text
from wanliu.workbench.pages import page

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@page("settings", action="people.administer", nav=Text(zh="设置", en="Settings"), order=85)
def firm_settings(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 (the matrix has let them in)
    rules, days = load(settings.WANLIU_RULES), trading_days()
    places = Places(settings.WANLIU_HOME)
    return render(
        request,
        "firm/page.html",
        {
            "rules": rules,
            "calendar_end": days.runs_out_on,
            "calendar_soon": days.runs_out_soon(today()),
            "nightly_at": f"{settings.WANLIU_NIGHTLY_AT:02d}:00",
            "night": last_night(),
            "run_now": current_run(),
            "waiting": len(places.waiting()),
            "home": settings.WANLIU_HOME,
            "keys_file": settings.WANLIU_HOME / KEYS_FILE,
            "heads": places.heads,
            "database": DATABASES.get(connection.vendor, connection.vendor),
            "factor_roles": [ROLES[role] for role in ROLES if role in settings.WANLIU_MFA],
            "https": settings.SESSION_COOKIE_SECURE,
            "hosts": settings.ALLOWED_HOSTS,
            "fixed_day": settings.WANLIU_TODAY,
            "program": __version__,
        },
    )
