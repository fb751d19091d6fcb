"""Whether a dangerous word is meant: not where it is denied, warned of, quoted, or told of somebody else.

A hit in such a place is listed and does not count. What a rule calls not negatable counts under a denial
too (不会亏 is itself the promise), but other people's words are never ours.
"""

from __future__ import annotations

from typing import Literal

from wanliu.language.pattern import Pattern

Scope = Literal["ours", "denied", "told"]

BEFORE = 12
"""Characters before a hit in which a denial must begin."""
LONGEST_QUOTE = 60
SENTENCE_ENDS = frozenset("。!?;\n")

_DENIAL = Pattern(
    "((不得|不能|不会|不可以|不允许|不准|不许|不提供|不接受|不应|不该|不要|不用|不必|不敢|不好|不承诺|不保证|不构成|不存在|不等于|不可能|"
    "不是|并非|无法|没有任何|没有|没法|没办法|没人|没谁|谁也|谁都不|哪有|哪来的?|哪能|从不|从没|绝不|绝无|决不|禁止|严禁|拒绝|谨防|警惕|当心|小心|"
    "切勿|请勿|勿信|别信|别听|别碰|别|勿|莫|防范|非法|违法|违规|所谓的?|看到|听到|遇到|碰到|以为|相信|宣传|号称|自称|鼓吹|如果有人|凡是|任何|"
    "有没有|是否|是不是|能不能|会不会|可不可以)[^,。;!?]{0,8}|不|没|未|无)$"
)
_EVASION = Pattern(
    "不瞒|不得不|不是(我|咱)|不用说|不骗|没有不|不会不|不能不|不用怕|不用担心|不用管|别怕|别担心|别告诉|别声张|没问题|谁也不知道"
)
_TELLING = Pattern(
    "客户[^,。;!?]{0,6}(反映|反馈|说|称|问|表示|听说|提到|要求|投诉|询问|转述|质疑|抱怨|担心|认为|误以为|坚持)|"
    "(对方|那边|那家|他们|人家|别人|有人|某人|网上|群里|网友|朋友|骗子|中介|销售|主播|广告|短信|前员工|离职)[^,。;!?]{0,8}"
    "(说|称|承诺|许诺|答应|宣传|声称|传|写|讲|保证|打出|喊|忽悠|吹|鼓吹|发|劝|让您|叫您|要您|给您|跟您)|"
    "您(刚才|刚刚|上次|之前|前面|电话里)?(说|问|提|听说|讲|看到|听到|遇到|收到|担心|怕|想要|要的|听|以为)|"
    "(自称|号称|声称|宣称|所谓|诸如|类似|比如有人|冒充|谎称|听信|轻信|骗子|骗局)"
)
_WARNING = Pattern(
    "(违规|违法|骗局|骗子|不合规|不合法|不允许|不准|禁止|严禁|红线|处分|查处|处罚|做不了|做不到|办不到|给不了|不能做|不做|不搞|不干|不行|"
    "不存在|没有的事|没这回事|没这种|没这个|没有这|别信|不要信|不要相信|当心|小心|警惕|留个心眼|不可信|假的|靠不住|打不了|说不准|不敢|不能|不会|"
    "不是真的|不属实|别当真|别碰|别往|要谨慎|请举报|可以举报|拨打12386|报警|我不能|我们不|公司不|没有哪|没有任何|谁也|谁都|删掉|删了|不许|不得|"
    "风险很大|风险提示|已提示|已告知|已说明|已解释|已纠正|不对|说错|误解|不是这样|不属于|没这么)"
)
_ASKING = Pattern(
    "(有没有人|有没有谁|是不是有人|有人[^,。;!?]{0,6}吗|谁(跟|和|对)您|对方(是否|有没有|是不是)|他们(是否|有没有|是不是))"
)
_TO_THE_CLIENT = Pattern(
    "(跟|对|给|向|和|同|与|告诉|告知|回复|答复|答应)(这位|那位|该|这个)?客户[^,。;!?]{0,6}(说|称|讲|表示|提到)"
)
"""Here it is we who speak: 跟客户说 is no 客户说."""
QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"', "‘": "’", "《": "》", "'": "'"}


def scope_of(text: str, start: int, end: int) -> Scope:
    """How the words from start to end of a plain text are meant."""
    first, last = _sentence(text, start, end)
    if _quoted(text, start, end) or _told(text[first:start], text[first:last]):
        return "told"
    if _denied(text[max(first, start - BEFORE) : start]) or _warned(text[end:last]):
        return "denied"
    return "ours"


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a place; no further than the words that could matter."""
    first, last = start, end
    while first > 0 and text[first - 1] not in SENTENCE_ENDS and start - first < LONGEST_QUOTE:
        first -= 1
    while last < len(text) and text[last] not in SENTENCE_ENDS and last - end < LONGEST_QUOTE:
        last += 1
    return first, last


def _quoted(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - LONGEST_QUOTE) : start], text[end : end + LONGEST_QUOTE]
    for opening, closing in QUOTES.items():
        opened = before.rfind(opening)
        if opened >= 0 and closing in after and (opening == closing or closing not in before[opened:]):
            return opening != closing or before.count(opening) % 2 == 1
    return False


def _told(before: str, sentence: str) -> bool:
    if _TO_THE_CLIENT.is_in(before):
        return False
    return (_TELLING.is_in(before) and not _EVASION.is_in(before)) or _ASKING.is_in(sentence)


def _denied(before: str) -> bool:
    return _DENIAL.is_in(before) and not _EVASION.is_in(before)


def _warned(after: str) -> bool:
    return _WARNING.is_in(after) and not _EVASION.is_in(after)
