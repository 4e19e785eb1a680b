"""Tests that cold users and items are counted, and that values without them are reported separately."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import score

RATINGS = make_ratings(12, 15, 150).with_positives_from(4.0)
TRAIN, HELD_OUT = RATINGS.take(np.arange(90)), RATINGS.take(np.arange(90, 150))
LATE = TRAIN.take((TRAIN.users > 2) & (TRAIN.items != 4))


def test_it_counts_users_and_ratings_of_items_without_a_training_rating() -> None:
    cold = ColdStart.of(LATE, HELD_OUT)
    users, rows = len(np.unique(HELD_OUT.users)), int((HELD_OUT.items == 4).sum())
    assert rows > 0
    assert str(cold) == (
        f"3 of {users} users have nothing in the training part, and {rows} of {len(HELD_OUT)} pairs are of items that "
        "have nothing there"
    )
    assert cold.warm.tolist() == ((HELD_OUT.users > 2) & (HELD_OUT.items != 4)).tolist()


def test_where_everybody_is_known_there_is_nothing_to_say() -> None:
    assert not ColdStart.of(RATINGS, HELD_OUT)
    assert score(Biases().fit(RATINGS), TRAIN, RATINGS.take(np.arange(90)), ObjectiveSettings()).warm == {}


def warm_part(part: Ratings) -> Ratings:
    return part.take((part.users > 2) & (part.items != 4))


def test_ratings_are_measured_apart_over_known_users_and_items() -> None:
    fitted = Biases().fit(LATE)
    scored = score(fitted, LATE, HELD_OUT, ObjectiveSettings(metric="rmse"))
    alone = score(fitted, LATE, warm_part(HELD_OUT), ObjectiveSettings(metric="rmse"))
    assert scored.warm["rmse"] == pytest.approx(alone.values["rmse"])
    assert scored.warm["rmse"] != scored.values["rmse"]
    others = HELD_OUT.take((HELD_OUT.users <= 2) | (HELD_OUT.items == 4))
    assert scored.cold["rmse"] == pytest.approx(score(fitted, LATE, others, ObjectiveSettings()).values["rmse"])


def test_lists_are_measured_apart_by_whether_a_known_user_has_a_known_relevant_item() -> None:
    fitted, objective = ItemKNN().fit(LATE), ObjectiveSettings(metric="ndcg", k=5)
    scored = score(fitted, LATE, HELD_OUT, objective)
    liked = warm_part(HELD_OUT.take(HELD_OUT.values >= 4))
    is_warm = np.isin(HELD_OUT.users, liked.users)
    warm, cold = (score(fitted, LATE, HELD_OUT.take(rows), objective) for rows in (is_warm, ~is_warm))
    for name in ("ndcg", "recall", "mrr"):
        assert scored.warm[name] == pytest.approx(warm.values[name])
        assert scored.cold[name] == pytest.approx(cold.values[name])
        parts = scored.samples[name].parts
        assert parts["warm"].interval == warm.samples[name].interval
        assert parts["cold"].interval == cold.samples[name].interval


def test_what_is_all_cold_has_no_warm_values() -> None:
    fitted = ItemKNN().fit(LATE)
    nobody = HELD_OUT.take(HELD_OUT.users <= 2)
    for metric in ("rmse", "ndcg"):
        scored = score(
            fitted if metric == "ndcg" else Biases().fit(LATE), LATE, nobody, ObjectiveSettings(metric=metric)
        )
        assert scored.warm == {}
        assert scored.cold[metric] == pytest.approx(scored.values[metric])
        assert list(scored.samples[metric].parts) == ["cold"]
