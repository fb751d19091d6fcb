"""Which methods this client may be offered today, and why not each of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from wanliu.advice.stops import OUTREACH, SILENCING, Kind, Stop
from wanliu.playbook.items import REASONS, Channel, Method, Stage
from wanliu.playbook.load import Playbook
from wanliu.text import Text

ANSWERS: dict[str, Kind] = {"exit_help": "exit", "complaint_handling": "complaint"}
"""The methods that take up what the client asked for, in the order of duty: no stop bars them."""

FITS_NEARLY_ALL = len(REASONS) - 1
"""While no reason is known, only what fits so many of the eleven is offered."""


@dataclass(frozen=True)
class Excluded:
    """A method not offered, and the first reason why. ``barred``: by law or a stop, not a mere misfit."""

    method: Method
    why: Text
    barred: bool


@dataclass(frozen=True)
class Offers:
    offered: tuple[Method, ...]
    excluded: tuple[Excluded, ...]

    @property
    def barred(self) -> frozenset[str]:
        return frozenset(one.method.id for one in self.excluded if one.barred)


def offers_of(
    playbook: Playbook,
    *,
    reasons: Sequence[str],
    stops: Collection[Stop],
    stage: Stage,
    channel: Channel,
) -> Offers:
    """``reasons``: the ids that this may be about, the likeliest first; their methods fit, and no others.

    While none is known, only what fits nearly all of them does.

    By this signature no level, score or value of the client can reach an offer, least of all one about price.
    """
    fitting = {method for reason in reasons for method in playbook.reasons[reason].methods}
    if not reasons:
        fitting = {id for id, method in playbook.methods.items() if len(method.fits) >= FITS_NEARLY_ALL}
    judged = {
        method.id: _barred(method, stops, channel)
        or _retired(method)
        or _unfit(method, fitting, stage, channel)
        for method in playbook.methods.values()
    }
    order = _order(playbook, reasons, stops)
    offered = [playbook.methods[id] for id in order if judged[id] is None]
    excluded = [
        Excluded(playbook.methods[id], found[0], barred=found[1])
        for id, found in sorted(judged.items())
        if found
    ]
    return Offers(tuple(offered), tuple(excluded))


Verdict = tuple[Text, bool] | None


def _retired(method: Method) -> Verdict:
    if method.standing != "retired":
        return None
    assert method.legal_reason is not None, "a retired method names its legal reason"
    basis = "、".join(method.basis)
    return _RETIRED.format(reason=method.legal_reason, basis=basis), True


def _barred(method: Method, stops: Collection[Stop], channel: Channel) -> Verdict:
    """By the stops; leaving and complaining can be taken up whatever else holds."""
    if method.standing == "retired":
        return None
    kinds = {stop.kind: stop.why for stop in stops}
    if any(method.id == one and kind in kinds for one, kind in ANSWERS.items()):
        return None
    bars: list[Kind] = ["out", "complaint"]
    if channel in OUTREACH:
        bars += SILENCING
    if method.purpose == "marketing":
        bars.append("contract_only")
    return next(((kinds[kind], True) for kind in bars if kind in kinds), None)


def _unfit(method: Method, fitting: set[str], stage: Stage, channel: Channel) -> Verdict:
    if stage not in method.stages:
        return (_NOT_AT_EXIT if stage == "exit" else _ONLY_AT_EXIT), False
    if channel not in method.channels:
        return _NOT_HERE, False
    if method.id not in fitting | ANSWERS.keys():
        return _FITS_NONE, False
    return None


def _order(playbook: Playbook, reasons: Sequence[str], stops: Collection[Stop]) -> list[str]:
    """Leaving first, then the complaint, then as the reasons name their methods, then the others."""
    kinds = {stop.kind for stop in stops}
    first = [id for id, kind in ANSWERS.items() if kind in kinds]
    named = [method for reason in reasons for method in playbook.reasons[reason].methods]
    return list(dict.fromkeys([*first, *named, *sorted(playbook.methods)]))


_RETIRED = Text(zh="已停用：{reason.zh}（{basis}）", en="retired: {reason.en} ({basis})")
_NOT_AT_EXIT = Text(zh="客户正在离开，不适用", en="not while the client is leaving")
_ONLY_AT_EXIT = Text(zh="客户没有提出离开", en="the client has not asked to leave")
_NOT_HERE = Text(zh="不适合这个渠道", en="not on this channel")
_FITS_NONE = Text(zh="不对应已知的原因", en="fits no reason that is known")
