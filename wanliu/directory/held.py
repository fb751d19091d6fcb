"""What this room holds on one client, for the client to read. Every run writes it anew: nothing to forget."""

from __future__ import annotations

from wanliu.audit.held import Part, part
from wanliu.directory.models import Months, Signals, Standing
from wanliu.text import Text


def held_on(client_id: str) -> list[Part]:
    return [
        part(Text(zh="预警结果", en="How the client stands"), Standing.objects.filter(client_id=client_id)),
        part(
            Text(zh="各项指标的结果", en="Results of each sign"), Signals.objects.filter(client_id=client_id)
        ),
        part(Text(zh="按月数据", en="Figures by month"), Months.objects.filter(client_id=client_id)),
    ]


def forget(client_id: str) -> int:
    """Rows of a run that still names the client."""
    return sum(
        rows.filter(client_id=client_id).delete()[0]
        for rows in (Standing.objects.all(), Signals.objects.all(), Months.objects.all())
    )
