"""A real Spark cluster on this machine, from the Python package alone: master, worker, Connect server."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

HERE = "127.0.0.1"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
LAST_LINES = 30

LOG = """\
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %m%n
"""
"""The usual log of a daemon, on its standard error: it says when the daemon is ready."""


@dataclass(frozen=True)
class Cluster:
    """Where its two doors are."""

    master: str
    connect: str


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Master, one worker and a Connect server while the context lasts; their files go into the folder."""
    master, connect = free_ports(2)
    address = f"spark://{HERE}:{master}"
    with ExitStack() as running:
        running.enter_context(daemon(folder, _master(master), ready="have been elected leader"))
        running.enter_context(daemon(folder, _worker(folder, address), ready="Successfully registered"))
        running.enter_context(daemon(folder, _server(address, connect), ready="Connect server started"))
        yield Cluster(address, f"sc://{HERE}:{connect}")


def _master(port: int) -> list[str]:
    return ["spark-class", MASTER, "--host", HERE, "--port", str(port), "--webui-port", "0"]


def _worker(folder: Path, master: str) -> list[str]:
    """Two cores: one for a session on the cluster itself, one for the Connect server."""
    size = ["--cores", "2", "--memory", "3g"]
    return [
        "spark-class",
        WORKER,
        "--host",
        HERE,
        "--webui-port",
        "0",
        *size,
        "--work-dir",
        str(folder),
        master,
    ]


def _server(master: str, port: int) -> list[str]:
    settings = {
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": HERE,
        "spark.cores.max": "1",
        "spark.ui.enabled": "false",
    }
    listed = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    return ["spark-submit", "--class", CONNECT, "--master", master, *listed, "spark-internal"]


@contextmanager
def daemon(folder: Path, command: list[str], *, ready: str) -> Iterator[None]:
    """A process of Spark's package, from when its log says that it is ready.

    Raises AssertionError, with the end of its log, where it ends before that.
    """
    import pyspark  # only here: collecting tests needs no Spark

    home = Path(pyspark.__file__).parent
    log = folder / "log4j2.properties"
    log.write_text(LOG, encoding="ascii")
    settings = {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_DAEMON_JAVA_OPTS": f"-Dlog4j2.configurationFile={log.as_uri()}",
        "SPARK_SUBMIT_OPTS": f"-Dlog4j2.configurationFile={log.as_uri()}",
    }
    program, *arguments = command
    process = subprocess.Popen(
        [str(home / "bin" / program), *arguments],
        env=os.environ | settings,
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    try:
        _wait_until(ready, process.stderr)
        # whoever writes into a pipe that nobody reads stands still
        Thread(target=process.stderr.read, daemon=True).start()
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until(said: str, log: IO[str]) -> None:
    lines: list[str] = []
    for line in log:
        if said in line:
            return
        lines = [*lines[-LAST_LINES:], line]
    raise AssertionError(f"it ended before it said {said!r}:\n{''.join(lines)}")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server((HERE, 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]
