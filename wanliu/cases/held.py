"""What this room holds on one client, for the client to read; and forgetting the words in it."""

from __future__ import annotations

from wanliu.audit.held import Part, part
from wanliu.cases.models import (
    Case,
    CaseSign,
    Contact,
    Dismissal,
    Folder,
    Line,
    NoteReview,
    Offer,
    OutcomeCheck,
    Snooze,
    Talk,
    Task,
    Unfinished,
)
from wanliu.text import Text

GONE = "—"
"""Stands where something had to be written."""


def held_on(client_id: str) -> list[Part]:
    own, of_cases = {"client_id": client_id}, {"case__client_id": client_id}
    return [
        part(Text(zh="客户夹", en="The client's folder"), Folder.objects.filter(**own)),
        part(Text(zh="个案", en="Cases"), Case.objects.filter(**own)),
        part(Text(zh="个案的指标", en="Signs of the cases"), CaseSign.objects.filter(**of_cases)),
        part(Text(zh="服务记录", en="Contacts"), Contact.objects.filter(**own)),
        part(Text(zh="暂存的登记", en="Contacts half written"), Unfinished.objects.filter(**own)),
        part(Text(zh="合规审阅", en="Reviews by compliance"), NoteReview.objects.filter(**own)),
        part(Text(zh="面谈", en="Talks"), Talk.objects.filter(**own)),
        part(Text(zh="任务与承诺", en="Tasks and promises"), Task.objects.filter(**own)),
        part(Text(zh="方案", en="Offers"), Offer.objects.filter(**own)),
        part(Text(zh="标为不相关", en="Signs found irrelevant"), Dismissal.objects.filter(**own)),
        part(Text(zh="稍后提醒", en="Snoozes"), Snooze.objects.filter(**of_cases)),
        part(Text(zh="结果判定", en="Outcomes"), OutcomeCheck.objects.filter(**own)),
        part(Text(zh="今日清单中的行", en="Lines of today's lists"), Line.objects.filter(**own)),
    ]


def forget(client_id: str) -> int:
    """Empties the words of staff and client; what happened and when stays. Else no contact ever changes."""
    own = {"client_id": client_id}
    return (
        Contact.objects.filter(**own).update(said="", note="")
        + Unfinished.objects.filter(**own).delete()[0]
        + NoteReview.objects.filter(**own).update(why=GONE, remark="")
        + Task.objects.filter(**own).update(title="", ended_why="")
        + Task.objects.filter(**own).exclude(to_whom="").update(to_whom=GONE)
        + Line.objects.filter(**own).update(title="")
    )
