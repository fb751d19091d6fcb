"""The classifier: which kind of offence a sentence comes near, if it may pass, which words carried that.

Learnt from the exemplars. The first stage scores every class of kind and verdict; the second weighs what
speaks against the sentence and what speaks for it. Its threshold is the one at which few honest sentences
of writers whom the model has not seen are touched, found when it is trained, so it is never older than
the exemplars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from wanliu.compliance import logistic, ridge
from wanliu.compliance.evidence import Classes, Doubles, Floats, evidence, worst
from wanliu.compliance.exemplars import OURS, Exemplar
from wanliu.compliance.features import Seen, Vocabulary, seen_in
from wanliu.compliance.logistic import Logistic
from wanliu.compliance.span import strongest
from wanliu.language.normalise import plain

HONEST_TOUCHED = 0.025
"""Share of honest sentences that may be touched; the promise is 3 in 100, and a new voice costs a little."""
OCCURRING = 2
"""A feature that one sentence alone has teaches nothing about the next."""


@dataclass(frozen=True)
class Opinion:
    """``start`` and ``end`` are places in the plain text; ``bad`` is a probability."""

    kind: str
    doubtful: bool
    bad: float
    touched: bool
    start: int
    end: int

    def moved(self, by: int) -> Opinion:
        """The same, in a text that has this many characters before."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class Learnt:
    """What training leaves: it judges with numpy alone."""

    vocabulary: Vocabulary
    classes: Classes
    weights: npt.NDArray[np.float16]
    intercept: Floats
    second: Logistic
    threshold: float

    def judge(self, text: str, *, at_exit: bool, mass: bool) -> Opinion:
        """Of one plain sentence."""
        seen = list(seen_in(text, at_exit=at_exit, mass=mass))
        columns, values = self.vocabulary.values(one.name for one in seen)
        rows = self.weights[columns].astype(np.float32)
        scores = (values @ rows + self.intercept)[None, :]
        bad = float(self.second.probability(evidence(scores, np.array([len(text)]), self.classes))[0])
        place = int(worst(scores, self.classes)[0])
        against = values * (rows[:, place] - rows[:, self.classes.honest].sum(axis=1))
        start, end = self._carried(text, seen, dict(zip(columns.tolist(), against.tolist(), strict=True)))
        doubtful = place in self.classes.doubtful
        return Opinion(self.classes.kind(place), doubtful, bad, bad > self.threshold, start, end)

    def _carried(self, text: str, seen: Sequence[Seen], against: Mapping[int, float]) -> tuple[int, int]:
        """The words that speak most against the sentence, as places in it."""
        by_character = np.zeros(len(text))
        for one in seen:
            column = self.vocabulary.columns.get(one.name)
            if column is not None and one.last < len(text):
                by_character[[one.first, one.last]] += against[column] / 2
        return strongest(text, by_character)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """As plain arrays, to be kept in a file."""
        return {
            "names": np.array(self.vocabulary.names),
            "rarity": self.vocabulary.rarity,
            "classes": np.array(self.classes.names),
            "weights": self.weights,
            "intercept": self.intercept,
            "second": np.stack([self.second.mean, self.second.spread]),
            "second_weights": self.second.weights,
            "threshold": np.array(self.threshold),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Learnt:
        """Raises KeyError or ValueError where they are not what ``arrays`` gave."""
        mean, spread = arrays["second"]
        return cls(
            Vocabulary(tuple(arrays["names"].tolist()), arrays["rarity"]),
            Classes(tuple(arrays["classes"].tolist())),
            arrays["weights"],
            arrays["intercept"],
            Logistic(mean, spread, arrays["second_weights"]),
            float(arrays["threshold"]),
        )


@dataclass(frozen=True)
class HeldOut:
    """What each exemplar gets from a model that never saw its writer; in the order of the exemplars."""

    bad: Doubles
    kinds: tuple[str, ...]
    doubtful: npt.NDArray[np.bool_]
    threshold: float


def learn(exemplars: Sequence[Exemplar]) -> tuple[Learnt, HeldOut]:
    """Trains on all, and says what every exemplar would have got with its writer left out."""
    texts = [plain(one.text).text for one in exemplars]
    names = [
        [seen.name for seen in seen_in(text, at_exit=one.at_exit, mass=one.mass)]
        for text, one in zip(texts, exemplars, strict=True)
    ]
    vocabulary = Vocabulary.of(names, least=OCCURRING)
    classes, wanted = _wanted(exemplars)
    writers = np.array([one.writer for one in exemplars])
    fitted = ridge.fit(_matrix(vocabulary, names), wanted, writers)
    shown = evidence(fitted.held_out, np.array([len(text) for text in texts]), classes)
    bad = np.array([one.verdict != "honest" for one in exemplars])
    second = logistic.fit(shown, bad)
    held_out = _second_held_out(shown, bad, writers)
    near = np.array([one.writer not in OURS for one in exemplars])
    threshold = float(np.quantile(held_out[~bad & near], 1 - HONEST_TOUCHED))
    learnt = Learnt(
        vocabulary, classes, fitted.weights.astype(np.float16), fitted.intercept, second, threshold
    )
    return learnt, _held_out(learnt, fitted.held_out, held_out)


def _held_out(learnt: Learnt, scores: Floats, bad: Doubles) -> HeldOut:
    places = worst(scores, learnt.classes)
    kinds = tuple(learnt.classes.kind(int(place)) for place in places)
    return HeldOut(bad, kinds, np.isin(places, learnt.classes.doubtful), learnt.threshold)


def _second_held_out(shown: Doubles, bad: npt.NDArray[np.bool_], writers: npt.NDArray[np.str_]) -> Doubles:
    likely = np.empty(len(shown))
    for writer in np.unique(writers):
        own = writers == writer
        likely[own] = logistic.fit(shown[~own], bad[~own]).probability(shown[own])
    return likely


def _wanted(exemplars: Sequence[Exemplar]) -> tuple[Classes, Floats]:
    labels = [f"{one.kind} {one.verdict}" for one in exemplars]
    classes = Classes(tuple(sorted(set(labels))))
    columns = {name: column for column, name in enumerate(classes.names)}
    wanted = np.zeros((len(labels), len(columns)), dtype=np.float32)
    wanted[np.arange(len(labels)), [columns[label] for label in labels]] = 1
    return classes, wanted


def _matrix(vocabulary: Vocabulary, names: Sequence[Sequence[str]]) -> Any:
    """Exemplars by features, sparse. SciPy comes with scikit-learn; only training needs it."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]  # no types are published

    rows = [vocabulary.values(of_one) for of_one in names]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_array((values, columns, ends), shape=(len(names), len(vocabulary.names)))
