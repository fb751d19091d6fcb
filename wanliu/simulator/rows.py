"""A block becomes rows: table by table, by month where the table is delivered so, by client and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wanliu.simulator.arrow import Numbered, Values, Words, arrow_table
from wanliu.simulator.block import Block
from wanliu.simulator.cast import Setting
from wanliu.simulator.faults import LostDay
from wanliu.simulator.firm import CITIES
from wanliu.simulator.flows import CANCELS, DIRECTIONS, FLOW_KINDS, WRONG
from wanliu.simulator.people import CONSENTS, OCCUPATIONS, impossible_phone
from wanliu.simulator.profiles import BLOCK, KINDS, STATUSES
from wanliu.simulator.requests import EXITS, OPEN, OUTCOMES, REQUESTS
from wanliu.simulator.service import CHANNELS, SMS, WHAT
from wanliu.simulator.streams import FAR, AnyArray, Ints

BY_MONTH = ("assets", "flows", "trades", "contacts", "logins")
"""Tables that are long enough for a folder per month."""
IN_A_BLOCK = 10_000_000
"""Numbers of flows, orders … that belong to one block."""
SIDES = ("buy", "sell")
TRADE_KINDS = ("ordinary", "ipo")
SEGMENTS = ("regular", "large")

Piece = tuple[str, str | None, pa.Table]
"""Table, month (or None), rows."""


def pieces(block: Block, setting: Setting, clients: int, faults: tuple[LostDay, ...] = ()) -> Iterator[Piece]:
    """The rows of the block's first ``clients`` clients."""
    writer = _Writer(block, setting, clients, faults)
    yield from writer.assets()
    for table, rows in (
        ("flows", writer.flows()),
        ("trades", writer.trades()),
        ("contacts", writer.contacts()),
        ("logins", writer.logins()),
        ("requests", writer.requests()),
        ("rate_changes", writer.rate_changes()),
        ("exits", writer.exits()),
        ("profile_changes", writer.profile_changes()),
    ):
        yield from writer.dated(table, rows)
    yield "clients", None, writer.clients_table()
    yield "persons", None, writer.persons()


@dataclass(frozen=True)
class _Dated:
    """Rows of a dated table before they are put in order; ``numbered`` names the id column, if it has one."""

    who: Ints
    day: Ints
    columns: Mapping[str, Values]
    order: AnyArray | None = None


class _Writer:
    def __init__(self, block: Block, setting: Setting, clients: int, faults: tuple[LostDay, ...]) -> None:
        self.block, self.cast, self.setting = block, block.cast, setting
        self.clients = min(clients, len(block.cast.ids))
        self.size = len(block.cast.ids)
        self.market, self.firm = setting.market, setting.firm
        # table, trading day, and the place of the first client whose rows are lacking
        self.lost = {
            (each.table, int(self.market.index_of(np.array([each.day]))[0]), int(each.arrived * self.clients))
            for each in faults
        }
        self.ids = block.cast.ids
        self.accounts = [f"{each}-1" for each in self.ids] + [f"{each}-2" for each in self.ids]

    # --- dated tables -------------------------------------------------------------------------------

    def dated(self, table: str, rows: _Dated) -> Iterator[Piece]:
        """Puts the rows in the order of month, client and day, and cuts them by month."""
        inside = (rows.who < self.clients) & (rows.day >= 0) & (rows.day < self.market.length)
        for lost_table, lost_day, lacking in self.lost:
            if lost_table == table:
                inside &= (rows.day != lost_day) | (rows.who < lacking)
        month = self.market.month_of_day[rows.day.clip(0, self.market.length - 1)]
        order = np.lexsort((rows.day, rows.who, month))
        order = order[inside[order]]
        who, day = rows.who[order], rows.day[order]
        columns = {name: _taken(values, order) for name, values in rows.columns.items()}
        columns |= {"client_id": Words(who, self.ids), "date": self.market.days[day]}
        whole = arrow_table(table, columns, len(order))
        if table not in BY_MONTH:
            yield table, None, whole
            return
        cuts = np.searchsorted(month[order], np.arange(len(self.market.months) + 1))
        for place, each in enumerate(self.market.months):
            if cuts[place] < cuts[place + 1]:
                yield table, each.label, whole.slice(cuts[place], cuts[place + 1] - cuts[place])

    def _numbers(self, who: Ints, day: Ints) -> Ints:
        """Running numbers in the order of day and client, the same however many clients are kept."""
        ranks = np.empty(len(who), dtype=np.int64)
        ranks[np.lexsort((who, day))] = np.arange(len(who))
        return self.cast.number * IN_A_BLOCK + ranks

    def _account(self, who: Ints, account: Ints | int) -> Words:
        place = who + (np.asarray(account) - 1) * self.size
        return Words(np.where(self.cast.profiles.second_account[who], place, -1), self.accounts)

    def assets(self) -> Iterator[Piece]:
        for month in self.market.months:
            rows = self._assets_of(month.start, month.stop)
            if rows.num_rows:
                yield "assets", month.label, rows

    def _assets_of(self, start: int, stop: int) -> pa.Table:
        ledger, profiles = self.block.ledger, self.cast.profiles
        there = self.block.exists[: self.clients, start:stop].copy()
        for table, lost_day, lacking in self.lost:
            if table == "assets" and start <= lost_day < stop:
                there[lacking:, lost_day - start] = False
        clients, places = np.nonzero(there)
        who: AnyArray = clients
        day: AnyArray = places + start
        account = np.ones(len(who), dtype=np.int64)
        if profiles.second_account[who].any():
            times = 1 + profiles.second_account[who].astype(np.int64)
            account = (np.diff(np.repeat(np.arange(len(who)), times), prepend=-1) == 0).astype(np.int64) + 1
            who, day = np.repeat(who, times), np.repeat(day, times)
        first = account == 1
        cash = np.where(first, ledger.cash_history[day, who], ledger.aside_history[day, who])
        position = np.where(first, ledger.position_history[day, who], 0)
        columns: dict[str, Values] = {
            "client_id": Words(who, self.ids),
            "date": self.market.days[day],
            "cash": cash,
            "position_value": position,
            "net_assets": cash + position - np.where(first, profiles.debt[who], 0),
            "account_id": self._account(who, account),
        }
        return arrow_table("assets", columns, len(who))

    def flows(self) -> _Dated:
        log = self.block.ledger.flows
        who, day = _joined(log.who), _joined(log.day)
        role = _joined(log.role)
        numbers = self._numbers(who, day)
        entry = np.full(self.size, -1, dtype=np.int64)
        entry[who[role == WRONG]] = numbers[role == WRONG]
        reverses = np.where(role == CANCELS, entry[who], -1)
        cancelled = sorted({int(each) for each in reverses if each >= 0})
        named = {number: place for place, number in enumerate(cancelled)}
        words = [f"F{number:012d}" for number in cancelled]
        columns: dict[str, Values] = {
            "flow_id": Numbered("F", numbers),
            "direction": Words(_joined(log.direction), DIRECTIONS),
            "amount": _joined(log.amount),
            "kind": Words(_joined(log.kind), FLOW_KINDS),
            "reverses": Words(
                np.array([named.get(int(each), -1) for each in reverses], dtype=np.int64), words
            ),
            "account_id": self._account(who, _joined(log.account)),
        }
        return _Dated(who, day, columns)

    def trades(self) -> _Dated:
        log = self.block.ledger.trades
        who, day, sell, kind = _joined(log.who), _joined(log.day), _joined(log.sell), _joined(log.kind)
        numbers = self._numbers(who, day)
        symbols = [f"{90_000 + place:06d}" for place in range(self.setting.world.stocks.symbols)]
        # a client keeps to a handful of stocks
        symbol = (self.cast.people.luck[who] + numbers % 5 * 37) % len(symbols)
        columns: dict[str, Values] = {
            "order_id": Numbered("O", numbers),
            "turnover": _joined(log.turnover),
            "commission": _joined(log.commission),
            "side": Words(sell.astype(np.int64), SIDES),
            "symbol": Words(symbol, symbols),
            "levies": np.where(kind > 0, 0, _joined(log.levies)),
            "kind": Words(kind, TRADE_KINDS),
            "account_id": self._account(who, 1),
        }
        return _Dated(who, day, columns)

    def contacts(self) -> _Dated:
        made, people = self.block.contacts, self.cast.people
        gone = np.minimum(self.cast.life.gone(self.size), self.cast.life.closing(self.size))
        opened = self.market.index_of(self.cast.profiles.opened)
        kept = (made.day < gone[made.who]) & (made.day >= opened[made.who])
        who, day, channel = made.who[kept], made.day[kept], made.channel[kept]
        by_branch = self.firm.staff_of(people.branch[who], made.luck[kept])
        staff = np.where(people.manager[who] >= 0, people.manager[who], by_branch)
        columns: dict[str, Values] = {
            "contact_id": Numbered("C", self._numbers(who, day)),
            "channel": Words(channel, CHANNELS),
            "direction": Words(np.where(made.inward[kept], 0, 1), DIRECTIONS),
            "effective": made.effective[kept],
            "staff_id": Words(np.where(channel == SMS, -1, staff), self.firm.staff),
        }
        return _Dated(who, day, columns)

    def logins(self) -> _Dated:
        who, day, count = self.block.logins
        kept = self.block.exists[who, day]
        return _Dated(who[kept], day[kept], {"count": count[kept]})

    def requests(self) -> _Dated:
        log = self.cast.requests.log
        who, day, outcome = _joined(log.who), _joined(log.day), _joined(log.outcome)
        # what is not yet answered on the last day is open
        soonest, latest = (int(days) for days in self.setting.world.service.answer_days)
        answered = day + soonest + (self.cast.people.luck[who] + day) % (latest - soonest + 1)
        outcome = np.where(answered < self.market.length, outcome, OPEN)
        closed_on = self.market.days[answered.clip(0, self.market.length - 1)].copy()
        closed_on[outcome == OPEN] = np.datetime64("NaT")
        texts = sorted(set(log.text))
        place = {text: number if text else -1 for number, text in enumerate(texts)}
        columns: dict[str, Values] = {
            "request_id": Numbered("R", self._numbers(who, day)),
            "kind": Words(_joined(log.kind), REQUESTS),
            "outcome": Words(outcome, OUTCOMES),
            "closed_on": closed_on,
            "text": Words(np.array([place[text] for text in log.text], dtype=np.int64), texts),
        }
        return _Dated(who, day, columns)

    def rate_changes(self) -> _Dated:
        changed = self.cast.rates.changed
        who = _joined([each[1] for each in changed])
        day = _joined([np.full(len(each[1]), each[0], dtype=np.int64) for each in changed])
        minimum = self.cast.profiles.minimum[who]
        columns: dict[str, Values] = {
            "old_rate": _joined([each[2] for each in changed]),
            "new_rate": _joined([each[3] for each in changed]),
            "old_min": minimum,
            "new_min": minimum,
        }
        return _Dated(who, day, columns)

    def exits(self) -> _Dated:
        carried = self.cast.requests.exits
        who, day = _joined([each[0] for each in carried]), _joined([each[1] for each in carried])
        kind = _joined([np.full(len(each[0]), each[2], dtype=np.int64) for each in carried])
        return _Dated(who, day, {"kind": Words(kind, EXITS)})

    def profile_changes(self) -> _Dated:
        changes = self.cast.changes
        who, day = _joined(changes.who), _joined(changes.day)
        closing, opened = self.cast.life.closing(self.size), self.market.index_of(self.cast.profiles.opened)
        day = np.where((day < closing[who]) & (day >= opened[who]), day, FAR)
        columns: dict[str, Values] = {
            "what": Words(_joined(changes.what), WHAT),
            "old": Words(np.arange(len(who)), changes.old),
            "new": Words(np.arange(len(who)), changes.new),
        }
        return _Dated(who, day, columns)

    # --- clients and persons ------------------------------------------------------------------------

    def clients_table(self) -> pa.Table:
        profiles, people = self.cast.profiles, self.cast.people
        closing = self.cast.life.closing(self.size)
        closed = closing < self.market.length
        closed_on = self.market.days[closing.clip(0, self.market.length - 1)].copy()
        closed_on[~closed] = np.datetime64("NaT")
        large = np.where(profiles.large(self.setting.world), 1, 0)
        funded = profiles.funded()
        columns: dict[str, Values] = {
            "client_id": Words(np.arange(self.size), self.ids),
            "branch_id": Words(people.branch_now(self.firm, days=self.market.length), self.firm.branches),
            "opened_on": profiles.opened,
            "closed_on": closed_on,
            "kind": Words(profiles.kind, KINDS),
            "segment": Words(np.where(people.segment_known & funded, large, -1), SEGMENTS),
            "status": Words(profiles.status, STATUSES),
            "manager_id": Words(people.manager, self.firm.staff),
            "birth_year": people.birth_year,
            "occupation": Words(people.occupation, OCCUPATIONS),
            "risk_level": people.risk_level,
            "commission_rate": self.block.ledger.rate,
            "min_commission": profiles.minimum,
            "household_id": self._households(),
            "is_employee": profiles.employee,
            "do_not_contact": people.do_not_contact,
            "scoring_opt_out": people.opt_out,
            "marketing_consent": Words(
                np.where(people.consent < len(CONSENTS), people.consent, -1), CONSENTS
            ),
        }
        return arrow_table("clients", columns, self.size).slice(0, self.clients)

    def _households(self) -> Words:
        return Words(self.cast.people.household, [f"H{each[3:]}" for each in self.ids])

    def persons(self) -> pa.Table:
        people = self.cast.people
        base = (self.cast.number * BLOCK) % 10_000_000
        places = np.arange(self.size)
        columns: dict[str, Values] = {
            "client_id": Words(places, self.ids),
            "name": Words(places, self.cast.names),
            "phone": Words(places, [impossible_phone(base + int(twin)) for twin in people.twin]),
            "city": Words(people.city, CITIES),
        }
        return arrow_table("persons", columns, self.size).slice(0, self.clients)


def _joined(parts: list[AnyArray]) -> AnyArray:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _taken(values: Values, order: AnyArray) -> Values:
    if values is None:
        return None
    if isinstance(values, Words):
        return Words(values.places[order], values.vocabulary)
    if isinstance(values, Numbered):
        return Numbered(values.letter, values.numbers[order], values.digits)
    return values[order]
