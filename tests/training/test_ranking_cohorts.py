"""Tests of cohorts trained on rankings: every member trains as it would alone, for all models, losses and solvers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from recsys.arrays import AnyArray
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import evaluate_ranking
from recsys.losses.table import RANKING_LOSSES
from recsys.models.model import build_model, fill, history_length, score_all
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, trial_seed

EPOCHS = 4
OBJECTIVE = ObjectiveSettings(metric="ndcg")
MIXED: list[dict[str, Any]] = [
    {"learning_rate": 0.01, "dropout": 0.2, "unobserved_weight": 0.1, "seen_weight": 0.2},
    {"learning_rate": 0.05, "l2": 0.01, "unobserved_weight": 0.5, "seen_weight": 0.1},
    {"learning_rate": 0.02, "dropout": 0.4, "bias_l2": 0.05, "seen_weight": 0.4},
]


@pytest.fixture(scope="module")
def data(split: Split) -> TrainingData:
    """Stars, of which those from 4 on are positives."""
    train, validation = (part.with_positives_from(4.0) for part in (split.train, split.validation))
    return TrainingData(train, validation)


@dataclass(frozen=True)
class BatchSource:
    """A model, what it is trained on, and by what."""

    kind: Any
    loss: str
    solver: str = "adam"

    def __str__(self) -> str:
        return f"{self.kind}-{self.loss}-{self.solver}"

    def trainer(self, data: TrainingData) -> Trainer:
        return Trainer(ModelSettings(kind=self.kind), data, TrainingSettings(epochs=EPOCHS, patience=0), OBJECTIVE)

    def trials(self, *changes: dict[str, Any]) -> list[Trial]:
        """Trials of several sizes, each with its changes."""
        base = default_point(ModelSettings(kind=self.kind), ranking=True)
        base |= {"loss": self.loss, "solver": self.solver, "batch_size": 128, "negatives": 16 * (self.loss == "bpr")}
        sizes = [name for name in base if name.endswith("embedding_size")]
        return [
            Trial(n, {**base, **dict.fromkeys(sizes, self.size(n)), **change}, trial_seed(0, n), EPOCHS)
            for n, change in enumerate(changes)
        ]

    def size(self, place: int) -> int:
        """Attention needs members of one size, a multiple of its heads."""
        return 4 if self.kind == "sasrec" else 3 + 2 * place


OFTEN = [*(BatchSource("mf", loss) for loss in RANKING_LOSSES if loss != "logistic"), BatchSource("nnmf", "softmax")]
OFTEN += [BatchSource("mlp", "softmax"), BatchSource("sequential_mf", "softmax")]
OFTEN += [BatchSource(kind, "weighted_squared", "als") for kind in ("mf", "nnmf")]
SELDOM = [BatchSource(kind, loss) for kind in ("nnmf", "mlp") for loss in RANKING_LOSSES if loss != "softmax"]
SELDOM += [BatchSource("mf", "logistic"), BatchSource("sasrec", "softmax")]
SELDOM += [BatchSource("sequential_mf", loss) for loss in RANKING_LOSSES if loss != "softmax"]
"""They share their code with those above, and compile as long."""
EVERY = [*OFTEN, *(pytest.param(batches, marks=pytest.mark.slow) for batches in SELDOM)]


@pytest.mark.parametrize("batches", EVERY, ids=str, scope="class")
class TestEveryWay:
    @pytest.fixture(scope="class")
    @classmethod
    def trainer(cls, batches: BatchSource, data: TrainingData) -> Trainer:
        return batches.trainer(data)

    @pytest.fixture(scope="class")
    @classmethod
    def members(cls, batches: BatchSource) -> list[Trial]:
        return batches.trials(*MIXED)

    @pytest.fixture(scope="class")
    @classmethod
    def together(cls, trainer: Trainer, members: list[Trial]) -> list[Result]:
        return trainer.train(members)

    def test_a_trial_alone_and_in_company_has_the_same_metrics(self, trainer: Trainer, together: list[Result]) -> None:
        (alone,) = trainer.train([together[1].trial])
        assert_alike(together[1], alone)

    def test_it_learns(self, together: list[Result]) -> None:
        for result in together:
            losses = result.history["train_loss"]
            assert losses[-1] < losses[0]

    def test_training_again_gives_the_same_to_the_bit(
        self, trainer: Trainer, members: list[Trial], together: list[Result]
    ) -> None:
        again = trainer.train(members)
        assert [result.history for result in again] == [result.history for result in together]
        for one, other in zip(again, together, strict=True):
            for name, array in one.weights.items():
                np.testing.assert_array_equal(array, other.weights[name])

    def test_going_on_from_a_snapshot_is_as_never_having_paused(
        self, trainer: Trainer, members: list[Trial], together: list[Result]
    ) -> None:
        halves = trainer.train([replace(t, last_epoch=2) for t in members], resumable=True)
        snapshots = {r.trial.number: r.snapshot for r in halves if r.snapshot}
        rest = [replace(t, first_epoch=2) for t in members]
        for resumed in (trainer.train(rest, snapshots=snapshots), trainer.train(rest)):
            for one, other in zip(together, resumed, strict=True):
                assert_alike(one, other)

    def test_its_recorded_weights_give_its_value(
        self, batches: BatchSource, data: TrainingData, together: list[Result]
    ) -> None:
        for result in together:
            values = values_of(ModelSettings(kind=batches.kind), data, result)
            for metric in ("ndcg", "recall", "map", "coverage"):
                assert values[metric] == pytest.approx(result.values[metric], abs=1e-6), metric

    def test_non_negative_embeddings_stay_non_negative(self, batches: BatchSource, together: list[Result]) -> None:
        tables = [array for r in together for name, array in r.weights.items() if name.endswith("embedding/table")]
        lowest = min(table.min() for table in tables)
        assert (lowest >= 0) == (batches.kind == "nnmf")

    def test_there_are_metrics_of_lists_and_none_of_ratings(self, together: list[Result]) -> None:
        for result in together:
            assert {"ndcg", "recall", "coverage"} <= set(result.values)
            assert not {"rmse", "mae", "rounded_mae"} & set(result.values)


def assert_alike(one: Result, other: Result) -> None:
    assert one.best_epoch == other.best_epoch
    np.testing.assert_allclose(one.history["train_loss"], other.history["train_loss"], rtol=1e-4)
    for name in ("ndcg", "recall", "map"):
        np.testing.assert_allclose(one.history[name], other.history[name], atol=1e-4, err_msg=name)


def values_of(settings: ModelSettings, data: TrainingData, result: Result) -> Mapping[str, float]:
    """What the ordinary model with the recorded weights is worth on the validation part."""
    model = fill(build_model(settings, data.shape, result.trial.point, 0), result.weights)  # type: ignore[arg-type]
    length, items = history_length(model), data.shape.items

    def scores(users: AnyArray) -> AnyArray:
        people = data.histories.of_users(users).newest(length, items) if length else users
        return np.asarray(score_all(model, people, items))

    measured = evaluate_ranking(scores, data.train, data.validation, 10, None)
    return {name: float(values[0]) for name, values in measured.values.items()}


SOFTMAX = BatchSource("mf", "softmax")


def test_a_seen_weight_of_0_is_as_without_ratings_below_the_positives(data: TrainingData) -> None:
    mute, said = SOFTMAX.trials({"seen_weight": 0.0}, {"seen_weight": 0.5, "embedding_size": 3})
    said = replace(said, seed=mute.seed)
    liked = data.train.take(data.train.values >= 4)
    (here,) = SOFTMAX.trainer(data).train([mute])
    (there,) = SOFTMAX.trainer(replace(data, train=liked)).train([mute])
    assert here.history["train_loss"] == there.history["train_loss"]
    (other,) = SOFTMAX.trainer(data).train([said])
    assert here.history["train_loss"] != other.history["train_loss"]


def test_a_large_catalogue_is_sampled_though_the_point_does_not_say_so(
    data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    (trial,) = SOFTMAX.trials({"negatives": 0})
    (whole,) = SOFTMAX.trainer(data).train([trial])
    monkeypatch.setattr("recsys.models.batches.choose.MOST_PAIRS", 60 * 40 - 1)
    (sampled,) = SOFTMAX.trainer(data).train([trial])
    monkeypatch.setattr("recsys.models.batches.choose.NEGATIVES", 64)
    (fewer,) = SOFTMAX.trainer(data).train([trial])
    assert len({tuple(r.history["train_loss"]) for r in (whole, sampled, fewer)}) == 3
    assert sampled.values["ndcg"] == pytest.approx(whole.values["ndcg"], abs=0.1)


def test_a_refit_without_validation_keeps_the_last_epoch(data: TrainingData) -> None:
    everything = data.train.join(data.validation)
    (result,) = SOFTMAX.trainer(TrainingData(everything, everything.take(np.arange(0)))).train(SOFTMAX.trials({}))
    assert result.best_epoch == EPOCHS - 1


def test_a_member_that_diverges_leaves_the_others_unharmed(data: TrainingData) -> None:
    batches = BatchSource("mf", "weighted_squared")
    good, bad = batches.trials({}, {"learning_rate": 1e30})
    healthy, diverged = batches.trainer(data).train([good, bad])
    assert "diverged" in diverged.reason
    (alone,) = batches.trainer(data).train([good])
    assert_alike(healthy, alone)
