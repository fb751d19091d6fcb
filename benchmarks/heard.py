"""How well ``wanliu diagnose`` hears: every line judged by a model that saw nothing of its writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from wanliu.language.classifier import Example, softmax
from wanliu.language.learning import Prepared, learn_from, prepared
from wanliu.playbook.items import REASONS
from wanliu.reasons import said
from wanliu.reasons.words import RECIPE, Listener, judged, settled

BINS = 10
FIRST_FEW = 3
TIMED = 500


@dataclass(frozen=True)
class Heard:
    """One row per line: eleven probabilities, unknown or not, which reasons are right, who wrote it."""

    eleven: NDArray[np.float64]
    unknown: NDArray[np.bool_]
    right: NDArray[np.bool_]
    writers: NDArray[np.str_]

    def of(self, chosen: NDArray[np.bool_]) -> Heard:
        return Heard(self.eleven[chosen], self.unknown[chosen], self.right[chosen], self.writers[chosen])

    @property
    def has_reason(self) -> NDArray[np.bool_]:
        return np.asarray(self.right.any(axis=1))

    def first_right(self, few: int = 1) -> float:
        """Share of the lines with a reason that have one of theirs among the first few."""
        return float(self._among(few)[self.has_reason].mean())

    def calibration_error(self, *, all_lines: bool = False) -> float:
        """Of the first reason's probability, in ten bins of equal size; of the lines with a reason, or of
        all of them, where those without one are never right."""
        chosen = np.full(len(self.unknown), True) if all_lines else self.has_reason
        sure, right = self.eleven[chosen].max(axis=1), self._among(1)[chosen]
        bins = np.array_split(np.argsort(sure, kind="stable"), BINS)
        return float(sum(len(own) * abs(sure[own].mean() - right[own].mean()) for own in bins) / len(sure))

    def unknown_of(self, *, with_reason: bool) -> float:
        return float(self.unknown[self.has_reason == with_reason].mean())

    def _among(self, few: int) -> NDArray[np.bool_]:
        best = np.argsort(-self.eleven, axis=1)[:, :few]
        return np.asarray(np.take_along_axis(self.right, best, axis=1).any(axis=1))


def heard_by_others(parts: int) -> Heard:
    """All exemplars, the writers dealt into so many parts, each judged by what the other parts taught."""
    material = prepared(RECIPE, said.examples())
    groups = np.unique(material.groups).tolist()
    part_of = {group: number % parts for number, group in enumerate(groups)}
    own_part = np.array([part_of[group] for group in material.groups.tolist()])
    eleven, unknown = np.zeros((len(own_part), len(REASONS))), np.zeros(len(own_part), dtype=np.bool_)
    for part in range(min(parts, len(groups))):
        own = own_part == part
        eleven[own], unknown[own] = _judged(material.part(~own), material.part(own))
    return Heard(eleven, unknown, _right(material.examples), material.groups)


def _judged(taught: Prepared, left_out: Prepared) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    model = learn_from(taught, settled)
    probabilities = softmax(model.scores(left_out.seen, left_out.meant) / model.temperature)
    return judged(probabilities, model.labels, model.settings)


def _right(examples: Sequence[Example]) -> NDArray[np.bool_]:
    return np.array([[reason in example.weights for reason in REASONS] for example in examples])


def milliseconds_each() -> float:
    """Of one utterance, words found and all, with the model loaded."""
    listener = Listener.ready()
    texts = [example.text for example in said.examples()][:: max(1, len(said.examples()) // TIMED)]
    listener.diagnose(texts[0])
    began = perf_counter()
    for text in texts:
        listener.diagnose(text)
    return (perf_counter() - began) * 1000 / len(texts)


def by_writer(heard: Heard) -> Iterator[tuple[str, Heard]]:
    for writer in np.unique(heard.writers).tolist():
        yield writer, heard.of(heard.writers == writer)
