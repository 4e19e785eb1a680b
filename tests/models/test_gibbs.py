"""Tests of Gibbs sampling as training: the inputs that a trial's draws depend on, and their accuracy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.errors import InputError
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.bayesian_mf.kind import BAYESIAN_MF
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.training.cohort import Trainer
from recsys.training.grouping import cohorts
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, TrialState

POINT = {**BAYESIAN_MF.defaults(), "embedding_size": 4, "burn_in": 10, "kept_draws": 20}

FEATURES = pytest.mark.parametrize(
    "features",
    [
        {"implicit_features": False},
        {"implicit_features": True},
        {"implicit_features": False, "time_features": True},
        {"implicit_features": True, "time_features": True},
    ],
    ids=["ids only", "who rated what", "when", "both"],
)


def drawn(data: TrainingData, rounds: int = 40, **changes) -> Result:
    trainer = Trainer(
        ModelSettings(kind="bayesian_mf"), data, TrainingSettings(epochs=rounds, patience=0), ObjectiveSettings()
    )
    (result,) = trainer.train([Trial(0, {**POINT, **changes}, 11, rounds)])
    return result


def _rows_of(table: Ratings, part: Ratings) -> np.ndarray:
    pairs = {pair: row for row, pair in enumerate(zip(table.users, table.items, strict=True))}
    return np.array([pairs[pair] for pair in zip(part.users, part.items, strict=True)])


@pytest.fixture(scope="module")
def parts() -> tuple[Ratings, Ratings, Ratings]:
    """Two thirds of 4,000 ratings, and the rest in two parts."""
    table = synthetic_ratings(SyntheticSettings(users=100, items=60, ratings=4000, rank=3, noise=0.3))
    part = np.random.default_rng(0).integers(0, 6, len(table))
    return table.take(part < 4), table.take(part == 4), table.take(part == 5)


class TestDraws:
    @FEATURES
    def test_know_nothing_of_ratings_that_are_not_of_the_training_part(self, parts, features):
        """Not who rated what either: with other held-out ratings the draws are the same to the bit."""
        train, validation, other = parts
        # the best round is chosen by validation; one round leaves no choice
        first, second = (
            drawn(TrainingData(train, held_out), 1, **features, burn_in=0) for held_out in (validation, other)
        )
        for name, array in first.weights.items():
            np.testing.assert_array_equal(array, second.weights[name], err_msg=name)

    @FEATURES
    def test_know_nothing_of_the_test_part_however_it_is_altered(self, features):
        """Other items, stars and times in its rows, and the same to the bit, features too."""
        table = synthetic_ratings(SyntheticSettings(users=40, items=30, ratings=600, rank=2))
        settings = SplitSettings(kind="random", seed=1)
        held_out = np.ones(len(table), bool)
        held_out[_rows_of(table, make_split(table, settings).train)] = False
        rng = np.random.default_rng(0)
        items, values = table.items.copy(), table.values.copy()
        items[held_out], values[held_out] = rng.permutation(items[held_out]), rng.permutation(values[held_out])
        times = None if table.timestamps is None else np.where(held_out, 0, table.timestamps)
        other = replace(table, items=items, values=values, timestamps=times)
        first, second = (
            drawn(TrainingData(train, train.take(np.arange(0))), 3, **features, burn_in=0)
            for train in (make_split(each, settings).train for each in (table, other))
        )
        for name, array in first.weights.items():
            np.testing.assert_array_equal(array, second.weights[name], err_msg=name)

    def test_predict_better_than_biases(self, parts):
        train, validation, _ = parts
        result = drawn(TrainingData(train, validation))
        biases = Biases().fit(train).predict(validation.users, validation.items)
        error = float(np.sqrt(np.mean((np.clip(biases, *train.scale) - validation.values) ** 2)))
        assert result.state is TrialState.COMPLETE
        assert result.values["rmse"] < 0.9 * error

    def test_of_stars_that_are_only_ordered_predict_about_as_well(self, parts):
        data = TrainingData(*parts[:2])
        ordered, normal = (drawn(data, likelihood=likelihood) for likelihood in ("ordinal", "normal"))
        assert ordered.values["rmse"] < 1.1 * normal.values["rmse"]
        assert ordered.values["interval_coverage"] == pytest.approx(0.9, abs=0.05)
        assert np.isfinite(ordered.history["train_noise"]).all()

    def test_of_stars_are_refused_where_there_are_none(self, parts):
        train = replace(parts[0], values=parts[0].values + np.arange(len(parts[0]), dtype=np.float32) / 1e4)
        with pytest.raises(InputError, match="likelihood: 'ordinal' needs from 2 to 32 different training ratings"):
            drawn(TrainingData(train, parts[1]), likelihood="ordinal")

    def test_get_better_with_their_number_and_are_told_of(self, parts):
        history = drawn(TrainingData(*parts[:2])).history
        assert history["rmse"][-1] < history["rmse"][10] < history["rmse"][2]
        assert history["train_noise"][-1] == pytest.approx(np.sqrt(history["train_loss"][-1]), rel=0.1)
        assert np.isfinite([history[f"train_{name}"][-1] for name in ("r_hat", "effective_sample_size")]).all()
        assert not any(name.startswith("train_") for name in drawn(TrainingData(*parts[:2]), 2).values)

    def test_of_trials_are_made_one_trial_at_a_time(self):
        trials = [Trial(number, POINT, number, 5) for number in range(3)]
        assert cohorts(trials, ModelSettings(kind="bayesian_mf")) == [[trial] for trial in trials]
