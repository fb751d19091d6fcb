"""``wanliu serve``: the workbench's web server."""

from __future__ import annotations

import argparse
import importlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from tempfile import TemporaryDirectory
from typing import Any

from wanliu.cli.database import database
from wanliu.errors import DONE, EnvironmentFailed
from wanliu.text import Text

HELP = Text(zh="启动工作台（网页）", en="start the workbench (web pages)")
TARGET = "wanliu.workbench.wsgi:application"
HOST, PORT, WORKERS = "127.0.0.1", 8000, 2
THREADS = 4
"""Requests that one worker answers at a time."""
SURROUNDINGS = {
    # Threads that answer begin with 2 MiB of stack where Python's own have 8: too little for some of what a
    # page computes with, and then the whole process dies. Memory is taken only as a stack grows.
    "RUST_MIN_STACK": str(16 << 20),
    # Requests are what runs side by side here; a sum that took more threads would only get in their way.
    "OPENBLAS_NUM_THREADS": "1",
}
"""What the server's processes are told before they begin, unless the administrator says otherwise."""
LOOKED_AFTER, PAUSE = 1.0, 10.0
"""Seconds between two looks at the worker beside, and before it is begun anew."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=HOST, metavar="ADDRESS", help=str(_HOST))
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=str(_PORT))
    parser.add_argument("--workers", type=int, default=WORKERS, metavar="N", help=str(_WORKERS))
    parser.add_argument("--no-work", action="store_true", help=str(_NO_WORK))


def run(given: argparse.Namespace) -> int:
    with database():  # says what is missing before a server starts
        from django.conf import settings
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from wanliu.backup.house import in_use

        check_free(given.host, given.port)
        for name, value in SURROUNDINGS.items():
            os.environ.setdefault(name, value)
        print(_AT.format(host=given.host, port=given.port), flush=True)
        server = Server(
            TARGET,
            address=given.host,
            port=given.port,
            interface=Interfaces.WSGI,
            workers=given.workers,
            blocking_threads=THREADS,
            websockets=False,
            log_level=LogLevels.warning,
            log_access=False,  # addresses name clients
            respawn_failed_workers=True,
        )
        with (
            in_use(settings.WANLIU_HOME),
            TemporaryDirectory(prefix="wanliu-measures-") as measures,
            nullcontext() if given.no_work else working(),
        ):
            os.environ["WANLIU_MEASURES"] = settings.WANLIU_MEASURES = measures  # for processes yet to come
            server.serve(target_loader=application, wrap_loader=False)
    return DONE


@contextmanager
def working() -> Iterator[None]:
    """A worker beside the server, begun anew where it ends; it ends with the server, however that ends."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(ended,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _keep_working(ended: threading.Event) -> None:
    command = [sys.executable, "-m", "wanliu", "work", "--beside", str(os.getpid())]
    while not ended.is_set():
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while worker.poll() is None and not ended.wait(LOOKED_AFTER):
            pass
        if worker.poll() is None:
            worker.terminate()
            worker.wait()
        else:
            ended.wait(PAUSE)


def application() -> Any:
    """What a worker answers with; found by its name, whatever lies in the folder that we were started in."""
    module, name = TARGET.split(":")
    return getattr(importlib.import_module(module), name)


def check_free(host: str, port: int) -> None:
    """Raises EnvironmentFailed where something else listens there."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as fault:
            raise EnvironmentFailed(_TAKEN.format(host=host, port=port)) from fault


_HOST = Text(zh="监听地址（默认只限本机）", en="address to listen on (default: this machine alone)")
_PORT = Text(zh="端口（默认 8000）", en="port (default: 8000)")
_WORKERS = Text(zh="进程数（默认 2）", en="processes (default: 2)")
_NO_WORK = Text(
    zh="不带后台任务（已另外运行 wanliu work 时用）",
    en="without the work in the background (where wanliu work runs by itself)",
)
_AT = Text(
    zh="工作台：http://{host}:{port}/ （按 Ctrl-C 结束）",
    en="Workbench: http://{host}:{port}/ (Ctrl-C ends it)",
)
_TAKEN = Text(
    zh="{host}:{port} 已被占用或无法使用。请换一个端口：wanliu serve --port 8001",
    en="{host}:{port} is taken or cannot be used. Choose another port: wanliu serve --port 8001",
)
