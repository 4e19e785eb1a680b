"""Tests of alternating least squares against dense solutions of each row, and of the properties of each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recsys.algebra import threads
from recsys.data.ratings import Ratings
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.model import build_model, weights_of
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial

Array = np.ndarray[Any, np.dtype[Any]]
Tables = Mapping[str, Array]
LISTS = {"loss": "weighted_squared", "l2": 0.02, "unobserved_weight": 0.3, "seen_weight": 0.2}
STARS = {"loss": "mean_squared_error", "l2": 0.1, "bias_l2": 0.05}


@pytest.fixture(scope="module")
def stars(ratings: Ratings) -> Ratings:
    """Without the ratings of the first user and of the first item, whose rows are solved for all the same."""
    rows = (ratings.users > 0) & (ratings.items > 0)
    return ratings.take(rows).with_positives_from(4.0)


def trained(ratings: Ratings, kind: Any, point: dict[str, Any], rounds: int, **model: Any) -> Result:
    """What so many rounds make of a point; without validation the last round is the best."""
    (result,) = trained_together(ratings, kind, [point], rounds, **model)
    return result


def trained_together(
    ratings: Ratings, kind: Any, points: list[dict[str, Any]], rounds: int, **model: Any
) -> list[Result]:
    """The same of several points, in one cohort."""
    settings = ModelSettings(kind=kind, **model)
    ranking = points[0]["loss"] == "weighted_squared"
    base = default_point(settings, ranking=ranking) | {"embedding_size": 5, "solver": "als"}
    data = TrainingData(ratings, ratings.take(np.arange(0)))
    objective = ObjectiveSettings(metric="ndcg" if ranking else "rmse")
    trainer = Trainer(settings, data, TrainingSettings(epochs=rounds, patience=0), objective)
    return trainer.train([Trial(number, base | point, 7, rounds) for number, point in enumerate(points)])


def tables_of(result: Result) -> dict[str, Array]:
    """The tables by layer, in double precision, without their spare rows."""
    return {path.partition("/")[0]: array[:-1].astype(np.float64) for path, array in result.weights.items()}


def start_of(ratings: Ratings, kind: Any, result: Result, **model: Any) -> dict[str, Array]:
    """The tables that its training has started from."""
    shape = TrainingData(ratings, ratings).shape
    weights = weights_of(build_model(ModelSettings(kind=kind, **model), shape, result.trial.point, 7))
    return tables_of(replace(result, weights=weights))


def whole(ratings: Ratings, values: Array, empty: float) -> Array:
    """The entries as a table of all pairs, (U, I)."""
    table = np.full((ratings.catalogue.users, ratings.catalogue.items), empty)
    table[ratings.users, ratings.items] = values
    return table


class TestOfRankings:
    """Every pair has a weight and a target: 1 for what is chosen or seen, 0 for all else."""

    @pytest.fixture(scope="class", params=[0.0, 0.2], ids=["positives", "with_seen"])
    @classmethod
    def pairs(cls, request: pytest.FixtureRequest, stars: Ratings) -> tuple[float, Array, Array]:
        """The weight of what was seen, weights and targets (U, I)."""
        seen = request.param
        weights = whole(stars, np.where(stars.values >= 4, 1.0, seen), 0.0)
        return seen, np.where(weights > 0, weights, LISTS["unobserved_weight"]), (weights > 0).astype(float)

    @staticmethod
    def ridge(targets: Array, side: int) -> Array:
        """λ (n + α₀ · the size of the other side)."""
        counts = targets.sum(axis=1 - side)
        return np.asarray(LISTS["l2"] * (counts + LISTS["unobserved_weight"] * targets.shape[1 - side]))  # type: ignore[operator]

    def loss(self, tables: Tables, weights: Array, targets: Array) -> float:
        users, items = tables["user_embedding"], tables["item_embedding"]
        squares = sum(
            (self.ridge(targets, side) * (table**2).sum(axis=1)).sum() for side, table in enumerate((users, items))
        )
        return float((weights * (targets - users @ items.T) ** 2).sum() + squares)

    def test_it_is_the_dense_solution_of_each_row_in_turn(
        self, stars: Ratings, pairs: tuple[float, Array, Array]
    ) -> None:
        seen, weights, targets = pairs
        result = trained(stars, "mf", LISTS | {"seen_weight": seen}, 3)
        tables = start_of(stars, "mf", result)
        users, items = tables["user_embedding"], tables["item_embedding"]
        for _ in range(3):
            users = solved(items, weights, targets, self.ridge(targets, 0))
            items = solved(users, weights.T, targets.T, self.ridge(targets, 1))
        ours = tables_of(result)
        assert set(ours) == {"user_embedding", "item_embedding"}
        np.testing.assert_allclose(ours["user_embedding"], users, atol=1e-4)
        np.testing.assert_allclose(ours["item_embedding"], items, atol=1e-4)

    def test_the_training_loss_is_the_loss_by_choice_without_the_penalty(
        self, stars: Ratings, pairs: tuple[float, Array, Array]
    ) -> None:
        seen, weights, targets = pairs
        result = trained(stars, "mf", LISTS | {"seen_weight": seen}, 2)
        tables = tables_of(result)
        misses = weights * (targets - tables["user_embedding"] @ tables["item_embedding"].T) ** 2
        assert result.history["train_loss"][-1] == pytest.approx(misses.sum() / targets.sum(), rel=1e-4)

    @pytest.mark.parametrize("kind", ["mf", "nnmf"])
    def test_no_round_makes_the_whole_loss_greater(
        self, kind: str, stars: Ratings, pairs: tuple[float, Array, Array]
    ) -> None:
        seen, weights, targets = pairs
        rounds = [trained(stars, kind, LISTS | {"seen_weight": seen}, n) for n in range(1, 4)]
        tables = [start_of(stars, kind, rounds[0]), *map(tables_of, rounds)]
        losses = [self.loss(each, weights, targets) for each in tables]
        assert (np.diff(losses) <= 1e-5 * losses[0]).all()
        assert losses[-1] < 0.9 * losses[0]
        if kind == "nnmf":
            assert all(table.min() >= 0 for each in tables for table in each.values())

    def test_weights_of_implicit_data_are_weights_of_their_squares(self, stars: Ratings) -> None:
        values = np.random.default_rng(0).uniform(0.5, 3, len(stars)).astype(np.float32)
        events = replace(stars, values=values, implicit=True, positive_from=None)
        result = trained(events, "mf", LISTS, 1)
        chosen = whole(events, values, 0.0)
        weights, targets = np.where(chosen > 0, chosen, LISTS["unobserved_weight"]), (chosen > 0).astype(float)
        items = start_of(events, "mf", result)["item_embedding"]
        expected = solved(items, weights, targets, self.ridge(targets, 0))
        np.testing.assert_allclose(tables_of(result)["user_embedding"], expected, atol=1e-4)


@pytest.mark.parametrize("point", [LISTS, STARS], ids=["rankings", "ratings"])
@pytest.mark.parametrize("kind", ["mf", "nnmf"])
def test_members_are_the_same_to_the_bit_wherever_they_are_solved(
    kind: str, point: dict[str, Any], stars: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One alone is solved on one core, several over threads that share their rows too."""
    points = [point | {"embedding_size": size} for size in (5, 8, 30)]
    monkeypatch.setattr(threads, "cores", lambda: 1)
    alone = [trained(stars, kind, each, 2) for each in points]
    monkeypatch.setattr(threads, "cores", lambda: 3)
    monkeypatch.setattr(threads, "WORTH_SHARING", 1)
    together = trained_together(stars, kind, points, 2)
    for mine, theirs in zip(alone, together, strict=True):
        assert mine.history["train_loss"] == theirs.history["train_loss"]
        assert set(mine.weights) == set(theirs.weights)
        assert all(np.array_equal(array, theirs.weights[path]) for path, array in mine.weights.items())


def solved(factors: Array, weights: Array, targets: Array, ridge: Array) -> Array:
    """The x of the least Σ w (t - x · q)² + ridge |x|², a row at a time."""
    rows = []
    for weight, target, own in zip(weights, targets, ridge, strict=True):
        matrix = (factors * weight[:, None]).T @ factors + own * np.eye(factors.shape[1])
        rows.append(np.linalg.solve(matrix, factors.T @ (weight * target)))
    return np.array(rows)


@pytest.mark.parametrize(
    "model",
    [{}, {"global_mean": False}, {"biases": False}, {"biases": False, "global_mean": False}],
    ids=["mean_and_biases", "biases", "mean", "neither"],
)
class TestOfRatings:
    """The pairs rated have a weight of 1; mean and biases are there where the model has them."""

    def test_it_is_the_dense_solution_of_each_row_in_turn(self, model: dict[str, bool], stars: Ratings) -> None:
        result = trained(stars, "mf", STARS, 3, **model)
        ours, tables = tables_of(result), start_of(stars, "mf", result, **model)
        assert ("user_bias" in ours) == model.get("biases", True)
        alternated(tables, stars, 3, mean=model.get("global_mean", True))
        for name, expected in tables.items():
            np.testing.assert_allclose(ours[name], expected, atol=1e-3, err_msg=name)

    @pytest.mark.parametrize("kind", ["mf", "nnmf"])
    def test_no_round_makes_the_whole_loss_greater(self, kind: str, model: dict[str, bool], stars: Ratings) -> None:
        rounds = [trained(stars, kind, STARS, n, **model) for n in range(1, 4)]
        tables = [start_of(stars, kind, rounds[0], **model), *map(tables_of, rounds)]
        losses = [loss_of_ratings(each, stars, mean=model.get("global_mean", True)) for each in tables]
        assert (np.diff(losses) <= 1e-5 * losses[0]).all()
        assert losses[-1] < losses[0]
        errors = rest_of(tables[-1], stars, mean=model.get("global_mean", True))
        assert rounds[-1].history["train_loss"][-1] == pytest.approx(np.mean(errors**2), rel=1e-4)
        if kind == "nnmf":
            assert min(each[f"{side}_embedding"].min() for each in tables for side in ("user", "item")) >= 0


def rest_of(tables: Tables, stars: Ratings, *, mean: bool) -> Array:
    """What the model leaves of each rating."""
    predicted = (tables["user_embedding"][stars.users] * tables["item_embedding"][stars.items]).sum(axis=1)
    predicted += stars.mean if mean else 0.0
    if "user_bias" in tables:
        predicted += tables["user_bias"][stars.users, 0] + tables["item_bias"][stars.items, 0]
    return np.asarray(stars.values - predicted)


def loss_of_ratings(tables: Tables, stars: Ratings, *, mean: bool) -> float:
    """Squared errors and the penalty of each rating's rows."""
    total = (rest_of(tables, stars, mean=mean) ** 2).sum()
    for name, table in tables.items():
        codes = stars.users if name.startswith("user") else stars.items
        total += STARS["bias_l2" if name.endswith("bias") else "l2"] * (table[codes] ** 2).sum()  # type: ignore[operator]
    return float(total)


def alternated(tables: dict[str, Array], stars: Ratings, rounds: int, *, mean: bool) -> None:
    """Rounds of user biases, users, item biases and items, in place, each the least of the loss above."""
    for _ in range(rounds):
        for side, other, codes, others in (
            ("user", "item", stars.users, stars.items),
            ("item", "user", stars.items, stars.users),
        ):
            bias, table, factors = f"{side}_bias", tables[f"{side}_embedding"], tables[f"{other}_embedding"]
            for row in range(len(table)):
                own = codes == row
                if bias in tables:
                    rest = rest_of(tables, stars, mean=mean)[own] + tables[bias][row, 0]
                    tables[bias][row] = rest.sum() / max(own.sum() * (1 + STARS["bias_l2"]), 1e-9)  # type: ignore[operator]
                rest = rest_of(tables, stars, mean=mean)[own] + factors[others[own]] @ table[row]
                matrix = factors[others[own]].T @ factors[others[own]]
                matrix += max(STARS["l2"] * own.sum(), 1e-9) * np.eye(len(matrix))  # type: ignore[call-overload]
                table[row] = np.linalg.solve(matrix, factors[others[own]].T @ rest)
