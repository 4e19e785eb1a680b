"""Tests of cohorts: every member trains as it would alone, and as plain Keras trains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from recsys.data.ratings import Ratings
from recsys.errors import RecsysError
from recsys.evaluation.intervals import COVERAGE
from recsys.evaluation.objective import ObjectiveSettings
from recsys.losses.table import RATING_LOSSES
from recsys.models.model import build_model, fill, predict
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.models.training_data import TrainingData
from recsys.splitting.split import Split
from recsys.training import cohort
from recsys.training.cohort import Trainer
from recsys.training.settings import TrainingSettings
from recsys.training.trial import Result, Trial, TrialState, trial_seed

EPOCHS = 4


@pytest.fixture(scope="module")
def data(split: Split) -> TrainingData:
    return TrainingData(split.train, split.validation)


def trainer(kind: Any, data: TrainingData, *, patience: int = 0, **model: Any) -> Trainer:
    """A trainer for a kind of model."""
    training = TrainingSettings(epochs=EPOCHS, patience=patience)
    return Trainer(ModelSettings(kind=kind, **model), data, training, ObjectiveSettings())


def trials(kind: Any, *changes: dict[str, Any], epochs: int = EPOCHS) -> list[Trial]:
    """Trials at the kind's default point, each with its changes."""
    base = {**default_point(ModelSettings(kind=kind)), "batch_size": 128, **OF_KIND.get(kind, {})}
    names = [name for name in base if name.endswith("embedding_size")]
    return [
        Trial(number, {**base, **dict.fromkeys(names, 4), **change}, trial_seed(0, number), epochs)
        for number, change in enumerate(changes)
    ]


OF_KIND = {"bayesian_mf": {"burn_in": 1, "kept_draws": 4}}
MIXED = (
    {"learning_rate": 0.01, "loss": "mean_squared_error", "dropout": 0.2},
    {"learning_rate": 0.02, "loss": "huber", "l2": 0.1},
    {"learning_rate": 0.005, "loss": "log_cosh", "bias_l2": 0.05},
    {"learning_rate": 0.03, "loss": "mean_absolute_error", "dropout": 0.4},
    {"learning_rate": 0.01, "dropout": 0.0},
)


@pytest.fixture(scope="module")
def mf(data: TrainingData) -> Trainer:
    """One for many tests: what it has compiled it need not compile again."""
    return trainer("mf", data)


class TestEveryKind:
    @pytest.fixture(scope="class", params=["mf", pytest.param("nnmf", marks=pytest.mark.slow), "mlp", "bayesian_mf"])
    @classmethod
    def kind(cls, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture(scope="class")
    @classmethod
    def one(cls, kind: str, data: TrainingData) -> Trainer:
        """A trainer with a past, which must not matter."""
        return trainer(kind, data)

    @pytest.fixture(scope="class")
    @classmethod
    def members(cls, kind: str) -> list[Trial]:
        """Five members of five sizes."""
        mixed = trials(kind, *MIXED)
        return [
            replace(t, point={**t.point, **{n: 3 + 2 * t.number for n in t.point if n.endswith("embedding_size")}})
            for t in mixed
        ]

    @pytest.fixture(scope="class")
    @classmethod
    def together(cls, one: Trainer, members: list[Trial]) -> list[Result]:
        """What becomes of the five."""
        return one.train(members)

    def test_a_trial_alone_and_in_company_has_the_same_metrics(
        self, one: Trainer, members: list[Trial], together: list[Result]
    ) -> None:
        for trial, result in list(zip(members, together, strict=True))[::3]:
            (alone,) = one.train([trial])
            # intervals are of one posterior: grouping has none train in company
            measured = {name: values for name, values in alone.history.items() if name != COVERAGE}
            assert measured.keys() == result.history.keys()
            for name, values in measured.items():
                np.testing.assert_allclose(result.history[name], values, atol=1e-4, err_msg=name)

    def test_members_that_end_leave_and_the_rest_goes_on_as_before(
        self, one: Trainer, members: list[Trial], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def end_three(asked: Sequence[Trial], epoch: int, _values: Sequence[float]) -> list[TrialState | None]:
            return [None if trial.number > 2 or epoch < 1 else TrialState.PRUNED for trial in asked]

        stayed = one.train(members, end_three)
        monkeypatch.setattr("recsys.training.cohort.COMPILING", 0.0)
        widths: list[int] = []
        outcomes = cohort._outcomes
        monkeypatch.setattr(cohort, "_outcomes", lambda p, m, **more: widths.append(len(m)) or outcomes(p, m, **more))
        left = one.train(members, end_three)
        assert widths[:2] == [5, 2]
        for a, b in zip(stayed, left, strict=True):
            assert (a.state, a.best_epoch) == (b.state, b.best_epoch)
            np.testing.assert_allclose(a.history["rmse"], b.history["rmse"], atol=1e-4)

    def test_its_weights_give_its_values(self, kind: str, together: list[Result], data: TrainingData) -> None:
        for result in together[:2]:
            model = build_model(ModelSettings(kind=kind), data.shape, result.trial.point, 0)  # type: ignore[arg-type]
            fill(model, result.weights)
            validation = data.validation
            predicted = np.clip(predict(model, validation.users, validation.items)[:, 0], *validation.scale)
            rmse = float(np.sqrt(np.mean((predicted - validation.values) ** 2)))
            assert rmse == pytest.approx(result.values["rmse"], abs=1e-5)

    def test_training_again_gives_the_same_to_the_bit(
        self, one: Trainer, members: list[Trial], together: list[Result]
    ) -> None:
        for again, first in zip(one.train(members), together, strict=True):
            np.testing.assert_equal(again.history, first.history)  # what is unknown yet is unknown again

    def test_going_on_from_a_snapshot_is_as_never_having_paused(
        self, one: Trainer, members: list[Trial], together: list[Result]
    ) -> None:
        halves = one.train([replace(t, last_epoch=2) for t in members], resumable=True)
        snapshots = {r.trial.number: r.snapshot for r in halves if r.snapshot}
        rest = [replace(t, first_epoch=2) for t in members]
        for result in (one.train(rest, snapshots=snapshots), one.train(rest)):
            for a, b in zip(together, result, strict=True):
                np.testing.assert_allclose(a.history["rmse"], b.history["rmse"], atol=1e-6)

    def test_it_agrees_with_plain_keras_fed_the_same_batches(self, kind: str, one: Trainer, data: TrainingData) -> None:
        """Within 2e-4 after four epochs: XLA orders its sums differently."""
        if kind == "bayesian_mf":
            pytest.skip("drawn, which plain Keras cannot")
        (trial,) = trials(kind, {"dropout": 0.0, "learning_rate": 0.01, "batch_size": 128})
        (ours,) = one.train([trial])
        assert ours.history["rmse"] == pytest.approx(_plain_keras(kind, trial, data), abs=2e-4)


def _plain_keras(kind: Any, trial: Trial, data: TrainingData) -> list[float]:
    model = build_model(ModelSettings(kind=kind), data.shape, trial.point, trial.seed)
    for layer in model.layers:
        if getattr(layer, "non_negative", False):
            layer.table.constraint = keras.constraints.NonNeg()
    model.compile(optimizer=DenseAdam(float(trial.point["learning_rate"])), loss=str(trial.point["loss"]))  # type: ignore[arg-type]
    train, validation = data.train, data.validation
    history = []
    for epoch in range(trial.last_epoch):
        batches = data.order(0, epoch, 128)
        rows = batches[batches < len(train)]
        model.fit([train.users[rows], train.items[rows]], train.values[rows], batch_size=128, shuffle=False, verbose=0)
        predicted = np.clip(predict(model, validation.users, validation.items)[:, 0], *validation.scale)
        history.append(float(np.sqrt(np.mean((predicted - validation.values) ** 2))))
    return history


class DenseAdam(keras.optimizers.Adam):
    """Keras's Adam squares the gradients of a repeated row before it sums them; made dense, it sums first."""

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        return super().apply([tf.convert_to_tensor(g) for g in grads], trainable_variables)


@pytest.mark.parametrize("loss", [loss.name for loss in RATING_LOSSES])
def test_each_loss_is_kerass(loss: str) -> None:
    from recsys.models.batches.ratings import member_losses, one_hot

    truth, predicted = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32) * 3
    kinds = one_hot([loss])
    ours = float(tf.reduce_mean(member_losses((predicted - truth)[:, None], kinds)))
    assert ours == pytest.approx(float(keras.losses.get(loss)(truth, predicted)), rel=1e-5)


def test_non_negative_embeddings_stay_non_negative(data: TrainingData) -> None:
    (result,) = trainer("nnmf", data).train(trials("nnmf", {"learning_rate": 0.05}))
    assert min(result.weights[f"{side}_embedding/table"].min() for side in ("user", "item")) >= 0


def test_a_diverged_member_fails_and_leaves_the_others_unharmed(mf: Trainer) -> None:
    good, bad = trials("mf", {}, {"learning_rate": 1e30})
    healthy, diverged = mf.train([good, bad])
    assert diverged.state is TrialState.FAILED
    assert "diverged" in diverged.reason
    (alone,) = mf.train([good])
    np.testing.assert_allclose(healthy.history["rmse"], alone.history["rmse"], atol=1e-4)


def test_a_member_stops_when_its_patience_ends_and_keeps_its_best_epoch(data: TrainingData) -> None:
    overfit, slow = trials("mf", {"learning_rate": 0.3, "l2": 0.0}, {"learning_rate": 1e-4}, epochs=12)
    early, late = trainer("mf", data, patience=2).train([overfit, slow])
    assert len(early.history["rmse"]) == early.best_epoch + 3 < 12
    assert early.values["rmse"] == min(early.history["rmse"])
    assert len(late.history["rmse"]) == 12


def test_a_member_is_pruned_when_the_report_says_so(mf: Trainer) -> None:
    def report(asked: Sequence[Trial], epoch: int, _values: Sequence[float]) -> list[TrialState | None]:
        return [TrialState.PRUNED if trial.number == 1 and epoch == 1 else None for trial in asked]

    kept, pruned = mf.train(trials("mf", {}, {}), report)
    assert (kept.state, pruned.state) == (TrialState.COMPLETE, TrialState.PRUNED)
    assert (len(kept.history["rmse"]), len(pruned.history["rmse"])) == (EPOCHS, 2)


def test_a_cohort_that_needs_too_much_memory_is_trained_in_halves_and_says_so(
    mf: Trainer, data: TrainingData, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    members = trials("mf", {}, {}, {}, {})
    whole = mf.train(members)
    build = cohort.factory_of(ModelSettings(kind="mf"))

    def build_small(shape: Any, points: Sequence[Any], seeds: Sequence[int]) -> keras.Model:
        if len(points) > 2:
            raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
        return build(shape, points, seeds)

    monkeypatch.setattr(cohort, "factory_of", lambda _settings: build_small)
    halves = trainer("mf", data).train(members)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("recsys")]
    assert said[0].startswith("a cohort of 4 trials is trained in halves after ResourceExhaustedError: ")
    assert [result.state for result in halves] == [TrialState.COMPLETE] * 4
    for one, other in zip(whole, halves, strict=True):
        np.testing.assert_allclose(one.history["rmse"], other.history["rmse"], atol=1e-4)


def test_a_pruner_that_fails_is_held_against_no_trial(mf: Trainer) -> None:
    def report(_asked: Sequence[Trial], _epoch: int, _values: Sequence[float]) -> list[TrialState | None]:
        raise EOFError("the coordinator is gone")

    with pytest.raises(RecsysError, match="coordinator is gone"):
        mf.train(trials("mf", {}), report)


def test_a_refit_without_validation_keeps_the_last_epoch(ratings: Ratings) -> None:
    data = TrainingData(ratings, ratings.take(np.arange(0)))
    (result,) = trainer("mf", data).train(trials("mf", {}))
    assert (result.state, result.best_epoch) == (TrialState.COMPLETE, EPOCHS - 1)


def test_one_program_serves_cohorts_of_one_shape(data: TrainingData) -> None:
    one = trainer("mf", data)
    one.train(trials("mf", {"embedding_size": 3}, {"embedding_size": 9}))
    one.train(trials("mf", {"embedding_size": 8}, {"embedding_size": 5}))
    assert len(one._programs._idle) == 1


@pytest.mark.parametrize(("most", "kept"), [(2**30, 2), (0, 1)])
def test_programs_that_nobody_uses_are_kept_as_far_as_there_is_room(
    most: int, kept: int, data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recsys.training.program.MOST_IDLE", most)
    one = trainer("mf", data)
    one.train(trials("mf", {"batch_size": 32}))
    one.train(trials("mf", {"batch_size": 64}))
    assert len(one._programs._idle) == kept


class TestRowWise:
    """The optimizer that touches the batch's rows only."""

    def test_it_agrees_with_the_dense_one_where_every_batch_names_every_row(self) -> None:
        from recsys.models.solvers.member_adam import MemberAdam

        random = np.random.default_rng(0)
        start = random.normal(size=(6, 3)).astype(np.float32)
        tables = []
        for row_wise in (False, True):
            table = tf.Variable(start)
            optimizer = MemberAdam([table], [False], row_wise=row_wise)
            values = np.random.default_rng(1)
            for _ in range(5):
                ids = np.concatenate([np.arange(6), values.integers(0, 6, 4)])
                slices = tf.IndexedSlices(
                    tf.constant(values.normal(size=(10, 3)), tf.float32), tf.constant(ids), tf.constant([6, 3])
                )
                optimizer.apply([slices], [tf.constant([0.1, 0.2, 0.3])])
            tables.append(table.numpy())
        np.testing.assert_allclose(tables[0], tables[1], atol=1e-5)

    def test_it_leaves_other_rows_alone(self) -> None:
        from recsys.models.solvers.member_adam import MemberAdam

        table = tf.Variable(np.ones((6, 2), np.float32))
        optimizer = MemberAdam([table], [False], row_wise=True)
        slices = tf.IndexedSlices(tf.ones((3, 2)), tf.constant([4, 1, 4]), tf.constant([6, 2]))
        optimizer.apply([slices], [tf.constant([0.1, 0.1])])
        assert sorted(np.flatnonzero((table.numpy() != 1).any(axis=1))) == [1, 4]

    def test_it_trains_as_well_as_the_dense_one(
        self, mf: Trainer, data: TrainingData, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (dense,) = mf.train(trials("mf", {"learning_rate": 0.02}))
        monkeypatch.setattr("recsys.models.solvers.adam.ROW_WISE_FROM", 1)
        (rows,) = trainer("mf", data).train(trials("mf", {"learning_rate": 0.02}))
        assert rows.values["rmse"] == pytest.approx(dense.values["rmse"], abs=0.02)
