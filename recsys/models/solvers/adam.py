"""Gradient descent by Adam. One compiled graph runs all steps of a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.models.batches.batch_source import BatchSource
from recsys.models.layers import MemberDropout, MemberEmbedding
from recsys.models.solvers.member_adam import MemberAdam
from recsys.models.solvers.method import ROW_WISE_FROM
from recsys.models.solvers.solver import Member, SolverInputs


class AdamSolver:
    """Follows the gradients of the losses that a batch source gives.

    Args:
        inputs: The model and the training data.
        batches: The batch source.
    """

    def __init__(self, inputs: SolverInputs, batches: BatchSource) -> None:
        self.model, self.batches, self.spread = inputs.model, batches, inputs.spread
        self.variables = [v.value for v in self.model.trainable_variables]
        shape = inputs.data.shape
        row_wise = shape.users + shape.items >= ROW_WISE_FROM
        self.optimizer = MemberAdam(self.variables, _non_negative(self.model), row_wise=row_wise)
        self._rates = tf.Variable(tf.zeros(self.model.output_shape[-1]), trainable=False)
        self._round = inputs.compiled(self._train)

    def load(self, members: Sequence[Member]) -> None:
        """Reset the moments, and load the members' constants into the batch source."""
        self.optimizer.reset()
        self.batches.load(members)

    def start_at(self, epoch: int) -> None:
        """Set the step counters to the beginning of an epoch."""
        steps = epoch * self.batches.steps
        self.optimizer.steps.assign(float(steps))
        for layer in self.model.layers:
            if isinstance(layer, MemberDropout):
                layer.step.assign(np.uint32(steps * self.batches.passes(layer)))

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:
        """Train one round.

        Args:
            seed: The experiment's seed, which decides the shuffling.
            epoch: The round, from 0.
            rates: The members' learning rates (M,); 0 leaves a member unchanged.

        Returns:
            The training losses (M,).
        """
        self._rates.assign(rates)
        batches = [tf.constant(each) for each in self.batches.round(seed, epoch)]
        return np.asarray(self._round(batches, list(self.batches.tensors))) / np.float32(self.batches.total)

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """Return no diagnosis, because the loss is the only one."""
        return {}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """Return Adam's moments: `means` and `squares`."""
        return {"means": self.optimizer.means, "squares": self.optimizer.squares}

    def _train(self, batches: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tf.Tensor:
        total = tf.zeros_like(self._rates)
        for step in tf.range(tf.shape(batches[0])[0]):
            total += self._step([each[step] for each in batches], tensors)
        return total

    def _step(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses, objective = self.batches.losses(batch, tensors)
        gradients = tape.gradient(objective, self.variables)
        self.optimizer.apply(gradients, self.spread(self._rates))
        return losses


def _non_negative(model: keras.Model) -> list[bool]:
    bounded = {layer.table.path for layer in model.layers if isinstance(layer, MemberEmbedding) and layer.non_negative}
    return [variable.path in bounded for variable in model.trainable_variables]
