"""What the classifier learns, and how well it judges the lines of a writer whom it has not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array  # type: ignore[import-untyped]  # no types are published

from wanliu.compliance import logistic, ridge
from wanliu.compliance.exemplars import OURS, Exemplar, of_rules, of_scripts, read
from wanliu.compliance.offences import HeldOut, Learnt, learn
from wanliu.errors import ContentRefused
from wanliu.playbook.load import load

# What they share takes a minute to make: it is made by one worker, not by each.
pytestmark = pytest.mark.xdist_group("learnt from words")

PLAYBOOK = load()
RULES = PLAYBOOK.rules
BLOCKING = {rule.id for rule in RULES.values() if rule.severity != "warn"}


@pytest.fixture(scope="module")
def learning() -> tuple[tuple[Exemplar, ...], Learnt, HeldOut]:
    exemplars = (*read(), *of_rules(RULES.values()), *of_scripts(PLAYBOOK.scripts.values()))
    return exemplars, *learn(exemplars)


def share(chosen: list[bool]) -> float:
    return sum(chosen) / len(chosen)


def test_unseen_writers_are_judged_well(learning: tuple[tuple[Exemplar, ...], Learnt, HeldOut]) -> None:
    exemplars, _, held_out = learning
    lines = [
        (one.verdict, bad > held_out.threshold, kind in BLOCKING and not doubtful)
        for one, bad, kind, doubtful in zip(
            exemplars, held_out.bad, held_out.kinds, held_out.doubtful, strict=True
        )
        if one.writer not in OURS
    ]

    assert share([touched and blocks for verdict, touched, blocks in lines if verdict == "forbidden"]) > 0.84
    assert share([touched for verdict, touched, _ in lines if verdict == "doubtful"]) > 0.84
    assert share([touched for verdict, touched, _ in lines if verdict == "honest"]) <= 0.03


def test_what_was_learnt_survives_being_kept(
    learning: tuple[tuple[Exemplar, ...], Learnt, HeldOut], tmp_path: Path
) -> None:
    _, learnt, _ = learning
    np.savez(tmp_path / "kept.npz", allow_pickle=False, **learnt.arrays())

    with np.load(tmp_path / "kept.npz", allow_pickle=False) as arrays:
        again = Learnt.of({name: arrays[name] for name in arrays.files})

    text = "本钱一分不少还到您手上"
    assert again.judge(text, at_exit=False, mass=False) == learnt.judge(text, at_exit=False, mass=False)


def test_held_out_scores_are_those_of_a_model_without_the_writer() -> None:
    draw = np.random.default_rng(1)
    values = csr_array(draw.random((30, 8), dtype=np.float32))
    wanted = draw.random((30, 2)).astype(np.float32)
    writers = np.array(["a", "b", "c"]).repeat(10)

    whole = ridge.fit(values, wanted, writers)
    rest = writers != "b"
    without = ridge.fit(values[rest], wanted[rest], writers[rest])

    theirs = values[~rest] @ without.weights + without.intercept
    assert np.allclose(whole.held_out[~rest], theirs, atol=1e-3)


def test_logistic_finds_what_parts_the_rows() -> None:
    columns = np.array([[0.0], [1.0], [2.0], [3.0], [10.0], [11.0], [12.0], [13.0]])
    wanted = columns[:, 0] > 5

    likely = logistic.fit(columns, wanted).probability(columns)

    assert ((likely > 0.5) == wanted).all()


@pytest.mark.parametrize("line", ["H01\thonest\t-", "H01\tgood\t-\t您好", "您好"])
def test_line_that_is_not_of_the_form_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.tsv").write_text(f"H00\thonest\t-\t您好\n{line}\n", encoding="utf-8")

    with pytest.raises(ContentRefused, match=r"a\.tsv"):
        read(tmp_path)


def test_every_line_is_of_a_known_kind_and_written_once() -> None:
    exemplars = read()

    assert {one.kind for one in exemplars} <= {"H00", *RULES}
    assert len({(one.writer, one.text, one.at_exit, one.mass) for one in exemplars}) == len(exemplars)
