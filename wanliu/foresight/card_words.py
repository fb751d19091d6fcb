"""The words of a model's page, in both languages."""

from __future__ import annotations

from wanliu.foresight.client_features import FEATURES
from wanliu.text import Text

TITLES = {
    "what": Text(zh="训练用了什么", en="What it was fitted on"),
    "random": Text(zh="成绩：随机留出", en="How well: rows left out at random"),
    "time": Text(zh="成绩：用过去预测后来", en="How well: fitted on the past, judged on later"),
    "gap": Text(zh="随机留出与按时间留出之差", en="Random split against split by time"),
    "listed": Text(
        zh="每天列出得分最高的多少，能找到谁", en="Who is found by listing the highest scores of each day"
    ),
    "reliability": Text(
        zh="概率可信吗（从最高分起，十等份）", en="Can the probability be believed (tenths, highest first)"
    ),
    "slices": Text(zh="分组看", en="By slice"),
    "importance": Text(zh="主要靠哪些特征", en="Which features it leans on"),
    "leaks": Text(zh="有没有列知道得太多", en="Columns that know too much"),
    "drift": Text(zh="这批数据与训练时有多不同", en="How far these tables lie from those it was fitted on"),
    "later": Text(zh="成绩：这批数据", en="How well: these tables"),
    "limits": Text(zh="这个分数是什么，不是什么", en="What the score is, and what it is not"),
}

SAID = {
    "rows": Text(
        zh="{rows} 行，其中离开的 {leavers} 行（{share}）。",
        en="{rows} rows, of which {leavers} left ({share}).",
    ),
    "times": Text(
        zh="时间 {first} 至 {last}，共 {count} 期。", en="Times {first} to {last}, {count} in all."
    ),
    "day": Text(zh="数据说的最后一天：{day}。", en="The last day that the data speak of: {day}."),
    "random": Text(
        zh="整个过程（选树形、训练、校准）在每一份之外重做，再在这一份上打分；各基线用同样的行。",
        en="The whole way (shape of the trees, fitting, calibration) is redone without each part and judged "
        "on it; the baselines see the same rows.",
    ),
    "time": Text(
        zh="只用较早的时间训练，在较晚的时间上打分。",
        en="Fitted on the earlier times alone, judged on the later ones.",
    ),
    "interval": Text(
        zh="打分 {rows} 行；方括号内是重抽样得到的 {share} 区间（同一客户的各行一起抽），"
        "不含“下个季度会变”的不确定。",
        en="{rows} rows judged; brackets hold {share} intervals by resampling, a client's rows together. "
        "That a later quarter may differ is not in them.",
    ),
    "gap": Text(
        zh="随机留出的 AUC 为 {random}，按时间留出为 {time}；以后者为准。",
        en="The AUC is {random} on rows left out at random and {time} on later ones; the latter holds.",
    ),
    "gap_flatters": Text(
        zh="差得太多：同一客户的行相互泄露，或世界在变。不要引用随机留出的数字。",
        en="That is too much: rows of one client give each other away, or the world moves. Do not quote "
        "the first.",
    ),
    "listed": Text(
        zh="精确率：列出的人中离开的；召回率：离开的人中列出的；提前：列出到离开的天数（中位数）。",
        en="Precision: of those listed, who left; recall: of those who left, who was listed; lead: days "
        "from list to leaving (median).",
    ),
    "reliable": Text(
        zh="前三份的“实际 ÷ 预期”都在 {low} 至 {high} 之间。",
        en="Observed ÷ expected lies within {low} and {high} in each of the top three.",
    ),
    "unreliable": Text(
        zh="前三份的“实际 ÷ 预期”有的不在 {low} 至 {high} 之间：排序可用，概率请勿当真。",
        en="Observed ÷ expected leaves {low} to {high} in one of the top three: use the order, do not "
        "believe the probability.",
    ),
    "importance": Text(
        zh="占训练增益的比例。这不是原因，也不说明往哪个方向。",
        en="Shares of the gain in fitting. They are no causes, and say nothing of the direction.",
    ),
    "no_leaks": Text(zh="没有发现。", en="None was found."),
    "leaks_limits": Text(
        zh="查不出的：弱的泄漏、分散在几列里的泄漏、表面上看不出填写时间的列。",
        en="What cannot be found: weak leaks, leaks spread over several columns, columns that do not show "
        "when they were filled in.",
    ),
    "later": Text(zh="打分 {rows} 行。", en="{rows} rows were scored."),
    "score_drift": Text(zh="分数分布的稳定性指数 {value}。", en="Stability index of the score: {value}."),
    "moved": Text(
        zh="变动很大的特征：{columns}。分数可能不再可信，应重新训练或查明原因。",
        en="Features that moved far: {columns}. The score may no longer hold: fit again, or find out why.",
    ),
    "not_moved": Text(
        zh="没有特征的稳定性指数达到 {border}。", en="No feature reaches a stability index of {border}."
    ),
    "limits": Text(
        zh="分数是：在训练数据所说的期限内，与这位客户相似的人离开的比例。\n"
        "分数不是原因，不是意愿，也不说明联系了会怎样；只用来排先后，由人决定。\n"
        "分数不得用来定佣金、利率或礼品（个人信息保护法第 24 条）；客户可以拒绝自动评分。\n"
        "换了客群、换了季度、换了系统，先看漂移和新的结果，再相信它。",
        en="The score is the share of clients like this one who left within the term that the data speak "
        "of.\nIt is no cause, no intention, and says nothing of what a call would do; it puts people in an "
        "order, and a person decides.\nIt may not set a commission, a rate or a gift (Personal Information "
        "Protection Law, art. 24); a client may refuse to be scored.\nWith other clients, another quarter "
        "or another system, look at drift and new outcomes before you trust it.",
    ),
}

HEADS = {
    "figures": (
        Text(zh="方法", en="method"),
        Text(zh="AUC", en="AUC"),
        Text(zh="平均精确率", en="average precision"),
        Text(zh="前十分之一提升", en="lift, top tenth"),
        Text(zh="对数损失", en="log-loss"),
    ),
    "reliability": (
        Text(zh="份", en="tenth"),
        Text(zh="行", en="rows"),
        Text(zh="预期离开", en="expected"),
        Text(zh="实际离开", en="observed"),
        Text(zh="实际 ÷ 预期", en="observed ÷ expected"),
    ),
    "listed": (
        Text(zh="列出", en="listed"),
        Text(zh="精确率", en="precision"),
        Text(zh="召回率", en="recall"),
        Text(zh="提前（天）", en="lead (days)"),
    ),
    "slices": (
        Text(zh="分组", en="slice"),
        Text(zh="行", en="rows"),
        Text(zh="离开", en="left"),
        Text(zh="AUC", en="AUC"),
        Text(zh="实际 ÷ 预期", en="observed ÷ expected"),
    ),
    "importance": (Text(zh="特征", en="feature"), Text(zh="增益占比", en="share of gain")),
    "drift": (Text(zh="特征", en="feature"), Text(zh="稳定性指数", en="stability index")),
}

NAMES = {feature.name: feature.words for feature in FEATURES} | {
    "stretch": Text(zh="观察期的哪一段", en="which stretch of the horizon"),
    "model": Text(zh="本模型", en="this model"),
    "base rate": Text(zh="基准比例（人人相同）", en="base rate (the same for all)"),
    "idle time": Text(zh="只看多久没有动静", en="idle time alone"),
    "logistic RFM": Text(
        zh="逻辑回归（最近、次数、资产）", en="logistic regression on recency, frequency, assets"
    ),
    "tenure": Text(zh="开户天数", en="days since opening"),
    "net_assets": Text(zh="净资产（元）", en="net assets (CNY)"),
    "age": Text(zh="年龄", en="age"),
    "branch": Text(zh="营业部", en="branch"),
    "logistic": Text(zh="逻辑回归", en="logistic regression"),
    "plain LightGBM": Text(zh="LightGBM 默认设置", en="LightGBM as it comes"),
}

ASIDE = {
    "blank": Text(zh="全为空、没有读的列：{columns}。", en="Blank throughout, and not read: {columns}."),
    "constant": Text(
        zh="只有一个值、没有读的列：{columns}。", en="One value throughout, and not read: {columns}."
    ),
    "names": Text(
        zh="值太多、像是名字，没有读的列：{columns}。",
        en="Too many different values, like names, and not read: {columns}.",
    ),
}
