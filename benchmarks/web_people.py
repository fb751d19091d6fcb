"""People at work in the workbench: each a browser with its cookies and form tokens, and time to think.

Only 127.0.0.1 is asked. A click is a page with the parts that HTMX asks for when it has come; between two
clicks a person thinks, exponentially, ten seconds in the mean. Static files stay in a browser's cache for a
day and are not asked for again. Everybody has signed in before: sessions are handed out by the bench.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.web_rows import CASES_IN, account_of, client_id, phone_of

LONGEST = 30.0
"""Seconds after which an answer counts as an error."""
NOTES = ("客户说最近忙，约好下周再联系", "说明了账户情况，客户表示知道了", "客户询问对账单，已说明在哪里看")


ROWS = "Client: rows behind a sign (book)"


@dataclass(frozen=True)
class Answer:
    """One request as it was answered; ``status`` 0: not at all."""

    kind: str
    began: float
    seconds: float
    status: int
    size: int
    queries: int
    processor: float
    text: str = field(repr=False)

    @property
    def failed(self) -> bool:
        if self.kind == ROWS and self.status == http.client.UNPROCESSABLE_ENTITY:
            return False  # the levels here are made up: who has left in the book has no rows, and is told so
        return self.status == 0 or self.status >= http.client.BAD_REQUEST


@dataclass(frozen=True)
class Who:
    """One person: role, session, and which clients the bench lets them search for and open."""

    role: str
    session: str
    own: tuple[int, ...]
    own_cases: tuple[int, ...]


class Browser:
    """One connection, kept open; cookies and the form token as a browser holds them."""

    def __init__(self, port: int, session: str, heard: Callable[[Answer], None]) -> None:
        self._port = port
        self._cookies = {"sessionid": session} if session else {}
        self._token = ""
        self._heard = heard
        self._connection = self._connect()

    def get(self, kind: str, path: str, *, part: bool = False) -> Answer:
        answer = self._ask(kind, "GET", path, None, {"HX-Request": "true"} if part else {})
        if found := re.search(r'data-csrf="([^"]+)"', answer.text):
            self._token = found[1]
        return answer

    def post(self, kind: str, path: str, /, **fields: str) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": self._token, **fields})
        sort = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(kind, "POST", path, body, sort)

    def _ask(self, kind: str, method: str, path: str, body: str | None, more: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Accept-Language": "zh", **more}
        began, moment = time.perf_counter(), time.time()
        try:
            try:
                got, text = self._send(method, path, body, headers)
            except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
                # the server let go of a connection that was idle; a browser then opens another by itself
                got, text = self._send(method, path, body, headers)
            answer = self._answer(kind, moment, began, got, text)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            answer = Answer(kind, moment, time.perf_counter() - began, 0, 0, -1, 0.0, "")
        self._heard(answer)
        return answer

    def _send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, str]:
        try:
            self._connection.request(method, path, body, headers)
            got = self._connection.getresponse()
            return got, got.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def _answer(
        self, kind: str, moment: float, began: float, got: http.client.HTTPResponse, text: str
    ) -> Answer:
        for told in got.headers.get_all("Set-Cookie") or []:
            self._cookies.update({name: one.value for name, one in SimpleCookie(told).items()})
        seconds, size = time.perf_counter() - began, len(text)
        queries, processor = (float(got.headers.get(f"X-{name}", "-1")) for name in ("Queries", "Processor"))
        text = got.headers.get("Location") or text
        return Answer(kind, moment, seconds, got.status, size, int(queries), processor, text)

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST)


class Person(threading.Thread):
    """Clicks and thinks until told to stop. Each has a seed: the same people do the same things."""

    def __init__(
        self,
        who: Who,
        port: int,
        think: float,
        seed: int,
        stop: threading.Event,
        heard: Callable[[Answer], None],
    ) -> None:
        super().__init__(daemon=True)
        self.who = who
        self.chance = random.Random(seed)  # for variety, not for secrets
        self.browser = Browser(port, who.session, heard)
        self._think = think
        self._stop_now = stop

    def run(self) -> None:
        clicks, weights = zip(*MIX[self.who.role], strict=True)
        while not self._stop_now.wait(self.chance.expovariate(1 / self._think)):
            (click,) = self.chance.choices(clicks, weights)
            click(self)

    def a_case(self) -> str:
        return client_id(self.chance.choice(self.who.own_cases))


# --- clicks ---------------------------------------------------------------------------------------


def look_at_today(one: Person) -> None:
    one.browser.get("Today", "/today")


def look_at_the_branch(one: Person) -> None:
    one.browser.get("Today, the branch", "/today?team=1")


def open_client(one: Person) -> None:
    """The page, and the parts that it asks for: what is at work, and advice."""
    place = f"/clients/{one.a_case()}"
    page = one.browser.get("Client", place)
    if f'hx-get="{place}/work"' in page.text:
        one.browser.get("Client: part at work", f"{place}/work", part=True)
    if f'hx-get="{place}/advice"' in page.text:
        one.browser.get("Client: part advice", f"{place}/advice", part=True)


def see_rows(one: Person) -> None:
    place = f"/clients/{one.a_case()}"
    page = one.browser.get("Client", place)
    if asked := re.search(r'hx-get="([^"]+/signs/[^"]+)"', page.text):
        one.browser.get(ROWS, asked[1], part=True)


def search(one: Person) -> None:
    """By phone, client number or fund account, as the client says it."""
    place = one.chance.choice(one.who.own)
    text = one.chance.choice((phone_of(place), phone_of(place), client_id(place), account_of(place)))
    one.browser.get("Search, empty", "/search")
    one.browser.post("Search", "/search", text=text)


def look_at_warnings(one: Person) -> None:
    query = one.chance.choice(("", "", "?level=red", "?tab=overdue", "?page=2"))
    one.browser.get("Warnings", f"/warnings{query}")


def look_at_old_warnings(one: Person) -> None:
    tab = one.chance.choice(("tracking", "closed", "dismissed", "waiting", "suspended"))
    one.browser.get("Warnings, other tabs", f"/warnings?tab={tab}")


def record_contact(one: Person) -> None:
    """A call, written down with a reason: the bench may run outside the hours of calling."""
    place = f"/clients/{one.a_case()}/contacts/new"
    form = one.browser.get("Contact, empty form", place)
    key = re.search(r'name="key" value="([^"]+)"', form.text)
    one.browser.post(
        "Contact, saved",
        place,
        key=key[1] if key else "",
        method="phone",
        connection=one.chance.choice(("connected", "connected", "no_answer")),
        direction="out",
        purpose="service",
        note=one.chance.choice(NOTES),
        why="客户约的时间",
        save="1",
    )


def serve_at_counter(one: Person) -> None:
    place = one.chance.choice(one.who.own)
    one.browser.get("Counter, empty", "/counter")
    found = one.browser.post("Counter, search", "/counter", text=phone_of(place))
    if found.status == http.client.FOUND:
        one.browser.get("Counter, client", found.text)


def take_exit(one: Person) -> None:
    """The counter takes a request to leave, and looks at its course."""
    place = one.chance.choice(one.who.own)
    one.browser.get("Counter, client", f"/counter/{client_id(place)}")
    kind = one.chance.choice(("close_account", "transfer_custody", "revoke_designation"))
    taken = one.browser.post("Exit, taken", f"/exits/of/{client_id(place)}", kind=kind, channel="counter")
    if taken.status == http.client.FOUND:
        one.browser.get("Exit, its course", taken.text)


def look_at_exits(one: Person) -> None:
    one.browser.get("Exits", "/exits")


def look_at_reviews(one: Person) -> None:
    one.browser.get("Reviews", "/reviews")


def look_at_nights(one: Person) -> None:
    one.browser.get("Nights", "/nights")


def ask_peers(one: Person) -> None:
    one.browser.get("peer: SELECT 1", "/peer/one")
    one.browser.get("peer: five queries", "/peer/five")


MIX: dict[str, list[tuple[Callable[[Person], None], int]]] = {
    "adviser": [
        (look_at_today, 24),
        (open_client, 32),
        (search, 14),
        (record_contact, 12),
        (look_at_warnings, 8),
        (serve_at_counter, 4),
        (see_rows, 3),
        (look_at_exits, 3),
    ],
    "branch_head": [
        (look_at_today, 15),
        (look_at_the_branch, 15),
        (look_at_warnings, 15),
        (look_at_old_warnings, 16),
        (open_client, 20),
        (search, 10),
        (look_at_exits, 6),
        (look_at_nights, 3),
    ],
    "counter_clerk": [(serve_at_counter, 50), (take_exit, 10), (look_at_exits, 20), (search, 20)],
    "compliance": [
        (look_at_warnings, 20),
        (look_at_old_warnings, 20),
        (look_at_reviews, 25),
        (open_client, 15),
        (search, 10),
        (look_at_exits, 10),
    ],
    "peer": [(ask_peers, 1)],
}
"""What each role does, and how often: clicks of a hundred."""


def own_of(places: range) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """All clients of the range, and those with a case."""
    every = tuple(places)
    return every, tuple(place for place in every if place % CASES_IN == 0)
