"""What this room holds on one client, for the client to read; and forgetting who the client was."""

from __future__ import annotations

from wanliu.audit.held import Part, part
from wanliu.people.models import Account, Choice, Client, View
from wanliu.people.sealing import unseal
from wanliu.text import Text


def held_on(client_id: str) -> list[Part]:
    """Identity in clear, accounts, decisions, and when whom of us looked (staff by number)."""
    return [
        part(
            Text(zh="客户资料", en="The client"),
            Client.objects.filter(client_id=client_id),
            instead={
                "name_sealed": ("name", lambda sealed: unseal(sealed, place=f"{client_id}:name")),
                "phone_sealed": ("phone", lambda sealed: unseal(sealed, place=f"{client_id}:phone")),
            },
        ),
        part(Text(zh="资金账号", en="Accounts"), Account.objects.filter(client_id=client_id)),
        part(Text(zh="客户的选择", en="The client's choices"), Choice.objects.filter(client_id=client_id)),
        part(Text(zh="查看记录", en="Who looked"), View.objects.filter(client_id=client_id)),
    ]


def forget(client_id: str) -> int:
    """Empties name, phone, city, year of birth and what finds them; how many rows. The number stays."""
    emptied = Client.objects.filter(client_id=client_id).update(
        name_sealed=None, phone_sealed=None, name_hash="", phone_hash="", city="", birth_year=None
    )
    return emptied + Account.objects.filter(client_id=client_id).delete()[0]
