"""What a treatment changed for those who got it: augmented inverse-probability weighting, cross-fitted.

The estimator alone, on arrays. Two regressions stand behind it: how likely the treatment was (the propensity)
and how likely leaving was without it. Either may be wrong, not both. Each client's rows are predicted by
regressions that never saw that client. Those without are weighted by the odds of the propensity, so that they
look like those with; what the regression of leaving still gets wrong among them is taken off.
Variances sum a client's rows before squaring; the interval is Student's by the number of treated clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wanliu.commission.study.numbers import Numbers
from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.int64]

MOST_STEPS = 500
LEAST_CHANCE = 1e-6
"""Keeps odds finite; far below any propensity that matters."""


class CannotTell(Exception):
    """There is no estimate; ``why`` says it in both languages."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Sample:
    """A row per client and landmark: treated or not, left or not, what was known before, whose it is."""

    treated: Flags
    outcome: Floats
    covariates: Floats
    client: Places
    weight: Floats
    """How many rows of the book a row stands for: 1, but for those that were sampled."""

    def __len__(self) -> int:
        return len(self.treated)

    def where(self, kept: Flags | Places) -> Sample:
        return Sample(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Estimate:
    """Share of clients by which leaving differs; below 0: fewer leave. The bounds are of the interval."""

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True)
class Overlap:
    """How far the two groups can be compared. ``spread``: propensity quantiles (5, 25, 50, 75, 95 %)."""

    spread_treated: tuple[float, ...]
    spread_without: tuple[float, ...]
    bins: tuple[tuple[float, float, float], ...]
    """Upper border of a tenth of the log-odds, share of the treated, share of those without."""
    effective: float
    trimmed: int


@dataclass(frozen=True)
class Effect:
    """One comparison. ``without``: what the leaving of the treated would have been without the treatment."""

    estimate: Estimate
    naive: Estimate
    treated: int
    treated_clients: int
    treated_leavers: int
    others: int
    others_leavers: int
    rate: float
    without: float
    overlap: Overlap


@dataclass(frozen=True)
class Fitted:
    """A sample with its cross-fitted nuisances and odds weights, ready to be averaged over any part of it."""

    sample: Sample
    propensity: Floats
    expected: Floats
    kept: Flags

    @property
    def weights(self) -> Floats:
        """1 for the treated, the odds for those without, 0 where trimmed."""
        chance = self.propensity.clip(LEAST_CHANCE, 1 - LEAST_CHANCE)
        odds = np.where(self.sample.treated, 1.0, chance / (1 - chance))
        return np.where(self.kept, self.sample.weight * odds, 0.0)


def effect(sample: Sample, numbers: Numbers) -> Effect:
    """The effect on the treated. Raises CannotTell with too few of anything, or without overlap."""
    check_counts(sample, numbers)
    return averaged(fitted(sample, numbers), numbers)


def check_counts(sample: Sample, numbers: Numbers) -> None:
    clients = len(np.unique(sample.client[sample.treated]))
    leavers = int(sample.outcome[~sample.treated].sum())
    if clients < numbers.fewest_treated:
        raise CannotTell(FEW_TREATED.format(count=clients, fewest=numbers.fewest_treated))
    if leavers < numbers.fewest_leavers:
        raise CannotTell(FEW_LEAVERS.format(count=leavers, fewest=numbers.fewest_leavers))


def fitted(sample: Sample, numbers: Numbers) -> Fitted:
    """Both regressions, cross-fitted. The rows' order and the clients' names change nothing."""
    order = _canonical(sample)
    ordered = sample.where(order)
    design = standardised(ordered.covariates)
    fold = folds(ordered, numbers)
    propensity, expected = np.zeros(len(sample)), np.zeros(len(sample))

    def told(outcome: Floats, learn: Flags, tell: Flags) -> Floats:
        return chances(design[learn], outcome[learn], ordered.weight[learn], design[tell], numbers)

    for one in range(numbers.folds):
        learn, tell = fold != one, fold == one
        propensity[tell] = told(ordered.treated.astype(np.float64), learn, tell)
        expected[tell] = told(ordered.outcome, learn & ~ordered.treated, tell)
    back = np.empty(len(sample), dtype=np.int64)
    back[order] = np.arange(len(sample))
    kept = propensity[back] <= numbers.most_propensity
    return Fitted(sample, propensity[back], expected[back], kept)


def averaged(found: Fitted, numbers: Numbers, part: Flags | None = None) -> Effect:
    """The effect over the whole sample or a part of it. Raises CannotTell where that part cannot carry it."""
    if part is not None:
        found = Fitted(
            found.sample.where(part), found.propensity[part], found.expected[part], found.kept[part]
        )
    sample, kept = found.sample, found.kept
    check_counts(sample, numbers)
    everyone = int(sample.treated.sum())
    trimmed = int((sample.treated & ~kept).sum())
    if trimmed > numbers.most_trimmed * everyone:
        raise CannotTell(NO_OVERLAP.format(trimmed=trimmed, everyone=everyone))
    weights = found.weights
    effective = kish(weights[~sample.treated])
    if effective < numbers.fewest_effective:
        raise CannotTell(
            THIN_OVERLAP.format(effective=round(effective), fewest=round(numbers.fewest_effective))
        )
    value, influence = aipw(sample.treated, sample.outcome, found.expected, weights)
    inside = sample.treated & kept
    rate = float(sample.outcome[inside].mean())
    if not 0 <= rate - value <= 1:
        raise CannotTell(IMPOSSIBLE.format(share=f"{(rate - value) * 100:.1f}"))
    count = int(inside.sum())
    if max(rate, rate - value) * count < numbers.fewest_expected:
        raise CannotTell(FEW_EXPECTED.format(count=round(max(rate, rate - value) * count, 1)))
    clients = len(np.unique(sample.client[inside]))
    return Effect(
        estimate=interval(value, clustered(influence, sample.client), clients, numbers),
        naive=naive(sample, numbers),
        treated=count,
        treated_clients=clients,
        treated_leavers=int(sample.outcome[inside].sum()),
        others=int((~sample.treated & kept).sum()),
        others_leavers=int(sample.outcome[~sample.treated & kept].sum()),
        rate=rate,
        without=rate - value,
        overlap=_overlap(found, effective, trimmed),
    )


def aipw(treated: Flags, outcome: Floats, expected: Floats, weights: Floats) -> tuple[float, Floats]:
    """The effect on the treated, and each row's influence on it (they sum to 0).

    mean over the treated of (outcome − expected) − weighted mean over those without of the same.
    """
    left = outcome - expected
    mine, theirs = np.where(treated, weights, 0.0), np.where(treated, 0.0, weights)
    with_it = float(mine @ left / mine.sum())
    without = float(theirs @ left / theirs.sum())
    influence = mine * (left - with_it) / mine.sum() - theirs * (left - without) / theirs.sum()
    return with_it - without, influence


def naive(sample: Sample, numbers: Numbers) -> Estimate:
    """The bare difference of the two shares, which mixes what the treatment does with whom it went to."""
    value, influence = aipw(sample.treated, sample.outcome, np.zeros(len(sample)), sample.weight)
    clients = len(np.unique(sample.client[sample.treated]))
    return interval(value, clustered(influence, sample.client), clients, numbers)


def clustered(influence: Floats, client: Places) -> float:
    """The standard error: a client's rows are summed before they are squared, with G/(G−1)."""
    _, place = np.unique(client, return_inverse=True)
    sums = np.bincount(place, weights=influence)
    groups = len(sums)
    return float(np.sqrt((sums @ sums) * groups / max(1, groups - 1)))


def interval(value: float, error: float, clients: int, numbers: Numbers) -> Estimate:
    reach = student(clients - 1, numbers.confidence) * error
    return Estimate(value, error, value - reach, value + reach)


def kish(weights: Floats) -> float:
    """Effective sample size: how many equally weighted rows would say as much."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def folds(sample: Sample, numbers: Numbers) -> Places:
    """The fold of each row; a client's rows share one; treated and leaving clients are dealt evenly."""
    _, first, place = np.unique(sample.client, return_index=True, return_inverse=True)
    # clients are numbered by their first row, not by their name
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    group = rank[place]
    ever_treated = np.bincount(group, weights=sample.treated) > 0
    ever_left = np.bincount(group, weights=sample.outcome) > 0
    luck = np.random.default_rng(numbers.seed).random(len(first))
    dealt = np.lexsort([luck, ever_left, ever_treated])
    fold = np.empty(len(first), dtype=np.int64)
    fold[dealt] = np.arange(len(first)) % numbers.folds
    return fold[group]


def chances(known: Floats, outcome: Floats, weight: Floats, asked: Floats, numbers: Numbers) -> Floats:
    """Chances by a ridge-penalised logistic regression; one value where the outcome is."""
    if outcome.min(initial=1.0) == outcome.max(initial=0.0) or not len(outcome):
        return np.full(len(asked), float(outcome.mean()) if len(outcome) else 0.0)
    try:
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it has no types
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types
    except ImportError as fault:
        raise EnvironmentFailed(NO_EXTRA) from fault
    # products this small are slower on two threads than on one
    with threadpool_limits(1):
        model: Any = LogisticRegression(C=numbers.ridge, max_iter=MOST_STEPS)
        model.fit(known, outcome, sample_weight=weight)
        return np.asarray(model.predict_proba(asked)[:, 1], dtype=np.float64)


def standardised(covariates: Floats) -> Floats:
    """Each column with mean 0 and deviation 1; what does not vary is left out."""
    spread = covariates.std(axis=0)
    varies = spread > 0
    return np.asarray((covariates[:, varies] - covariates[:, varies].mean(axis=0)) / spread[varies])


def student(freedom: int, confidence: float) -> float:
    """The two-sided quantile of the interval."""
    try:
        from scipy import stats  # type: ignore[import-untyped]  # scipy publishes no types
    except ImportError as fault:
        raise EnvironmentFailed(NO_EXTRA) from fault
    return float(stats.t.ppf((1 + confidence) / 2, max(1, freedom)))


def _canonical(sample: Sample) -> Places:
    """An order by content alone: neither the rows' order nor the clients' names can move a fold."""
    shares = np.random.default_rng(0).random(sample.covariates.shape[1])
    # summed row by row: a product of matrices may round a row otherwise at another place
    mixed = (sample.covariates * shares).sum(axis=1)
    return np.lexsort([mixed, sample.outcome, sample.treated])


def _overlap(found: Fitted, effective: float, trimmed: int) -> Overlap:
    treated, chance = found.sample.treated, found.propensity.clip(LEAST_CHANCE, 1 - LEAST_CHANCE)
    log_odds = np.log(chance / (1 - chance))
    borders = np.linspace(log_odds.min(), log_odds.max(), 11)[1:]
    place = np.searchsorted(borders, log_odds).clip(0, len(borders) - 1)
    shares = [
        np.bincount(place[one], minlength=len(borders)) / max(1, one.sum()) for one in (treated, ~treated)
    ]
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    return Overlap(
        spread_treated=tuple(np.quantile(chance[treated], quantiles).tolist()),
        spread_without=tuple(np.quantile(chance[~treated], quantiles).tolist()),
        bins=tuple(
            (float(1 / (1 + np.exp(-border))), float(a), float(b))
            for border, a, b in zip(borders, *shares, strict=True)
        ),
        effective=effective,
        trimmed=trimmed,
    )


FEW_TREATED = Text(
    zh="只有 {count} 位客户，至少要 {fewest} 位才给出估计。",
    en="only {count} clients; at least {fewest} are needed for an estimate.",
)
FEW_LEAVERS = Text(
    zh="对照客户中只有 {count} 次离开，至少要 {fewest} 次才谈得上比较。",
    en="only {count} leavers among those without; at least {fewest} are needed to compare.",
)
FEW_EXPECTED = Text(
    zh="这些客户中看到的或预计的离开只有 {count} 次，太少，区间不可信。",
    en="only {count} leavings were seen or expected among these clients: too few to trust an interval.",
)
IMPOSSIBLE = Text(
    zh="算出来“若没有，会离开 {share}%”，不是一个可能的比例：少数几行的权重太大，这个估计不能用。",
    en="without it {share} % would have left, which no share can be: a few rows weigh too much for an "
    "estimate.",
)
NO_OVERLAP = Text(
    zh="{everyone} 例中有 {trimmed} 例几乎必然得到，找不到可比的客户：两组没有重叠。",
    en="for {trimmed} of {everyone} it was all but certain, and nobody comparable went without: no overlap.",
)
THIN_OVERLAP = Text(
    zh="加权后的对照只相当于 {effective} 例，至少要 {fewest} 例：重叠太薄。",
    en="the weighted comparison is worth only {effective} rows, of {fewest} needed: overlap is too thin.",
)
NO_EXTRA = Text(
    zh="没有安装统计部件。请安装 wanliu[causal]。",
    en="The statistics are not installed. Install wanliu[causal].",
)
