"""Day by day, what the clients of a block have: cash, holdings, orders filled, money moved. All in fen.

cash_d = cash_{d-1} + in - out + sales - purchases - commission - charges outside, to the fen, and
position_d = position_{d-1} × (1 + return) + purchases - sales - securities moved out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wanliu.simulator.fees import commission, fen, levies, outside_costs
from wanliu.simulator.flows import FlowLog
from wanliu.simulator.habits import QUARTER_MONTHS
from wanliu.simulator.intentions import Intentions, RateChanges
from wanliu.simulator.market import Market
from wanliu.simulator.plan import Act, Agenda
from wanliu.simulator.profiles import Profiles
from wanliu.simulator.streams import Flags, Floats, Ints
from wanliu.simulator.world import World

ORDINARY, IPO = 0, 1
TWENTIETH = 20
TINY_SALE = 2000
"""A rest of less than 20 yuan is not sold: the minimum commission would eat it."""


@dataclass
class TradeLog:
    """Orders filled, in the order in which they were booked; parts are joined at the end."""

    who: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    turnover: list[Ints] = field(default_factory=list)
    commission: list[Ints] = field(default_factory=list)
    levies: list[Ints] = field(default_factory=list)
    sell: list[Flags] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)


@dataclass
class Ledger:
    """The running state of a block, and its history: one column per trading day."""

    profiles: Profiles
    agenda: Agenda
    intentions: Intentions
    rates: RateChanges
    returns: Floats
    world: World

    def __post_init__(self) -> None:
        size, days = self.returns.shape
        there = self.profiles.funded() & ~self.profiles.newcomer
        total = np.where(there, self.profiles.assets, 0)
        gross = total + np.where(there, self.profiles.debt, 0)
        self.position = np.rint(gross * self.profiles.weight).astype(np.int64)
        self.position = np.maximum(self.position, np.where(there, self.profiles.debt, 0))
        self.cash = gross - self.position
        self.aside = np.zeros(size, dtype=np.int64)
        self.product = np.zeros(size, dtype=np.int64)
        self.outside = np.zeros(size, dtype=np.int64)
        self.rate = self.profiles.rate.copy()
        self.flows, self.trades = FlowLog(), TradeLog()
        self.cash_history = np.zeros((days, size), dtype=np.int64)
        self.aside_history = np.zeros((days, size), dtype=np.int64)
        self.position_history = np.zeros((days, size), dtype=np.int64)

    def run(self, interest_days: frozenset[int]) -> None:
        for day in range(self.returns.shape[1]):
            self._revalue(day)
            self.rates.apply(day, self.rate)
            if day in interest_days:
                self._interest(day)
            self._credits(day)
            self._orders(day)
            self._debits(day)
            self.cash_history[day] = self.cash
            self.aside_history[day] = self.aside
            self.position_history[day] = self.position

    def traded(self) -> Flags:
        """Per client and trading day whether an order was filled."""
        found = np.zeros(self.returns.shape, dtype=bool)
        for who, day in zip(self.trades.who, self.trades.day, strict=True):
            found[who, day] = True
        return found

    def _revalue(self, day: int) -> None:
        self.position = np.rint(self.position * (1.0 + self.returns[:, day])).astype(np.int64)

    def _interest(self, day: int) -> None:
        """Interest on cash, to everybody who has rows; those who are gone have no cash."""
        paid = np.rint(self.cash * self.world.habits.interest / 4).astype(np.int64)
        self._receive(day, np.flatnonzero((paid > 0) & (self.profiles.start <= day)), paid, "interest")

    def _receive(self, day: int, who: Ints, amounts: Ints, kind: str) -> None:
        amount = amounts[who]
        self.cash[who] += amount
        self.flows.add(day, who, amount, "in", kind)

    def _credits(self, day: int) -> None:
        for act, kind in ((Act.DEPOSIT, "bank"), (Act.WRONG_CREDIT, "bank")):
            if found := self.agenda.on(act, day):
                self._pay_in(day, found[0], found[1].astype(np.int64), kind, wrong=act is Act.WRONG_CREDIT)
        if found := self.agenda.on(Act.BRING_BACK, day):
            back = (self.outside[found[0]] * found[1]).astype(np.int64)
            self.outside[found[0]] -= back
            self._pay_in(day, found[0], back, "bank")
        if found := self.agenda.on(Act.PRODUCT_BACK, day):
            back = np.rint(self.product[found[0]] * (1 + found[1])).astype(np.int64)
            self.product[found[0]] = 0
            self._pay_in(day, found[0], back, "product")
        if found := self.agenda.on(Act.DIVIDEND, day):
            paid = np.rint(self.position[found[0]] * found[1]).astype(np.int64)
            self.position[found[0]] -= paid
            self._pay_in(day, found[0], paid, "other")

    def _pay_in(self, day: int, who: Ints, amount: Ints, kind: str, *, wrong: bool = False) -> None:
        moved = amount > 0
        who, amount = who[moved], amount[moved]
        self.cash[who] += amount
        self.flows.add(day, who, amount, "in", kind, wrong=wrong)

    def _pay_out(self, day: int, who: Ints, amount: Ints, kind: str) -> Ints:
        """Never more than the cash that is there; returns what went, per client named."""
        amount = np.minimum(amount, self.cash[who]).clip(0)
        moved = amount > 0
        self.cash[who] -= amount
        self.flows.add(day, who[moved], amount[moved], "out", kind)
        return amount

    def _debits(self, day: int) -> None:
        self._withdrawals(day)
        if found := self.agenda.on(Act.PRODUCT, day):
            put = self._pay_out(day, found[0], (self.cash[found[0]] * found[1]).astype(np.int64), "product")
            self.product[found[0]] += put
        if found := self.agenda.on(Act.MARGIN_INTEREST, day):
            owed = np.rint(self.profiles.debt[found[0]] * found[1]).astype(np.int64)
            self._pay_out(day, found[0], owed, "fee")
        if found := self.agenda.on(Act.CUSTODY_OUT, day):
            moved = np.rint(self.position[found[0]] * found[1]).astype(np.int64)
            self.position[found[0]] -= moved
            self.flows.add(day, found[0][moved > 0], moved[moved > 0], "out", "securities")
        self._moves_aside(day)

    def _withdrawals(self, day: int) -> None:
        if found := self.agenda.on(Act.CANCEL, day):
            self._cancel(day, *found)
        if found := self.agenda.on(Act.WITHDRAW, day):
            wished = (self.cash[found[0]] * found[1]).astype(np.int64)
            self.outside[found[0]] += self._pay_out(day, found[0], wished, "bank")
        if found := self.agenda.on(Act.WITHDRAW_FEN, day):
            self._pay_out(day, found[0], found[1].astype(np.int64), "bank")
        if found := self.agenda.on(Act.WITHDRAW_TO, day):
            self._pay_out(day, found[0], self.cash[found[0]] - found[1].astype(np.int64), "bank")

    def _cancel(self, day: int, who: Ints, value: Floats) -> None:
        """Only where the money is still there as a whole; otherwise the entry stands."""
        amount = value.astype(np.int64)
        whole = self.cash[who] >= amount
        self.cash[who[whole]] -= amount[whole]
        self.flows.cancel(day, who[whole], amount[whole])

    def _moves_aside(self, day: int) -> None:
        if found := self.agenda.on(Act.ASIDE, day):
            moved = (self.cash[found[0]] * found[1]).astype(np.int64)
            self.flows.between(day, found[0], moved)
            self.cash[found[0]] -= moved
            self.aside[found[0]] += moved
        if found := self.agenda.on(Act.FROM_ASIDE, day):
            moved = (self.aside[found[0]] * found[1]).astype(np.int64)
            self.flows.between(day, found[0], -moved)
            self.cash[found[0]] += moved
            self.aside[found[0]] -= moved

    def _orders(self, day: int) -> None:
        """Planned orders first, then the day's ordinary ones within what is left."""
        who, amount, sell, kind = self._planned(day)
        with_charges = (
            amount + (amount * self.world.orders.kept_cash).astype(np.int64) + self.profiles.minimum[who]
        )
        taken_cash, taken_position = self._sums(who, with_charges, ~sell), self._sums(who, amount, sell)
        wishes = self._wished(day, self.cash - taken_cash, self.position - taken_position)
        if wishes is not None:
            who = np.concatenate([who, wishes[0]])
            amount = np.concatenate([amount, wishes[1]])
            sell = np.concatenate([sell, wishes[2]])
            kind = np.concatenate([kind, np.full(len(wishes[0]), ORDINARY)])
        if len(who):
            self._book(day, who, amount, sell, kind)

    def _sums(self, who: Ints, amount: Ints, chosen: Flags) -> Ints:
        return np.bincount(who[chosen], amount[chosen], len(self.cash)).astype(np.int64)

    def _planned(self, day: int) -> tuple[Ints, Ints, Flags, Ints]:
        parts: list[tuple[Ints, Ints, bool, int]] = []
        if found := self.agenda.on(Act.SELL, day):
            parts.append((found[0], (self.position[found[0]] * found[1]).astype(np.int64), True, ORDINARY))
        if found := self.agenda.on(Act.BUY, day):
            parts.append((found[0], (self._spendable(found[0]) * found[1]).astype(np.int64), False, ORDINARY))
        if found := self.agenda.on(Act.IPO, day):
            half = self._spendable(found[0]) // 2  # a purchase planned for the same day has its share too
            busy = (
                np.isin(found[0], parts[-1][0]) if parts and not parts[-1][2] else np.zeros(len(half), bool)
            )
            amount = np.where(busy, 0, np.minimum(found[1].astype(np.int64), half))
            parts.append((found[0], amount, False, IPO))
        who = np.concatenate([np.empty(0, dtype=np.int64), *(part[0] for part in parts)])
        amount = np.concatenate([np.empty(0, dtype=np.int64), *(part[1] for part in parts)])
        sell = np.concatenate([np.empty(0, dtype=bool), *(np.full(len(part[0]), part[2]) for part in parts)])
        kind = np.concatenate(
            [np.empty(0, dtype=np.int64), *(np.full(len(part[0]), part[3]) for part in parts)]
        )
        enough = amount >= np.where(sell, TINY_SALE, fen(self.world.orders.smallest))
        return who[enough], amount[enough], sell[enough], kind[enough]

    def _spendable(self, who: Ints, cash: Ints | None = None) -> Ints:
        """Cash less what the charges of one order could take."""
        have = self.cash if cash is None else cash
        free = have[who] * (1 - self.world.orders.kept_cash) - self.profiles.minimum[who]
        return free.clip(0).astype(np.int64)

    def _wished(self, day: int, cash: Ints, position: Ints) -> tuple[Ints, Ints, Flags] | None:
        """Ordinary orders: bought with the morning's cash, sold from the morning's holdings (T+1)."""
        wishes = self.intentions.on(day)
        if wishes is None:
            return None
        who, wanted, luck = wishes
        numbers = self.world.orders
        total = np.maximum(cash + position, 1)
        low, high = numbers.side_bounds
        leaning = 0.5 + numbers.lean * (self.profiles.weight - position / total)
        sell = luck > leaning.clip(low, high)[who]
        orders_of = np.bincount(who[~sell], minlength=len(cash))
        free = cash * (1 - numbers.kept_cash) - orders_of * self.profiles.minimum
        scale_buy = self._scale(self._sums(who, wanted, ~sell), free)
        scale_sell = self._scale(self._sums(who, wanted, sell), position.astype(np.float64))
        amount = (wanted * np.where(sell, scale_sell[who], scale_buy[who])).astype(np.int64)
        enough = amount >= fen(numbers.smallest)
        return who[enough], amount[enough], sell[enough]

    @staticmethod
    def _scale(wanted: Ints, free: Floats) -> Floats:
        return np.asarray(np.minimum(1.0, free.clip(0.0) / np.maximum(wanted, 1)), dtype=np.float64)

    def _book(self, day: int, who: Ints, amount: Ints, sell: Flags, kind: Ints) -> None:
        fees = self.world.fees
        charged = np.where(kind == IPO, 0, commission(amount, self.rate[who], self.profiles.minimum[who]))
        costs = np.where(kind == IPO, 0, outside_costs(amount, sell, fees))
        signed = np.where(sell, amount, -amount)
        size = len(self.cash)
        self.cash += np.bincount(who, signed - charged - costs, size).astype(np.int64)
        self.position -= np.bincount(who, signed, size).astype(np.int64)
        log = self.trades
        log.who.append(who)
        log.day.append(np.full(len(who), day))
        log.turnover.append(amount)
        log.commission.append(charged)
        log.levies.append(levies(amount, charged, fees))
        log.sell.append(sell)
        log.kind.append(kind)


def interest_days(market: Market) -> frozenset[int]:
    """The first trading day from the 20th of each quarter's last month."""
    months = market.days.astype("datetime64[M]")
    numbers = months.astype(np.int64) % 12 + 1
    due = np.isin(numbers, QUARTER_MONTHS) & ((market.days - months).astype(np.int64) + 1 >= TWENTIETH)
    return frozenset(int(np.flatnonzero(due & (months == month))[0]) for month in np.unique(months[due]))
