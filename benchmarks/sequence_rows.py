"""Rows on models of histories: a cohort against Keras's own training loop, and a large table of events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.environment import Bench
from benchmarks.rows import Row, long_row, row
from benchmarks.training import seconds_per_epoch
from recsys.experiment import load_experiment
from recsys.models.training_data import TrainingData
from recsys.workflows.search.prepare import prepare

if TYPE_CHECKING:
    from recsys.experiment import Experiment

_POINT = {"embedding_size": 64, "history_length": 50}
_LARGE = """
import json, resource, sys, time
from recsys.data.settings import DataSettings
from recsys.data.synthetic import synthetic_sequences
from recsys.experiment import load_experiment
from recsys.models.training_data import TrainingData
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.training.cohort import Trainer
from recsys.training.trial import Trial
users, items, count, members, epochs = map(int, sys.argv[1:])
drawn = {"users": users, "items": items, "ratings": count, "rank": 200, "persistence": 0.8}
settings = DataSettings.model_validate({"source": "synthetic", "feedback": "implicit", "synthetic": drawn})
split = make_split(synthetic_sequences(settings), SplitSettings(kind="leave_last"))
data = TrainingData(split.train, split.validation)
del split
experiment = load_experiment("experiments/next_sequential_mf.toml", ["training.patience=0", "objective.users=1000"])
trainer = Trainer(experiment.model, data, experiment.training, experiment.objective)
point = {**experiment.default_point, "embedding_size": 64, "history_length": 50, "batch_size": 8192}
began = time.perf_counter()
for first in range(0, members, 4):
    results = trainer.train([Trial(n, point, n, epochs) for n in range(first, first + 4)])
print(json.dumps({"seconds": time.perf_counter() - began, "ndcg": results[0].values["ndcg"],
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


@row
def sequential_epoch(bench: Bench) -> Row:  # noqa: ARG001 - it needs neither a store nor peers
    """Measure a trial-epoch in a cohort of four against `fit` on the same model, with the same batches, alone."""
    experiment = load_experiment("experiments/next_sequential_mf.toml", [])
    split = prepare(experiment).split
    data = TrainingData(split.train, split.validation)
    ours = seconds_per_epoch(experiment, data, [64] * 4, epochs=4, **_POINT) / 4
    theirs = _seconds_of_fit(experiment, data)
    what = "sequential_mf, 64 wide, histories of 50: a trial-epoch of a cohort / `model.fit`"
    return Row(
        "sequential_epoch", what, f"{1e3 * ours:.0f} ms", f"{1e3 * theirs:.0f} ms", theirs / ours, "≥ 10",
        theirs / ours >= 10,
    )  # fmt: skip


def _seconds_of_fit(experiment: Experiment, data: TrainingData) -> float:
    import keras
    import tensorflow as tf

    from recsys.models.batches.sequences import SequenceBatches
    from recsys.models.plan import plan_of
    from recsys.models.sequential_mf.kind import SEQUENTIAL_MF
    from recsys.models.solvers.solver import SolverInputs

    point = {**experiment.default_point, **_POINT}
    model = SEQUENTIAL_MF.build(data.shape, [point], [0], options=experiment.model)
    inputs = SolverInputs(model, data, lambda value: [value], lambda function: function)
    batches = SequenceBatches(SEQUENTIAL_MF, inputs, plan_of(point))

    class Fitted(keras.Model):  # type: ignore[misc]  # Keras has no types
        """The same model and the same batches, in Keras's own loop."""

        def train_step(self, batch: Any) -> dict[str, Any]:
            """Take one step of Adam."""
            with tf.GradientTape() as tape:
                losses, objective = batches.losses(batch, batches.tensors)
            variables = model.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(objective, variables), variables, strict=True))
            return {"loss": tf.reduce_sum(losses)}

    fitted = Fitted()
    fitted.compile(optimizer=keras.optimizers.Adam(float(point["learning_rate"])))  # type: ignore[arg-type]
    rounds = tf.data.Dataset.from_tensor_slices(tuple(batches.round(0, 0)))
    fitted.fit(rounds, epochs=1, verbose=0)
    began = time.perf_counter()
    fitted.fit(rounds, epochs=2, verbose=0)
    return (time.perf_counter() - began) / 2


@long_row
def many_events(bench: Bench) -> Row:
    """Measure eight trials of three epochs on ten million events of a hundred thousand items."""
    found, _ = bench.python(_LARGE, 500_000, 100_000, 10_000_000, 8, 3)
    minutes, gib = found["seconds"] / 60, found["peak"] / 2**30
    what = "10 M events, 100,000 items: 8 trials, 3 epochs each, of sequential_mf"
    ours = f"{minutes:.1f} min, {gib:.1f} GiB, ndcg {found['ndcg']:.3f}"
    return Row("many_events", what, ours, "", minutes / 20, "20 min, 8 GiB", minutes <= 20 and gib <= 8)
