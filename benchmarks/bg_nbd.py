"""BG/NBD (Fader, Hardie and Lee 2005), by maximum likelihood: a peer, written from the published formulas.

A customer buys at a rate drawn from a gamma(r, α) and is lost after each purchase with a chance drawn from a
beta(a, b). Known of a customer: how often again (x), when last (t_x), and for how long (T).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
START = np.zeros(4)


@dataclass(frozen=True)
class BgNbd:
    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fitted(cls, again: Floats, last: Floats, known_for: Floats) -> BgNbd:
        from scipy.optimize import minimize  # type: ignore[import-untyped]  # no types are published

        scale = max(1.0, float(known_for.max()) / 40)

        def loss(logs: Floats) -> float:
            return -float(cls(*np.exp(logs)).log_likelihood(again, last / scale, known_for / scale).mean())

        found = np.exp(
            minimize(loss, START, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-6}).x
        )
        return cls(float(found[0]), float(found[1]) * scale, float(found[2]), float(found[3]))

    def log_likelihood(self, again: Floats, last: Floats, known_for: Floats) -> Floats:
        from scipy.special import betaln, gammaln  # type: ignore[import-untyped]  # no types are published

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        common = gammaln(r + again) - gammaln(r) + r * np.log(alpha)
        alive = betaln(a, b + again) - betaln(a, b) - (r + again) * np.log(alpha + known_for)
        lost = betaln(a + 1, b + again - 1) - betaln(a, b) - (r + again) * np.log(alpha + last)
        return np.asarray(common + np.where(again > 0, np.logaddexp(alive, lost), alive))

    def alive(self, again: Floats, last: Floats, known_for: Floats) -> Floats:
        odds = self.a / (self.b + np.maximum(again, 1) - 1)
        odds = odds * ((self.alpha + known_for) / (self.alpha + last)) ** (self.r + again)
        return np.asarray(np.where(again > 0, 1 / (1 + odds), 1.0))

    def chance_of_any(self, again: Floats, last: Floats, known_for: Floats, ahead: float) -> Floats:
        """At least one purchase in the days ahead: alive, and a first event of the gamma mixture."""
        none = ((self.alpha + known_for) / (self.alpha + known_for + ahead)) ** (self.r + again)
        return self.alive(again, last, known_for) * (1 - none)
