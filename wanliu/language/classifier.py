"""A reader of short texts: which of some labels a text deserves, how surely, and which characters said so.

    examples = [Example("手续费太贵了", {"commission_competition": 1.0}, group="a"), …]
    classifier = learn(Recipe(), examples)         # wanliu/language/learning.py; needs scikit-learn
    classifier.probabilities(["别家才万一"])         # ndarray (texts × labels), rows sum to 1
    classifier.contributions("别家才万一", "commission_competition")  # ndarray, one number per character

Texts go in as they shall be read: pass ``plain(text).text``; its ``span`` leads back to the original.
Reading needs numpy, and the sentence encoder where the classifier was learnt with it. ``kept.py`` keeps a
classifier in a cache file between runs.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanliu.errors import EnvironmentFailed
from wanliu.language.grams import Counted, Floats, Hashes, Shape, counted, grams_of, places, shapes, weighted
from wanliu.language.meaning import SIZE, Vectors, vectors
from wanliu.text import Text

Doubles = NDArray[np.float64]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A text that was written to be learnt from.

    ``weights``: label → weight; a text with two labels has both, commonly 0.5 each (the sum is how much
    the text counts). ``group``: whose hand wrote it.
    """

    text: str
    weights: Mapping[str, float]
    group: str


@dataclass(frozen=True)
class Recipe:
    """How to learn. The defaults were found with each writer of the exemplars left out.

    ``longest``: run of characters; ``widest``: how far apart the two characters of a pair may stand.
    ``least``: in how many texts a group of characters must occur. ``rarity``: power of its idf.
    ``c``: inverse strength of the regularisation. ``meaning``: what the encoder's view weighs beside the
    characters' 1; 0 for none. ``folds``: into how many parts the groups are dealt for the calibration.
    """

    longest: int = 4
    widest: int = 5
    least: int = 2
    rarity: float = 1.25
    c: float = 0.8
    meaning: float = 0.06
    folds: int = 5

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return shapes(self.longest, self.widest)


@dataclass(frozen=True)
class Weights:
    """What was learnt: ``grams`` (known hashes × labels), ``meaning`` (512 × labels), ``offsets``."""

    grams: Floats
    meaning: Floats
    offsets: Floats


@dataclass(frozen=True)
class Classifier:
    """A reader that has learnt.

    ``known``: ascending hashes of the groups of characters; ``rarity``: a weight for each; ``middle``: the
    mean vector of the texts learnt from (zeros without the encoder); ``settings``: numbers that were drawn
    from held-out predictions when it learnt.
    """

    recipe: Recipe
    labels: tuple[str, ...]
    known: Hashes
    rarity: Floats
    middle: Floats
    weights: Weights
    temperature: float = 1.0
    settings: Mapping[str, float] = field(default_factory=dict)

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One row per text, one column per label, in the order of ``labels``; rows sum to 1.

        Calibrated by one temperature, fitted on texts of groups that the predicting model had not seen.
        """
        seen = [counted(text, self.recipe.shapes) for text in texts]
        meant = vectors(texts) if self.recipe.meaning else np.zeros((len(texts), SIZE), dtype=np.float32)
        return softmax(self.scores(seen, meant) / self.temperature)

    def scores(self, seen: Sequence[Counted], meant: Vectors) -> Doubles:
        """One row per text, one column per label, before the temperature."""
        scores = np.zeros((len(seen), len(self.labels)))
        for row, text in enumerate(seen):
            there = weighted(text, self.known, self.rarity)
            scores[row] = there.values @ self.weights.grams[there.keys]
        return (
            scores
            + centred(meant, self.middle, self.recipe.meaning) @ self.weights.meaning
            + self.weights.offsets
        )

    def contributions(self, text: str, label: str) -> Doubles:
        """How much each character speaks for the label (below 0: against it), in log-odds over the mean of
        all labels.

        A group of characters shares what it adds evenly among them; what the encoder adds belongs to no
        character and is left out. Raises KeyError for an unknown label.
        """
        there = weighted(counted(text, self.recipe.shapes), self.known, self.rarity)
        worth = np.zeros(len(self.known))
        worth[there.keys] = there.values * self._over_mean(label)[there.keys]
        found = [
            (grams.shape, places(grams.hashes, self.known)) for grams in grams_of(text, self.recipe.shapes)
        ]
        times = np.zeros(len(self.known))
        for _shape, columns in found:
            np.add.at(times, columns[columns >= 0], 1.0)
        shares = np.zeros(len(text) + MARKS)
        for shape, columns in found:
            each = np.where(columns >= 0, worth[columns] / np.maximum(times[columns], 1.0), 0.0) / len(shape)
            for offset in shape:
                shares[offset : offset + len(each)] += each
        return shares[1:-1] / self.temperature

    def _over_mean(self, label: str) -> Doubles:
        if label not in self.labels:
            raise KeyError(label)
        grams = self.weights.grams.astype(np.float64)
        own: Doubles = grams[:, self.labels.index(label)] - grams.mean(axis=1)
        return own

    def arrays(self) -> dict[str, NDArray[Any]]:
        """As plain arrays, for ``kept.py``."""
        told = {
            "recipe": asdict(self.recipe),
            "labels": self.labels,
            "temperature": self.temperature,
            "settings": dict(self.settings),
        }
        return {
            "told": np.array(json.dumps(told)),
            "known": self.known,
            "rarity": self.rarity,
            "middle": self.middle,
            **{name: array.astype(np.float16) for name, array in vars(self.weights).items()},
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Classifier:
        """Raises KeyError, TypeError or ValueError where the arrays are not what ``arrays`` gave."""
        told = json.loads(str(arrays["told"]))
        grams, meaning, offsets = (arrays[name].astype(np.float32) for name in WEIGHTS)
        known, rarity, middle = arrays["known"], arrays["rarity"], arrays["middle"]
        many = len(told["labels"])
        whole = (grams.shape, meaning.shape, offsets.shape) == ((len(known), many), (SIZE, many), (many,))
        if not whole or rarity.shape != known.shape or middle.shape != (SIZE,):
            raise ValueError("arrays of different sizes")
        weights = Weights(grams, meaning, offsets)
        recipe, labels = Recipe(**told["recipe"]), tuple(told["labels"])
        return cls(recipe, labels, known, rarity, middle, weights, told["temperature"], told["settings"])


WEIGHTS = ("grams", "meaning", "offsets")
MARKS = 2
"""Before and after a text; what is found there belongs to no character of it."""


def centred(meant: Vectors, middle: Floats, weight: float) -> Vectors:
    """The encoder's vectors as seen from the middle, each of the length that the recipe gives this view."""
    off = meant - middle
    lengths = np.sqrt((off * off).sum(axis=1, keepdims=True))
    scaled: Vectors = (off * np.sqrt(weight) / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return scaled


def softmax(scores: Doubles) -> Probabilities:
    """Row by row: probabilities that sum to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    result: Probabilities = raised / raised.sum(axis=1, keepdims=True)
    return result


def check_installed() -> None:
    """Raises EnvironmentFailed where the part that learns is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        raise EnvironmentFailed(_MISSING)


_MISSING = Text(
    zh="读懂客户的话、检查话术要用 scikit-learn，本机没有安装。请运行 pip install 'wanliu[text]' 后重试。",
    en="Reading what people say needs scikit-learn, which is not installed here. Run: "
    "pip install 'wanliu[text]', and try again.",
)
