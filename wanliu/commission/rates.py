"""Rates and amounts as people write them, exactly as decimals, or refused; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from wanliu.errors import UsageError
from wanliu.text import Text

RATE_PLACES = 8
"""Decimals of a rate, as the book holds it."""
MONEY_PLACES = 2
PER_MILLE = Decimal("0.001")
MOST_DIGITS = 30
"""More digits than any rate or amount has; whoever sends more has sent something else."""

_PER = {"万": Decimal("0.0001"), "千": Decimal("0.001"), "百": Decimal("0.01")}
_SIGNS = {"%": Decimal("0.01"), "‰": Decimal("0.001"), "‱": Decimal("0.0001"), "bp": Decimal("0.0001")}
_DIGITS = dict(zip("零〇一二两三四五六七八九", "001223456789", strict=True))

_NUMBER = r"\d+(?:\.\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})(%|‰|‱|bp)?")
_CHINESE = re.compile(
    rf"(?:([万千百])分之|([万千]))(?:({_NUMBER})|([{''.join(_DIGITS)}](?:点[{''.join(_DIGITS)}]+)?))"
)
_YUAN = re.compile(rf"[¥￥]?({_NUMBER})元?")


def rate_of(written: str | Decimal, *, at_most: Decimal = Decimal(1)) -> Decimal:
    """The rate as a fraction: 万2.5, 万分之二点五, 0.025%, 0.25‰ and 0.00025 are all 0.00025.

    A number without a sign is a fraction. Raises UsageError for anything else, for more than eight decimals,
    and for more than ``at_most``: nobody pays 2.5, and which sign it lacks is unknown.
    """
    words = _plainly(written)
    found = _fraction(words)
    if found is None:
        raise UsageError(_NO_RATE.format(written=_short(str(written))))
    if found != found.quantize(Decimal(1).scaleb(-RATE_PLACES)):
        raise UsageError(_TOO_FINE.format(written=_short(str(written)), places=RATE_PLACES))
    if found > at_most:
        bare = _PLAIN.fullmatch(words)
        sentence = _WITHOUT_SIGN if bare and not bare[2] else _ABOVE
        raise UsageError(
            sentence.format(written=_short(str(written)), means=in_percent(found), most=in_percent(at_most))
        )
    return found


def yuan_of(written: str | Decimal) -> Decimal:
    """An amount in yuan, at least 0, to the fen: 5, 5.00, 5元 and ¥5. Raises UsageError for anything else."""
    words = _plainly(written)
    if words.startswith("-"):
        raise UsageError(_NEGATIVE.format(written=_short(str(written))))
    found = _YUAN.fullmatch(words)
    if not found or len(words) > MOST_DIGITS:
        raise UsageError(_NO_AMOUNT.format(written=_short(str(written))))
    amount = Decimal(found[1])
    if amount != amount.quantize(Decimal(1).scaleb(-MONEY_PLACES)):
        raise UsageError(_NO_FEN.format(written=_short(str(written))))
    return amount


def in_words(rate: Decimal) -> Text:
    """A rate as people say it, in full: 0.00025 is 万2.5 and 0.025%, 0.0025 is 2.5‰ in Chinese."""
    zh = f"{_trimmed(rate.scaleb(3))}‰" if rate >= PER_MILLE else f"万{_trimmed(rate.scaleb(4))}"
    return Text(zh=zh, en=in_percent(rate))


def in_percent(rate: Decimal) -> str:
    return f"{_trimmed(rate.scaleb(2))}%"


def _fraction(words: str) -> Decimal | None:
    if len(words) > MOST_DIGITS:
        return None
    if plain := _PLAIN.fullmatch(words):
        return Decimal(plain[1]) * _SIGNS.get(plain[2], Decimal(1))
    if chinese := _CHINESE.fullmatch(words):
        per = _PER[chinese[1] or chinese[2]]
        return Decimal(chinese[3] or _arabic(chinese[4])) * per
    return None


def _arabic(number: str) -> str:
    return "".join("." if one == "点" else _DIGITS[one] for one in number)


def _plainly(written: str | Decimal) -> str:
    """Full-width signs as their plain ones, and no blanks: people put them between number and sign."""
    if isinstance(written, Decimal):
        return f"{written:f}"
    return "".join(unicodedata.normalize("NFKC", written).split()).lower()


def _trimmed(number: Decimal) -> str:
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _short(written: str) -> str:
    return written if len(written) <= MOST_DIGITS else f"{written[:MOST_DIGITS]}…"


_NO_RATE = Text(
    zh="“{written}”不是一个费率。请写成 万2.5、0.025%、0.25‰ 或 0.00025；最低收费请另外给出。",
    en="“{written}” is no rate. Write 0.025%, 0.25‰, 万2.5 or 0.00025; a minimum is given apart.",
)
_TOO_FINE = Text(
    zh="“{written}”的小数太多：费率最多到小数点后 {places} 位。",
    en="“{written}” has too many decimals: a rate has at most {places}.",
)
_WITHOUT_SIGN = Text(
    zh="“{written}”没有写明单位，按小数理解就是 {means}，超过上限 {most}。请写明 万、% 或 ‰。",
    en="“{written}” has no sign; as a fraction it is {means}, above the most allowed, {most}. "
    "Write it with %, ‰ or 万.",
)
_ABOVE = Text(
    zh="“{written}”即 {means}，超过上限 {most}。请核对。",
    en="“{written}” is {means}, above the most allowed, {most}. Please check it.",
)
_NEGATIVE = Text(
    zh="最低收费不能是负数（“{written}”）。没有最低收费请写 0。",
    en="A minimum cannot be negative (“{written}”). Where there is none, write 0.",
)
_NO_AMOUNT = Text(
    zh="“{written}”不是金额。请写成 5 或 5.00（元）。", en="“{written}” is no amount. Write 5 or 5.00 (yuan)."
)
_NO_FEN = Text(
    zh="“{written}”不足一分。金额最多到分。", en="“{written}” is finer than a fen; an amount ends there."
)
