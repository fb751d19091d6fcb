"""Reading drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from wanliu.approvals.queries import Approval, latest
from wanliu.approvals.states import STATES as APPROVALS
from wanliu.drafts import models
from wanliu.drafts.states import STATES, State
from wanliu.errors import NotFound
from wanliu.text import Text

MOST = 20
KIND = "rules"


@dataclass(frozen=True)
class RuleDraft:
    """One draft as it was sent."""

    id: int
    name: str
    state: State
    text: str
    hash: str
    based_on: str
    based_on_version: str
    changes: Mapping[str, Mapping[str, tuple[str, str]]]
    study: str
    reason: str
    sent_at: datetime
    sent_by_name: str
    approval: Approval | None
    """The latest question about it; None: it was sent before there were approvals."""

    @property
    def told_state(self) -> Text:
        return STATES[self.state] if self.approval is None else APPROVALS[self.approval.state]


def drafts(*, most: int = MOST) -> list[RuleDraft]:
    """The latest first; two queries."""
    found = list(models.RuleDraft.objects.select_related("sent_by").order_by("-id")[:most])
    asked = latest(KIND, [str(row.pk) for row in found])
    return [_draft(row, asked.get(str(row.pk))) for row in found]


def draft(draft_id: int) -> RuleDraft:
    """Raises NotFound."""
    row = models.RuleDraft.objects.select_related("sent_by").filter(pk=draft_id).first()
    if row is None:
        raise NotFound(NO_SUCH)
    return _draft(row, latest(KIND, [str(row.pk)]).get(str(row.pk)))


def _draft(row: models.RuleDraft, approval: Approval | None) -> RuleDraft:
    changes = {
        sign: {key: (old, new) for key, (old, new) in numbers.items()}
        for sign, numbers in row.changes.items()
    }
    return RuleDraft(
        id=row.pk,
        name=row.name,
        state=cast(State, row.state),
        text=row.text,
        hash=row.hash,
        based_on=row.based_on,
        based_on_version=row.based_on_version,
        changes=changes,
        study=row.study,
        reason=row.reason,
        sent_at=row.sent_at,
        sent_by_name=row.sent_by.actor_name,
        approval=approval,
    )


NO_SUCH = Text(zh="没有这份草案。", en="There is no such draft.")
