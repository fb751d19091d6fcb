"""The peers, each fitted on the same features and rows as ours, and how a method is timed and judged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from wanliu.foresight import skill, trial
from wanliu.foresight.boosting import Bag, Flags, Floats, Training

Method = Callable[[Training, Floats], Floats]
"""From what is learnt on, and the features of the rows that are judged, to their scores."""

FLAML_SECONDS = 120
FLAML = "flaml[automl]>=2.3"


def ours(on: Training, judged: Floats) -> Floats:
    return Bag.fitted(on).scores(judged)


def plain(on: Training, judged: Floats) -> Floats:
    return trial.plain(on, list(range(judged.shape[1])))(judged)


def histogram(on: Training, judged: Floats) -> Floats:
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]  # no types

    learnt = HistGradientBoostingClassifier(random_state=on.seed).fit(on.features, on.left, on.weights)
    return np.asarray(learnt.predict_proba(judged)[:, 1], dtype=np.float64)


def only(columns: list[int], method: Callable[[Training], trial.Baseline]) -> Method:
    """The method on some of the columns alone."""

    def fitted(on: Training, judged: Floats) -> Floats:
        few = Training(on.features[:, columns], on.left, on.parts, (), weights=on.weights, threads=on.threads)
        return method(few)(judged[:, columns])

    return fitted


def one_column(on: Training) -> trial.Baseline:
    return trial.plain(on, [0])


def flaml(on: Training, judged: Floats) -> Floats:
    """In an environment of its own, so that its dependencies do not meet ours."""
    with TemporaryDirectory(prefix="wanliu-flaml-") as name:
        folder = Path(name)
        python = folder / "venv" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", FLAML], check=True)
        np.savez(folder / "in.npz", x=on.features, y=on.left, judged=judged)
        told = {"seconds": FLAML_SECONDS, "seed": on.seed}
        subprocess.run([str(python), "-c", FLAML_CODE, str(folder), json.dumps(told)], check=True)
        return np.asarray(np.load(folder / "out.npy"), dtype=np.float64)


FLAML_CODE = """
import json, sys, numpy as np
from flaml import AutoML
folder, told = sys.argv[1], json.loads(sys.argv[2])
given = np.load(folder + "/in.npz")
search = AutoML()
search.fit(given["x"], given["y"].astype(int), task="classification", metric="log_loss", seed=told["seed"],
           time_budget=told["seconds"], n_jobs=1, verbose=0)
np.save(folder + "/out.npy", search.predict_proba(given["judged"])[:, 1])
"""


class Judging:
    """Scores of several splits by method, with the processor seconds each took."""

    def __init__(self) -> None:
        self.scores: dict[str, list[Floats]] = {}
        self.seconds: dict[str, float] = {}
        self.left: list[Flags] = []

    def split(self, methods: Mapping[str, Method], on: Training, judged: Floats, left: Flags) -> None:
        self.left.append(left)
        for name, method in methods.items():
            began = time.process_time()
            self.scores.setdefault(name, []).append(method(on, judged))
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - began
            print(name, round(skill.auc(left, self.scores[name][-1]), 4), flush=True)

    def told(self, *, probabilities: bool = True) -> dict[str, Any]:
        left = np.concatenate(self.left)
        methods = {}
        for name, parts in self.scores.items():
            figures = {one: f.as_list() for one, f in skill.figures(left, np.concatenate(parts)).items()}
            if not probabilities:
                figures.pop("log_loss")
            methods[name] = {**figures, "seconds": self.seconds[name]}
        return {"rows": len(left), "leavers": int(left.sum()), "methods": methods}

    def ahead(self, first: str, second: str) -> str:
        """By how much the first leads in AUC, with an interval over the same resampled rows."""
        left = np.concatenate(self.left)
        one, other = (np.concatenate(self.scores[name]) for name in (first, second))
        rng = np.random.default_rng(0)
        gaps = []
        for _ in range(200):
            weights = rng.poisson(1.0, len(left)).astype(float)
            gaps.append(skill.auc(left, one, weights) - skill.auc(left, other, weights))
        low, high = np.quantile(gaps, [0.025, 0.975])
        gap = skill.auc(left, one) - skill.auc(left, other)
        return f"{first} against {second}: AUC {gap:+.4f} [{low:+.4f}, {high:+.4f}]"
