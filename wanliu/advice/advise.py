"""Advice for one client on one day: what comes first, likely reasons, methods, words, materials, next step.

The same book, day, content and question give the same advice; every item used is named with its version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wanliu.advice.client import Client, Row
from wanliu.advice.fill import Filled, fields_of, filled
from wanliu.advice.offers import Excluded, offers_of
from wanliu.advice.stops import EXIT_REQUESTS, OUTREACH, SILENCING, Stop, cautions_of, is_leaving, stops_of
from wanliu.book.calendar import Calendar
from wanliu.compliance.lint import Linter, Verdict
from wanliu.playbook.items import Channel, Item, Material, Method, Moment, Principle, Script, Stage
from wanliu.playbook.load import Playbook
from wanliu.reasons.signs import Observed, Weighed
from wanliu.reasons.together import Ranking, rank
from wanliu.reasons.words import Diagnosis
from wanliu.text import Text

NAMED = 3
"""So many of the first reasons count as likely; methods must fit one of them."""
WORTH_NAMING = 0.10
"""A later reason is named where it has at least this share."""
FOLLOW_UP_WITHIN = timedelta(days=30)
"""A talk within this time makes the next one a follow-up."""
EXIT_DAYS, COMPLAINT_DAYS, FOLLOW_UP_DAYS = 2, 1, 3
"""Trading days: for an exit whose conditions are met, for the answer to a complaint, to the next talk."""
COMPLAINT_REASON = "service"
WORDS_WITHIN = timedelta(days=180)
"""What was said longer ago speaks of another time."""

MATERIALS_FOR: dict[str, frozenset[str]] = {
    "brand_facts": frozenset({"brand_fact"}),
    "service_facts": frozenset({"service"}),
    "service_examples": frozenset({"service"}),
    "named_adviser": frozenset({"service"}),
    "remote_service": frozenset({"service"}),
    "teaching_not_tips": frozenset({"research", "risk_notice"}),
    "account_diagnosis": frozenset({"service", "risk_notice"}),
    "risk_disclosure": frozenset({"risk_notice"}),
    "commission_arithmetic": frozenset({"tariff"}),
    "published_standard_commission": frozenset({"tariff"}),
}
"""The kinds of material that go with a method."""


@dataclass(frozen=True)
class Words:
    """The filled script; not ``usable`` where a guard stops it, with the reason in ``why``."""

    filled: Filled
    verdict: Verdict
    usable: bool
    why: Text | None


@dataclass(frozen=True)
class Advice:
    """All that the person before the client needs; ``used``: id, version and hash of each item of content."""

    client: Client
    stage: Stage
    channel: Channel
    moment: Moment
    stops: tuple[Stop, ...]
    cautions: tuple[Text, ...]
    ranking: Ranking
    likely: tuple[Weighed, ...]
    names: Mapping[str, Text]
    """Reason → its name."""
    offered: tuple[Method, ...]
    excluded: tuple[Excluded, ...]
    words: Words | None
    materials: tuple[Material, ...]
    principles: tuple[Principle, ...]
    speaker: Text
    next_step: Text
    next_on: date | None
    questions: tuple[Text, ...]
    used: tuple[str, ...]


def advise(
    client: Client,
    seen: Iterable[Observed],
    playbook: Playbook,
    calendar: Calendar,
    linter: Linter,
    *,
    said: Diagnosis | None = None,
    stage: Stage = "normal",
    channel: Channel = "counter",
    staff: Row | None = None,
) -> Advice:
    """The advice; ``said`` is what the client's own words were heard as, ``staff`` who talks."""
    stops = stops_of(client, stage=stage, channel=channel)
    stage = "exit" if is_leaving(stops) else stage
    ranking = rank(playbook.reasons, seen, said)
    likely = _likely(ranking)
    about = [one.reason for one in likely]
    offers = offers_of(playbook, reasons=about, stops=stops, stage=stage, channel=channel)
    moment = _moment(client, stage)
    materials = _materials(playbook, offers.offered, client.as_of, stops)
    done_by = _after(calendar, client.as_of, EXIT_DAYS) if stage == "exit" else None
    fields = fields_of(client, done_by=done_by, staff=staff, material=next(iter(materials), None))
    script = _script(playbook, about, stops, offers.barred, channel, moment)
    words = _words(filled(script, fields), offers.barred, linter, stops) if script else None
    principles = tuple(one for one in playbook.principles.values() if moment in one.moments)
    step, days = _next(stops, offers.offered, channel)
    used: list[Item] = [*(playbook.reasons[one] for one in about), *offers.offered, *materials, *principles]
    return Advice(
        client=client,
        stage=stage,
        channel=channel,
        moment=moment,
        stops=stops,
        cautions=cautions_of(client),
        ranking=ranking,
        likely=likely,
        names={id: item.name for id, item in playbook.reasons.items()},
        offered=offers.offered,
        excluded=offers.excluded,
        words=words,
        materials=materials,
        principles=principles,
        speaker=_SPEAKER_AT_COUNTER if channel == "counter" else _SPEAKER,
        next_step=step,
        next_on=None if days is None else _after(calendar, client.as_of, days),
        questions=tuple(playbook.reasons[one].first_question for one in about[:1]) or (_OPEN_QUESTION,),
        used=_used(playbook, [*used, *([script] if script else [])]),
    )


def _likely(ranking: Ranking) -> tuple[Weighed, ...]:
    if ranking.unknown:
        return ()
    first, *others = ranking.reasons[:NAMED]
    return first, *(one for one in others if one.probability >= WORTH_NAMING)


def _moment(client: Client, stage: Stage) -> Moment:
    if stage == "exit":
        return "exit"
    since = client.as_of - FOLLOW_UP_WITHIN
    talked = any(one["effective"] and one["date"] > since for one in client.contacts or ())
    return "follow_up" if talked else "first"


def _script(
    playbook: Playbook,
    about: Sequence[str],
    stops: Sequence[Stop],
    barred: frozenset[str],
    channel: Channel,
    moment: Moment,
) -> Script | None:
    """That of the likeliest reason, or of the next that needs nothing barred; of a complaint, its own.

    None where no reason is named: words about a fault or an employer that nobody mentioned would be invented.
    Nobody who is out and does not leave gets one.
    """
    kinds = {stop.kind for stop in stops}
    if "out" in kinds and "exit" not in kinds:
        return None
    reasons = list(about)
    if "complaint" in kinds and moment != "exit":
        reasons = [COMPLAINT_REASON]
    ids = (f"{reason}.{channel}.{moment}" for reason in reasons)
    found = [playbook.scripts[id] for id in ids if id in playbook.scripts]
    return next((one for one in found if not barred & set(one.methods)), next(iter(found), None))


def _words(text: Filled, barred: frozenset[str], linter: Linter, stops: Sequence[Stop]) -> Words:
    """The guard: no word goes out that the linter blocks, or that needs a method barred for this client."""
    verdict = linter.lint(text.text.zh, stage=text.script.stage)
    if needed := sorted(barred & set(text.script.methods)):
        return Words(text, verdict, usable=False, why=_NEEDS_BARRED.format(methods="、".join(needed)))
    silent = text.script.channel in OUTREACH and any(stop.kind in SILENCING for stop in stops)
    if silent and not is_leaving(stops):
        return Words(text, verdict, usable=False, why=_NO_OUTREACH)
    if verdict.verdict == "block":
        return Words(text, verdict, usable=False, why=_BLOCKED)
    return Words(text, verdict, usable=True, why=None)


def _materials(
    playbook: Playbook, offered: Sequence[Method], on: date, stops: Sequence[Stop]
) -> tuple[Material, ...]:
    """What goes with the offered methods and is valid on the day; nothing promotes where that is barred."""
    kinds = frozenset().union(*(MATERIALS_FOR.get(method.id, frozenset()) for method in offered))
    if any(stop.kind in ("contract_only", "complaint", "out") for stop in stops):
        kinds &= {"tariff", "risk_notice"}
    found = (one for one in playbook.materials.values() if one.kind in kinds and one.is_valid(on))
    return tuple(sorted(found, key=lambda one: (one.kind, one.id)))


def _next(stops: Sequence[Stop], offered: Sequence[Method], channel: Channel) -> tuple[Text, int | None]:
    kinds = {stop.kind for stop in stops}
    if "exit" in kinds:
        return _ACCEPT, EXIT_DAYS
    if "out" in kinds:
        return _NOTHING, None
    if "complaint" in kinds:
        return _ANSWER, COMPLAINT_DAYS
    if channel in OUTREACH and kinds.intersection(SILENCING):
        return _WAIT, None
    return (_TALK if offered else _ASK), FOLLOW_UP_DAYS


def _after(calendar: Calendar, day: date, trading_days: int) -> date:
    """The n-th trading day after; weekdays where the calendar ends before it."""
    later = calendar.between(day + timedelta(days=1), calendar.last)
    if len(later) >= trading_days:
        return later[trading_days - 1]
    found = day
    for _ in range(trading_days):
        found += timedelta(days=1)
        while found.isoweekday() > FRIDAY:
            found += timedelta(days=1)
    return found


FRIDAY = 5


def _used(playbook: Playbook, items: Iterable[Item]) -> tuple[str, ...]:
    named = {f"{item.folder}/{item.id}": item.version for item in items}
    return tuple(f"{id}@{version}:{playbook.hashes[id][:12]}" for id, version in sorted(named.items()))


def words_asked(client: Client) -> str | None:
    """The words of the latest request to leave or complaint of the last half year, if the book has them."""
    since = client.as_of - WORDS_WITHIN
    asked = client.asked(*EXIT_REQUESTS, "complaint")
    found = (one["text"] for one in asked if one["text"] and one["date"] > since)
    return next(found, None)


_OPEN_QUESTION = Text(
    zh="您愿意说说是什么事让您有这个想法吗？不说也行，要办什么我照样给您办。",
    en="Would you tell me what brought you to this? You need not; what you came for is done all the same.",
)
_SPEAKER_AT_COUNTER = Text(
    zh="由服务人员（投资顾问或客户经理）来谈；账户岗只办手续，不谈挽留",
    en="a service adviser talks; the account clerk handles the paperwork and does not talk retention",
)
_SPEAKER = Text(zh="由该客户的服务人员联系", en="the client's own service adviser makes contact")
_ACCEPT = Text(
    zh="现在受理离开申请；条件齐备后两个交易日内办结，客户愿意听才谈别的",
    en="take the request to leave now; done within two trading days once conditions are met; "
    "talk of anything else only if the client wishes",
)
_NOTHING = Text(zh="不联系、不挽留", en="no contact, no retention")
_ANSWER = Text(zh="登记投诉并给出答复", en="record the complaint and give an answer")
_WAIT = Text(zh="本次不联系；客户自己来时再办", en="no contact now; serve the client when the client comes")
_TALK = Text(zh="谈一次，记下结果和答应的事", en="talk once, note the outcome and what was promised")
_ASK = Text(zh="先问清原因", en="ask for the reason first")
_NEEDS_BARRED = Text(
    zh="这段话要用到今天不能用的方法：{methods}",
    en="these words need a method that is barred today: {methods}",
)
_NO_OUTREACH = Text(
    zh="不主动联系，所以没有可发的话术", en="nobody calls or writes, so there are no words to send"
)
_BLOCKED = Text(zh="合规检查拦下了这段话", en="the compliance check blocks these words")
