"""Whole messages: the parts that must be there, whatever the sentences say.

A text without a required part fails, and what is missing is said in words. The parts: who sends it and how to
refuse more (messages), the risk sentence (a product or service is proposed), version and date of the tariff
(commission figures are stated), that the decision is the client's own (a request to leave is open), the
adviser's name and registration (advice is given). Approval by compliance stands beside this, never behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from wanliu.language.normalise import plain
from wanliu.language.pattern import Pattern
from wanliu.playbook.items import Stage
from wanliu.text import Text

Channel = Literal["counter", "phone", "message", "mass"]
WRITTEN: frozenset[Channel] = frozenset({"message", "mass"})


@dataclass(frozen=True)
class Part:
    """A required part: how its presence is seen in a plain text, and the sentence where it is missing."""

    id: str
    there: tuple[Pattern, ...]
    missing: Text

    def is_in(self, text: str) -> bool:
        return all(pattern.is_in(text) for pattern in self.there)


def missing_parts(
    text: str,
    *,
    channel: Channel,
    stage: Stage = "normal",
    proposes: bool | None = None,
    advises: bool | None = None,
    firm: str | None = None,
) -> tuple[Part, ...]:
    """What the text lacks, in the order of reading; empty where nothing is.

    ``proposes`` and ``advises`` say whether it offers a product or service, or gives advice on
    securities; None leaves that to the words. ``firm`` is the sender's name as it must stand in a message;
    None takes any firm's.
    """
    read = plain(text).text
    required = _required(read, channel=channel, stage=stage, proposes=proposes, advises=advises)
    missing = [part for part in required if not part.is_in(read)]
    if channel in WRITTEN and firm is not None and plain(firm).text not in read and SENDER not in missing:
        missing.insert(0, SENDER)
    return tuple(missing)


def _required(
    text: str, *, channel: Channel, stage: Stage, proposes: bool | None, advises: bool | None
) -> Iterator[Part]:
    if channel in WRITTEN:
        yield SENDER
        yield REFUSAL
    if _PROPOSING.is_in(text) if proposes is None else proposes:
        yield RISK
    if _COMMISSION_FIGURE.is_in(text):
        yield TARIFF_VERSION
        yield TARIFF_DATE
    if stage == "exit":
        yield FREE_TO_LEAVE
    if _ADVISING.is_in(text) if advises is None else advises:
        yield ADVISER


_PROPOSING = Pattern(
    "(申购|认购|购买|订阅|签约|开通|试用|体验|参加|报名|了解一下|推荐|推出|上线|新发|首发|发售|适合您|为您准备|供您参考|介绍)"
    "[^。;!?]{0,15}(基金|理财|资管|产品|组合|收益凭证|投顾服务|资讯服务|研究报告|研报|策略|两融|融资融券|期权|私募|国债逆回购)|"
    "(基金|理财产品|资管计划|收益凭证|组合|投顾服务|资讯产品|研究报告)[^。;!?]{0,12}"
    "(申购|认购|发售|上线|推出|开放购买|试用|适合您|供您参考|可以看看|欢迎)|"
    "(invite you|offer you|recommend|subscribe to|try)[^.;!?]{0,40}(fund|product|portfolio|service|research)"
)
_COMMISSION_FIGURE = Pattern(
    r"(佣金|费率|手续费)[^。;!?]{0,12}(万分之?[\d一二三四五六七八九]|千分之|\d(\.\d+)?‰|0\.\d+%|\d+元|\d+块)|"
    r"(每笔)?最低(收费|佣金)[^。;!?]{0,4}\d+(\.\d+)?元|"
    r"(commission|rate|minimum)[^.;!?]{0,30}(\d+(\.\d+)?(‰|%)|\d+(\.\d+)? yuan)"
)
_ADVISING = Pattern(
    "建议您?(买入|卖出|加仓|减仓|增持|减持|持有|配置|调仓|清仓|关注)|投资建议(是|为|如下|:)|"
    "(we|i) (advise|recommend)[^.;!?]{0,20}(buy|sell|hold|add|reduce)"
)

SENDER = Part(
    "sender",
    (Pattern("证券|营业部|分公司|【[^】]{2,}】|securities|branch"),),
    Text(
        zh="没有写明是谁发的：公司、营业部和人。", en="It does not say who sends it: firm, branch and person."
    ),
)
REFUSAL = Part(
    "refusal",
    (
        Pattern(
            "拒收|退订|回复?(t|td|r|n)($|[^a-z])|不再(接收|收到)|取消订阅|不想(再)?收到|不愿(再)?收到|"
            "unsubscribe|opt out|reply (r|stop|t)|refuse|no longer wish|stop receiving"
        ),
    ),
    Text(
        zh="没有写怎样拒收，例如“拒收请回复R”。",
        en="It does not say how to refuse more, as in “reply R to refuse”.",
    ),
)
RISK = Part(
    "risk",
    (
        Pattern(
            "(投资|市场|股市|入市|证券)[^。;!?]{0,4}有风险|风险[^。;!?]{0,6}(谨慎|自担|自负)|"
            "carr(y|ies) risk|involves? risk|at your own risk"
        ),
    ),
    Text(
        zh="提到产品或服务，却没有风险提示“投资有风险，入市需谨慎”或公司核定的风险提示。",
        en="It proposes a product or service without “investing carries risk; be careful when entering the "
        "market” or the firm's approved text.",
    ),
)
TARIFF_VERSION = Part(
    "tariff_version",
    (Pattern("收费标准|收费表|费率表|佣金标准|公示标准|依据|按公示|第[^,。;]{1,4}版|tariff"),),
    Text(
        zh="提到佣金数字，却没有写明依据哪一版收费标准。",
        en="It states commission figures without naming the version of the tariff.",
    ),
)
TARIFF_DATE = Part(
    "tariff_date",
    (Pattern(r"\d{4}[-/年.]\d{1,2}([-/月.]\d{1,2})?|\d{1,2} [a-z]+ \d{4}|[a-z]+ \d{1,2}, ?\d{4}"),),
    Text(
        zh="提到佣金数字，却没有写明收费标准的公示日期。",
        en="It states commission figures without the date on which the tariff was published.",
    ),
)
FREE_TO_LEAVE = Part(
    "free_to_leave",
    (
        Pattern(
            "由您[^,。;!?]{0,4}(决定|定|做主|作主|选)|您(自己|说了)(决定|定|算)|听您的|"
            "yours to decide|up to you"
        ),
        Pattern("不影响|不耽误|照办|照常|照走|照样|不妨碍|does not affect|no effect on|goes on|goes ahead"),
    ),
    Text(
        zh="客户的转户、销户申请正在办理，却没有写“是否办理由您决定，不影响申请”或相当的话。",
        en="A request to leave is open, and it lacks “whether to go ahead is yours to decide; it does not "
        "affect your request” or the like.",
    ),
)
ADVISER = Part(
    "adviser",
    (
        Pattern("投资顾问|投顾|adviser|advisor"),
        Pattern(r"(登记|执业|证书|注册)(编号|号码|号)|s\d{4,}|registration (number|no)|registered no"),
    ),
    Text(
        zh="给出了投资建议，却没有写明投资顾问的姓名和登记编号。",
        en="It gives advice without the adviser's name and registration number.",
    ),
)
