"""The pages of the playbook: reasons for leaving, methods with their standing, rules for what is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wanliu.playbook.items import Evidence, Method, ReasonItem, ScriptRule
from wanliu.playbook.load import Playbook
from wanliu.reference.markdown import file_name, heading, other_language, page, table
from wanliu.text import Language, Text

TITLES = {
    "reasons": Text(zh="离开的十一种原因", en="Eleven reasons for leaving"),
    "methods": Text(zh="方法及其今天的地位", en="Methods and their standing today"),
    "script_rules": Text(zh="话术规则", en="Rules for what is said"),
}
"""Name of the page → its title."""


def playbook_pages(playbook: Playbook, language: Language) -> dict[str, str]:
    """Path within the reference → text of the three pages."""
    parts = {
        "reasons": _reasons(playbook, language),
        "methods": _methods(playbook, language),
        "script_rules": _rules(playbook, language),
    }
    return {
        file_name(name, language): page(
            [
                *heading(
                    title.to(language), other=file_name(name, other_language(language)), language=language
                ),
                *parts[name],
            ]
        )
        for name, title in TITLES.items()
    }


# --- reasons -------------------------------------------------------------------------------------------


def _reasons(playbook: Playbook, language: Language) -> Iterator[str]:
    for reason in sorted(playbook.reasons.values(), key=lambda one: one.number):
        yield f"## {reason.number} {reason.name.to(language)} `{reason.id}`"
        yield from _reason(reason, playbook, language)


def _reason(reason: ReasonItem, playbook: Playbook, language: Language) -> Iterator[str]:
    yield reason.meaning.to(language)
    if not reason.retain:
        yield f"**{_LET_GO.to(language)}**"
    yield _listed(_TYPICAL, reason.typical, language)
    yield table([h.to(language) for h in _EVIDENCE], [*_evidence(reason, language)])
    yield f"{_QUESTION.to(language)}{reason.first_question.to(language)}"
    yield _listed(_NEVER, reason.never, language)
    links = (_link(playbook.methods[one], language) for one in reason.methods)
    yield f"{_METHODS.to(language)}{_SEPARATOR.to(language).join(links)}"


def _evidence(reason: ReasonItem, language: Language) -> Iterator[Sequence[str]]:
    for words, signs in ((_FOR, reason.for_signs), (_AGAINST, reason.against_signs)):
        yield from (_one(words, sign, language) for sign in signs)


def _one(words: Text, sign: Evidence, language: Language) -> Sequence[str]:
    return words.to(language), f"`{sign.sign}`", sign.why.to(language)


def _listed(title: Text, lines: Iterable[Text], language: Language) -> str:
    return "\n".join([title.to(language), "", *(f"- {line.to(language)}" for line in lines)])


def _link(method: Method, language: Language) -> str:
    return f"[{method.name.to(language)}]({file_name('methods', language)}#{method.id})"


# --- methods -------------------------------------------------------------------------------------------


def _methods(playbook: Playbook, language: Language) -> Iterator[str]:
    for standing, title in _STANDINGS.items():
        yield f"## {title.to(language)}"
        for method in playbook.methods.values():
            if method.standing == standing:
                yield from _method(method, playbook, language)


def _method(method: Method, playbook: Playbook, language: Language) -> Iterator[str]:
    yield f'<a id="{method.id}"></a>\n\n### {method.name.to(language)} `{method.id}`'
    if method.legal_reason:
        basis = _SEPARATOR.to(language).join(method.basis)
        yield f"{_LEGAL.to(language)}{method.legal_reason.to(language)} ({basis})"
    yield method.when.to(language)
    if method.standing != "retired":
        steps = (f"{number}. {step.to(language)}" for number, step in enumerate(method.steps, start=1))
        yield "\n".join(steps)
        names = (playbook.reasons[reason].name.to(language) for reason in method.fits)
        yield f"{_FITS.to(language)}{_SEPARATOR.to(language).join(names)}"
        yield f"{_COST.to(language)}{method.cost.to(language)}"
        yield f"{_APPROVER.to(language)}{_APPROVERS[method.approver].to(language)}"
    if method.replaced_by:
        yield f"{_REPLACED.to(language)}{_link(playbook.methods[method.replaced_by], language)}"


# --- rules ---------------------------------------------------------------------------------------------


def _rules(playbook: Playbook, language: Language) -> Iterator[str]:
    yield _RULES_ABOUT.to(language)
    rows = (_rule(rule, language) for rule in playbook.rules.values())
    yield table([h.to(language) for h in _RULE], rows)


def _rule(rule: ScriptRule, language: Language) -> Sequence[str]:
    severity = _SEVERITIES[rule.severity].to(language)
    if rule.mass_severity:
        severity += _IN_MASS.to(language)
    if rule.stage == "exit":
        severity += _AT_EXIT.to(language)
    words = (one.to(language) for one in (rule.what, rule.basis, rule.instead, rule.better))
    return rule.id, severity, *words


_SEPARATOR = Text(zh="、", en=", ")
_LET_GO = Text(zh="不挽留，协助客户办理。", en="No retention: help the client to go.")
_TYPICAL = Text(zh="客户常说：", en="What clients say:")
_EVIDENCE = (Text(zh="方向", en="speaks"), Text(zh="迹象", en="sign"), Text(zh="为什么", en="why"))
_FOR = Text(zh="支持", en="for")
_AGAINST = Text(zh="不支持", en="against")
_QUESTION = Text(zh="先问：", en="Ask first: ")
_NEVER = Text(zh="不做：", en="Never:")
_METHODS = Text(zh="可用的方法：", en="Methods: ")
_STANDINGS = {
    "usable": Text(zh="可用", en="Usable"),
    "reworded": Text(zh="改写后可用", en="Usable in new words"),
    "retired": Text(zh="停用：系统不会建议", en="Retired: never advised"),
}
_LEGAL = Text(zh="法律原因：", en="Legal reason: ")
_FITS = Text(zh="适用原因：", en="Fits: ")
_COST = Text(zh="成本：", en="Cost: ")
_APPROVER = Text(zh="批准人：", en="Approved by: ")
_APPROVERS = {
    "none": Text(zh="无需批准", en="nobody"),
    "branch_head": Text(zh="营业部负责人", en="the branch head"),
    "compliance": Text(zh="合规", en="compliance"),
    "head_office": Text(zh="总部", en="head office"),
}
_REPLACED = Text(zh="改用：", en="Use instead: ")
_RULES_ABOUT = Text(
    zh="`wanliu lint` 按这些规则检查工作人员说的每一句话。「拦截」不得保存或发出；「提示」须写明理由并转"
    "合规；「限投顾」只有登记的投资顾问可说。客户说的话不按我们的话检查，否定和引用只记录、不计。",
    en="`wanliu lint` holds every sentence of a member of staff against these rules. *Block*: neither saved "
    "nor sent; *warn*: needs a reason and goes to compliance; *advisers only*: for a registered adviser. "
    "What the client says is not checked as ours; what is negated or quoted is recorded and does not count.",
)
_RULE = (
    Text(zh="规则", en="rule"),
    Text(zh="程度", en="severity"),
    Text(zh="什么", en="what"),
    Text(zh="依据", en="basis"),
    Text(zh="怎么做", en="do instead"),
    Text(zh="可以这样说", en="say instead"),
)
_SEVERITIES = {
    "block": Text(zh="拦截", en="block"),
    "warn": Text(zh="提示", en="warn"),
    "adviser_only": Text(zh="限投顾", en="advisers only"),
}
_IN_MASS = Text(zh="（群发拦截）", en=" (block in mass messages)")
_AT_EXIT = Text(zh="（受理离开后）", en=" (once leaving is asked for)")
