"""How a classifier learns from exemplars: groups of characters, an encoder's view, linear support vectors.

Everything that is drawn from predictions (temperature, thresholds) is drawn from held-out ones: each group of
texts (a writer) judged by a model that saw nothing of it. Near-copies by the same hand would flatter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wanliu.language.classifier import (
    Classifier,
    Doubles,
    Example,
    Probabilities,
    Recipe,
    Weights,
    centred,
    check_installed,
    softmax,
)
from wanliu.language.grams import Counted, Floats, counted, vocabulary, weighted
from wanliu.language.meaning import SIZE, Vectors, encoder, vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # publishes no types

Settle = Callable[[Sequence[Example], tuple[str, ...], Probabilities], Mapping[str, float]]
"""Draws numbers of one's own (thresholds) from the examples, the labels and held-out probabilities."""


@dataclass(frozen=True)
class Prepared:
    """Examples with what is seen of each: the costly half of learning, done once for all parts of them."""

    recipe: Recipe
    labels: tuple[str, ...]
    examples: Sequence[Example]
    seen: Sequence[Counted]
    meant: Vectors

    def part(self, chosen: NDArray[np.bool_]) -> Prepared:
        kept = np.flatnonzero(chosen).tolist()
        return replace(
            self,
            examples=[self.examples[place] for place in kept],
            seen=[self.seen[place] for place in kept],
            meant=self.meant[chosen],
        )

    @property
    def groups(self) -> NDArray[np.str_]:
        return np.array([example.group for example in self.examples])

    @property
    def wanted(self) -> Doubles:
        """Examples × labels: the weights."""
        number = {label: place for place, label in enumerate(self.labels)}
        wanted = np.zeros((len(self.examples), len(self.labels)))
        for row, example in enumerate(self.examples):
            for label, weight in example.weights.items():
                wanted[row, number[label]] = weight
        return wanted


def learn(recipe: Recipe, examples: Sequence[Example], settle: Settle | None = None) -> Classifier:
    """Learns, calibrates and lets ``settle`` draw its numbers.

    Needs examples of at least two labels and two groups; the recipe's ``meaning`` becomes 0 where no encoder
    is installed. Raises EnvironmentFailed without scikit-learn.
    """
    return learn_from(prepared(recipe, examples), settle)


def prepared(recipe: Recipe, examples: Sequence[Example]) -> Prepared:
    """Raises EnvironmentFailed without scikit-learn."""
    check_installed()
    possible = recipe if encoder() else replace(recipe, meaning=0.0)
    texts = [example.text for example in examples]
    meant = vectors(texts) if possible.meaning else np.zeros((len(texts), SIZE), dtype=np.float32)
    labels = tuple(dict.fromkeys(label for example in examples for label in example.weights))
    return Prepared(possible, labels, examples, [counted(text, recipe.shapes) for text in texts], meant)


def learn_from(material: Prepared, settle: Settle | None = None) -> Classifier:
    """As ``learn``, from what is prepared."""
    scores = _held_out_scores(material)
    temperature = _best_temperature(scores, material.wanted)
    settings = settle(material.examples, material.labels, softmax(scores / temperature)) if settle else {}
    return replace(_fitted(material), temperature=temperature, settings=dict(settings))


def _held_out_scores(material: Prepared) -> Doubles:
    groups = material.groups
    fold_of = {
        group: number % material.recipe.folds for number, group in enumerate(np.unique(groups).tolist())
    }
    folds = np.array([fold_of[group] for group in groups.tolist()])
    scores = np.zeros((len(folds), len(material.labels)))

    def judge(own: NDArray[np.bool_]) -> None:
        judged = material.part(own)
        scores[own] = _fitted(material.part(~own)).scores(judged.seen, judged.meant)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:  # the solver lets other threads run
        list(threads.map(judge, [folds == fold for fold in np.unique(folds)]))
    return scores


def _fitted(material: Prepared) -> Classifier:
    # Takes a second to load, and only learning needs it.
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]  # publishes no types

    recipe = material.recipe
    known, times = vocabulary(material.seen, least=recipe.least)
    idf = np.log((1.0 + len(material.seen)) / (1.0 + times)) + 1.0
    rarity = (idf**recipe.rarity).astype(np.float32)
    middle = material.meant.mean(axis=0)
    rows, columns = np.nonzero(material.wanted)
    values = _matrix(
        [weighted(text, known, rarity) for text in material.seen],
        len(known),
        centred(material.meant, middle, recipe.meaning),
    )
    model = LinearSVC(C=recipe.c, random_state=SEED, tol=CLOSE_ENOUGH)
    model.fit(values[rows], columns, material.wanted[rows, columns])
    weights = _weights_of(model, len(material.labels), len(known))
    return Classifier(recipe, material.labels, known, rarity, middle, weights)


CLOSE_ENOUGH = 1e-2
"""Where the solver stops; a hundredth of it changed no weight's third digit and took half as long again."""
SEED = 0
"""The solver takes the examples in a random order; the same exemplars must give the same classifier."""
NEVER = -30.0
"""The offset of a label that no example had: as good as impossible, yet finite."""


def _weights_of(model: Any, labels: int, known: int) -> Weights:
    """A model of two labels has only the second one's weights: the first one's are 0."""
    slopes = np.zeros((model.coef_.shape[1], labels), dtype=np.float32)
    offsets: Floats = np.full(labels, NEVER, dtype=np.float32)
    columns = model.classes_[1:] if len(model.coef_) == 1 else model.classes_
    offsets[model.classes_] = 0.0
    slopes[:, columns], offsets[columns] = model.coef_.T, model.intercept_
    return Weights(slopes[:known], slopes[known:], offsets)


def _matrix(texts: Sequence[Counted], known: int, meant: Vectors) -> csr_matrix:
    """Examples × (groups of characters, then the encoder's numbers)."""
    from scipy.sparse import csr_matrix, hstack  # comes with scikit-learn

    starts = np.cumsum([0, *(len(text.keys) for text in texts)])
    columns = np.concatenate([text.keys for text in texts])
    values = np.concatenate([text.values for text in texts]).astype(np.float64)
    grams = csr_matrix((values, columns, starts), shape=(len(texts), known))
    return hstack([grams, csr_matrix(meant.astype(np.float64))]).tocsr()


TEMPERATURES = np.geomspace(0.05, 5.0, 93)


def _best_temperature(scores: Doubles, wanted: Doubles) -> float:
    """The temperature under which the truth is likeliest."""

    def loss(temperature: float) -> float:
        likely = np.log(softmax(scores / temperature) + TINY)
        return float(-(wanted * likely).sum())

    return min((float(one) for one in TEMPERATURES), key=loss)


TINY = 1e-12
