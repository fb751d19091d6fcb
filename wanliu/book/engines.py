"""Which engine an address means: DuckDB inside this process, or Spark somewhere.

Spark is an extra. Whatever it lacks (the package, Java, a cluster that answers) is found before the first
query and said in one sentence; Spark itself would say it in a hundred lines, some of them after minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from wanliu.book.engine import Engine, duckdb_engine
from wanliu.errors import EnvironmentFailed, UsageError
from wanliu.text import Text

DEFAULT = "duckdb"
NEEDED = ("pyspark", "grpc", "pandas")
"""Modules that the extra ``spark`` brings; pyspark itself asks for the others only when it is used."""

OWN_MACHINE = re.compile(r"local(\[(\*|[1-9]\d*)\])?")
CLUSTER = re.compile(r"spark://(?P<places>[^/,]+:\d+(,[^/,]+:\d+)*)")
CONNECT = re.compile(r"sc://(?P<host>[^/:;]+)(:(?P<port>\d+))?(/.*)?")
CONNECT_PORT = 15002
ANSWERS_WITHIN_SECONDS = 5.0

MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[KMGT])i?B?", re.IGNORECASE)
IN_MB = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024}
LEAST_MB = 512
"""Less than this, and Spark refuses to start."""


@contextmanager
def engine_for(
    address: str = DEFAULT, *, memory: str | None = None, threads: int | None = None
) -> Iterator[Engine]:
    """The engine at an address: ``duckdb``, ``local``, ``local[2]``, ``spark://host:port`` or ``sc://host:port``.

    ``memory`` (as in ``2GB``) and ``threads`` bound the engine in this process; on a cluster they bound
    each executor's memory and the cores of all; behind Connect the server decides. Raises UsageError for
    an address or a bound that means nothing, EnvironmentFailed where a part is missing or nobody answers.
    """
    if address == DEFAULT:
        with duckdb_engine(memory=memory, threads=threads) as inside:
            yield inside
        return
    master, settings = _bounded(_known(address), threads)
    memory_mb = _memory_mb(master, memory)
    _check_can_start(master)
    from wanliu.book.spark import spark_engine  # an extra: only who asks for it pays for its import

    with spark_engine(master, memory_mb=memory_mb, settings=settings) as spark:
        yield spark


def _known(address: str) -> str:
    if not any(kind.fullmatch(address) for kind in (OWN_MACHINE, CLUSTER, CONNECT)):
        raise UsageError(_UNKNOWN.format(address=address))
    return address


def _bounded(address: str, threads: int | None) -> tuple[str, dict[str, str]]:
    """The address and the settings that hold the run to so many cores."""
    if threads is None:
        return address, {}
    if OWN_MACHINE.fullmatch(address):
        return f"local[{threads}]", {}
    return address, {"spark.cores.max": str(threads)} if CLUSTER.fullmatch(address) else {}


def _memory_mb(address: str, memory: str | None) -> int | None:
    if memory is None or CONNECT.fullmatch(address):
        return None
    found = MEMORY.fullmatch(memory.strip())
    size = int(float(found["number"]) * IN_MB[found["unit"].upper()]) if found else 0
    if size < LEAST_MB:
        raise UsageError(_MEMORY.format(memory=memory, least=LEAST_MB))
    return size


def _check_can_start(address: str) -> None:
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        raise EnvironmentFailed(_NO_PACKAGE.format(missing=", ".join(missing)))
    connect, cluster = CONNECT.fullmatch(address), CLUSTER.fullmatch(address)
    if not connect and not _java_is_there():
        raise EnvironmentFailed(_NO_JAVA)
    places = [f"{connect['host']}:{connect['port'] or CONNECT_PORT}"] if connect else []
    places += cluster["places"].split(",") if cluster else []
    if places and not any(map(_answers, places)):
        raise EnvironmentFailed(_NOBODY_ANSWERS.format(address=address))


def _java_is_there() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java"))


def _answers(place: str) -> bool:
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWERS_WITHIN_SECONDS):
            return True
    except OSError:
        return False


_UNKNOWN = Text(
    zh="不认识的计算引擎：{address}。可用 duckdb（默认）、local、local[2]、spark://主机:端口、sc://主机:端口。",
    en="Unknown engine: {address}. There are duckdb (the default), local, local[2], spark://host:port and "
    "sc://host:port.",
)
_MEMORY = Text(
    zh="--memory {memory} 看不懂或太小。Spark 至少要 {least}MB，写法如 --memory 4GB。",
    en="--memory {memory} cannot be read or is too small. Spark needs {least}MB or more, as in --memory 4GB.",
)
_NO_PACKAGE = Text(
    zh="没有安装 Spark 引擎（缺少 {missing}）。请运行 pip install 'wanliu[spark]'（另需 Java 17），"
    "或去掉 --engine 改用内置引擎。",
    en="The Spark engine is not installed ({missing} missing). Run pip install 'wanliu[spark]' (it needs "
    "Java 17 too), or leave --engine out.",
)
_NO_JAVA = Text(
    zh="没有找到 Java，Spark 无法启动。请安装 Java 17（apt-get install openjdk-17-jre-headless），"
    "或把 JAVA_HOME 指向它，或去掉 --engine 改用内置引擎。",
    en="Java was not found, so Spark cannot start. Install Java 17 (apt-get install openjdk-17-jre-headless) "
    "or point JAVA_HOME at it, or leave --engine out.",
)
_NOBODY_ANSWERS = Text(
    zh="{address} 没有应答。请检查主机和端口，确认 Spark 已启动、网络可达，或去掉 --engine 改用内置引擎。",
    en="Nobody answers at {address}. Check host and port, that Spark is running there and that the network "
    "lets you through, or leave --engine out.",
)
