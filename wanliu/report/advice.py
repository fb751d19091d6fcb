"""Advice in the terminal and as JSON: what an adviser must grasp in ten seconds comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Styled

from wanliu.advice.advise import Advice
from wanliu.advice.figures import day
from wanliu.advice.fill import FIELD_NAMES
from wanliu.advice.offers import Excluded
from wanliu.playbook.items import Channel, Method, Moment
from wanliu.reasons.signs import Piece, Weighed
from wanliu.text import Language, Text

METHODS_SHOWN = 6
"""Methods shown with their first step; of the others the name."""
EVIDENCE_SHOWN = 3
"""Pieces of evidence shown for and against each reason."""
CHANNELS: dict[Channel, Text] = {
    "counter": Text(zh="柜台", en="counter"),
    "phone": Text(zh="电话", en="phone"),
    "message": Text(zh="短信或企微", en="message"),
}
MOMENTS: dict[Moment, Text] = {
    "first": Text(zh="首次接触", en="first contact"),
    "exit": Text(zh="提出离开", en="asking to leave"),
    "follow_up": Text(zh="回访", en="follow-up"),
}


class Shown:
    """Prints advice to a console in one language."""

    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language = language

    def show(self, advice: Advice) -> None:
        self._head(advice)
        self._stops(advice)
        self._section(_REASONS)
        self._line(advice.ranking.sentence.to(self.language))
        for weighed in advice.likely:
            self._reason(advice, weighed)
        for question in advice.questions:
            self._line(f"{_ASK.to(self.language)}{question.to(self.language)}")
        self._section(_OFFERED)
        for number, method in enumerate(advice.offered[:METHODS_SHOWN], start=1):
            self._line(f"{number}. {self._method(method)}")
        if more := advice.offered[METHODS_SHOWN:]:
            names = _COMMA.to(self.language).join(method.name.to(self.language) for method in more)
            self._line(f"{_MORE.to(self.language)}{names}")
        self._words(advice)
        self._listed(_MATERIALS, (f"{m.title.to(self.language)} ({m.source})" for m in advice.materials))
        self._listed(_PRINCIPLES, (one.check.to(self.language) for one in advice.principles))
        self._next(advice)
        self._excluded(advice.excluded)
        self.console.print(Styled(_USED.format(number=len(advice.used)).to(self.language), style="dim"))

    def _head(self, advice: Advice) -> None:
        head = _HEAD.format(
            client=advice.client.id,
            day=day(advice.client.as_of),
            channel=CHANNELS[advice.channel],
            moment=MOMENTS[advice.moment],
        )
        self.console.print(Styled(head.to(self.language), style="bold"))
        self._line(advice.speaker.to(self.language))

    def _stops(self, advice: Advice) -> None:
        for stop in advice.stops:
            self.console.print(Padding(Styled(f"■ {stop.why.to(self.language)}", style="bold red"), (0, 2)))
        for caution in advice.cautions:
            self.console.print(Padding(Styled(f"△ {caution.to(self.language)}", style="yellow"), (0, 2)))

    def _reason(self, advice: Advice, weighed: Weighed) -> None:
        name = advice.names[weighed.reason].to(self.language)
        self._line(f"{weighed.probability:>4.0%}  {name}", bold=True)
        self._pieces("＋", weighed.speaks_for)
        self._pieces("－", weighed.speaks_against)

    def _pieces(self, sign: str, pieces: tuple[Piece, ...]) -> None:
        for piece in pieces[:EVIDENCE_SHOWN]:
            told, why = piece.observed.told.to(self.language), piece.why.to(self.language)
            self._line(f"{sign} {told}: {why} ×{piece.times:g}", left=8)

    def _method(self, method: Method) -> str:
        name, when = method.name.to(self.language), method.steps[0].to(self.language)
        approver = "" if method.approver == "none" else _APPROVAL[method.approver].to(self.language)
        return f"{name}{approver}: {when}"

    def _words(self, advice: Advice) -> None:
        self._section(_WORDS)
        words = advice.words
        if words is None or not words.usable:
            self._line(((words and words.why) or _NO_WORDS).to(self.language))
            self._steps(advice.offered[:1])
        else:
            text = Styled(words.filled.text.to(self.language))
            self.console.print(Padding(text, (0, 4)))
            if words.filled.to_fill:
                names = (FIELD_NAMES[name].to(self.language) for name in words.filled.to_fill)
                self._line(_TO_FILL.to(self.language) + _COMMA.to(self.language).join(names))

    def _steps(self, first: Iterable[Method]) -> None:
        """Where there are no words, what to do: the steps of the first method."""
        for method in first:
            for number, step in enumerate(method.steps, start=1):
                self._line(f"{number}) {step.to(self.language)}", left=4)

    def _next(self, advice: Advice) -> None:
        self._section(_NEXT)
        on = "" if advice.next_on is None else _BY.format(day=day(advice.next_on)).to(self.language)
        self._line(advice.next_step.to(self.language) + on)

    def _excluded(self, excluded: Iterable[Excluded]) -> None:
        self._section(_EXCLUDED)
        for why, names in _by_reason(excluded, self.language).items():
            self.console.print(
                Padding(Styled(f"{why}: {_COMMA.to(self.language).join(names)}", style="dim"), (0, 2))
            )

    def _listed(self, title: Text, lines: Iterable[str]) -> None:
        listed = list(lines)
        if listed:
            self._section(title)
            for line in listed:
                self._line(f"· {line}")

    def _section(self, title: Text) -> None:
        self.console.print()
        self.console.print(Styled(title.to(self.language), style="bold cyan"))

    def _line(self, words: str, *, left: int = 2, bold: bool = False) -> None:
        self.console.print(Padding(Styled(words, style="bold" if bold else ""), (0, 0, 0, left)))


def as_json(advice: Advice, language: Language) -> dict[str, Any]:
    """The whole advice as plain values; the same advice gives the same text."""
    words = advice.words
    return {
        "client_id": advice.client.id,
        "as_of": advice.client.as_of.isoformat(),
        "stage": advice.stage,
        "channel": advice.channel,
        "moment": advice.moment,
        "speaker": advice.speaker.to(language),
        "stops": [{"kind": stop.kind, "why": stop.why.to(language)} for stop in advice.stops],
        "cautions": [caution.to(language) for caution in advice.cautions],
        "unknown": advice.ranking.unknown,
        "sentence": advice.ranking.sentence.to(language),
        "reasons": [_weighed(one, language) for one in advice.ranking.reasons],
        "questions": [one.to(language) for one in advice.questions],
        "offered": [_method(one, language) for one in advice.offered],
        "excluded": [
            {"id": one.method.id, "why": one.why.to(language), "barred": one.barred}
            for one in advice.excluded
        ],
        "script": None
        if words is None
        else {
            "id": words.filled.script.id,
            "usable": words.usable,
            "why": words.why and words.why.to(language),
            "text": words.filled.text.to(language) if words.usable else None,
            "to_fill": list(words.filled.to_fill),
            "verdict": words.verdict.verdict,
        },
        "materials": [{"id": one.id, "title": one.title.to(language)} for one in advice.materials],
        "principles": [{"id": one.id, "check": one.check.to(language)} for one in advice.principles],
        "next_step": advice.next_step.to(language),
        "next_on": advice.next_on and advice.next_on.isoformat(),
        "used": list(advice.used),
    }


def _weighed(weighed: Weighed, language: Language) -> dict[str, Any]:
    pieces = (("for", weighed.speaks_for), ("against", weighed.speaks_against))
    told = {name: [*_told(found, language)] for name, found in pieces}
    return {"id": weighed.reason, "probability": round(weighed.probability, 6), **told}


def _told(pieces: Iterable[Piece], language: Language) -> Iterator[dict[str, Any]]:
    for piece in pieces:
        told, why = piece.observed.told.to(language), piece.why.to(language)
        yield {"sign": piece.observed.sign, "told": told, "why": why, "times": piece.times}


def _method(method: Method, language: Language) -> dict[str, Any]:
    steps = [step.to(language) for step in method.steps]
    return {"id": method.id, "name": method.name.to(language), "steps": steps, "approver": method.approver}


def _by_reason(excluded: Iterable[Excluded], language: Language) -> dict[str, list[str]]:
    """Why → names; the legal reasons of retired methods stand in the reference and in the JSON."""
    found: dict[str, list[str]] = {}
    for one in excluded:
        why = _RETIRED if one.method.standing == "retired" else one.why
        found.setdefault(why.to(language), []).append(one.method.name.to(language))
    return found


_HEAD = Text(
    zh="客户 {client} · {day.zh} · {channel.zh} · {moment.zh}",
    en="Client {client} · {day.en} · {channel.en} · {moment.en}",
)
_REASONS = Text(zh="可能的原因", en="Likely reasons")
_ASK = Text(zh="先问：", en="Ask first: ")
_OFFERED = Text(zh="今天可以做", en="What may be done today")
_APPROVAL = {
    "branch_head": Text(zh="（须营业部负责人批准）", en=" (the branch head approves)"),
    "compliance": Text(zh="（须合规批准）", en=" (compliance approves)"),
    "head_office": Text(zh="（须总部批准）", en=" (head office approves)"),
}
_MORE = Text(zh="另有：", en="Also: ")
_WORDS = Text(zh="可以这样说", en="Words")
_NO_WORDS = Text(zh="没有可用的话术", en="There are no words to use")
_TO_FILL = Text(zh="还须填入：", en="Still to fill: ")
_COMMA = Text(zh="、", en=", ")
_MATERIALS = Text(zh="材料", en="Materials")
_PRINCIPLES = Text(zh="开口之前", en="Before you speak")
_NEXT = Text(zh="下一步", en="Next step")
_BY = Text(zh="（{day.zh}前）", en=" (by {day.en})")
_EXCLUDED = Text(zh="今天不用，及原因", en="Not today, and why")
_RETIRED = Text(zh="已停用，任何人批准都不能用", en="retired: no approval makes them usable")
_USED = Text(
    zh="用到内容 {number} 项，版本见 --format json",
    en="{number} items of content used; versions: --format json",
)
