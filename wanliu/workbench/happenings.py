"""What happened, in words: one sentence for each kind of event of a client's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wanliu.text import Text

HAPPENED: Mapping[str, Text] = MappingProxyType(
    {
        "case_opened": Text(zh="开立个案", en="Case opened"),
        "case_alarmed_again": Text(zh="等级上升，再次预警", en="The level rose: alarmed again"),
        "case_level_changed": Text(zh="等级变化", en="The level changed"),
        "case_assigned": Text(zh="分派个案", en="Case assigned"),
        "case_claimed": Text(zh="认领个案", en="Case claimed"),
        "case_handed_back": Text(zh="人员离岗，个案交回", en="Handed back: whoever had it left or moved"),
        "case_handed_over": Text(zh="转派个案", en="Case handed over"),
        "case_suspended": Text(zh="挽留暂停", en="Retention rests"),
        "case_resumed": Text(zh="挽留恢复", en="Retention goes on"),
        "case_snoozed": Text(zh="稍后提醒", en="Snoozed"),
        "case_closed": Text(zh="结束个案，等账簿判定", en="Work ended; the book will judge"),
        "case_withdrawn": Text(zh="撤销个案", en="Case withdrawn"),
        "case_reopened": Text(zh="重新打开个案", en="Case reopened"),
        "case_merged": Text(zh="合并个案", en="Cases merged"),
        "signs_dismissed": Text(zh="标为不相关", en="Signs found irrelevant"),
        "outcome_judged": Text(zh="按账簿判定结果", en="Outcome judged by the book"),
        "contact_started": Text(zh="开始联系", en="A contact began"),
        "contact_recorded": Text(zh="登记服务", en="Contact recorded"),
        "contact_kept_unfinished": Text(zh="暂存登记", en="Contact kept unfinished"),
        "contact_corrected": Text(zh="更正服务记录", en="Contact corrected"),
        "note_judged": Text(zh="合规审阅备注", en="Compliance judged a note"),
        "offer_made": Text(zh="提出方案", en="Offer made"),
        "offer_accepted": Text(zh="客户接受方案", en="Offer accepted"),
        "offer_declined": Text(zh="客户不接受方案", en="Offer declined"),
        "promised": Text(zh="作出承诺", en="A promise was made"),
        "promise_kept": Text(zh="承诺已兑现", en="Promise kept"),
        "promise_broken": Text(zh="承诺未兑现", en="Promise broken"),
        "promise_dropped": Text(zh="承诺不再需要", en="Promise no longer needed"),
        "task_added": Text(zh="新建任务", en="Task added"),
        "task_done": Text(zh="完成任务", en="Task done"),
        "task_dropped": Text(zh="任务不再需要", en="Task no longer needed"),
        "complaint_recorded": Text(zh="登记投诉", en="Complaint recorded"),
        "complaint_found_in_book": Text(zh="数据中有未结投诉", en="An open complaint came with the data"),
        "complaint_closed": Text(zh="办结投诉", en="Complaint closed"),
        "talk_offered": Text(zh="询问客户是否愿意谈", en="The client was asked for a talk"),
        "talk_declined": Text(zh="客户不愿意谈", en="The client does not wish to talk"),
        "talk_accepted": Text(zh="客户愿意谈", en="The client agrees to a talk"),
        "talk_not_offered": Text(zh="没有询问客户", en="No talk was offered"),
        "talk_held": Text(zh="谈过一次", en="A talk was held"),
        "exit_requested": Text(zh="客户申请离开，已受理", en="The client asked to leave; accepted"),
        "book_request_joined": Text(zh="与数据中的离开申请合并", en="Joined with the request in the data"),
        "escalated": Text(zh="超时上报", en="Overdue: told upwards"),
        "proof_printed": Text(zh="打印离开留证", en="Proof of the exit printed"),
        "survey_answered": Text(zh="客户回答离开原因", en="The client answered why"),
        "survey_skipped": Text(zh="客户不答离开原因", en="The client did not answer why"),
        "frozen": Text(zh="销户后封存", en="Frozen after the account was closed"),
        "commission_requested": Text(zh="客户申请佣金优惠", en="The client asked for commission terms"),
        "commission_granted": Text(zh="佣金申请：同意", en="Commission request granted"),
        "commission_refused": Text(zh="佣金申请：不同意", en="Commission request refused"),
        "commission_answered": Text(zh="佣金申请：书面答复客户", en="Commission request answered in writing"),
        "commission_withdrawn": Text(zh="佣金申请：客户撤回", en="Commission request withdrawn"),
        "concession_renewed": Text(zh="佣金优惠复核后延续", en="Concession renewed at its review"),
        "concession_ended": Text(zh="佣金优惠终止", en="Concession ended"),
        "unmasked": Text(zh="查看完整姓名电话", en="Name and phone were shown"),
        "exported": Text(zh="导出客户的全部信息", en="All that is held was exported"),
        "forgotten": Text(zh="保存期满，已删除个人信息", en="Personal data deleted after their time"),
        "choice_noted": Text(zh="登记客户选择", en="The client's choice noted"),
    }
)


def happened(verb: str) -> Text:
    """A sentence; a kind of event that has none is told by its code."""
    return HAPPENED.get(verb) or Text(zh=verb, en=verb)
