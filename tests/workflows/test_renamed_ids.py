"""Tests that results of predictors, splits and the gate do not depend on the names of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.evaluation.baselines.table import BASELINES, RATING_BASELINES, baselines_for
from recsys.evaluation.fallback import Fallback
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import EvaluationResult, score
from recsys.models.settings import ModelSettings
from recsys.serving.feedback import feedback_of
from recsys.serving.recommender import Recommender, known_items
from recsys.splitting.kinds import KINDS
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split
from recsys.training.recipe import Recipe
from recsys.training.settings import TrainingSettings
from recsys.workflows.comparison.refit import refit
from recsys.workflows.promotion.gate import Gate

USERS, ITEMS = 30, 20
LISTS = ObjectiveSettings(metric="ndcg", k=5)
POINTS: Mapping[str, Mapping[str, Any]] = {
    "mf": {"embedding_size": 3, "loss": "softmax", "learning_rate": 0.05, "batch_size": 64, "l2": 0.01, "bias_l2": 0.0},
    "nnmf": {
        "embedding_size": 3,
        "loss": "mean_squared_error",
        "learning_rate": 0.05,
        "batch_size": 64,
        "l2": 0.01,
        "bias_l2": 0.0,
    },
    "bayesian_mf": {
        "embedding_size": 2,
        "implicit_features": True,
        "time_features": False,
        "likelihood": "normal",
        "chains": 1,
        "burn_in": 1,
        "kept_draws": 4,
        "solver": "gibbs",
    },
}


def table(seed: int) -> pd.DataFrame:
    """Ratings with times, of which a third of the people and some items come late."""
    random = np.random.default_rng(seed)
    pairs = random.permutation(USERS * ITEMS)[:240]
    users, items = pairs // ITEMS, pairs % ITEMS
    starts = np.where(np.arange(USERS) % 3 == 0, 700, 0)[users] + np.where(np.arange(ITEMS) % 5 == 0, 400, 0)[items]
    frame = pd.DataFrame({"user": users, "item": items, "rating": random.integers(1, 6, len(pairs))})
    frame["genre"] = np.array([*"abc"])[items * items % 3]
    return frame.assign(timestamp=starts + random.integers(0, 500, len(pairs)))


def names(seed: int, count: int, *, text: bool) -> np.ndarray:
    """New names in any order, whole numbers or text."""
    drawn = np.random.default_rng(seed).permutation(10 * count)[:count]
    return np.array([f"n{number}" for number in drawn]) if text else drawn


def renamed(frame: pd.DataFrame, seed: int, *, text: bool) -> pd.DataFrame:
    users, items = names(seed, USERS, text=text), names(seed + 1, ITEMS, text=text)
    return frame.assign(user=users[frame.user], item=items[frame.item])


def loaded(frame: pd.DataFrame, folder: Path, *, implicit: bool) -> Ratings:
    frame.to_csv(folder / "ratings.csv", index=False)
    frame[["item", "genre"]].drop_duplicates().to_csv(folder / "items.csv", index=False)
    columns = {"timestamp": "timestamp"} | ({"weight": "rating"} if implicit else {})
    own = {"feedback": "implicit"} if implicit else {"positive_from": 4.0}
    data = DataSettings.model_validate(
        {"source": "ratings.csv", "columns": columns, "items": {"path": "items.csv"}, **own}
    )
    return load_ratings(data, folder, lambda _line: None)


def development_and_test(split: Split) -> tuple[Ratings, Ratings]:
    return split.train.join(split.validation), split.open_test("a law about names", lambda _why: None)


def same(one: EvaluationResult, other: EvaluationResult) -> None:
    assert one.values.keys() == other.values.keys()
    for name, value in one.values.items():
        np.testing.assert_array_equal(value, other.values[name], err_msg=name)
    assert one.warm == pytest.approx(other.warm, nan_ok=True, abs=0)


def both(seed: int, folder: Path, *, implicit: bool, text: bool) -> Iterator[Ratings]:
    frame = table(seed)
    for each in (frame, renamed(frame, seed, text=text)):
        yield loaded(each, folder, implicit=implicit)


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("kind", sorted(set(KINDS) & {"random", "user_random", "temporal", "leave_last"}))
def test_every_baseline_has_the_same_numbers_on_every_split(
    kind: str, implicit: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("names")

    @settings(max_examples=8)
    @given(seed=st.integers(0, 2**16), text=st.booleans())
    def law(seed: int, text: bool) -> None:
        objective = LISTS if implicit else ObjectiveSettings(metric="rmse", k=5)
        one, other = (
            development_and_test(make_split(ratings, SplitSettings.model_validate({"kind": kind})))
            for ratings in both(seed, folder, implicit=implicit, text=text)
        )
        for baseline in BASELINES.values():
            if not (implicit and baseline in RATING_BASELINES):
                same(*(score(baseline().fit(seen), seen, test, objective) for seen, test in (one, other)))

    law()


@pytest.mark.parametrize("kind", POINTS)
def test_every_model_has_the_same_numbers_and_the_gate_the_same_verdict(kind: str, tmp_path: Path) -> None:
    """Also of people who come late, who are most of the test part."""
    recipe = Recipe(ModelSettings.model_validate({"kind": kind}), TrainingSettings(), POINTS[kind], seed=3, epochs=3)
    objective = LISTS if kind == "mf" else ObjectiveSettings(metric="rmse", k=5)
    verdicts, lists = [], []
    for ratings in both(1, tmp_path, implicit=False, text=True):
        development, test = development_and_test(make_split(ratings, SplitSettings(kind="temporal")))
        fitted = refit([recipe], development, objective)
        judges = {
            each.name: each().fit(development) for each in baselines_for(metric_of(objective.metric), development)
        }
        verdicts.append(Gate(development, objective, judges).judge(fitted, None, test))
        recommender = Recommender(
            fitted, ratings.catalogue, known_items(development), feedback_of(ratings), Fallback.of(development)
        )
        first = {str(name): code for code, name in enumerate(ratings.catalogue.item_ids)}
        asked = [recommender.recommend(user, 5) for user in ratings.catalogue.user_ids]
        lists.append([([first[str(item.item)] for item in top.items], top.fallback) for top in asked])
    same(*(verdict.scored for verdict in verdicts))
    assert verdicts[0].decision == verdicts[1].decision
    assert str(verdicts[0].cold_start) == str(verdicts[1].cold_start)
    assert lists[0] == lists[1]
    assert {fallback for _, fallback in lists[0]} == {True, False}
