"""Every address of the workbench: pages are found, not listed; signing in is allauth's."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from wanliu.workbench import pages
from wanliu.workbench.demo import sign_in_as
from wanliu.workbench.first_time import first_time
from wanliu.workbench.language import change_language

handler400 = "wanliu.workbench.faults.bad_request"
handler403 = "wanliu.workbench.faults.forbidden"
handler404 = "wanliu.workbench.faults.not_found"
handler500 = "wanliu.workbench.faults.failed"

urlpatterns = [
    *pages.urls(),
    path("language", change_language, name="change_language"),
    path("sign-in/as/<int:user_id>", sign_in_as, name="sign_in_as"),
    path("sign-in/first", first_time, name="first_time"),
    path("sign-in", account.login, name="account_login"),
    path("sign-out", account.logout, name="account_logout"),
    path("sign-in/again", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/inactive", account.account_inactive, name="account_inactive"),
    path("second-factor/", include("allauth.mfa.urls")),
]
