"""Tests of each baseline's search against exhaustive grids over its settings, on dense and sparse data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pytest

from recsys.algebra.threads import one_thread
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings, SyntheticSettings
from recsys.data.synthetic import synthetic_events, synthetic_ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.table import BASELINES
from recsys.evaluation.baselines.tuning import score_family, tune
from recsys.evaluation.objective import ObjectiveSettings

LISTS = ["popularity", "item_knn", "ease", "ials"]
EVENTS = [
    (300, 120, 30_000, 4),
    (400, 200, 20_000, 6),
    (400, 200, 8_000, 4),
    (500, 300, 5_000, 8),
    (600, 300, 3_000, 4),
    (600, 400, 1_800, 3),
    (800, 500, 1_500, 3),
]
"""Users, items, events and tastes: 19 % of the pairs down to 0.3 %, the last with less than two of them a person."""
STARS = [(300, 120, 18_000, 4), (400, 150, 12_000, 4), (500, 150, 5_000, 3)]
"""Users, items, ratings and rank."""
POINTS: Mapping[str, Mapping[str, int]] = {
    "popularity": {"seen_weight": 6, "weight_power": 5},
    "item_knn": {"neighbours": 6, "shrinkage": 5, "seen_weight": 6, "weight_power": 5},
    "ease": {"l2": 13, "seen_weight": 6, "weight_power": 5},
    "ials": {"unobserved_weight": 6, "l2": 7, "factors": 2, "seen_weight": 4, "weight_power": 3},
    "biases_only": {"user_damping": 9, "item_damping": 9},
}
"""How many values a grid has of each setting."""


def drawn(number: int) -> Ratings:
    """One of ten data sets: events, and from the eighth on ratings with positives from 4."""
    events = number < len(EVENTS)
    users, items, ratings, rank = [*EVENTS, *STARS][number]
    synthetic = SyntheticSettings(users=users, items=items, ratings=ratings, rank=rank, seed=number)
    if events:
        return synthetic_events(DataSettings(source="synthetic", feedback="implicit", synthetic=synthetic))
    return synthetic_ratings(synthetic).with_positives_from(4)


def parts(number: int) -> tuple[Ratings, Ratings]:
    """Three quarters to learn from, and a quarter to measure on."""
    data = drawn(number)
    order = np.random.default_rng(number).permutation(len(data))
    cut = len(data) * 3 // 4
    return data.take(order[:cut]), data.take(order[cut:])


def grid(kind: type[Baseline], train: Ratings) -> Iterator[Baseline]:
    """Baselines at all combinations of values that are spread evenly over their axes, the ends among them."""
    values = [
        [(name, axis.value_at(place)) for place in np.linspace(0, 1, POINTS[kind.name][name])]
        for name, axis in kind.axes(train).items()
    ]
    for settings in product(*values):
        yield kind(**dict(settings))


def check(name: str, number: int, metric: str) -> None:
    kind, (train, validation), objective = BASELINES[name], parts(number), ObjectiveSettings(metric=metric)
    found = tune(kind, train, validation, objective).scored.values[metric]
    with one_thread():
        reached = [
            score_family(each.fit(train), train, validation, objective).values[metric] for each in grid(kind, train)
        ]
    assert found <= 1.02 * min(reached) if metric == "rmse" else found >= 0.98 * max(reached)


@pytest.mark.parametrize(("name", "number"), [("popularity", 2), ("ease", 2)])
def test_on_some_data_a_search_finds_what_a_grid_finds(name: str, number: int) -> None:
    check(name, number, "ndcg")


@pytest.mark.parametrize("number", [7, 8, 9])
def test_of_ratings_the_search_of_dampings_finds_what_a_grid_finds(number: int) -> None:
    check("biases_only", number, "rmse")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EVENTS) + len(STARS)))
@pytest.mark.parametrize("name", LISTS)
def test_on_data_from_dense_to_sparse_a_search_finds_what_a_grid_finds(name: str, number: int) -> None:
    check(name, number, "ndcg")
