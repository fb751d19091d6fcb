"""The queries that make labels of a book's rows, for one range of clients and all asked days at once.

Every row of assets is read once. What matters of it is kept: when a client's net assets crossed one of the
two lines (*spells*), and what they were on the days that are asked about (*known*). Labels are made of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp, parse_one

from wanliu.foresight.label_numbers import Numbers, numbers

EMPTY, SMALL, VALID = 0, 1, 2
"""Where net assets stand: under the empty line, between, from the valid line on."""

FAR = "CAST('9999-12-31' AS DATE)"

VOIDS = """
SELECT reverses AS flow_id, MIN(date) AS voided_on FROM label_flows
WHERE NOT reverses IS NULL GROUP BY reverses
"""

HELD = """
SELECT client_id, date, net_assets, standing,
    LAG(date) OVER w AS date_before, LAG(standing) OVER w AS standing_before, LEAD(date) OVER w AS next_date
FROM (
    SELECT client_id, date, net_assets,
        CASE WHEN net_assets < {empty} THEN {EMPTY} WHEN net_assets < {valid} THEN {SMALL}
             ELSE {VALID} END AS standing
    FROM label_assets WHERE client_id >= :first AND client_id < :before
) AS r
WINDOW w AS (PARTITION BY client_id ORDER BY date)
"""
"""Every row of net assets between the one before and the one after."""

SPELLS = """
SELECT client_id, standing, date AS since, date_before,
    LEAD(date) OVER (PARTITION BY client_id ORDER BY date) AS until
FROM label_held WHERE standing_before IS NULL OR standing_before <> standing
"""
"""Unbroken stretches on one side of the lines; ``until`` is the first row of the next one, if any came."""

KNOWN = """
SELECT h.client_id, s.stop, h.net_assets
FROM (
    SELECT client_id, date, net_assets,
        CASE WHEN standing = {EMPTY} THEN COALESCE(next_date - 1, {FAR})
             ELSE LEAST(COALESCE(next_date - 1, {FAR}), date + {reach}) END AS speaks_until
    FROM label_held
) AS h
JOIN label_first_stop AS f ON f.date = h.date AND f.stop <= h.speaks_until
JOIN label_stops AS s ON s.stop >= f.stop AND s.stop <= h.speaks_until
"""
"""Net assets on the days that are asked about. An empty account needs no further row to stay empty."""

PEOPLE = """
WITH closings AS (
    SELECT client_id, MIN(date) AS closed_on FROM label_exits
    WHERE kind = 'closed_account' AND client_id >= :first AND client_id < :before GROUP BY client_id
), ends AS (
    SELECT client_id, date AS last_row FROM label_held WHERE next_date IS NULL AND standing <> {EMPTY}
        AND date + {look_back} <= {feed_ends}
), dated AS (
    SELECT c.client_id, c.opened_on,
        LEAST(COALESCE(c.closed_on, {FAR}), COALESCE(x.closed_on, {FAR})) AS closed_on,
        COALESCE(e.last_row + 1, {FAR}) AS vanished_on
    FROM label_clients AS c
    LEFT JOIN closings AS x ON x.client_id = c.client_id
    LEFT JOIN ends AS e ON e.client_id = c.client_id
    WHERE c.client_id >= :first AND c.client_id < :before AND c.kind = 'person'
        AND NOT COALESCE(c.is_employee, FALSE) AND NOT COALESCE(c.scoring_opt_out, FALSE)
        AND COALESCE(c.status, 'normal') <> 'deceased'
)
SELECT client_id, opened_on, CASE WHEN closed_on = {FAR} THEN vanished_on ELSE closed_on END AS gone_on,
    closed_on = {FAR} AND vanished_on < {FAR} AS rebuilt
FROM dated
"""
"""Who may be judged at all, and from which day on no longer: closed, or vanished with money left."""

EVENTS = """
WITH carried AS (
    SELECT DISTINCT client_id, date FROM label_exits
    WHERE kind IN ('transferred_custody', 'revoked_designation')
        AND client_id >= :first AND client_id < :before
), ends AS (SELECT client_id, date AS last_row FROM label_held WHERE next_date IS NULL),
emptied AS (
    SELECT c.client_id, c.date, MIN(s.since) AS empty_since FROM carried AS c
    JOIN label_spells AS s ON s.client_id = c.client_id AND s.standing = {EMPTY}
        AND s.since <= c.date + {reach} AND (s.until IS NULL OR s.until > c.date)
    GROUP BY c.client_id, c.date
), moved AS (
    SELECT c.client_id,
        CASE WHEN m.empty_since IS NULL THEN c.date ELSE GREATEST(c.date, m.empty_since) END AS happened_on
    FROM carried AS c
    LEFT JOIN emptied AS m ON m.client_id = c.client_id AND m.date = c.date
    LEFT JOIN ends AS e ON e.client_id = c.client_id
    WHERE NOT m.empty_since IS NULL OR e.last_row IS NULL OR e.last_row <= c.date
), every AS (
    SELECT client_id, happened_on, FALSE AS rebuilt FROM moved
    UNION ALL
    SELECT client_id, gone_on AS happened_on, rebuilt FROM label_people WHERE gone_on < {FAR}
)
SELECT e.client_id, e.happened_on, e.rebuilt, MAX(s.since) AS empty_since FROM every AS e
LEFT JOIN label_spells AS s ON s.client_id = e.client_id AND s.standing = {EMPTY}
    AND s.since <= e.happened_on AND (s.until IS NULL OR s.until > e.happened_on)
GROUP BY e.client_id, e.happened_on, e.rebuilt
"""
"""Exits carried out with nothing left behind, and since when the account was empty, if it was before."""

BASE = """
SELECT p.client_id, d.as_of, d.ends, d.is_whole, k.net_assets AS held, e.net_assets AS rest,
    k.net_assets >= {valid} AS valid
FROM label_people AS p
CROSS JOIN label_days AS d
LEFT JOIN label_known AS k ON k.client_id = p.client_id AND k.stop = d.as_of
LEFT JOIN label_known AS e ON e.client_id = p.client_id AND e.stop = d.ends AND d.is_whole
WHERE p.opened_on <= d.as_of AND p.gone_on > d.as_of
"""
"""One row per client and day on which the client is open, with net assets then and at the horizon's end."""

EXPLICIT = """
SELECT b.client_id, b.as_of, LOGICAL_AND(e.rebuilt) AS rebuilt,
    MIN(CASE WHEN e.empty_since > b.as_of THEN e.empty_since ELSE e.happened_on END) AS left_on
FROM label_base AS b
JOIN label_events AS e ON e.client_id = b.client_id AND e.happened_on > b.as_of AND e.happened_on <= b.ends
GROUP BY b.client_id, b.as_of
"""

IMPLICIT = """
SELECT b.client_id, b.as_of, MIN(s.since) AS left_on
FROM label_base AS b
JOIN (
    SELECT client_id, since, until, date_before, CAST(DATE_TRUNC('month', since) AS DATE) AS own_month,
        CAST(DATE_TRUNC('month', since) + INTERVAL '1' MONTH AS DATE) AS next_month,
        CAST(DATE_TRUNC('month', since) + INTERVAL '2' MONTH AS DATE) AS month_after
    FROM label_spells WHERE standing = {EMPTY}
) AS s ON s.client_id = b.client_id AND s.since > b.as_of AND s.since <= b.ends
WHERE b.valid AND (
    (s.own_month > b.as_of AND (s.date_before IS NULL OR s.date_before < s.own_month)
        AND s.next_month - 1 <= b.ends AND s.next_month - 1 <= {book_ends}
        AND (s.until IS NULL OR s.until >= s.next_month))
    OR (s.month_after - 1 <= b.ends AND s.month_after - 1 <= {book_ends}
        AND (s.until IS NULL OR s.until >= s.month_after)))
GROUP BY b.client_id, b.as_of
"""
"""The first wholly empty month of a spell is its own, where no row of it stood higher, or the next."""

FALLEN = """
SELECT b.client_id, b.as_of, MAX(s.until) AS left_on
FROM label_base AS b
JOIN label_spells AS s ON s.client_id = b.client_id AND s.standing = {VALID}
    AND s.until > b.as_of AND s.until <= b.ends
WHERE b.valid AND b.rest < {valid}
GROUP BY b.client_id, b.as_of
"""
"""Valid clients below the valid line at the horizon's end, and the day they last fell below it."""

MOVED = """
SELECT client_id, as_of, SUM(CASE WHEN direction = 'out' THEN amount ELSE -amount END) AS net_out,
    MIN(CASE WHEN direction = 'out' AND place = 1 THEN date END) AS largest_out_on
FROM (
    SELECT b.client_id, b.as_of, f.date, f.direction, f.amount, ROW_NUMBER() OVER (
        PARTITION BY b.client_id, b.as_of, f.direction ORDER BY f.amount DESC, f.date) AS place
    FROM (
        SELECT client_id, as_of, ends FROM label_base
        WHERE valid AND (rest < {valid} OR rest <= (1 - {gone_share}) * held)
    ) AS b
    JOIN label_flows AS f ON f.client_id = b.client_id AND f.date > b.as_of AND f.date <= b.ends
        AND f.client_id >= :first AND f.client_id < :before
    LEFT JOIN label_voids AS v ON v.flow_id = f.flow_id
    WHERE f.kind IN ('bank', 'securities') AND f.reverses IS NULL
        AND (v.voided_on IS NULL OR v.voided_on > b.ends)
) AS m
GROUP BY client_id, as_of
"""
"""What went out, less what came in, of those whose net assets fell far; reversals as known at the end."""

TRADED = """
SELECT DISTINCT b.client_id, b.as_of FROM label_base AS b
JOIN label_trades AS t ON t.client_id = b.client_id
    AND t.date > b.ends - {quiet_days} AND t.date <= b.ends
    AND t.client_id >= :first AND t.client_id < :before
WHERE b.valid AND b.rest <= (1 - {gone_share}) * b.held
"""

TOUCHED = """
SELECT DISTINCT b.client_id, b.as_of FROM label_base AS b
JOIN label_tainted AS t ON t.client_id = b.client_id
    AND t.table_name IN ('assets', 'exits', 'flows', 'trades')
    AND t.first <= b.ends AND t.last > b.as_of - {look_back}
"""
"""Whoever had a row rejected that the label might have read."""

LABELS = """
WITH every AS (
    SELECT b.client_id, b.as_of, b.held, b.valid, x.rebuilt,
        x.left_on AS explicit_on, i.left_on AS implicit_on, f.left_on AS fallen_on,
        CASE WHEN {drain_is_judged} AND b.valid AND b.rest <= (1 - {gone_share}) * b.held
            AND m.net_out >= {gone_share} * (b.rest + m.net_out) AND t.client_id IS NULL
            THEN m.largest_out_on END AS drained_on,
        b.rest + COALESCE(m.net_out, 0) < {valid} AS by_price,
        NOT b.is_whole OR b.held IS NULL OR NOT r.client_id IS NULL
            OR (b.valid AND b.rest IS NULL AND x.left_on IS NULL AND i.left_on IS NULL) AS censored
    FROM label_base AS b
    LEFT JOIN label_explicit AS x ON x.client_id = b.client_id AND x.as_of = b.as_of
    LEFT JOIN label_implicit AS i ON i.client_id = b.client_id AND i.as_of = b.as_of
    LEFT JOIN label_fallen AS f ON f.client_id = b.client_id AND f.as_of = b.as_of
    LEFT JOIN label_moved AS m ON m.client_id = b.client_id AND m.as_of = b.as_of
    LEFT JOIN label_traded AS t ON t.client_id = b.client_id AND t.as_of = b.as_of
    LEFT JOIN label_touched AS r ON r.client_id = b.client_id AND r.as_of = b.as_of
), named AS (
    SELECT client_id, as_of, held, valid, censored, by_price, rebuilt,
        CASE WHEN NOT explicit_on IS NULL THEN 'explicit' WHEN NOT implicit_on IS NULL THEN 'implicit'
             WHEN NOT fallen_on IS NULL OR NOT drained_on IS NULL THEN 'shallow'
             WHEN NOT censored THEN 'stayed' END AS label,
        COALESCE(explicit_on, implicit_on, fallen_on, drained_on) AS left_on
    FROM every
)
SELECT client_id, as_of, label, left_on, censored, valid, held AS net_assets,
    CASE WHEN label = 'shallow' AND {flows_are_known} THEN by_price END AS by_price,
    label = 'explicit' AND COALESCE(rebuilt, FALSE) AS rebuilt
FROM named
"""

STEPS: tuple[tuple[str, str], ...] = (
    ("label_held", HELD),
    ("label_spells", SPELLS),
    ("label_people", PEOPLE),
    ("label_events", EVENTS),
    ("label_known", KNOWN),
    ("label_base", BASE),
    ("label_explicit", EXPLICIT),
    ("label_implicit", IMPLICIT),
    ("label_fallen", FALLEN),
    ("label_moved", MOVED),
    ("label_traded", TRADED),
    ("label_touched", TOUCHED),
)
"""What is kept for one range of clients, in order; ``LABELS`` reads the last seven."""


@dataclass(frozen=True)
class Known:
    """What one book and horizon let a label say."""

    feed_ends: date
    """The last day of assets: rows of one client that stop well before it have stopped for good."""
    book_ends: date
    """The last day that the book speaks of."""
    flows_are_known: bool
    drain_is_judged: bool
    """Whether flows and trades are there, and the quiet days fit into the horizon."""


def query(text: str, known: Known) -> exp.Query:
    """The text with our numbers in it, as a tree that each engine writes in its own words."""
    found = parse_one(text.format(**_written(numbers()), **_said(known)), dialect="duckdb")
    assert isinstance(found, exp.Query), "every text here is a SELECT"
    return found


def asks_for_a_range(tree: exp.Expr) -> bool:
    """Whether the query reads the rows of a range of clients, and not only what was kept of it."""
    return tree.find(exp.Placeholder) is not None


def _said(known: Known) -> dict[str, str]:
    days = {"feed_ends": known.feed_ends, "book_ends": known.book_ends}
    flags = {"flows_are_known": known.flows_are_known, "drain_is_judged": known.drain_is_judged}
    return {name: f"CAST('{day.isoformat()}' AS DATE)" for name, day in days.items()} | {
        name: str(flag).upper() for name, flag in flags.items()
    }


def _written(given: Numbers) -> dict[str, object]:
    return {
        "EMPTY": EMPTY,
        "SMALL": SMALL,
        "VALID": VALID,
        "FAR": FAR,
        "valid": f"{given.valid:f}",
        "empty": f"{given.empty:f}",
        "gone_share": f"{given.gone_share:f}",
        "quiet_days": given.quiet_days,
        "look_back": given.look_back_days,
        # the day itself and as many days after it
        "reach": given.look_back_days - 1,
    }
