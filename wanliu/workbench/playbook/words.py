"""What the codes of the playbook are called on its pages; laws and sections of the guide likewise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from wanliu.advice.fill import FIELD_NAMES
from wanliu.playbook.items import Material
from wanliu.text import Language, Text

KINDS: Final[Mapping[str, Text]] = {
    "reasons": Text(zh="原因", en="Reasons"),
    "methods": Text(zh="方法", en="Methods"),
    "scripts": Text(zh="话术", en="Scripts"),
    "rules": Text(zh="禁语", en="Forbidden words"),
    "materials": Text(zh="材料", en="Materials"),
    "precedents": Text(zh="案例", en="Precedents"),
    "principles": Text(zh="原则", en="Principles"),
    "slots": Text(zh="服务项目", en="Services"),
}
ABOUT: Final[Mapping[str, Text]] = {
    "reasons": Text(
        zh="客户为什么离开：先问哪一句，能做什么，绝不说什么。",
        en="Why clients leave: what to ask first, what may be done, what is never said.",
    ),
    "methods": Text(
        zh="能做的、有条件能做的，和法律今天不再允许的。",
        en="What may be done, what only under conditions, and what the law no longer allows.",
    ),
    "scripts": Text(
        zh="每种原因、渠道和时机的话。标出的空位由客户自己的数据填上。",
        en="Words for each reason, channel and moment, with marked places for the client's own data.",
    ),
    "rules": Text(
        zh="不能说的话：依据哪一条，换成什么。保存备注前逐条检查。",
        en="What must not be said: by which law, and what to say instead. Notes are checked against it.",
    ),
    "materials": Text(
        zh="可以给客户看的材料，注明来源和到期日。", en="What clients may be shown, with source and expiry."
    ),
    "precedents": Text(
        zh="讲过的案例：当时怎么做，今天怎么做，结果如何。",
        en="Told stories: what was done then, what would be done today, and what came of it.",
    ),
    "principles": Text(zh="每次谈话前看一眼的五条。", en="Five lines to read before every talk."),
    "slots": Text(
        zh="公司可以放进服务目录的项目，和今天允许的范围。",
        en="What a firm may put into its catalogue of services, and how far that goes today.",
    ),
}
STANDINGS: Final[Mapping[str, Text]] = {
    "usable": Text(zh="可用", en="Allowed"),
    "reworded": Text(zh="有条件可用", en="Allowed with conditions"),
    "retired": Text(zh="不再可用", en="Not any more"),
}
PURPOSES: Final[Mapping[str, Text]] = {
    "contract": Text(zh="履行合同", en="Part of the client's contract"),
    "marketing": Text(zh="营销：须客户事先同意", en="Marketing: the client's consent comes first"),
}
APPROVERS: Final[Mapping[str, Text]] = {
    "none": Text(zh="无需批准", en="Nobody need approve"),
    "branch_head": Text(zh="营业部负责人批准", en="Approved by the branch head"),
    "compliance": Text(zh="合规批准", en="Approved by compliance"),
    "head_office": Text(zh="总部批准", en="Approved by head office"),
}
CHANNELS: Final[Mapping[str, Text]] = {
    "counter": Text(zh="柜台", en="Counter"),
    "phone": Text(zh="电话", en="Phone"),
    "message": Text(zh="短信或企微", en="Message"),
}
MOMENTS: Final[Mapping[str, Text]] = {
    "first": Text(zh="首次接触", en="First contact"),
    "exit": Text(zh="提出离开", en="Asking to leave"),
    "follow_up": Text(zh="回访", en="Follow-up"),
}
STAGES: Final[Mapping[str, Text]] = {
    "normal": Text(zh="平时", en="Ordinarily"),
    "exit": Text(zh="客户提出离开后", en="Once the client asks to leave"),
    "any": Text(zh="任何时候", en="At any time"),
}
SEVERITIES: Final[Mapping[str, Text]] = {
    "block": Text(zh="拦下，不能保存", en="Blocked: cannot be saved"),
    "warn": Text(zh="待审，要写理由", en="Doubtful: needs a reason, compliance reads it"),
    "adviser_only": Text(zh="只限登记的投资顾问", en="Registered advisers alone"),
}
MATERIAL_KINDS: Final[Mapping[str, Text]] = {
    "brand_fact": Text(zh="公司事实", en="Fact about the firm"),
    "service": Text(zh="服务", en="Service"),
    "research": Text(zh="研究", en="Research"),
    "risk_notice": Text(zh="风险提示", en="Risk notice"),
    "tariff": Text(zh="收费标准", en="Tariff"),
    "partner_service": Text(zh="合作方服务", en="Partner's service"),
}
OUTCOMES: Final[Mapping[str, Text]] = {
    "stayed": Text(zh="留下", en="Stayed"),
    "left": Text(zh="离开", en="Left"),
    "undecided": Text(zh="未定", en="Undecided"),
    "withdrawn": Text(zh="撤回", en="Withdrawn"),
}
LAWS: Final[Mapping[str, str]] = {
    "证券法": "Securities Law",
    "条例": "Regulations on Securities Companies",
    "广告法": "Advertising Law",
    "反不正当竞争法": "Anti-Unfair Competition Law",
    "个人信息保护法": "Personal Information Protection Law",
    "消费者权益保护法": "Consumer Rights Protection Law",
    "佣金通知": "Notice on Commissions",
    "转户销户通知": "Notice on Transfers and Account Closing",
}
YEARS_FROM = 1900
"""A number from here on is the year of a notice, not an article."""
NUMBERS = "零一二三四五六七八九十"
_LAW = re.compile(r"(\D+?)(\d+)(?:\((\d+)\))?")
_FIELD = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r".+?(?:[。！？]|[.!?](?=\s|$))")


def law(code: str) -> Text:
    """``证券法88`` → 《证券法》第88条 · Securities Law art. 88; ``9(2025)`` is the version of that year."""
    found = _LAW.fullmatch(code)
    if found is None or found[1] not in LAWS:
        return Text(zh=code, en=code)
    name, article, inner = found[1], int(found[2]), found[3]
    if article >= YEARS_FROM:
        return Text(zh=f"《{name}》（{article}）", en=f"{LAWS[name]} ({article})")
    if inner is None:
        return Text(zh=f"《{name}》第{article}条", en=f"{LAWS[name]} art. {article}")
    if int(inner) >= YEARS_FROM:
        return Text(zh=f"《{name}》（{inner}）第{article}条", en=f"{LAWS[name]} ({inner}) art. {article}")
    return Text(zh=f"《{name}》第{article}条第{inner}项", en=f"{LAWS[name]} art. {article}({inner})")


def why_not_shown(material: Material, day: date) -> Text | None:
    """Why a client may not be shown it on this day; None where they may."""
    if material.is_valid(day):
        return None
    return _NOT_YET if material.year > day.year else _EXPIRED


_NOT_YET = Text(zh="尚未启用，不能给客户看", en="Not out yet: not to be shown")
_EXPIRED = Text(zh="已过期，不能给客户看", en="Expired: not to be shown")


def section(guide: str) -> Text:
    """A section of the guide: ``四(二)6`` is 4(2)6."""
    return Text(zh=guide, en="".join(str(NUMBERS.index(one)) if one in NUMBERS else one for one in guide))


def marked(words: str, language: Language) -> SafeString:
    """The words with each placeholder as a marked place that says what stands there; the rest escaped."""
    pieces: list[str] = []
    at = 0
    for found in _FIELD.finditer(words):
        place = format_html('<mark class="place">{}</mark>', _place(found[1], language))
        pieces += [escape(words[at : found.start()]), place]
        at = found.end()
    return format_html_join("", "{}", ((one,) for one in [*pieces, escape(words[at:])]))


def plain(words: str, language: Language) -> str:
    """The same without markup, for a list."""
    return _FIELD.sub(lambda found: f"〔{_place(found[1], language)}〕", words)


def _place(name: str, language: Language) -> str:
    return FIELD_NAMES[name].to(language) if name in FIELD_NAMES else name


def chapters(prose: str) -> list[tuple[str, list[str]]]:
    """Heading and paragraphs of a precedent's story."""
    found: list[tuple[str, list[str]]] = []
    for block in (one.strip() for one in prose.split("\n\n")):
        if block.startswith("## "):
            found.append((block.removeprefix("## "), []))
        elif block and found:
            found[-1][1].append(block)
    return found


def opening(story: str) -> tuple[str, str]:
    """The first sentence of a story, and what its first paragraph tells after it."""
    first = chapters(story)[0][1][0]
    found = _SENTENCE.match(first)
    return (found[0].strip(), first[found.end() :].strip()) if found else (first, "")
