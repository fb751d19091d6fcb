"""From the scores of all classes to the few numbers on which it is decided whether a sentence may pass.

The classes are kind and verdict (H01 forbidden, H01 doubtful, H01 honest …). What speaks against a
sentence is a bad class that scores well; what speaks for it, honest classes, those of the same kind above
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from wanliu.compliance.exemplars import NOTHING, Class

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Classes:
    """The classes in the order of the scores' columns, as ``kind verdict``."""

    names: tuple[str, ...]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of offence; the kind of sentences near none is not among them."""
        return tuple(sorted({self.kind(place) for place in range(len(self.names))} - {NOTHING}))

    @cached_property
    def forbidden(self) -> Places:
        return self._of("forbidden")

    @cached_property
    def doubtful(self) -> Places:
        return self._of("doubtful")

    @cached_property
    def honest(self) -> Places:
        return self._of("honest")

    @cached_property
    def bad(self) -> Places:
        return np.concatenate([self.forbidden, self.doubtful])

    @cached_property
    def beside(self) -> Places:
        """For every class, the honest class of its kind, or that of no kind where there is none."""
        fallback = self.names.index(f"{NOTHING} honest")
        honest = {self.kind(place): int(place) for place in self.honest}
        return np.array([honest.get(self.kind(place), fallback) for place in range(len(self.names))])

    @cached_property
    def membership(self) -> Floats:
        """Classes by kinds, 1 where the class is of the kind: scores times this are the kinds' scores."""
        kinds = (*self.kinds, NOTHING)
        of = [[float(self.kind(place) == kind) for kind in kinds] for place in range(len(self.names))]
        return np.array(of, dtype=np.float32)

    def kind(self, place: int) -> str:
        return self.names[place].split()[0]

    def _of(self, verdict: Class) -> Places:
        ends = [place for place, name in enumerate(self.names) if name.split()[1] == verdict]
        return np.array(ends, dtype=np.int64)


FORBIDDEN_RATHER = 2.5
"""How much a forbidden class counts against a doubtful one: to let the forbidden out costs more than to hold
back the doubtful."""


def worst(scores: Floats, classes: Classes) -> Places:
    """The bad class that scores best, the forbidden ones given some lead, for every row."""
    lead = np.where(np.isin(classes.bad, classes.forbidden), FORBIDDEN_RATHER, 1.0).astype(np.float32)
    found: Places = classes.bad[(scores[:, classes.bad] * lead).argmax(axis=1)]
    return found


def evidence(scores: Floats, lengths: npt.NDArray[np.int64], classes: Classes) -> Doubles:
    """Rows by columns: what the second stage decides on. ``lengths`` are the sentences' characters."""
    forbidden, doubtful, honest = (
        scores[:, classes.forbidden],
        scores[:, classes.doubtful],
        scores[:, classes.honest],
    )
    bad = worst(scores, classes)
    rows = np.arange(len(scores))
    highest = scores[rows, bad]
    beside = scores[rows, classes.beside[bad]]
    of_kinds = scores @ classes.membership
    columns = (
        forbidden.max(axis=1),
        doubtful.max(axis=1),
        _second(forbidden),
        forbidden.sum(axis=1),
        doubtful.sum(axis=1),
        honest.sum(axis=1),
        honest.max(axis=1),
        scores[:, classes.names.index(f"{NOTHING} honest")],
        beside,
        highest - beside,
        highest - honest.sum(axis=1),
        of_kinds.max(axis=1),
        of_kinds[rows, classes.membership.argmax(axis=1)[bad]],
        np.log(lengths + 1),
    )
    return np.stack(columns, axis=1).astype(np.float64)


def _second(scores: Floats) -> Floats:
    """The second highest of every row: two likely offences are more than one."""
    second: Floats = np.partition(scores, -2, axis=1)[:, -2]
    return second
