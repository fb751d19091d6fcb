"""The chance that a client leaves within the horizon, as a discrete-time hazard.

The horizon is cut into stretches of days. A row is a client, a day and a stretch that the client entered; the
trees learn the chance of leaving in it. The chance over the horizon is 1 − Π(1 − hazard), then calibrated on
clients that the trees did not see. Sampled stayers weigh for those left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.foresight.boosting import Bag, Flags, Floats, Training, stratified_parts
from wanliu.foresight.calibration import Calibration
from wanliu.foresight.client_features import MONOTONE, NAMES
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.hazard_numbers import hazard

STRETCH = "stretch"
RISING_IN_TIME = 0
"""Nothing is demanded of how the hazard moves from stretch to stretch."""


@dataclass(frozen=True)
class Outcomes:
    """Per client and day: features, whether and after how many days the client left (nan: stayed), the
    weight, and
    the number of the client."""

    features: Floats
    left: Flags
    after: Floats
    weights: Floats
    clients: NDArray[Any]
    horizon: int

    def only(self, rows: NDArray[Any]) -> Outcomes:
        return Outcomes(
            self.features[rows],
            self.left[rows],
            self.after[rows],
            self.weights[rows],
            self.clients[rows],
            self.horizon,
        )


@dataclass(frozen=True)
class HazardModel:
    """Trees of the hazard in one stretch, and the way from the chance over the horizon to a probability."""

    bag: Bag
    horizon: int

    @classmethod
    def fitted(cls, outcomes: Outcomes, *, seed: int, threads: int) -> HazardModel:
        parts = stratified_parts(outcomes.left, outcomes.clients, fitting().folds, seed)
        bag = Bag.fitted(_stretched(outcomes, parts, seed, threads))
        held_out = np.empty(len(outcomes.left))
        for place, part in enumerate(np.unique(parts)):
            out = parts == part
            alone = cls(Bag((bag.boosters[place],), Calibration()), outcomes.horizon)
            held_out[out] = alone.scores(outcomes.features[out])
        calibration = Calibration.learnt(held_out, outcomes.left, outcomes.weights)
        return cls(Bag(bag.boosters, calibration), outcomes.horizon)

    def scores(self, features: Floats) -> Floats:
        """Calibrated chances of leaving within the horizon."""
        stayed = np.ones(len(features))
        for number in range(stretches(self.horizon)):
            stayed *= 1 - _sigmoid(self.bag.log_odds(_with(features, number)))
        return self.bag.calibration(1 - stayed)

    def contributions(self, features: Floats) -> Floats:
        """Per row what each feature adds to the log-odds of a stretch, the mean over stretches; in the last
        two columns the stretch itself and where they begin. They add up to ``log_odds``."""
        told = [self.bag.contributions(_with(features, number)) for number in range(stretches(self.horizon))]
        return np.asarray(np.mean(told, axis=0), dtype=np.float64)

    def log_odds(self, features: Floats) -> Floats:
        """The mean over stretches of the log-odds of leaving in one."""
        told = [self.bag.log_odds(_with(features, number)) for number in range(stretches(self.horizon))]
        return np.asarray(np.mean(told, axis=0), dtype=np.float64)


def stretches(horizon: int) -> int:
    return -(-horizon // hazard().stretch)


def _stretched(outcomes: Outcomes, parts: NDArray[np.int64], seed: int, threads: int) -> Training:
    """A row for every stretch that a client entered: until the one in which they left, or the last."""
    count = stretches(outcomes.horizon)
    last = np.where(outcomes.left, np.ceil(np.nan_to_num(outcomes.after) / hazard().stretch) - 1, count - 1)
    last = np.clip(last, 0, count - 1).astype(int)
    rows, features, left = [], [], []
    for number in range(count):
        entered = np.flatnonzero(last >= number)
        rows.append(entered)
        features.append(_with(outcomes.features[entered], number))
        left.append(outcomes.left[entered] & (last[entered] == number))
    every = np.concatenate(rows)
    return Training(
        np.concatenate(features), np.concatenate(left), parts[every], (*NAMES, STRETCH),
        weights=outcomes.weights[every], monotone=(*MONOTONE, RISING_IN_TIME), seed=seed, threads=threads,
    )  # fmt: skip


def _with(features: Floats, number: int) -> Floats:
    return np.column_stack([features, np.full(len(features), float(number))])


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))), dtype=np.float64)
