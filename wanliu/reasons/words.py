"""From the words of a client to the reasons for leaving: eleven probabilities, or that none is heard.

    diagnose("外甥女刚进券商，有任务，我当舅舅的能不帮？").reasons[0]   # Reason(id="favor", probability=0.93)

``Listener.ready()`` loads the model once, for many utterances. Learnt from the exemplars in ``content``;
needs scikit-learn for learning and nothing but numpy after that. The client's words are judged, never linted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wanliu.language.classifier import Classifier, Doubles, Example, Probabilities, Recipe, check_installed
from wanliu.language.kept import Note, kept
from wanliu.language.learning import learn
from wanliu.language.normalise import Plain, plain
from wanliu.playbook.items import REASONS
from wanliu.reasons import said
from wanliu.reasons.said import NONE

RECIPE = Recipe()
HEARD_AS_NOTHING = 0.03
"""Share of the lines with a reason that may be called unknown. The promise is one in ten;
strangers speak less like our writers than these do like each other."""
UNKNOWN_FROM, SHARPEN = "unknown_from", "sharpen"


@dataclass(frozen=True)
class Reason:
    """One of the eleven, and how probable it is."""

    id: str
    probability: float


@dataclass(frozen=True)
class Span:
    """Some of the client's words: characters ``start`` to ``end`` (exclusive) of the utterance."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """``reasons``: all eleven, the most probable first, summing to 1; none at all for a blank utterance.

    ``unknown``: no reason deserves a name; the order is then little more than chance. ``words``: what spoke
    for the first reason, in the order of speech.
    """

    utterance: str
    reasons: tuple[Reason, ...]
    unknown: bool
    words: tuple[Span, ...]


def diagnose(utterance: str) -> Diagnosis:
    """Why this client leaves, by the client's own words. Raises EnvironmentFailed without scikit-learn."""
    return _ready().diagnose(utterance)


@cache
def _ready() -> Listener:
    return Listener.ready()


@dataclass(frozen=True)
class Listener:
    """The loaded model."""

    classifier: Classifier

    @classmethod
    def ready(cls, *, note: Note = lambda _sentence: None) -> Listener:
        """From the cache, or learnt now, after ``note`` was told so. Raises EnvironmentFailed without
        scikit-learn."""
        check_installed()
        own_code = (Path(__file__), Path(said.__file__))
        return cls(kept(Classifier, "reasons", (*own_code, *said.files()), _learnt, note=note))

    def diagnose(self, utterance: str) -> Diagnosis:
        """In time proportional to the utterance's length."""
        if not utterance.strip():
            return Diagnosis(utterance, (), unknown=False, words=())
        heard = plain(utterance)
        probabilities = self.classifier.probabilities([heard.text])
        eleven, unknown = judged(probabilities, self.classifier.labels, self.classifier.settings)
        order = np.argsort(-eleven[0], kind="stable").tolist()
        reasons = tuple(Reason(REASONS[place], float(eleven[0, place])) for place in order)
        if unknown[0] or not any(map(str.isalpha, heard.text)):
            return Diagnosis(utterance, reasons, unknown=True, words=())
        return Diagnosis(utterance, reasons, unknown=False, words=self._words(heard, reasons[0].id))

    def _words(self, heard: Plain, reason: str) -> tuple[Span, ...]:
        speaks = self.classifier.contributions(heard.text, reason)
        places = (heard.span(start, end) for start, end in strongest(heard.text, speaks))
        return tuple(Span(start, end, heard.original[start:end]) for start, end in places)


def _learnt() -> Classifier:
    return learn(RECIPE, said.examples(), settled)


def judged(
    probabilities: Probabilities, labels: Sequence[str], settings: Mapping[str, float]
) -> tuple[Probabilities, NDArray[np.bool_]]:
    """The eleven (utterances × REASONS, rows sum to 1), and for each utterance whether it is unknown."""
    unknown = probabilities[:, labels.index(NONE)] >= settings[UNKNOWN_FROM]
    return _sharpened(_spread(probabilities, labels), settings[SHARPEN]), unknown


def settled(examples: Sequence[Example], labels: Sequence[str], held_out: Probabilities) -> dict[str, float]:
    """The settings: from which probability of ``none`` on an utterance is unknown (few that have a reason
    reach it), and the power that makes the first reason's probability the share of those that are right."""
    has_reason = np.array([NONE not in example.weights for example in examples])
    eleven = _spread(held_out, labels)[has_reason]
    said_so = [example.weights for example in examples if NONE not in example.weights]
    right = np.array([REASONS[best] in own for best, own in zip(eleven.argmax(axis=1), said_so, strict=True)])
    nothing = held_out[has_reason, labels.index(NONE)]
    return {
        UNKNOWN_FROM: float(np.quantile(nothing, 1.0 - HEARD_AS_NOTHING)),
        SHARPEN: _best_power(eleven, right),
    }


def _spread(probabilities: Probabilities, labels: Sequence[str]) -> Probabilities:
    """The eleven where ``none`` is one label more.

    Its share goes to all eleven alike: words without a reason tell nothing about which it is.
    """
    columns = [labels.index(reason) for reason in REASONS]
    nothing = probabilities[:, [labels.index(NONE)]]
    spread: Probabilities = probabilities[:, columns] + nothing / len(REASONS)
    return spread


def _sharpened(eleven: Probabilities, power: float) -> Probabilities:
    raised = eleven**power
    sharpened: Probabilities = raised / raised.sum(axis=1, keepdims=True)
    return sharpened


POWERS = np.geomspace(0.5, 4.0, 61)


def _best_power(eleven: Probabilities, right: NDArray[np.bool_]) -> float:
    """Under which the first reason's being right is likeliest. An utterance with two reasons is right with
    either, so that the plain probabilities, which share between them, say too little."""

    def loss(power: float) -> float:
        first = _sharpened(eleven, power).max(axis=1)
        return -float(np.log(np.where(right, first, 1.0 - first) + TINY).sum())

    return min((float(one) for one in POWERS), key=loss)


TINY = 1e-12

MOST_SPANS = 3
SHORTEST_SPAN = 2
STRONG, FAIR = 0.35, 0.12
"""Shares of the strongest character's contribution: where a run of words starts, and how far it reaches."""
PAUSES = frozenset(",。!?;:、…~，！？；： \t\n")


def strongest(text: str, speaks: Doubles) -> list[tuple[int, int]]:
    """Up to three runs of characters (start, end) that speak most, in the order of the text."""
    highest = float(speaks.max(initial=0.0))
    if highest <= 0.0:
        return []
    pause = np.array([one in PAUSES for one in text])
    strong = (speaks >= STRONG * highest) & ~pause
    fair = (speaks >= FAIR * highest) & ~pause
    runs = [run for run in _runs(fair) if run[1] - run[0] >= SHORTEST_SPAN and strong[run[0] : run[1]].any()]
    best = sorted(runs, key=lambda run: -float(speaks[run[0] : run[1]].sum()))[:MOST_SPANS]
    return sorted(best)


def _runs(there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where runs of True begin and end."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in changes.reshape(-1, 2)]
