"""May we call this client now? The limits of contact, each with the sentence that the caller will read.

They bind what we start. Whoever comes or calls is served, and a complaint or an exit needs no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db.models import QuerySet

from wanliu.book.calendar import months_earlier
from wanliu.cases import barred
from wanliu.cases.figures import Limit, limits
from wanliu.cases.leaving import leaving, left
from wanliu.cases.models import Case, Contact, Folder
from wanliu.cases.track import SUSPENSIONS, WORKING, Direction, Purpose
from wanliu.clock import SHANGHAI, day_of, now
from wanliu.errors import Refused
from wanliu.people.queries import Person
from wanliu.text import Text


@dataclass(frozen=True)
class Bar:
    """One limit that holds the contact back, and why."""

    limit: Limit
    why: Text


@dataclass(frozen=True)
class Asked:
    """A contact that somebody means to make, with what bears on it; each is read once, if it is needed."""

    client: Person
    at: datetime

    @property
    def day(self) -> date:
        return day_of(self.at)

    @cached_property
    def declined_on(self) -> date | None:
        return Folder.objects.filter(pk=self.client.client_id).values_list("declined_on", flat=True).first()

    @cached_property
    def working(self) -> dict[str, Case]:
        """By kind."""
        found = Case.objects.filter(client_id=self.client.client_id, state__in=WORKING)
        return {case.kind: case for case in found}

    @cached_property
    def leaves(self) -> bool:
        return bool(leaving([self.client.client_id]))


def check_may_contact(
    client: Person, *, purpose: Purpose, direction: Direction = "out", at: datetime | None = None
) -> None:
    """Raises Refused with the first limit that holds the contact back."""
    for bar in bars(client, purpose=purpose, direction=direction, at=at):
        raise Refused(bar.why)


def can_contact(
    client: Person, *, purpose: Purpose, direction: Direction = "out", at: datetime | None = None
) -> bool:
    return not bars(client, purpose=purpose, direction=direction, at=at)


def bars(
    client: Person, *, purpose: Purpose, direction: Direction = "out", at: datetime | None = None
) -> list[Bar]:
    """Every limit that holds such a contact back at that moment (now), the hardest first."""
    asked = Asked(client, (at or now()).astimezone(SHANGHAI))
    found = (
        Bar(limit, _sentence(why))
        for limit in limits().of(purpose, direction)
        for why in CHECKS[limit](asked)
    )
    return list(found)


def _sentence(why: Text) -> Text:
    """With its full stop: others' words come without."""
    return Text(zh=f"{why.zh.removesuffix('。')}。", en=f"{why.en.removesuffix('.')}.")


def declined_bars(declined_on: date | None, day: date) -> bool:
    """Whether 不需要 on that day still bars outreach on this one."""
    return declined_on is not None and declined_on > months_earlier(day, limits().declined.months)


def who_declined(day: date, *, among: Collection[str] | None = None) -> set[str]:
    """Clients whose 不需要 still bars outreach on the day; ``among`` None: of all clients."""
    since = months_earlier(day, limits().declined.months)
    found = Folder.objects.filter(declined_on__gt=since)
    if among is not None:
        found = found.filter(client_id__in=among)
    return set(found.values_list("client_id", flat=True))


def attempts_of(asked: Asked) -> int:
    """Outbound attempts of the last days, this one included, by whatever channel and for whatever purpose."""
    since = _start_of(asked.day - timedelta(days=limits().attempts.days - 1))
    until = _start_of(asked.day + timedelta(days=1))
    found = counted(asked.client.client_id).filter(direction="out")
    return found.filter(happened_at__gte=since, happened_at__lt=until).count()


def effective_of(asked: Asked) -> int:
    """Retention contacts that we started and that reached the client, since the alarm that is worked on."""
    case = asked.working.get("retention")
    if case is None or case.alarmed_on is None:
        return 0
    found = counted(asked.client.client_id).filter(
        direction="out", purpose="retention", connection="connected"
    )
    return found.filter(happened_at__gte=_start_of(case.alarmed_on)).count()


def counted(client_id: str) -> QuerySet[Contact]:
    """Contacts as they stand: one that was corrected counts in its correction."""
    return Contact.objects.filter(client_id=client_id, corrections__isnull=True)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


# --- one check for each limit ---------------------------------------------------------------------


def _on_file(limit: Limit) -> Callable[[Asked], Iterator[Text]]:
    return lambda asked: (why for found, why in barred.for_good(asked.client) if found == limit)


def _left(asked: Asked) -> Iterator[Text]:
    if left([asked.client.client_id]):
        yield _LEFT


def _leaving(asked: Asked) -> Iterator[Text]:
    if asked.leaves:
        yield _LEAVING


def _declined(asked: Asked) -> Iterator[Text]:
    if declined_bars(asked.declined_on, asked.day):
        yield _DECLINED.format(day=asked.declined_on, months=limits().declined.months)


def _suspended(asked: Asked) -> Iterator[Text]:
    case = asked.working.get("retention")
    if case and case.suspended_why:
        yield SUSPENSIONS[case.suspended_why]  # type: ignore[index]  # a CharField is no Literal
    elif "complaint" in asked.working:
        yield SUSPENSIONS["complaint"]


def _hours(asked: Asked) -> Iterator[Text]:
    hours = limits().hours
    if not hours.first <= asked.at.hour < hours.last:
        yield _HOURS.format(first=hours.first, last=hours.last)


def _attempts(asked: Asked) -> Iterator[Text]:
    figures = limits().attempts
    if (made := attempts_of(asked)) >= figures.most:
        yield _ATTEMPTS.format(days=figures.days, made=made, most=figures.most)


def _effective(asked: Asked) -> Iterator[Text]:
    if (made := effective_of(asked)) >= limits().effective.most:
        yield _EFFECTIVE.format(made=made, most=limits().effective.most)


CHECKS: dict[Limit, Callable[[Asked], Iterator[Text]]] = {
    "closed": _on_file("closed"),
    "left": _left,
    "out": _on_file("out"),
    "leaving": _leaving,
    "do_not_contact": _on_file("do_not_contact"),
    "consent": _on_file("consent"),
    "scoring": _on_file("scoring"),
    "declined": _declined,
    "suspended": _suspended,
    "hours": _hours,
    "attempts": _attempts,
    "effective": _effective,
}

_LEFT = Text(
    zh="客户已经转出或销户：照常服务，不再作挽留联系。",
    en="The client has moved away or closed the account: served as ever, but no retention contact.",
)
_LEAVING = Text(
    zh="客户正在办理离开：不作挽留联系。客户愿意听，才可在受理处谈一次。",
    en="The client is leaving: no retention contact. One talk at the desk, and only if the client agrees.",
)
_DECLINED = Text(
    zh="客户 {day} 表示不需要：{months} 个月内不再主动联系。",
    en="The client said on {day} that this is not wanted: nobody calls for {months} months.",
)
_HOURS = Text(
    zh="只在 {first}:00–{last}:00 之间联系客户。",
    en="Clients are contacted between {first}:00 and {last}:00 only.",
)
_ATTEMPTS = Text(
    zh="最近 {days} 天已主动联系 {made} 次（上限 {most} 次），请过几天再联系。",
    en="{made} outbound attempts in the last {days} days (at most {most}): wait some days.",
)
_EFFECTIVE = Text(
    zh="这次预警已有效沟通 {made} 次（上限 {most} 次），不再作挽留联系。",
    en="{made} effective talks for this alarm (at most {most}): no further retention contact.",
)
