"""导出客户资料: all that is held on one client, in a file for that client; for a purpose, and on record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from wanliu.people.user import User
from wanliu.privacy.actions import export_client
from wanliu.workbench.files import ZIP, as_file
from wanliu.workbench.pages import page


@page("clients/<str:client_id>/export", action="client.export", methods=("POST",))
def client_export(request: HttpRequest, user: User, client_id: str) -> HttpResponse:
    content = export_client(client_id=client_id, purpose=request.POST.get("purpose", ""), by=user)
    return as_file(content, "client.zip", ZIP)
