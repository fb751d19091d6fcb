"""The track of a commission request: its states, the moves between them, and who may make each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from wanliu.errors import Refused
from wanliu.text import Text

State = Literal["requested", "granted", "refused", "answered", "withdrawn"]
Verb = Literal["grant", "refuse", "answer", "withdraw"]
Decision = Literal["granted", "refused"]
RefusedFor = Literal["criteria_not_met", "facts_wrong", "account_not_normal", "other"]
EndedFor = Literal["criteria_not_met", "client_asked", "superseded", "expired"]

STATES: Final[Mapping[State, Text]] = {
    "requested": Text(zh="待决定", en="Waiting for the decision"),
    "granted": Text(zh="已同意，待答复客户", en="Granted, to be told"),
    "refused": Text(zh="未同意，待答复客户", en="Refused, to be told"),
    "answered": Text(zh="已书面答复", en="Answered in writing"),
    "withdrawn": Text(zh="客户已撤回", en="Withdrawn by the client"),
}
FINAL: Final[tuple[State, ...]] = ("answered", "withdrawn")
OPEN: Final[tuple[State, ...]] = tuple(state for state in STATES if state not in FINAL)
DECIDED: Final[tuple[Decision, ...]] = ("granted", "refused")


@dataclass(frozen=True)
class Step:
    """What a move is called, the event that it leaves, and the matrix's action."""

    name: Text
    event: str
    action: str


STEPS: Final[Mapping[Verb, Step]] = {
    "grant": Step(Text(zh="同意", en="grant it"), "commission_granted", "concessions.decide"),
    "refuse": Step(Text(zh="不同意", en="refuse it"), "commission_refused", "concessions.decide"),
    "answer": Step(Text(zh="书面答复", en="answer in writing"), "commission_answered", "concessions.answer"),
    "withdraw": Step(
        Text(zh="客户撤回", en="withdraw for the client"), "commission_withdrawn", "concessions.request"
    ),
}
MOVES: Final[Mapping[tuple[Verb, State], State]] = {
    ("grant", "requested"): "granted",
    ("refuse", "requested"): "refused",
    ("answer", "granted"): "answered",
    ("answer", "refused"): "answered",
    **{("withdraw", state): "withdrawn" for state in OPEN},
}

REFUSALS: Final[Mapping[RefusedFor, Text]] = {
    "criteria_not_met": Text(
        zh="暂不符合该档公示的条件", en="the published criteria of the tier are not met"
    ),
    "facts_wrong": Text(
        zh="申请所依据的数据有误，请重新提交", en="the figures were wrong; please apply again"
    ),
    "account_not_normal": Text(zh="账户状态不正常，需先处理", en="the account must be put in order first"),
    "other": Text(zh="其他原因", en="for another reason"),
}
ENDS: Final[Mapping[EndedFor, Text]] = {
    "criteria_not_met": Text(zh="复核时不再符合条件", en="the criteria were not met at the review"),
    "client_asked": Text(zh="客户要求", en="the client asked for it"),
    "superseded": Text(zh="由新的优惠取代", en="another concession took its place"),
    "expired": Text(zh="到期", en="it ran out"),
}


def can_move(verb: Verb, state: State) -> bool:
    return (verb, state) in MOVES


def check_move(verb: Verb, state: State) -> State:
    """The state after the move. Raises Refused with what may be done instead."""
    if found := MOVES.get((verb, state)):
        return found
    may = [STEPS[one].name for one in STEPS if can_move(one, state)]
    if not may:
        raise Refused(_OVER.format(state=STATES[state]))
    names = Text(zh="、".join(one.zh for one in may), en=", ".join(one.en for one in may))
    raise Refused(_NOT_NOW.format(state=STATES[state], verb=STEPS[verb].name, may=names))


_OVER = Text(
    zh="这项申请已经结束（{state.zh}），不能再更改。客户可以重新申请。",
    en="This request is over ({state.en}) and cannot be changed. The client may apply again.",
)
_NOT_NOW = Text(
    zh="现在是「{state.zh}」，不能「{verb.zh}」。可以做的是：{may.zh}。",
    en="It stands at “{state.en}”: it is not possible to {verb.en} now. What may be done: {may.en}.",
)
