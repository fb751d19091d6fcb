"""``wanliu serve``: the workbench's web server."""

from __future__ import annotations

import argparse
import importlib
import socket
from typing import Any

from wanliu.cli.database import database
from wanliu.errors import DONE, EnvironmentFailed
from wanliu.text import Text

HELP = Text(zh="启动工作台（网页）", en="start the workbench (web pages)")
TARGET = "wanliu.workbench.wsgi:application"
HOST, PORT, WORKERS = "127.0.0.1", 8000, 2
THREADS = 4
"""Requests that one worker answers at a time."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=HOST, metavar="ADDRESS", help=str(_HOST))
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=str(_PORT))
    parser.add_argument("--workers", type=int, default=WORKERS, metavar="N", help=str(_WORKERS))


def run(given: argparse.Namespace) -> int:
    with database():  # says what is missing before a server starts
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        check_free(given.host, given.port)
        print(_AT.format(host=given.host, port=given.port), flush=True)
        Server(
            TARGET,
            address=given.host,
            port=given.port,
            interface=Interfaces.WSGI,
            workers=given.workers,
            blocking_threads=THREADS,
            websockets=False,
            log_level=LogLevels.warning,
            log_access=False,  # addresses name clients
        ).serve(target_loader=application, wrap_loader=False)
    return DONE


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
_AT = Text(
    zh="工作台：http://{host}:{port}/ （按 Ctrl-C 结束）",
    en="Workbench: http://{host}:{port}/ (Ctrl-C ends it)",
)
_TAKEN = Text(
    zh="{host}:{port} 已被占用或无法使用。请换一个端口：wanliu serve --port 8001",
    en="{host}:{port} is taken or cannot be used. Choose another port: wanliu serve --port 8001",
)
