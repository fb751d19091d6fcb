"""The answer that the client gets in writing: what was decided, why, and from which day."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final, cast

from wanliu.commission.terms import Terms
from wanliu.commission.told import terms_in_words
from wanliu.compliance.lint import Linter
from wanliu.concessions.models import CommissionRequest
from wanliu.concessions.track import REFUSALS, RefusedFor
from wanliu.errors import Refused
from wanliu.text import Text, is_plain

LONGEST_WORDS: Final = 500


@cache
def linter() -> Linter:
    """Loaded once in each process."""
    return Linter.load()


def checked_words(words: str) -> str:
    """Words for the client, without blanks around them.

    Raises Refused where they are too long, no plain text, or may not be said to a client.
    """
    words = words.strip()
    if not is_plain(words, most=LONGEST_WORDS):
        raise Refused(_NO_WORDS.format(most=LONGEST_WORDS))
    verdict = linter().lint(words) if words else None
    if verdict is not None and verdict.verdict != "pass":
        found = next(hit for hit in verdict.hits if hit.severity == verdict.verdict)
        raise Refused(
            Text(
                zh=_MAY_NOT.zh.format(found=found.found, basis=found.basis.zh),
                en=_MAY_NOT.en.format(found=found.found, basis=found.basis.en),
            )
        )
    return words


def letter(row: CommissionRequest, *, on: date, effective_on: date | None, review_on: date | None) -> Text:
    """The whole answer; a granted one names its days, a refused one its reason."""
    terms = terms_in_words(Terms(row.rate, row.minimum))
    asked = _ASKED.format(on=row.as_of, tariff=row.tariff, terms=terms)
    if effective_on is not None:
        said = _GRANTED.format(effective=effective_on, terms=terms, review=review_on)
    else:
        words = f"（{row.words}）" if row.words else ""
        reason = REFUSALS[cast(RefusedFor, row.reason)]
        said = _REFUSED.format(
            reason=reason, words_zh=words, words_en=f" ({row.words})" if row.words else "", on=on
        )
    return Text(zh=f"{asked.zh}{said.zh}{_CLOSE.zh}", en=f"{asked.en} {said.en} {_CLOSE.en}")


_NO_WORDS = Text(
    zh="请用最多 {most} 个普通文字写明。", en="Write it in at most {most} characters of plain text."
)
_MAY_NOT = Text(
    zh="没有保存：「{found}」不宜写给客户（{basis}），请改写。",
    en="Not saved: “{found}” should not be written to a client ({basis}); write it otherwise.",
)
_ASKED = Text(
    zh="您申请按公示标准（{tariff}版）执行{terms.zh}，依据为截至 {on} 的资产和成交。",
    en="You applied for the published terms of version {tariff}, {terms.en}, on your assets and turnover up "
    "to {on}.",
)
_GRANTED = Text(
    zh="您符合该档公示的条件，申请已同意，自 {effective} 起执行；我们将于 {review} 复核一次条件。",
    en="You meet the published criteria and the request was granted: it holds from {effective} on, and the "
    "criteria are looked at again on {review}.",
)
_REFUSED = Text(
    zh="申请没有同意，原因是：{reason.zh}{words_zh}。答复日期：{on}。条件满足后您可以随时重新申请。",
    en="The request was not granted: {reason.en}{words_en}. Day of this answer: {on}. You may apply again as "
    "soon as the criteria are met.",
)
_CLOSE = Text(
    zh="结果与介绍他人、购买产品无关。您如有异议，可以向公司投诉，也可以拨打12386。",
    en="Referrals and purchases played no part. If you disagree you may complain to the firm, or call 12386.",
)
