"""夜间运行: what became of the nights, loudly where one went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wanliu.nightly.actions import STEPS
from wanliu.nightly.predictions import decayed
from wanliu.nightly.queries import nights as latest
from wanliu.people.rights import can
from wanliu.people.user import User
from wanliu.text import Text
from wanliu.workbench.pages import page

STATES = {
    "running": Text(zh="运行中", en="Running"),
    "done": Text(zh="完成", en="Done"),
    "refused": Text(zh="数据未接收", en="Delivery refused"),
    "failed": Text(zh="未完成", en="Failed"),
}
COUNTS = {
    "taken": Text(zh="接收", en="taken"),
    "added": Text(zh="新增客户", en="clients added"),
    "changed": Text(zh="变更客户", en="clients changed"),
    "scored": Text(zh="打分", en="scored"),
    "listed": Text(zh="排上名单", en="listed"),
    "overlap": Text(zh="与上一份名单重合", en="also on the list before"),
    "predicted": Text(zh="留存预测", en="predictions kept"),
    "measured": Text(zh="检验的预测", en="predictions measured"),
    "decayed": Text(zh="预测失准", en="predictions that no longer hold"),
    "clients": Text(zh="发布客户", en="clients published"),
    "opened": Text(zh="新开", en="opened"),
    "alarmed_again": Text(zh="再次预警", en="alarmed again"),
    "complaints": Text(zh="投诉", en="complaints"),
    "departed": Text(zh="已离开", en="departed"),
    "judged": Text(zh="判定", en="judged"),
    "exits": Text(zh="离开超时", en="exits overdue"),
    "tasks": Text(zh="任务超时", en="tasks overdue"),
    "terms_ended": Text(zh="优惠到期", en="concessions ended"),
    "approvals_expired": Text(zh="审批逾期", en="approvals expired"),
    "reviews_due": Text(zh="优惠待复核", en="concessions due for review"),
    "events": Text(zh="留痕", en="events"),
}


@page("nights", action="night.view", nav=Text(zh="夜间运行", en="Nights"), order=80)
def nights(request: HttpRequest, user: User) -> HttpResponse:
    lines = [
        {
            "night": night,
            "state": STATES[night.state],
            "steps": [(STEPS[step["step"]], step["seconds"], _counts(step)) for step in night.steps],
        }
        for night in latest()
    ]
    return render(
        request,
        "nights/page.html",
        {
            "lines": lines,
            "decayed": [one.said for one in decayed()],
            "may_see_predictions": can(user, "foresight.watch"),
        },
    )


def _counts(step: dict[str, object]) -> list[tuple[Text, object]]:
    return [(words, step[name]) for name, words in COUNTS.items() if step.get(name)]
