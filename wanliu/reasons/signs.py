"""From what a client's own data shows to the eleven reasons, piece of evidence by piece of evidence.

All reasons start alike, since no source says how common each is. A sign multiplies a reason by how much more
likely it is under that reason than under the others (``times`` in ``content/reasons``); one that was looked
for and does not hold by ``absent``; one that nobody can tell says nothing. The products are made to sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from wanliu.playbook.items import Evidence, ReasonItem
from wanliu.text import Text

NAMED_FROM = 2.0
"""A reason is named where it is this many times as likely as an even share, and something speaks for it."""


@dataclass(frozen=True)
class Observed:
    """What the data says of one sign: whether it holds (None: nobody can tell), told with its numbers."""

    sign: str
    holds: bool | None
    told: Text


@dataclass(frozen=True)
class Piece:
    """One piece of evidence for (``times`` > 1) or against (< 1) a reason, and why it speaks."""

    observed: Observed
    times: float
    why: Text


@dataclass(frozen=True)
class Weighed:
    """One reason with its share of all eleven and the pieces that made it, the strongest first."""

    reason: str
    probability: float
    pieces: tuple[Piece, ...]

    @property
    def speaks_for(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.times > 1)

    @property
    def speaks_against(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.times < 1)


def weigh(
    reasons: Mapping[str, ReasonItem], observed: Iterable[Observed], heard: Mapping[str, float] | None = None
) -> tuple[Weighed, ...]:
    """All reasons, the likeliest first, shares summing to 1.

    ``heard``: how much likelier the client's own words are under each reason than under an even guess.
    """
    seen = {one.sign: one for one in observed}
    pieces = {id: _pieces(item, seen) for id, item in reasons.items()}
    heard = heard or {}
    products = {id: heard.get(id, 1.0) * prod(piece.times for piece in found) for id, found in pieces.items()}
    total = sum(products.values())
    weighed = (Weighed(id, products[id] / total, pieces[id]) for id in reasons)
    return tuple(sorted(weighed, key=lambda one: -one.probability))


def deserves_a_name(weighed: Sequence[Weighed], heard: Mapping[str, float] | None = None) -> bool:
    """Whether the first reason is more than a guess."""
    first = weighed[0]
    spoken = bool(first.speaks_for) or (heard or {}).get(first.reason, 1.0) > 1
    return spoken and first.probability * len(weighed) >= NAMED_FROM


def _pieces(item: ReasonItem, seen: Mapping[str, Observed]) -> tuple[Piece, ...]:
    found = (_piece(one, seen.get(one.sign)) for one in (*item.for_signs, *item.against_signs))
    pieces = [piece for piece in found if piece is not None]
    return tuple(sorted(pieces, key=lambda piece: -max(piece.times, 1 / piece.times)))


def _piece(evidence: Evidence, observed: Observed | None) -> Piece | None:
    if observed is None or observed.holds is None:
        return None
    if observed.holds:
        return Piece(observed, evidence.times, evidence.why)
    return Piece(observed, evidence.absent, evidence.why) if evidence.absent < 1 else None
