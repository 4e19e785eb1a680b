"""Tests that parallel cohorts of one structure share compiled programs, and no other state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.evaluation.objective import ObjectiveSettings
from recsys.losses.table import family_of
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training import code
from recsys.training.cohort import Trainer
from recsys.training.compiled import compiled
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, TrialState, trial_seed

EPOCHS = 3
CASES: list[tuple[Any, dict[str, Any]]] = [
    ("mf", {"loss": "huber", "dropout": 0.2, "l2": 0.01}),
    ("nnmf", {"loss": "mean_squared_error", "dropout": 0.2}),
    ("mlp", {"loss": "mean_squared_error", "dropout": 0.2}),
    ("mf", {"loss": "softmax", "dropout": 0.2, "seen_weight": 0.1}),
    ("mf", {"loss": "bpr", "negatives": 8}),
    ("mf", {"loss": "weighted_squared", "solver": "als"}),
]


@pytest.mark.parametrize(("kind", "point"), CASES, ids=lambda case: case if isinstance(case, str) else case["loss"])
class TestSideBySide:
    @pytest.fixture
    def trainer(self, kind: Any, point: dict[str, Any], split: Split) -> Trainer:
        train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
        metric = "ndcg" if family_of(point["loss"]) == "ranking" else "rmse"
        training = TrainingSettings(epochs=EPOCHS, patience=0)
        return Trainer(
            ModelSettings(kind=kind), TrainingData(train, validation), training, ObjectiveSettings(metric=metric)
        )

    def test_a_cohort_trained_while_another_is_compiles_nothing(
        self, trainer: Trainer, kind: Any, point: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[Any] = []
        monkeypatch.setattr(code, "compiled", lambda function: made.append(compiled(function)) or made[-1])
        self.side_by_side(trainer, kind, point)
        first, second = made[: len(made) // 2], made[len(made) // 2 :]
        assert len(trainer._programs._idle) == 2
        assert len(first) == len(second)
        assert {function.experimental_get_tracing_count() for function in first} == {0, 1}
        assert {function.experimental_get_tracing_count() for function in second} == {0}

    def test_each_is_as_if_it_were_alone(self, trainer: Trainer, kind: Any, point: dict[str, Any]) -> None:
        together = self.side_by_side(trainer, kind, point)
        alone = [result for number in (0, 2) for result in trainer.train(self.trials(kind, point, number))]
        for one, other in zip(together, alone, strict=True):
            assert one.state == TrialState.COMPLETE
            assert one.history == other.history
            for name, weights in one.weights.items():
                np.testing.assert_array_equal(weights, other.weights[name])

    def side_by_side(self, trainer: Trainer, kind: Any, point: dict[str, Any]) -> list[Result]:
        """The results of a cohort, and of one that was trained after its first epoch."""
        others: list[Result] = []

        def meanwhile(asked: Sequence[Trial], epoch: int, _values: object) -> list[None]:
            if not epoch:
                others.extend(trainer.train(self.trials(kind, point, 2)))
            return [None] * len(asked)

        return [*trainer.train(self.trials(kind, point, 0), meanwhile), *others]

    def trials(self, kind: Any, point: dict[str, Any], begin: int) -> list[Trial]:
        """Two trials with settings of their own."""
        ranking = family_of(point["loss"]) == "ranking"
        whole = {**default_point(ModelSettings(kind=kind), ranking=ranking), **point, "batch_size": 128}
        whole |= {name: 8 for name in whole if name.endswith("embedding_size")}
        return [
            Trial(number, {**whole, "learning_rate": 0.01 * (number + 1)}, trial_seed(0, number), EPOCHS)
            for number in (begin, begin + 1)
        ]


HIDING = """
import keras
import tensorflow as tf
from recsys.models.model import factory_of
from recsys.models.settings import ModelSettings
class Shift(keras.layers.Layer):
    def __init__(self, by):
        super().__init__(name="shift")
        self.by = tf.Variable(by)
    def call(self, ratings):
        return ratings + self.by
def build(shape, points, seeds):
    model = factory_of(ModelSettings(kind="mf"))(shape, points, seeds)
    return keras.Model(model.inputs, Shift(0.25)(model.output))
"""


def test_what_a_layer_of_ones_own_hides_from_keras_is_nobody_elses(
    split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hiding.py").write_text(HIDING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings, data = ModelSettings(factory="hiding:build"), TrainingData(split.train, split.validation)
    trainer = Trainer(settings, data, TrainingSettings(epochs=EPOCHS, patience=0), ObjectiveSettings())
    whole = {**default_point(ModelSettings(kind="mf")), "embedding_size": 8}
    trials = [Trial(number, {**whole, "batch_size": batch}, 0, EPOCHS) for number, batch in enumerate((128, 64))]
    results = [result for trial in trials for result in trainer.train([trial])]
    assert [result.state for result in results] == [TrialState.COMPLETE] * 2, results[1].reason
    again = Trainer(settings, data, trainer.training, ObjectiveSettings()).train(trials[1:])
    assert again[0].history == results[1].history
