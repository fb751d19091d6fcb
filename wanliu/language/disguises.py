"""The disguises that words of this trade put on: look-alikes, homophones, split characters, emoji, pinyin.

Data only; ``normalise.py`` takes them off. A guard maps to itself, so that 费用金额 never becomes 费佣金额.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

CHARACTERS: dict[str, str] = {
    "你": "您",
    "妳": "您",
    "伱": "您",
    "〇": "零",
    "○": "零",
    "◯": "零",
    "🈚": "无",
    "🉐": "得",
    "🈲": "禁",
    "🐂": "牛",
    "🐮": "牛",
    "🐎": "马",
    "🐴": "马",
    "💰": "钱",
    "💴": "钱",
    "💵": "钱",
    "🤑": "钱",
    "📈": "涨",
    "🚀": "涨",
    "📉": "跌",
    "➕": "加",
    "✖": "乘",
    "💹": "涨",
    "夲": "本",
    "収": "收",
    "帐": "账",
    "傭": "佣",
    "‟": "‰",
}
"""One character for one."""

SOUTHERN: dict[str, str] = {
    "唔": "不",
    "冇": "没",
    "嘅": "的",
    "㗎": "的",
    "係": "是",
    "佢": "他",
    "哋": "们",
    "咁": "这",
    "嘢": "事",
    "畀": "给",
    "俾": "给",
    "嚟": "来",
    "睇": "看",
    "喺": "在",
    "咗": "了",
    "嗰": "那",
    "啲": "些",
    "攞": "拿",
    "揾": "找",
    "搵": "找",
    "乜": "啥",
    "蚀": "亏",
    "蝕": "亏",
    "孭": "扛",
}
"""Characters of Cantonese, by the common ones: the same offence in another tongue is the same offence."""

PICTURES: dict[str, str] = {
    "🧧": "红包",
    "🎁": "礼物",
    "🆓": "免费",
    "🐧": "qq",
    "🛰": "微信",
    "💯": "百分百",
    "🚗": "车",
    "🚘": "车",
    "🐔": "机",
    "🆚": "比",
    "📱": "手机",
    "🔑": "密码",
    "🏦": "银行",
    "🉑": "可以",
    "🙅": "不行",
}
"""One picture for a word."""

SPLIT: dict[str, str] = {
    "亻用": "佣",
    "亻呆": "保",
    "亻寸": "付",
    "亻弋": "代",
    "贝兼": "赚",
    "禾急": "稳",
    "氵张": "涨",
    "氵长": "涨",
    "辶反": "返",
    "反辶": "返",
    "月殳": "股",
    "钅戋": "钱",
    "讠正": "证",
    "彳攴": "微",
}
"""Characters taken apart."""

GUARDED = "费使信所占动专享采引作运应利通备公"
"""Before 用金 these make another word (费用金额)."""

WORDS: dict[str, str] = {
    **{f"{before}用金": f"{before}用金" for before in GUARDED},
    "拥金": "佣金",
    "用金": "佣金",
    "庸金": "佣金",
    "佣今": "佣金",
    "佣斤": "佣金",
    "涌金": "佣金",
    "反佣": "返佣",
    "返拥": "返佣",
    "反拥": "返佣",
    "返用": "返佣",
    "返勇": "返佣",
    "翻佣": "返佣",
    "反点": "返点",
    "反现": "返现",
    "返线": "返现",
    "反钱": "返钱",
    "保笨": "保本",
    "保苯": "保本",
    "宝本": "保本",
    "葆本": "保本",
    "保奔": "保本",
    "包本": "保本",
    "稳转不": "稳赚不",
    "稳撰": "稳赚",
    "稳啭": "稳赚",
    "吻赚": "稳赚",
    "穏赚": "稳赚",
    "文赚": "稳赚",
    "包撰": "包赚",
    "收溢": "收益",
    "收亦": "收益",
    "内募": "内幕",
    "内慕": "内幕",
    "内木": "内幕",
    "霄息": "消息",
    "硝息": "消息",
    "销息": "消息",
    "古票": "股票",
    "谷票": "股票",
    "骨票": "股票",
    "鼓票": "股票",
    "密马": "密码",
    "蜜码": "密码",
    "秘码": "密码",
    "验正码": "验证码",
    "验征码": "验证码",
    "虹包": "红包",
    "洪包": "红包",
    "薇信": "微信",
    "葳信": "微信",
    "徽信": "微信",
    "维信": "微信",
    "微芯": "微信",
    "加威信": "加微信",
    "加卫星": "加微信",
    "我卫星": "我微信",
    "加薇": "加微信",
    "我薇": "我微信",
    "的薇": "的微信",
    "抠抠": "qq",
    "扣扣号": "qq号",
    "企鹅号": "qq号",
    "0佣": "零佣",
    "0手续": "零手续",
    "0风险": "零风险",
    "0亏损": "零亏损",
    "0门槛": "零门槛",
    "0费": "零费",
    "o风险": "零风险",
    "o佣": "零佣",
    "抄盘手": "操盘手",
    "代抄作": "代操作",
    "兜低": "兜底",
    "不使": "不用",
    "听日": "明天",
    "而家": "现在",
    "边个": "谁",
    "呢个": "这个",
    "呢种": "这种",
    "呢只": "这只",
    "呢度": "这里",
    "话我知": "告诉我",
    "话您知": "告诉您",
    "点解": "为什么",
    "斗底": "兜底",
}
"""Whole words, by whole words; the longest reads first."""

LATIN: dict[str, str] = {
    "v信": "微信",
    "v❤": "微信",
    "wei信": "微信",
    "微xin": "微信",
    "weixin": "微信",
    "wechat": "微信",
    "vx": "微信",
    "wx": "微信",
    "加v": "加微信",
    "加我v": "加我微信",
    "+v": "加微信",
    "我v": "我微信",
    "私v": "私微信",
    "yzm": "验证码",
    "mm": "密码",
    "hb": "红包",
    "zfb": "支付宝",
    "nmxx": "内幕消息",
    "nbxx": "内部消息",
}
"""Latin letters for Chinese ones; they must stand alone, with no other letter or figure beside them."""

SPOKEN = """
保本:bao ben  稳赚:wen zhuan  包赚:bao zhuan  必赚:bi zhuan  赚钱:zhuan qian  返佣:fan yong
返现:fan xian  返点:fan dian  返钱:fan qian  佣金:yong jin  免佣:mian yong  零佣:ling yong
内幕:nei mu  内部:nei bu  消息:xiao xi  密码:mi ma  验证码:yan zheng ma  收益:shou yi
风险:feng xian  翻倍:fan bei  涨停:zhang ting  推荐:tui jian  股票:gu piao  操作:cao zuo
代客:dai ke  操盘:cao pan  代操:dai cao  理财:li cai  承诺:cheng nuo  保证:bao zheng
亏损:kui sun  兜底:dou di  主力:zhu li  庄家:zhuang jia  牛股:niu gu  牛票:niu piao
黑马:hei ma  杠杆:gang gan  配资:pei zi  红包:hong bao  礼品:li pin  投诉:tou su
撤诉:che su  销户:xiao hu  转户:zhuan hu  免费:mian fei  优惠:you hui  贷款:dai kuan
借呗:jie bei  花呗:hua bei  分成:fen cheng  提成:ti cheng  券商:quan shang  骗子:pian zi
微信:wei xin  私下:si xia  稳赢:wen ying  兜住:dou zhu  回本:hui ben  解套:jie tao
满仓:man cang  加仓:jia cang  抄底:chao di  建仓:jian cang  信用卡:xin yong ka  账户:zhang hu
转账:zhuan zhang  测评:ce ping  垃圾:la ji  刷单:shua dan  刷量:shua liang  礼物:li wu
购物卡:gou wu ka  大涨:da zhang  必涨:bi zhang  稳稳:wen wen
"""
"""Words with the sound of each character: any may be written as it sounds, or by its first letter."""


def spoken() -> dict[str, str]:
    """Every spelling of the words above, with characters as pinyin (bao本, baoben) or as an initial (返y)."""
    return {
        spelling: word
        for word, sounds in _spoken_words()
        for spelling in _spellings(word, sounds)
        if spelling != word
    }


def _spoken_words() -> Iterator[tuple[str, list[str]]]:
    for pair in SPOKEN.replace("\n", "  ").strip().split("  "):
        word, _, sounds = pair.strip().partition(":")
        if word:
            yield word, sounds.split()


def _spellings(word: str, sounds: list[str]) -> Iterator[str]:
    """An initial stands for one character, and never the first: 返y is one, f佣 may be anything."""
    for mixed in product(*zip(word, sounds, strict=True)):
        yield "".join(mixed)
        yield " ".join(mixed)
    for place in range(1, len(word)):
        yield word[:place] + sounds[place][0] + word[place + 1 :]
