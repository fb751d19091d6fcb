"""The track of an exit: its states, the moves between them, and who may make each. A test proves it whole.

A move asks for the exit's own state and its own conditions, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from wanliu.errors import Refused
from wanliu.text import Text

Kind = Literal["close_account", "transfer_custody", "revoke_designation"]
State = Literal[
    "requested",
    "identity_checked",
    "conditions_listed",
    "conditions_open",
    "ready",
    "submitted",
    "done",
    "withdrawn_by_client",
]
Verb = Literal[
    "check_identity",
    "list_conditions",
    "add_condition",
    "clear_condition",
    "mark_ready",
    "submit",
    "finish",
    "withdraw",
    "learn_done",
]
Waits = Literal["us", "conditions", "exchange", "nobody"]
Left = Literal["none", "some", "any"]

KINDS: Final[Mapping[Kind, Text]] = {
    "close_account": Text(zh="销户", en="Closing the account"),
    "transfer_custody": Text(zh="转托管", en="Transfer of custody"),
    "revoke_designation": Text(zh="撤销指定", en="Revoking the designation"),
}


@dataclass(frozen=True)
class Standing:
    """A state: its name, what an exit in it waits for, and how many trading days our own step may take."""

    name: Text
    waits_for: Waits
    within: int | None = None


STATUTORY_DAYS: Final = 2
"""Trading days from ready to done (证券经纪业务管理办法: two trading days after request and settlement)."""
OUR_DAYS: Final = 1
"""Trading days that one of our own steps may take before branch head and compliance hear of it."""

STATES: Final[Mapping[State, Standing]] = {
    "requested": Standing(Text(zh="已受理", en="Requested"), "us", OUR_DAYS),
    "identity_checked": Standing(Text(zh="身份已核对", en="Identity checked"), "us", OUR_DAYS),
    "conditions_listed": Standing(Text(zh="条件已列明", en="Conditions listed"), "us", OUR_DAYS),
    "conditions_open": Standing(Text(zh="尚有条件待消除", en="Conditions open"), "conditions"),
    "ready": Standing(Text(zh="可以办理", en="Ready"), "us", STATUTORY_DAYS),
    "submitted": Standing(Text(zh="已报送", en="Submitted"), "exchange", STATUTORY_DAYS),
    "done": Standing(Text(zh="已办结", en="Done"), "nobody"),
    "withdrawn_by_client": Standing(Text(zh="客户已撤回", en="Withdrawn by the client"), "nobody"),
}
FINAL: Final[tuple[State, ...]] = ("done", "withdrawn_by_client")
OPEN: Final[tuple[State, ...]] = tuple(state for state in STATES if state not in FINAL)
ON_THE_CLOCK: Final[tuple[State, ...]] = ("ready", "submitted")
"""Where the statutory two trading days run."""
WAITS: Final[Mapping[Waits, Text]] = {
    "us": Text(zh="本公司", en="us"),
    "conditions": Text(zh="账户条件", en="the account's conditions"),
    "exchange": Text(zh="交易所、中国结算", en="exchange and clearing house"),
    "nobody": Text(zh="—", en="—"),
}


@dataclass(frozen=True)
class Step:
    """What a move is called, the event that it leaves, and the matrix's action; None: the book's alone."""

    name: Text
    event: str
    action: str | None


STEPS: Final[Mapping[Verb, Step]] = {
    "check_identity": Step(Text(zh="核对身份", en="check the identity"), "identity_checked", "exits.advance"),
    "list_conditions": Step(
        Text(zh="列明条件", en="list the conditions"), "conditions_listed", "exits.advance"
    ),
    "add_condition": Step(Text(zh="补列条件", en="add a condition"), "condition_added", "exits.advance"),
    "clear_condition": Step(
        Text(zh="消除条件", en="clear a condition"), "condition_cleared", "exits.advance"
    ),
    "mark_ready": Step(Text(zh="确认可以办理", en="mark as ready"), "made_ready", "exits.advance"),
    "submit": Step(Text(zh="报送", en="submit"), "submitted", "exits.advance"),
    "finish": Step(Text(zh="办结", en="finish"), "finished", "exits.advance"),
    "withdraw": Step(Text(zh="客户撤回", en="withdraw for the client"), "withdrawn", "exits.withdraw"),
    "learn_done": Step(
        Text(zh="由账簿得知已办结", en="learn from the book that it is done"), "done_learned", None
    ),
}


@dataclass(frozen=True)
class Move:
    """One way from state to state. ``left``: whether conditions must be open, or none may be, afterwards."""

    verb: Verb
    before: State
    after: State
    left: Left = "any"


MOVES: Final[tuple[Move, ...]] = (
    Move("check_identity", "requested", "identity_checked"),
    Move("list_conditions", "identity_checked", "conditions_listed", "none"),
    Move("list_conditions", "identity_checked", "conditions_open", "some"),
    Move("add_condition", "conditions_listed", "conditions_open", "some"),
    Move("add_condition", "conditions_open", "conditions_open", "some"),
    # the client traded again, or the exchange sent it back: said so at once, and told to those who watch
    Move("add_condition", "ready", "conditions_open", "some"),
    Move("add_condition", "submitted", "conditions_open", "some"),
    Move("clear_condition", "conditions_open", "conditions_open", "some"),
    Move("clear_condition", "conditions_open", "conditions_listed", "none"),
    Move("mark_ready", "conditions_listed", "ready", "none"),
    Move("submit", "ready", "submitted", "none"),
    Move("finish", "submitted", "done", "none"),
    *(Move("withdraw", state, "withdrawn_by_client") for state in OPEN),
    *(Move("learn_done", state, "done") for state in OPEN),
)


def moves_from(state: State) -> tuple[Move, ...]:
    return tuple(move for move in MOVES if move.before == state)


def can_move(verb: Verb, state: State, *, some_left: bool | None = None) -> bool:
    """Whether the move is there; ``some_left``: whether conditions stay open, None where undecided."""
    return _find(verb, state, some_left) is not None


def check_move(verb: Verb, state: State, *, some_left: bool) -> State:
    """The state after the move. Raises Refused with what may be done instead."""
    if found := _find(verb, state, some_left):
        return found.after
    if state in FINAL:
        raise Refused(_OVER.format(state=STATES[state].name))
    raise Refused(_NOT_NOW.format(state=STATES[state].name, verb=STEPS[verb].name, may=_may(state)))


def _find(verb: Verb, state: State, some_left: bool | None) -> Move | None:
    wanted = {None: ("any", "none", "some"), True: ("any", "some"), False: ("any", "none")}[some_left]
    return next((move for move in moves_from(state) if move.verb == verb and move.left in wanted), None)


def _may(state: State) -> Text:
    """What people may do from here, in words."""
    verbs = dict.fromkeys(move.verb for move in moves_from(state) if STEPS[move.verb].action)
    names = [STEPS[verb].name for verb in verbs]
    return Text(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))


_OVER = Text(
    zh="这项申请已经结束（{state.zh}），不能再更改。客户如需再次办理，请新受理一项。",
    en="This exit is over ({state.en}) and cannot be changed. If the client asks again, take a new request.",
)
_NOT_NOW = Text(
    zh="现在是「{state.zh}」，不能「{verb.zh}」。可以做的是：{may.zh}。",
    en="It stands at “{state.en}”: it is not possible to {verb.en} now. What may be done: {may.en}.",
)
