"""``wanliu simulate``: a made-up brokerage to try everything on."""

from __future__ import annotations

import argparse
from pathlib import Path

from wanliu.cli.options import shown_progress, the_day
from wanliu.simulator import simulate
from wanliu.text import Text

HELP = Text(
    zh="造一家虚拟券商的数据（谁会离开是已知的，另存一处）",
    en="make the data of an invented brokerage (its leavers are known, and kept apart)",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out",
        type=Path,
        metavar="OUT",
        help=str(
            Text(zh="数据文件夹；真相在 OUT.truth", en="folder of the data; the truth goes to OUT.truth")
        ),
    )
    parser.add_argument(
        "--clients",
        type=int,
        default=5000,
        metavar="N",
        help=str(Text(zh="客户数（默认 5000）", en="number of clients (default: 5000)")),
    )
    parser.add_argument(
        "--from",
        dest="first",
        type=the_day,
        default=the_day("2008-01-02"),
        metavar="DATE",
        help=str(Text(zh="起始日", en="first day")),
    )
    parser.add_argument(
        "--to",
        dest="last",
        type=the_day,
        default=the_day("2009-10-31"),
        metavar="DATE",
        help=str(Text(zh="截止日", en="last day")),
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help=str(Text(zh="随机种子：同样的种子，同样的数据", en="the same seed makes the same data")),
    )
    parser.add_argument(
        "--format",
        choices=("csv", "parquet"),
        default="parquet",
        help=str(Text(zh="文件格式", en="format of the files")),
    )


def run(given: argparse.Namespace) -> int:
    with shown_progress() as progress:
        simulate(
            given.out,
            clients=given.clients,
            first=given.first,
            last=given.last,
            seed=given.seed,
            format=given.format,
            progress=lambda done, total: progress(_MAKING, done, total),
        )
    print(_DONE.format(clients=f"{given.clients:,}", out=given.out))
    return 0


_MAKING = Text(zh="生成客户", en="making clients")
_DONE = Text(
    zh="已生成 {clients} 位虚拟客户的数据：{out}（真相在 {out}.truth,任何判断都不读它）。",
    en="Made the data of {clients} invented clients: {out} (the truth is in {out}.truth; no "
    "judgement reads it).",
)
