"""What the page of a study of cuts says: its headings, explanations and heads of columns."""

from __future__ import annotations

from wanliu.text import Language, Text

TITLE = Text(zh="降佣留得住客户吗：{book}", en="Does a cut keep clients? {book}")
SPAN = Text(
    zh="{first} 至 {last}，{weeks} 周（另有 {left_out} 周前后数据不够，未计入）；账簿指纹 {print}。括号内是"
    " {level}% 区间。",
    en="{first} to {last}, {weeks} weeks ({left_out} more are too near the book's ends); book {print}. In "
    "brackets: intervals of {level} %.",
)
NUMBERS = Text(zh="数字表", en="the numbers")
CUTS_HEAD = Text(zh="降佣之后，走的人少了吗", en="After a cut, do fewer leave?")
CUTS_SAID = Text(
    zh="圆点：与可比客户相比，离开比例相差几个百分点，负数是走得更少。三角：把两组直接相减，这里面混着“谁会"
    "拿到降佣”。",
    en="Circle: the difference in leaving beside comparable clients, in percentage points; below 0 fewer "
    "leave. Triangle: the bare difference, which mixes in who is given a cut.",
)
COUNTED = Text(zh="第 {nth} 次：{count} 例", en="cut {nth}: {count}")
LATER = Text(
    zh="{counted}。账簿开始之前的降佣无从知道，第几次是从账簿开始数的。对照中有 {later} 在此后 90 天内也降了"
    "佣：估计的是“这周降”比“这周不降”。",
    en="{counted}. Cuts before the book began are not known, so they are counted from there. Of those "
    "without a cut {later} were cut within the next 90 days after all: this is a cut now against none now.",
)
PARTS_HEAD = Text(zh="分人群", en="By kind of client")
PARTS_SAID = Text(
    zh="忠诚：开户满 {years} 年，且至少 {active} 的月份有委托。人群按降佣之前的情况划分。",
    en="Loyal: here for {years} years, and with orders in at least {active} of the months known. Kinds are "
    "those before the cut.",
)
LOYALTY = Text(
    zh="没有降佣的客户 90 天内离开：忠诚客户 {loyal}（{clients} 位），其他客户 {others}，相差 {difference} "
    "个百分点。",
    en="Left within 90 days without a cut: loyal clients {loyal} ({clients} clients), others {others}; "
    "difference {difference} points.",
)
PATHS_HEAD = Text(zh="降佣前后，逐月来看", en="Month by month, before and after")
PATHS_SAID = Text(
    zh="降佣的客户减去可比的客户。虚线左边应当贴着 0：不贴着，两组本来就在不同的路上，右边的差别就不能算在降"
    "佣头上。",
    en="Clients with a cut less comparable ones. Left of the dashed line this should hold 0: where it does "
    "not, the two were on different roads before, and what is right of it cannot be put down to the cut.",
)
NO_PATHS = Text(zh="降佣的客户太少，画不出来。", en="Too few clients were cut to draw this.")
STEP = Text(zh="30 天数", en="step of 30 days")
WITH = Text(zh="降佣", en="with a cut")
THEIR_LIKE = Text(zh="可比的", en="their like")
DIFFERENCE = Text(zh="差", en="difference")
ROWS = Text(zh="行数", en="rows")
CHECKS_HEAD = Text(zh="本该什么也查不出的检查", en="Checks that must find nothing")
CHECKS_SAID = Text(
    zh="假日期：把降佣日往前挪一个观察期，看那时到真实降佣日之间是否有半数资金转出。假结果：换电话或地址，降"
    "佣影响不了。区间若不含 0，"
    "说明选择性偏差没有去干净。",
    en="Fake date: the day of the cut is moved back by a horizon; did half of the money go out before the "
    "real one? Fake outcome: a new phone or address, which no price can move. An interval without 0 says "
    "that selection is left.",
)
PASSED = Text(
    zh="做得出的检查都通过了。通过不等于没有偏差：账簿里没有的东西，检查也看不见。",
    en="Every check that could be made was passed. That proves no absence of bias: what the book does not "
    "hold, no check can see.",
)
NOT_CHECKED = Text(zh="一项检查也做不出来。", en="None of the checks could be made.")
LEVELS_HEAD = Text(zh="费率越高，走得越多吗", en="The higher the rate, the more leave?")
LEVELS_SAID = Text(
    zh="按此前 90 天实际付的费率（佣金 ÷ 成交额，含最低收费）分组。三角：各组自己的比例；圆点：假如所有客户"
    "都付这个费率。费率大多开户时就定了，"
    "这条曲线只是相关。没有委托的客户不在其中。",
    en="By what was really paid in the 90 days before (commission ÷ turnover, minimum and all). Triangle: "
    "the group's own share; circle: as if all clients paid it. Rates are mostly set when an account is "
    "opened, so this curve is a correlation. Clients without orders are not in it.",
)
RATE = Text(zh="实际费率（万分之）", en="effective rate (per 10,000)")
LEAVERS = Text(zh="离开", en="leavers")
BARE = Text(zh="直接的比例", en="bare share")
LIKE_ALL = Text(zh="假如都付这个费率", en="as if all paid it")
SERVICE_HEAD = Text(zh="服务与价格，按钱来比", en="Service beside price, per yuan")
SERVICE_SAID = Text(
    zh="同样的算法用在服务上。最后一列：每花一万元多留住几位客户（区间）· 每例花费。降佣的花费是观察期里少收"
    "的佣金；服务的单价是默认值，请用 "
    "--cost 换成公司自己的。价格与服务都不是随便给的，谁被联系更是如此。",
    en="The same sum for service. Last column: clients kept for each 10,000 CNY (interval) · cost of one. A "
    "cut costs the commission given up within the horizon; costs of service are defaults, to be replaced by "
    "the firm's own with --cost. Neither is given at random, and least of all whom staff call.",
)
ABSENT = Text(zh="账簿里没有：{tables}。", en="Not in the book: {tables}.")
OVERLAP_HEAD = Text(zh="两组可比吗", en="Can the two be compared?")
OVERLAP_SAID = Text(
    zh="在那一周得到降佣的可能性，两组的分布要有重叠。表中是 5、25、50、75、95 分位，加权后对照的有效样本量"
    "，和因找不到可比者而去掉的例数。",
    en="How likely a cut was in that week: the two distributions must overlap. The table has the quantiles "
    "5, 25, 50, 75 and 95, the effective sample size of the weighted comparison, and how many were left out "
    "for want of a like.",
)
CHANCE_WITH = Text(zh="可能性：得到的", en="chance: with")
CHANCE_WITHOUT = Text(zh="可能性：没有的", en="chance: without")
EFFECTIVE = Text(zh="有效样本量", en="effective size")
TRIMMED = Text(zh="去掉", en="left out")
OF = Text(zh="做了什么", en="what was done")
PART = Text(zh="哪些客户", en="which")
WITHIN = Text(zh="天数", en="days")
TREATED = Text(zh="例数", en="cases")
LEFT = Text(zh="离开", en="left")
WITHOUT = Text(zh="若没有，估计离开", en="would have left without")
EFFECT = Text(zh="相差（百分点）", en="difference (points)")
NAIVE = Text(zh="直接相减", en="bare difference")
PER_YUAN = Text(zh="每万元多留住 · 每例元", en="kept per 10,000 CNY · CNY each")
HOW_HEAD = Text(zh="怎样算的", en="How this was computed")
HOW_SAID = Text(
    zh="每 {window} 天一个界标：这一周里得到降佣的，与没有得到的相比；两边在界标日都还是有效户，离开从次日算"
    "起，所以谁也没有白得“还没走”的日子。"
    "已知情况只读到降佣前一日（当日的申请算在前面）：资产、成交、委托、资金、联系、申请、投诉、登录、费率、"
    "年限、此前降过几次；年龄、性别不用。"
    "双重稳健估计（AIPW）：一个回归估计得到降佣的可能性，一个估计不降会不会走，两个只要一个对；{folds} 折交"
    "叉拟合，同一客户不分开；可能性高于 "
    "{most} 的去掉。区间按客户聚类。少于 {treated} 位客户、{leavers} 次对照离开、有效样本量 {effective}，不"
    "给数字。“支持”要求整个区间在 ±{margin} "
    "个百分点以内，“不支持”要求整个区间低于 0。离开的定义与回测相同，只因下跌的不算。账簿里没有的原因（如竞"
    "争对手的电话）可能同时影响降佣与离开，"
    "这种偏差哪种算法都去不掉；随机给一部分客户，才能真正回答。",
    en="A landmark every {window} days: who was given a cut in that week beside who was not; both are still "
    "valid clients on the landmark, and leaving counts from the day after, so nobody is credited with days "
    "of “not gone yet”. What was known is read up to the day before (a request of the day itself came "
    "first): assets, turnover, orders, money, contacts, requests, complaints, log-ins, rate, tenure, "
    "earlier cuts; neither age nor sex. Doubly robust (AIPW): one regression of who gets a cut, one of who "
    "leaves without it, of which one has to be right; {folds} folds of cross-fitting that never part a "
    "client's rows; chances above {most} are left out. Intervals are clustered by client. Below {treated} "
    "clients, {leavers} leavers among those without, or an effective size of {effective} there is no "
    "number. “Supported” asks for the whole interval within ±{margin} points, “contradicted” for all of it "
    "below 0. Leaving is that of the back-test, but not where only prices fell. What the book does not hold "
    "(a rival's call) may move both cut and leaving, and no arithmetic takes that out: only giving a cut by "
    "lot would answer for good.",
)
CHARTS: dict[str, Text] = {
    "cuts": CUTS_HEAD,
    "parts": PARTS_HEAD,
    "assets": Text(zh="降佣前后的资产", en="Assets before and after a cut"),
    "orders": Text(zh="降佣前后的委托", en="Orders before and after a cut"),
    "levels": LEVELS_HEAD,
    "service": SERVICE_HEAD,
    "checks": CHECKS_HEAD,
    "overlap": OVERLAP_HEAD,
}
"""The charts by name, in the order in which they are looked at."""


def chart_file(name: str, language: Language) -> str:
    """The chart as a picture of its own, as the workbench shows it: in each language, whatever the page's."""
    return f"{name}.{language}.svg"
