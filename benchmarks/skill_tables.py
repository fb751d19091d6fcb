"""The bank's customers: money that leaves in the next quarter, by stratified parts left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.skill_peers import FLAML_SECONDS, Judging, Method, histogram, one_column, only, ours, plain
from benchmarks.skill_peers import flaml as by_flaml
from wanliu.foresight.boosting import Training, stratified_parts
from wanliu.foresight.columns import Schema, numbers_of
from wanliu.foresight.fitting_numbers import fitting
from wanliu.foresight.own_tables import joined
from wanliu.foresight.recipe import Recipe, day_of_rows
from wanliu.foresight.skill import reliability
from wanliu.foresight.trial import logistic

FILES = ("aum_Q3.csv.gz", "behavior_Q3.csv.gz", "savings_Q3.csv.gz", "y_Q3_3.csv.gz")
LEAVES, SEED = -1, 1
RFM = ("age(B6)", "B7", "C1")
"""The last transfer, how often, and how much is held."""


def bank(data: Path, *, parts: int, flaml: bool, threads: int) -> dict[str, Any]:
    table = joined([data / "bank" / name for name in FILES], id_name="cust_no")
    left = numbers_of(table.columns["label"]) == LEAVES
    schema = Schema.of(table, without=("label",))
    columns, _ = schema.arrays(table)
    recipe = Recipe.of(schema, columns)
    features = recipe.matrix(columns, day_of_rows(schema, columns, table))
    raw = [n for n, one in enumerate(recipe.features) if one.how in ("value", "age")]
    place = {name: n for n, name in enumerate(recipe.names)}
    methods: dict[str, Method] = {
        "wanliu": ours,
        "LightGBM, raw columns": only(raw, lambda on: lambda x: plain(on, x)),
        "LightGBM, our features": plain,
        "HistGradientBoosting, raw columns": only(raw, lambda on: lambda x: histogram(on, x)),
        "logistic RFM": only([place[name] for name in RFM], logistic),
        "idle time alone": only([place[RFM[0]]], one_column),
        **({"FLAML, raw columns": only(raw, lambda on: lambda x: by_flaml(on, x))} if flaml else {}),
    }
    split = stratified_parts(left, None, fitting().trial_folds, SEED)
    judging = Judging()
    for part in range(parts):
        out = split == part
        inner = stratified_parts(left[~out], None, fitting().folds, SEED)
        on = Training(
            features[~out], left[~out], inner, recipe.names, recipe.categories, seed=SEED, threads=threads
        )
        judging.split(methods, on, features[out], left[out])
    scores = np.concatenate(judging.scores["wanliu"])
    top = reliability(np.concatenate(judging.left), scores)[:3]
    observed = ", ".join(f"{one['observed_to_expected']:.2f}" for one in top)
    return {
        "what": f"A Chinese bank, 2019 Q3 → label −1 in the next quarter; {parts} of {fitting().trial_folds} "
        f"stratified parts left out, seed {SEED}. A later quarter, not seen here: plain LightGBM .869, "
        f"lift 4.46." + (f" FLAML had {FLAML_SECONDS} s." if flaml else " FLAML was not run."),
        **judging.told(),
        "notes": [
            judging.ahead("wanliu", "LightGBM, raw columns"),
            judging.ahead("wanliu", "HistGradientBoosting, raw columns"),
            f"Observed ÷ expected in the top three tenths: {observed}.",
        ],
    }
