"""``wanliu simulate``: a made-up brokerage to try everything on."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.cli.options import shown_progress, the_day
from wanliu.errors import DONE
from wanliu.simulator import drawn_faults, read_index, simulate
from wanliu.text import Text

HELP = Text(
    zh="造一家虚拟券商的数据（谁会离开是已知的，另存一处）",
    en="make the data of an invented brokerage (its leavers are known, and kept apart)",
)
CLIENTS, FIRST, LAST, SEED = 5000, "2008-01-02", "2009-10-31", 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help=str(_OUT))
    parser.add_argument(
        "--clients", type=int, default=CLIENTS, metavar="N", help=str(_CLIENTS.format(clients=CLIENTS))
    )
    parser.add_argument(
        "--from", dest="first", type=the_day, default=the_day(FIRST), metavar="DATE", help=str(_FIRST)
    )
    parser.add_argument(
        "--to", dest="last", type=the_day, default=the_day(LAST), metavar="DATE", help=str(_LAST)
    )
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=str(_SEED))
    parser.add_argument("--format", choices=("csv", "parquet"), help=str(_FORMAT))
    parser.add_argument("--faults", action="store_true", help=str(_FAULTS))
    parser.add_argument("--damaged", action="store_true", help=str(_DAMAGED))
    parser.add_argument("--price-effect", type=float, metavar="SHARE", help=str(_PRICE_EFFECT))
    parser.add_argument("--index", type=Path, metavar="FILE", help=str(_INDEX))
    parser.add_argument("--replace", action="store_true", help=str(_REPLACE))


def run(given: argparse.Namespace) -> int:
    damaged = given.out.with_name(given.out.name + ".damaged") if given.damaged else None
    span = {"first": given.first, "last": given.last}
    with shown_progress() as progress:
        simulate(
            given.out,
            clients=given.clients,
            **span,
            seed=given.seed,
            format=given.format or ("csv" if damaged else "parquet"),
            damaged=damaged,
            replace=given.replace,
            faults=drawn_faults(given.seed, **span) if given.faults else (),
            price_effect=given.price_effect,
            index=read_index(given.index) if given.index else None,
            progress=lambda done, total: progress(_MAKING, done, total),
        )
    print(_DONE.format(clients=f"{given.clients:,}", out=given.out))
    if given.faults:
        print(_FAULTS_ARE.format(out=given.out))
    if damaged:
        print(_DAMAGED_ARE.format(damaged=damaged))
    return DONE


_OUT = Text(zh="数据文件夹；真相在 OUT.truth", en="folder of the data; the truth goes to OUT.truth")
_CLIENTS = Text(zh="客户数（默认 {clients}）", en="number of clients (default: {clients})")
_FIRST = Text(zh="起始日", en="first day")
_LAST = Text(zh="截止日", en="last day")
_SEED = Text(zh="随机种子：同样的种子，同样的数据", en="the same seed makes the same data")
_FORMAT = Text(
    zh="文件格式（默认 parquet；有 --damaged 时为 csv）",
    en="format of the files (default: parquet; csv with --damaged)",
)
_FAULTS = Text(
    zh="像真的一样缺数据：资产和成交各有一天没送来、一天只送来一部分（哪几天见 OUT.truth/faults.csv）",
    en="deliver like the real world: of assets and of trades one day is lost and one comes in part (which: "
    "OUT.truth/faults.csv)",
)
_DAMAGED = Text(
    zh="另写几份损坏的副本到 OUT.damaged：GB18030 编码、Excel 另存过、日期成了序列号、传输中断",
    en="also write damaged copies to OUT.damaged: in GB18030, saved by Excel, days as serial numbers, "
    "transfer broken off",
)
_PRICE_EFFECT = Text(
    zh="因佣金离开的人里，有这么大比例（0 到 1）看费率决定去留；只有提出要求的人才可能降佣；真实作用写在 "
    "OUT.truth/effect.csv（默认：不设）",
    en="of those who leave over commission this share (0 to 1) goes by the rate, and only who asks may be "
    "granted a cut; the true effect is in OUT.truth/effect.csv (default: none of this)",
)
_INDEX = Text(
    zh="行情照这份指数走（CSV：日期、收盘点位），不另造下跌",
    en="the market moves as this index did (CSV: day, close); no slump is made up",
)
_REPLACE = Text(zh="文件夹已存在时覆盖", en="overwrite folders that exist")
_MAKING = Text(zh="生成客户", en="making clients")
_DONE = Text(
    zh="已生成 {clients} 位虚拟客户的数据：{out}（真相在 {out}.truth，任何判断都不读它）。",
    en="Made the data of {clients} invented clients: {out} (the truth is in {out}.truth; no "
    "judgement reads it).",
)
_FAULTS_ARE = Text(
    zh="有几天的数据缺失或不全：wanliu check {out} 会指出来，答案在 {out}.truth/faults.csv。",
    en="Some days are lost or cut: wanliu check {out} finds them; the answer is in {out}.truth/faults.csv.",
)
_DAMAGED_ARE = Text(
    zh="损坏的副本在 {damaged}，请逐个检查：\n"
    "  wanliu check {damaged}/gb18030\n"
    "  wanliu check {damaged}/excel --map {damaged}/mend.toml\n    （映射补回前导零）\n"
    "  wanliu check {damaged}/serials\n    （会被拒收：日期成了数字；加上同一个 --map 即可用）\n"
    "  wanliu check {damaged}/cut\n    （会被拒收：资产只到了一部分）",
    en="Damaged copies are in {damaged}; check each:\n"
    "  wanliu check {damaged}/gb18030\n"
    "  wanliu check {damaged}/excel --map {damaged}/mend.toml\n    (the mapping restores leading zeros)\n"
    "  wanliu check {damaged}/serials\n    (refused: days are numbers; usable with the same --map)\n"
    "  wanliu check {damaged}/cut\n    (refused: a part of assets did not arrive)",
)
