"""What a model's page says, section by section: figures beside their baselines, and what they do not show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wanliu.foresight.card_page import Section
from wanliu.foresight.card_words import ASIDE, HEADS, NAMES, SAID, TITLES
from wanliu.foresight.fitting_numbers import fitting
from wanliu.text import Language

MEASURES = ("auc", "average_precision", "lift", "log_loss")
Card = Mapping[str, Any]


@dataclass(frozen=True)
class Later:
    """A later table that was scored: drift per feature and of the score, and figures where the outcome is
    known."""

    rows: int
    drift: Mapping[str, float]
    score_drift: float
    notes: Sequence[Mapping[str, str]]
    figures: Mapping[str, Any] | None = None
    reliability: Sequence[Mapping[str, float | None]] = ()
    slices: Sequence[Mapping[str, Any]] = ()


def sections(card: Card, language: Language, later: Later | None = None) -> Iterator[Section]:
    say = _Words(language)
    yield _what(card, say)
    for split, trial in card["trials"].items():
        yield _figures(TITLES[split].to(language), trial, say, SAID[split].to(language))
    split, trial = next(reversed(card["trials"].items()))
    if len(card["trials"]) > 1:
        by_chance, by_time = (card["trials"][one]["figures"]["model"]["auc"][0] for one in ("random", "time"))
        yield _gap(by_chance, by_time, say)
    elif "random_auc" in trial:
        yield _gap(trial["random_auc"], trial["plain_time_auc"], say)
    if "listed" in trial:
        yield _listed(trial["listed"], say)
    yield _reliability(trial["reliability"], say)
    if trial["slices"]:
        yield _slices(trial["slices"], say)
    yield _importance(card, say)
    yield _leaks(card, say)
    if later:
        yield from _later(later, say)
    yield Section(TITLES["limits"].to(language), SAID["limits"].to(language).split("\n"))


class _Words:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return SAID[key].format(**values).to(self.language)

    def title(self, key: str) -> str:
        return TITLES[key].to(self.language)

    def head(self, key: str) -> list[str]:
        return [one.to(self.language) for one in HEADS[key]]

    def name(self, key: str) -> str:
        return NAMES[key].to(self.language) if key in NAMES else key

    def told(self, notes: Sequence[Mapping[str, Any]]) -> list[str]:
        return [str(note[self.language]) for note in notes]


def _what(card: Card, say: _Words) -> Section:
    base = card["leavers"] / card["rows"]
    told = [say("rows", rows=f"{card['rows']:,}", leavers=f"{card['leavers']:,}", share=f"{base:.2%}")]
    if card.get("times"):
        told.append(say("times", first=card["times"][0], last=card["times"][-1], count=len(card["times"])))
    if card.get("day"):
        told.append(say("day", day=card["day"]))
    for why, columns in _by_reason(card.get("aside", {})).items():
        told.append(ASIDE[why].format(columns=", ".join(columns)).to(say.language))
    told += say.told(card["notes"])
    return Section(say.title("what"), told)


def _by_reason(aside: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column, why in aside.items():
        if why in ASIDE:
            found.setdefault(why, []).append(column)
    return found


def _figures(title: str, trial: Mapping[str, Any], say: _Words, *sentences: str) -> Section:
    rows = [
        (say.name(name), *(_interval(figures[one]) for one in MEASURES))
        for name, figures in trial["figures"].items()
    ]
    asked = say("interval", rows=f"{trial['rows']:,}", share=f"{fitting().interval:.0%}")
    return Section(title, (*sentences, asked), say.head("figures"), rows)


def _gap(random: float, later: float, say: _Words) -> Section:
    flatters = random - later >= fitting().split_gap
    told = say("gap", random=f"{random:.4f}", time=f"{later:.4f}")
    return Section(say.title("gap"), [told, say("gap_flatters")] if flatters else [told])


def _listed(lists: Sequence[Mapping[str, Any]], say: _Words) -> Section:
    rows = [
        (
            f"{say.name(one['name'])}: {one['share']:.0%}", f"{one['precision']:.1%}", f"{one['recall']:.1%}",
            _number(one["median_lead"], 0),
        )
        for one in lists
    ]  # fmt: skip
    return Section(say.title("listed"), [say("listed")], say.head("listed"), rows)


def _reliability(parts: Sequence[Mapping[str, float | None]], say: _Words) -> Section:
    rows = [
        (
            str(place + 1), f"{part['rows']:,.0f}", f"{part['expected']:,.1f}", f"{part['observed']:,.0f}",
            _number(part["observed_to_expected"], 2),
        )
        for place, part in enumerate(parts)
    ]  # fmt: skip
    numbers = fitting()
    fits = [
        numbers.reliable_low <= (p["observed_to_expected"] or 0) <= numbers.reliable_high for p in parts[:3]
    ]
    told = say(
        "reliable" if all(fits) else "unreliable", low=numbers.reliable_low, high=numbers.reliable_high
    )
    return Section(say.title("reliability"), [told], say.head("reliability"), rows)


def _slices(slices: Sequence[Mapping[str, Any]], say: _Words) -> Section:
    rows = [
        (
            f"{say.name(one['what'])}: {one['part']}", f"{one['rows']:,}", f"{one['leavers']:,}",
            _number(one["auc"], 3),
            _number(one["observed_to_expected"], 2),
        )
        for one in slices
    ]  # fmt: skip
    return Section(say.title("slices"), (), say.head("slices"), rows)


def _importance(card: Card, say: _Words) -> Section:
    rows = [(say.name(name), f"{share:.1%}") for name, share in card["importance"]]
    return Section(say.title("importance"), [say("importance")], say.head("importance"), rows)


def _leaks(card: Card, say: _Words) -> Section:
    found = say.told(card["suspicions"])
    return Section(say.title("leaks"), [*(found or [say("no_leaks")]), say("leaks_limits")])


def _later(later: Later, say: _Words) -> Iterator[Section]:
    worst = sorted(later.drift.items(), key=lambda item: -item[1])[:10]
    moved = [name for name, value in worst if value >= fitting().drift_flagged]
    told = [say("later", rows=f"{later.rows:,}"), say("score_drift", value=f"{later.score_drift:.3f}")]
    told.append(
        say("moved", columns=", ".join(moved)) if moved else say("not_moved", border=fitting().drift_flagged)
    )
    rows = [(say.name(name), f"{value:.3f}") for name, value in worst]
    yield Section(say.title("drift"), [*told, *say.told(later.notes)], say.head("drift"), rows)
    if later.figures:
        yield _figures(say.title("later"), {"rows": later.rows, "figures": later.figures}, say)
        yield _reliability(later.reliability, say)
        if later.slices:
            yield _slices(later.slices, say)


def _interval(figure: Sequence[float | None]) -> str:
    value, low, high = figure
    if low is None or high is None or low == high:
        return _number(value, 4)
    return f"{_number(value, 4)} [{_number(low, 4)}, {_number(high, 4)}]"


def _number(value: float | None, digits: int) -> str:
    return "—" if value is None or math.isnan(value) else f"{value:.{digits}f}"
