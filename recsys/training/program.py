"""Program: one compiled graph that trains and measures the members of a cohort, reused by every cohort of its shape."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import ranking_values
from recsys.models.catalog import named_weights
from recsys.models.layers import MemberDropout, MemberEmbedding, MemberLayer, constants, member_layers
from recsys.models.scores import score_all
from recsys.training.data import TrainingData, in_batches, padded
from recsys.training.losses import member_losses, one_hot
from recsys.training.optimizer import MemberAdam
from recsys.training.trial import Trial

ROW_WISE_FROM = 20_000
"""Users and items together from which on tables are updated by the batch's rows only."""
_EVALUATION_BATCH = 8192
_USERS = 64
"""Users whose scores of all items are in memory at once."""
_Array = npt.NDArray[np.float32]


class Program:
    """The compiled epoch, the compiled validation, and the state that they work on.

    The model it is made with is its template: `load` puts another cohort of the same structure in its place.
    """

    def __init__(self, model: keras.Model, data: TrainingData, objective: ObjectiveSettings, batch: int) -> None:
        self.model, self.data, self.batch = model, data, batch
        self.objective = objective
        members = model.output_shape[-1]
        self.rates = tf.Variable(tf.zeros(members), trainable=False)
        self.kinds = tf.Variable(tf.zeros((4, members)), trainable=False)
        self.variables = [v.value for v in model.trainable_variables]
        # a model of the user's own may change more than it trains, such as the averages of a batch normalisation
        self.weights = [*self.variables, *(v.value for v in model.non_trainable_weights)]
        self.best = [tf.Variable(v, trainable=False) for v in self.weights]
        self.optimizer = MemberAdam(
            self.variables, _non_negative(model), row_wise=data.shape.users + data.shape.items >= ROW_WISE_FROM
        )
        self._train_rows = [tf.constant(a) for a in padded(data.train)]
        self._validation_rows = [tf.constant(a) for a in padded(data.validation)]
        self._validation_order = tf.constant(
            in_batches(np.arange(len(data.validation), dtype=np.int32), _EVALUATION_BATCH)
        )
        self._epoch = compiled(self._train)
        self._measures = compiled(self._measure)
        self._keep = compiled(self._keep_best)
        self._scores = compiled(lambda users: score_all(self.model, users, data.shape.items))
        self.owner = model

    def load(self, model: keras.Model, trials: Sequence[Trial]) -> None:
        """Start a cohort: its model's weights and constants, its members' rates and losses, fresh moments."""
        self.owner = model
        if model is not self.model:
            for mine, theirs in zip(self.model.weights, model.weights, strict=True):
                mine.assign(theirs)
            own = constants(self.model)
            for name, variable in constants(model).items():
                own[name].assign(variable)
        for variable, best in zip(self.weights, self.best, strict=True):
            best.assign(variable)
        self.optimizer.reset()
        self.kinds.assign(one_hot([str(trial.point["loss"]) for trial in trials]))
        self.start_at(trials[0].first_epoch)

    def start_at(self, epoch: int) -> None:
        """Set the step counters to the beginning of an epoch."""
        steps = epoch * -(-len(self.data.train) // self.batch)
        self.optimizer.steps.assign(float(steps))
        for layer in self.model.layers:
            if isinstance(layer, MemberDropout):
                layer.step.assign(np.uint32(steps))

    def train(self, seed: int, epoch: int, rates: _Array) -> _Array:
        """Train one epoch at learning rates (M,), 0 for a member to be left as it is; gives the training loss (M,)."""
        self.rates.assign(rates)
        order = self.data.order(seed, epoch, self.batch)
        return np.asarray(self._epoch(tf.constant(order), *self._train_rows))

    def measure(self) -> Mapping[str, _Array]:
        """The validation metrics of all members, (M,) each; none where there is no validation.

        Ranking metrics are among them where one is the objective.
        """
        if not len(self.data.validation):
            return {}
        squared, absolute, rounded = np.asarray(
            self._measures(self._validation_order, *self._validation_rows), np.float64
        ) / len(self.data.validation)
        values = {"rmse": np.sqrt(squared), "mae": absolute, "rounded_mae": rounded}
        if self.objective.metric in values:
            return values
        threshold, k = self.objective.threshold, self.objective.k
        ranking = ranking_values(self._score, self.data.train, self.data.validation, k, threshold, _USERS)
        return {**values, **ranking.values}

    def _score(self, users: npt.NDArray[np.int32]) -> _Array:
        return np.asarray(self._scores(tf.constant(users)))

    def keep_best(self, improved: npt.NDArray[np.bool_]) -> None:
        """Keep the present weights of the members that have improved (M,)."""
        self._keep(tf.constant(improved, tf.float32))

    def _train(self, order: tf.Tensor, users: tf.Tensor, items: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        count = tf.shape(values)[0] - 1
        total = tf.zeros_like(self.rates)
        for step in tf.range(tf.shape(order)[0]):
            rows = order[step]
            total += self._step(
                tf.gather(users, rows),
                tf.gather(items, rows),
                tf.gather(values, rows),
                tf.cast(rows < count, tf.float32),
            )
        return total / tf.cast(count, tf.float32)

    def _step(self, users: tf.Tensor, items: tf.Tensor, values: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            predicted = self.model([users, items], training=True)
            losses = tf.reduce_sum(member_losses(predicted - values[:, None], self.kinds) * counts[:, None], axis=0)
            # members are summed, so the gradient of each is as if it were alone
            objective = tf.reduce_sum(losses) / tf.reduce_sum(counts) + tf.add_n([tf.constant(0.0), *self.model.losses])
        gradients = tape.gradient(objective, self.variables)
        self.optimizer.apply(gradients, self._spread(self.rates))
        return losses

    def _spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """A value per member (M,) for each trainable variable, broadcastable against it."""
        by_path = {
            weight.path: value
            for layer in member_layers(self.model)
            if layer.weights
            for weight, value in zip(layer.weights, layer.spread(per_member), strict=True)
        }
        return [by_path.get(variable.path, per_member[0]) for variable in self.model.trainable_variables]

    def _measure(self, order: tf.Tensor, users: tf.Tensor, items: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        count = tf.shape(values)[0] - 1
        sums = tf.zeros((3, self.rates.shape[0]))
        for step in tf.range(tf.shape(order)[0]):
            rows = order[step]
            predicted = self.model([tf.gather(users, rows), tf.gather(items, rows)], training=False)
            if self.objective.clip:
                predicted = tf.clip_by_value(predicted, *self.data.scale)
            truth, real = tf.gather(values, rows)[:, None], tf.cast(rows < count, tf.float32)[:, None]
            errors = (predicted - truth) * real
            rounded = tf.abs(tf.round(predicted) - truth) * real
            sums += tf.stack([tf.reduce_sum(e, axis=0) for e in (tf.square(errors), tf.abs(errors), rounded)])
        return sums

    def _keep_best(self, improved: tf.Tensor) -> None:
        spread = [*self._spread(improved), *[improved[0]] * len(self.model.non_trainable_weights)]
        for variable, best, mine in zip(self.weights, self.best, spread, strict=True):
            best.assign(tf.where(mine > 0, variable, best))

    def own(self, arrays: Mapping[str, _Array], member: int) -> dict[str, _Array]:
        """Of arrays by weight path, what belongs to one member, shaped as in its cohort of one."""
        if not member_layers(self.owner):
            return dict(arrays)
        own: dict[str, _Array] = {}
        for layer in _trained_layers(self.owner):
            paths = [weight.path for weight in layer.weights]
            own.update(zip(paths, layer.take([arrays[path] for path in paths], member), strict=True))
        return own

    def arrays(self, variables: Sequence[tf.Variable]) -> dict[str, _Array]:
        """The values of weights, best weights or moments (of trained weights only) by the name of the weight."""
        names = {id(variable): name for name, variable in named_weights(self.owner).items()}
        owned = [*self.owner.trainable_variables, *self.owner.non_trainable_weights][: len(variables)]
        return {names[id(own)]: variable.numpy() for own, variable in zip(owned, variables, strict=True)}

    def restore(self, kept: Sequence[Mapping[str, Mapping[str, _Array]]]) -> None:
        """Put members' own arrays back: for each member, arrays by path under each of the names of `slots`."""
        for name, variables in self.slots().items():
            whole = self.arrays(variables)
            for member, slots in enumerate(kept):
                self._put(whole, member, slots[name])
            for variable, path in zip(variables, whole, strict=True):
                variable.assign(whole[path])

    def _put(self, whole: dict[str, _Array], member: int, own: Mapping[str, _Array]) -> None:
        if not member_layers(self.owner):
            whole.update(own)
        for layer in _trained_layers(self.owner):
            paths = [weight.path for weight in layer.weights]
            layer.put([whole[path] for path in paths], member, [own[path] for path in paths])

    def slots(self) -> dict[str, Sequence[tf.Variable]]:
        """Everything that training changes, by name."""
        return {
            "weights": self.weights,
            "best": self.best,
            "means": self.optimizer.means,
            "squares": self.optimizer.squares,
        }


class Programs:
    """The compiled programs of a process, the least recently used dropped first."""

    def __init__(self, data: TrainingData, objective: ObjectiveSettings, most: int = 4) -> None:
        self.data, self.objective, self.most = data, objective, most
        self._programs: OrderedDict[Any, Program] = OrderedDict()

    def get(self, model: keras.Model, trials: Sequence[Trial]) -> Program:
        """A program loaded with the cohort; compiled anew only where no cohort of this structure came before."""
        batch = int(trials[0].point["batch_size"])  # type: ignore[arg-type]
        key = (_structure(model), batch)
        program = self._programs.pop(key, None) or Program(model, self.data, self.objective, batch)
        if member_layers(model):  # the structure of a user's own layers is theirs to know
            self._programs[key] = program
            if len(self._programs) > self.most:
                self._programs.popitem(last=False)
        program.load(model, trials)
        return program


def compiled(function: Callable[..., Any]) -> Any:
    """The function as one XLA program."""
    return tf.function(function, jit_compile=True, autograph=True)


def _trained_layers(model: keras.Model) -> list[MemberLayer]:
    return [layer for layer in member_layers(model) if layer.weights]


def _non_negative(model: keras.Model) -> list[bool]:
    bounded = {layer.table.path for layer in model.layers if isinstance(layer, MemberEmbedding) and layer.non_negative}
    return [variable.path in bounded for variable in model.trainable_variables]


def _structure(model: keras.Model) -> tuple[Any, ...]:
    layers = tuple(
        (
            layer.name,
            type(layer).__name__,
            tuple(tuple(w.shape) for w in layer.weights),
            getattr(layer, "structure", ()),
        )
        for layer in model.layers
    )
    shapes = tuple((name, tuple(variable.shape)) for name, variable in constants(model).items())
    return layers, shapes
