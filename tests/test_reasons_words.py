"""What is heard in a client's words."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from wanliu.language.classifier import Example
from wanliu.playbook.items import REASONS
from wanliu.playbook.load import load
from wanliu.reasons import said
from wanliu.reasons.words import Listener, diagnose, judged, settled, strongest

ENOUGH_HEARD = 0.85
"""Of the playbook's own sentences, which the exemplars do not have."""


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener.ready()


@pytest.mark.parametrize(
    ("utterance", "reason"),
    [
        ("我女婿考进证监局了，家里人的户头都得申报", "identity"),
        ("搬到河北去了，来一趟得倒三趟车", "relocation"),
        ("打了四个电话都没人接，柜台那姑娘还翻白眼", "service"),
        ("五十万进来，剩下十二万，我不想再看这个账户了", "heavy_loss"),
        ("隔壁给我万一，你们还收万三", "commission_competition"),
        ("人家开户送一桶油还有两百块京东卡", "small_gifts"),
        ("有个经纪人天天给我打电话，拉我过去", "solicitation"),
        ("我外甥刚进了券商，有开户任务，不帮说不过去", "favor"),
        ("手续费今天必须给我调下来，不调我就走", "cut_demand"),
        ("那边有个私募老师帮我操盘，赚了分成", "quick_profit"),
        ("软件老是卡，一开盘就登不上去", "other"),
    ],
)
def test_diagnose_hears_each_reason(listener: Listener, utterance: str, reason: str) -> None:
    told = listener.diagnose(utterance)

    assert told.reasons[0].id == reason
    assert not told.unknown


def test_diagnose_hears_the_typical_words_of_the_playbook(listener: Listener) -> None:
    typical = [(id, words.zh) for id, item in load().reasons.items() for words in item.typical]

    right = [listener.diagnose(utterance).reasons[0].id == id for id, utterance in typical]

    assert np.mean(right) >= ENOUGH_HEARD


@pytest.mark.parametrize("utterance", ["你好", "今天几号", "帮我打印一下对账单", "？？？", "\x00\x01", "🙂"])
def test_diagnose_says_unknown_rather_than_guess(listener: Listener, utterance: str) -> None:
    told = listener.diagnose(utterance)

    assert told.unknown
    assert len(told.reasons) == len(REASONS)
    assert told.words == ()


@pytest.mark.parametrize("utterance", ["佣金太高", "你好", "abc", "\u200b", "🙂", "\ud800", "万" * 999])
def test_diagnose_gives_all_eleven_in_order_and_one_in_all(listener: Listener, utterance: str) -> None:
    told = listener.diagnose(utterance)

    shares = [reason.probability for reason in told.reasons]
    assert {reason.id for reason in told.reasons} == set(REASONS)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("utterance", ["", " ", "\u3000\t"])
def test_diagnose_hears_nothing_in_a_blank(listener: Listener, utterance: str) -> None:
    told = listener.diagnose(utterance)

    assert told.reasons == ()
    assert not told.unknown


def test_diagnose_shows_the_words_as_they_were_written(listener: Listener) -> None:
    utterance = "说实话，佣　金 太 貴 了，隔壁只收万一"

    told = listener.diagnose(utterance)

    assert told.words
    assert all(utterance[span.start : span.end] == span.text for span in told.words)
    assert any("貴" in span.text or "万一" in span.text for span in told.words)


def test_diagnose_is_the_same_every_time(listener: Listener) -> None:
    assert diagnose("佣金太高，我外甥那边万一") == listener.diagnose("佣金太高，我外甥那边万一")


def test_diagnose_reads_a_megabyte(listener: Listener) -> None:
    began = perf_counter()

    told = listener.diagnose("佣金太高" * 87_500)

    assert len(told.reasons) == len(REASONS)
    assert perf_counter() - began < 20


def test_nothing_heard_tells_nothing_about_which() -> None:
    labels = (*REASONS, said.NONE)
    only_none = np.array([[0.0] * len(REASONS) + [1.0]])

    eleven, unknown = judged(only_none, labels, {"unknown_from": 0.3, "sharpen": 1.5})

    assert np.allclose(eleven, 1 / len(REASONS))
    assert unknown[0]


def test_few_lines_with_a_reason_become_unknown() -> None:
    labels = (*REASONS, said.NONE)
    examples = [Example("…", {"favor": 1.0}, group="a")] * 100
    nothing = np.linspace(0.0, 0.5, 100)
    held_out = np.zeros((100, len(labels)))
    held_out[:, labels.index("favor")], held_out[:, -1] = 1.0 - nothing, nothing

    settings = settled(examples, labels, held_out)

    _, unknown = judged(held_out, labels, settings)
    assert unknown.sum() == 3


def test_strongest_words_are_runs_without_pauses() -> None:
    text = "好，佣金贵，嗯"
    speaks = np.array([0.0, 0.9, 1.0, 0.8, 0.2, 0.9, 0.0])

    assert strongest(text, speaks) == [(2, 5)]


def test_strongest_words_are_none_where_nothing_speaks() -> None:
    assert strongest("嗯嗯", np.array([-1.0, 0.0])) == []


def test_exemplars_have_every_label_by_every_hand() -> None:
    examples = said.examples()

    for writer in {example.group for example in examples}:
        own = {label for example in examples if example.group == writer for label in example.weights}
        assert own == set(said.LABELS), writer
