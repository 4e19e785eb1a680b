"""What a batch source is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.models.solvers.solver import Member


class BatchSource(Protocol):
    """Batches of the training data, through which a gradient solver steps."""

    steps: int
    """Steps of a round."""
    passes: int
    """How often a step goes through the model's dropout layers."""
    total: float
    """What the losses of a round are divided by: how many ratings, or the weight of all positives."""
    tensors: list[tf.Tensor]
    """The data that every step looks at."""

    def load(self, members: Sequence[Member]) -> None:
        """Take the members' own constants, such as their losses."""
        ...

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """What each step of a round is given, (steps, …) each: a function of the seed and the epoch alone."""
        ...

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """The members' losses, summed over a batch (M,), and the objective: a number whose gradient a step follows.

        The objective sums the members, so that the gradient of each is as if it were alone.
        """
        ...
