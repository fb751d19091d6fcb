"""The words of the printed proof, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wanliu.text import Text

HOUSE: Final = Text(zh="挽留工作台", en="Wanliu workbench")
TITLE: Final = Text(zh="离开申请办理证明", en="Proof of an exit")
NUMBER: Final = Text(zh="申请编号 {id}", en="Exit no. {id}")
FOOTER: Final = Text(
    zh="申请编号 {id} · 打印于 {at} · 打印人 {by}", en="Exit no. {id} · printed {at} by {by}"
)

HEADINGS: Final[Mapping[str, Text]] = {
    "house": HOUSE,
    "request": Text(zh="一、申请", en="1  The request"),
    "clock": Text(zh="二、时限", en="2  The clock"),
    "course": Text(zh="三、经过", en="3  The course"),
    "conditions": Text(zh="四、账户条件", en="4  The account's conditions"),
    "no_conditions": Text(zh="没有列出任何条件。", en="No condition was listed."),
    "nothing_waited": Text(zh="五、没有为挽留等待", en="5  Nothing waited for retention"),
    "records": Text(zh="六、留痕", en="6  The records"),
}
LISTS: Final[Mapping[str, tuple[Text, ...]]] = {
    "course_head": (
        Text(zh="状态", en="State"),
        Text(zh="开始", en="Since"),
        Text(zh="经办", en="By"),
        Text(zh="历时", en="Lasted"),
        Text(zh="在等谁", en="Waited for"),
    ),
    "conditions_head": (
        Text(zh="条件", en="Condition"),
        Text(zh="列入", en="Found"),
        Text(zh="消除", en="Cleared"),
        Text(zh="历时", en="Lasted"),
        Text(zh="由谁消除", en="Cleared by"),
    ),
    "moves_head": (
        Text(zh="动作", en="Move"),
        Text(zh="自", en="From"),
        Text(zh="至", en="To"),
        Text(zh="还取决于", en="Also depends on"),
        Text(zh="谁可以做", en="Who may make it"),
    ),
    "records_head": (
        Text(zh="序", en="No."),
        Text(zh="时间", en="At"),
        Text(zh="事项", en="What"),
        Text(zh="经办", en="By"),
        Text(zh="哈希 (SHA-256)", en="Hash (SHA-256)"),
    ),
    "signatures": (
        Text(zh="经办人（签字、日期）", en="Prepared by (signature, date)"),
        Text(zh="复核人（签字、日期）", en="Checked by (signature, date)"),
    ),
}

# --- the request and the clock --------------------------------------------------------------------

CLIENT = Text(zh="客户号", en="Client")
NAME = Text(zh="姓名", en="Name")
KIND = Text(zh="业务", en="Kind")
BRANCH = Text(zh="营业部", en="Branch")
REQUESTED_AT = Text(zh="申请时间", en="Requested")
CHANNEL = Text(zh="受理方式", en="Channel")
TAKEN_BY = Text(zh="受理人", en="Taken by")
IDENTITY = Text(zh="身份核对", en="Identity checked")
STATE = Text(zh="当前状态", en="State")
BOOK_REQUEST = Text(zh="账簿诉求编号", en="Book's request no.")
DAY_ONLY = Text(
    zh="{day}（账簿只有日期，自零时起算）", en="{day} (the book has the day alone; counted from 0:00)"
)
CHANNELS: Final[Mapping[str, Text]] = {
    "counter": Text(zh="柜台", en="Counter"),
    "phone": Text(zh="电话", en="Phone"),
    "app": Text(zh="手机应用", en="App"),
    "nightly": Text(zh="由账簿得知", en="Learned from the book"),
}
IDENTITY_CHECKS: Final[Mapping[str, Text]] = {
    "document": Text(zh="有效证件", en="by document"),
    "app": Text(zh="手机应用", en="in the app"),
    "phone": Text(zh="录音电话", en="on the recorded line"),
}
SIGNS: Final[Mapping[str, Text]] = {
    "signature": Text(zh="客户签字", en="the client's signature"),
    "app": Text(zh="客户在手机应用上确认", en="the client's word in the app"),
}

ELAPSED = Text(zh="自申请起", en="Since the request")
READY_AT = Text(zh="可以办理", en="Ready")
DUE_ON = Text(zh="法定期限", en="Due by law")
SUBMITTED_AT = Text(zh="报送时间", en="Submitted")
DONE_ON = Text(zh="办结生效", en="Took effect")
WITHDRAWN_AT = Text(zh="客户撤回", en="Withdrawn")
RESULT = Text(zh="时限结果", en="Result")
NOT_YET = Text(zh="尚未", en="not yet")
UNKNOWN = Text(zh="未知", en="unknown")
NONE = Text(zh="—", en="—")
GUESSED = Text(
    zh="{day}（超出已公布的交易日历，按工作日推算）",
    en="{day} (beyond the known trading days; weekdays counted)",
)
RESULTS: Final[Mapping[str, Text]] = {
    "in_time": Text(zh="在两个交易日内办结", en="done within two trading days"),
    "late": Text(zh="超过两个交易日办结", en="done after more than two trading days"),
    "overdue": Text(zh="已超过两个交易日，尚未办结", en="over two trading days, not yet done"),
    "running": Text(zh="时限进行中", en="the two trading days are running"),
    "not_running": Text(zh="两个交易日尚未起算", en="the two trading days have not begun"),
    "withdrawn": Text(zh="客户撤回，不再计时", en="withdrawn by the client; the clock has stopped"),
    "unknown": Text(
        zh="由账簿得知办结，起算时点未知", en="done according to the book; when it was ready is unknown"
    ),
}

# --- the verdict and what has to be minded --------------------------------------------------------

VERDICTS: Final[Mapping[str, Text]] = {
    "done": Text(
        zh="{kind.zh}已于 {day} 办结生效：{result.zh}。", en="{kind.en}: took effect on {day}, {result.en}."
    ),
    "withdrawn_by_client": Text(
        zh="{kind.zh}已由客户本人撤回（{how.zh}，单号 {reference}）。",
        en="{kind.en}: taken back by the client in person ({how.en}, no. {reference}).",
    ),
    "open": Text(
        zh="{kind.zh}正在办理：{state.zh}，{result.zh}。",
        en="{kind.en}: in progress, {state.en}; {result.en}.",
    ),
}
SET_BACK = Text(
    zh="可以办理后又因新条件退回 {number} 次，两个交易日自再次可以办理起重新计算；原因见第四部分，"
    "并已告知营业部负责人和合规。",
    en="Taken back by a new condition after it was ready (times: {number}); the two trading days ran anew "
    "from the next time it was ready. Part 4 says why; branch head and compliance were told.",
)
ESCALATED = Text(
    zh="办理中曾停留过久或超过期限，已上报营业部负责人和合规，最近一次 {day}。",
    en="On the way it stood too long or was over its time: branch head and compliance were told on {day}.",
)
NEVER_CLEARED = Text(zh="办结时未另行注明", en="not noted before the end")
STILL_OPEN = Text(zh="尚未消除", en="still open")

# --- nothing waited -------------------------------------------------------------------------------

STATEMENT: Final = (
    Text(
        zh="本申请自客户提出时起计时。办理的每一步只取决于两样东西：申请自身所处的状态，和账户自身的条件。"
        "下表是系统允许的全部动作，程序按此表执行，表外的动作一律拒绝。",
        en="This request's clock started when the client made it. Each move depends on two things alone: "
        "the state of the exit itself, and the account's own conditions. The table lists every move that the "
        "system allows; the program runs by this table and refuses all others.",
    ),
    Text(
        zh="表中没有挽留的步骤。是否与客户谈过、谈的结果如何、客户的评分，均不在申请的数据之内，任何动作都读不到。"
        "只有客户本人能撤回申请。",
        en="No retention step is among them. Whether anybody talked to the client, what came of it, and any "
        "score of the client are not part of the exit's data, and no move can read them. Only the client can "
        "take a request back.",
    ),
)
DEPENDS: Final[Mapping[str, Text]] = {
    "none": Text(zh="没有未消除的条件", en="no condition is open"),
    "some": Text(zh="还有未消除的条件", en="a condition is open"),
    "any": Text(zh="—", en="—"),
}
OWN_SIGN = Text(zh="客户本人签字或在手机应用确认", en="the client's own signature or word in the app")
BOOK_ROW = Text(zh="账簿中的离开记录", en="a row of the book's exits")
BOOK = Text(zh="账簿（夜间读取）", en="the book (read at night)")
ANY_OPEN = Text(zh="办结前的任一状态", en="any state before the end")

# --- the records ----------------------------------------------------------------------------------

UNBROKEN = Text(
    zh="共 {number} 条，只增不改；每条的哈希包含上一条的哈希。打印时已核对：编号连续，逐条相接。",
    en="{number} records, only ever added to; the hash of each covers the one before. Checked when printed: "
    "the numbers are consecutive, and each record follows from the one before.",
)
BROKEN = Text(
    zh="共 {number} 条。打印时核对不通过：编号或相接处有断裂，请立即告知合规。",
    en="{number} records. The check when printed FAILED: a number or a link is broken. Tell compliance now.",
)
COMMA = Text(zh="、", en=", ")
SYSTEM = Text(zh="系统", en="system")
RECORDED: Final[Mapping[str, Text]] = {
    "exit_requested": Text(zh="提出申请", en="requested"),
    "identity_checked": Text(zh="核对身份", en="identity checked"),
    "conditions_listed": Text(zh="列明条件", en="conditions listed"),
    "condition_added": Text(zh="补列条件", en="condition added"),
    "condition_cleared": Text(zh="消除条件", en="condition cleared"),
    "made_ready": Text(zh="确认可以办理", en="marked as ready"),
    "submitted": Text(zh="报送", en="submitted"),
    "finished": Text(zh="办结", en="finished"),
    "withdrawn": Text(zh="客户撤回", en="withdrawn by the client"),
    "done_learned": Text(zh="由账簿得知办结", en="learned from the book: done"),
    "book_request_joined": Text(zh="与账簿诉求并为一项", en="joined with the book's request"),
    "escalated": Text(zh="超期上报", en="escalated"),
    "survey_answered": Text(zh="客户回答了离开原因", en="client answered the survey"),
    "survey_skipped": Text(zh="客户未回答离开原因", en="client skipped the survey"),
    "proof_printed": Text(zh="打印证明", en="proof printed"),
}

# --- times ----------------------------------------------------------------------------------------

DAYS = Text(zh="{days} 天 {hours} 小时", en="{days} d {hours} h")
HOURS = Text(zh="{hours} 小时 {minutes} 分", en="{hours} h {minutes} min")
MINUTES = Text(zh="{minutes} 分 {seconds} 秒", en="{minutes} min {seconds} s")
