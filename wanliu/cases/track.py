"""The words of a case: kinds, states, moves between them, tasks, contacts. A test proves the tables whole.

Doing and outcome are two things: a case is worked on up to ``offered``; ``tracking`` only waits for the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from wanliu.errors import Refused
from wanliu.text import Text

Kind = Literal["retention", "complaint"]
State = Literal["open", "assigned", "in_contact", "offered", "tracking", "closed"]
Verb = Literal[
    "assign", "claim", "hand_over", "hand_back", "start_contact", "record_contact", "make_offer",
    "answer_offer", "dismiss", "snooze", "close", "refuse_all", "close_complaint", "withdraw", "judge",
    "reopen", "merge",
]  # fmt: skip
Outcome = Literal["stayed", "left", "undecided", "withdrawn"]
Level = Literal["red", "orange", "yellow", "unknown", "none"]

KINDS: Final[Mapping[Kind, Text]] = {
    "retention": Text(zh="挽留", en="Retention"),
    "complaint": Text(zh="投诉", en="Complaint"),
}
STATES: Final[Mapping[State, Text]] = {
    "open": Text(zh="待分派", en="Waiting for somebody"),
    "assigned": Text(zh="待联系", en="Assigned"),
    "in_contact": Text(zh="联系中", en="In contact"),
    "offered": Text(zh="已提方案", en="Offer made"),
    "tracking": Text(zh="结果跟踪中", en="Outcome tracked"),
    "closed": Text(zh="已结", en="Closed"),
}
WORKING: Final[tuple[State, ...]] = ("open", "assigned", "in_contact", "offered")
"""Somebody has something to do. A client has at most one such case of each kind."""
UNSEEN: Final[tuple[State, ...]] = ("open", "assigned")
"""Nobody has turned to the client yet."""
OVER: Final[tuple[State, ...]] = ("tracking", "closed")

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    "stayed": Text(zh="留下", en="Stayed"),
    "left": Text(zh="离开", en="Left"),
    "undecided": Text(zh="未定", en="Undecided"),
    "withdrawn": Text(zh="撤销（不相关、客户拒绝服务等）", en="Withdrawn (irrelevant, opted out …)"),
}
CLAIMABLE: Final[tuple[Outcome, ...]] = ("stayed", "left", "undecided")
"""What a person may say on closing; ``withdrawn`` follows from a dismissal or the client's own choice."""

LEVELS: Final[Mapping[Level, Text]] = {
    "red": Text(zh="红", en="Red"),
    "orange": Text(zh="橙", en="Orange"),
    "yellow": Text(zh="黄", en="Yellow"),
    "unknown": Text(zh="无法判断", en="Unknown"),
    "none": Text(zh="无", en="None"),
}
SEVERITY: Final[Mapping[str, int]] = {"red": 3, "orange": 2, "yellow": 1, "unknown": 0, "none": 0, "": 0}
"""A level rises where this number does; unknown is no rise, and no relief either."""

SuspendedWhy = Literal["exit", "complaint"]
SUSPENSIONS: Final[Mapping[SuspendedWhy, Text]] = {
    "exit": Text(zh="客户正在办理离开，挽留暂停", en="The client is leaving: retention rests"),
    "complaint": Text(zh="投诉未办结，挽留暂停", en="A complaint is open: retention rests"),
}
EscalatedTo = Literal["", "branch_head", "compliance"]
ESCALATIONS: Final[Mapping[EscalatedTo, Text]] = {
    "": Text(zh="未升级", en="Not escalated"),
    "branch_head": Text(zh="已报营业部负责人", en="Told to the branch head"),
    "compliance": Text(zh="已报合规", en="Told to compliance"),
}


@dataclass(frozen=True)
class Move:
    """One verb: for which kinds of case, from which state to which, by which right.

    No ``action``: the house's own machinery does it, or another verb in its course.
    """

    verb: Verb
    name: Text
    kinds: tuple[Kind, ...]
    ways: Mapping[State, State]
    action: str | None

    @property
    def before(self) -> tuple[State, ...]:
        return tuple(self.ways)


_BOTH: Final[tuple[Kind, ...]] = ("retention", "complaint")
_KEPT: Final[tuple[Kind, ...]] = ("retention",)
_STAY: Final[Mapping[State, State]] = {state: state for state in WORKING}
_GIVEN: Final[Mapping[State, State]] = {**_STAY, "open": "assigned"}
_TALKED: Final[Mapping[State, State]] = {**_STAY, "open": "in_contact", "assigned": "in_contact"}


def _all_to(state: State, before: tuple[State, ...]) -> Mapping[State, State]:
    return dict.fromkeys(before, state)


_ALL: Final = (
    Move("assign", Text(zh="分派", en="assign"), _BOTH, _GIVEN, "cases.assign"),
    Move("claim", Text(zh="认领", en="claim"), _BOTH, {"open": "assigned"}, "cases.work"),
    Move("hand_over", Text(zh="转派", en="hand over"), _BOTH, _GIVEN, "cases.work"),
    # whoever had it left or moved: nobody has it, whatever was done in it
    Move("hand_back", Text(zh="交回", en="hand back"), _BOTH, _all_to("open", WORKING), None),
    Move("start_contact", Text(zh="开始联系", en="start a contact"), _BOTH, _TALKED, "cases.work"),
    Move("record_contact", Text(zh="登记服务", en="record a contact"), _BOTH, _TALKED, "cases.work"),
    Move(
        "make_offer",
        Text(zh="提出方案", en="make an offer"),
        _KEPT,
        _all_to("offered", ("in_contact", "offered")),
        "cases.work",
    ),
    Move(
        "answer_offer",
        Text(zh="记下答复", en="note the answer"),
        _KEPT,
        {state: state for state in (*WORKING, *OVER)},
        "cases.work",
    ),
    Move("dismiss", Text(zh="标为不相关", en="dismiss"), _KEPT, _STAY, "cases.work"),
    Move("snooze", Text(zh="稍后提醒", en="snooze"), _KEPT, _STAY, "cases.work"),
    Move(
        "close",
        Text(zh="结束", en="close"),
        _KEPT,
        _all_to("tracking", ("in_contact", "offered")),
        "cases.work",
    ),
    Move(
        "refuse_all",
        Text(zh="客户不需要", en="end at the client's word"),
        _KEPT,
        _all_to("tracking", WORKING),
        None,
    ),
    Move(
        "close_complaint",
        Text(zh="办结投诉", en="close the complaint"),
        ("complaint",),
        _all_to("closed", WORKING),
        "cases.close_complaint",
    ),
    Move("withdraw", Text(zh="撤销", en="withdraw"), _KEPT, _all_to("closed", WORKING), None),
    Move("judge", Text(zh="按账簿判定", en="judge by the book"), _KEPT, {"tracking": "closed"}, None),
    Move("reopen", Text(zh="重新打开", en="reopen"), _BOTH, _all_to("assigned", OVER), "cases.work"),
    Move("merge", Text(zh="合并", en="merge"), _BOTH, _all_to("closed", OVER), "cases.work"),
)
MOVES: Final[Mapping[Verb, Move]] = {move.verb: move for move in _ALL}


def can_move(verb: Verb, kind: str, state: str) -> bool:
    move = MOVES[verb]
    return kind in move.kinds and state in move.ways


def check_move(verb: Verb, kind: str, state: str) -> State:
    """The state after the move. Raises Refused with the state, and what is not possible in it."""
    if can_move(verb, kind, state):
        return MOVES[verb].ways[state]  # type: ignore[index]  # a CharField is no Literal
    names = KINDS[kind], STATES[state], MOVES[verb].name  # type: ignore[index]  # as above
    raise Refused(
        Text(
            zh=_NOT_NOW.zh.format(*(name.zh for name in names)),
            en=_NOT_NOW.en.format(*(name.en.lower() for name in names)),
        )
    )


# --- tasks ----------------------------------------------------------------------------------------

TaskKind = Literal["first_contact", "callback", "promise", "appointment", "job", "own"]
TaskState = Literal["open", "done", "kept", "broken", "dropped"]


@dataclass(frozen=True)
class TaskRule:
    """``must``: 必做, not 选做. ``rests``: waits while the case is suspended, and ends with it.

    ``done_by``: the connections of a contact that complete it; a person ends the others by hand.
    """

    name: Text
    must: bool
    rests: bool
    done_by: tuple[str, ...] = ()


_ATTEMPT: Final = ("connected", "no_answer", "wrong_number", "refused")

TASKS: Final[Mapping[TaskKind, TaskRule]] = {
    # an attempt meets the time limit (we acted); whether the client was reached is another figure
    "first_contact": TaskRule(
        Text(zh="首次联系", en="First contact"), must=True, rests=True, done_by=_ATTEMPT
    ),
    "callback": TaskRule(Text(zh="回访", en="Call back"), must=True, rests=True, done_by=_ATTEMPT),
    "promise": TaskRule(Text(zh="承诺", en="Promise"), must=True, rests=False),
    "appointment": TaskRule(
        Text(zh="预约", en="Appointment"), must=True, rests=False, done_by=("connected",)
    ),
    "job": TaskRule(Text(zh="办理事项", en="Job"), must=True, rests=False),
    "own": TaskRule(Text(zh="自建任务", en="Own task"), must=False, rests=False),
}
TASK_STATES: Final[Mapping[TaskState, Text]] = {
    "open": Text(zh="待办", en="Open"),
    "done": Text(zh="已完成", en="Done"),
    "kept": Text(zh="已兑现", en="Kept"),
    "broken": Text(zh="未兑现", en="Broken"),
    "dropped": Text(zh="不再需要", en="No longer needed"),
}
RESTING_KINDS: Final[tuple[TaskKind, ...]] = tuple(kind for kind, rule in TASKS.items() if rule.rests)


# --- contacts -------------------------------------------------------------------------------------

Method = Literal["phone", "visit", "wecom", "sms", "app", "video"]
Connection = Literal["connected", "no_answer", "wrong_number", "refused"]
Purpose = Literal["retention", "service", "complaint", "exit"]
Direction = Literal["out", "in"]

METHODS: Final[Mapping[Method, Text]] = {
    "phone": Text(zh="电话", en="Phone"),
    "visit": Text(zh="面谈", en="In person"),
    "wecom": Text(zh="企微", en="WeCom"),
    "sms": Text(zh="短信", en="Text message"),
    "app": Text(zh="App", en="App"),
    "video": Text(zh="视频", en="Video"),
}
CONNECTIONS: Final[Mapping[Connection, Text]] = {
    "connected": Text(zh="接通", en="Connected"),
    "no_answer": Text(zh="未接", en="No answer"),
    "wrong_number": Text(zh="空号", en="Wrong number"),
    "refused": Text(zh="拒接", en="Call refused"),
}
PURPOSES: Final[Mapping[Purpose, Text]] = {
    "retention": Text(zh="挽留", en="Retention"),
    "service": Text(zh="日常服务", en="Service"),
    "complaint": Text(zh="处理投诉", en="Complaint"),
    "exit": Text(zh="办理离开", en="Exit"),
}
DIRECTIONS: Final[Mapping[Direction, Text]] = {
    "out": Text(zh="我方联系", en="We called"),
    "in": Text(zh="客户来找", en="The client came"),
}

OfferState = Literal["offered", "accepted", "declined"]
OFFER_STATES: Final[Mapping[OfferState, Text]] = {
    "offered": Text(zh="待答复", en="No answer yet"),
    "accepted": Text(zh="接受", en="Accepted"),
    "declined": Text(zh="不接受", en="Declined"),
}
TalkState = Literal["offered", "declined", "accepted", "not_offered"]
TALK_STATES: Final[Mapping[TalkState, Text]] = {
    "offered": Text(zh="已询问，待客户答复", en="Asked, no answer yet"),
    "declined": Text(zh="客户不愿意谈（到此为止）", en="The client does not wish to talk (final)"),
    "accepted": Text(zh="客户愿意听", en="The client agrees to listen"),
    "not_offered": Text(zh="没有询问", en="Not asked"),
}
Result = Literal["stayed", "reduced", "left", "unknown", "void"]
RESULTS: Final[Mapping[Result, Text]] = {
    "stayed": Text(zh="留住", en="Stayed"),
    "reduced": Text(zh="部分流失", en="Partly gone"),
    "left": Text(zh="流失", en="Left"),
    "unknown": Text(zh="未知", en="Unknown"),
    "void": Text(zh="作废（个案重新打开）", en="Void (the case was reopened)"),
}
"""What the book says at a horizon. ``void`` is no result: the case went on instead."""

_NOT_NOW = Text(
    zh="这个{0}个案现在是「{1}」，不能「{2}」。请刷新后再看。",
    en="This {0} case is “{1}”; to {2} is not possible now. Reload the page and look again.",
)
