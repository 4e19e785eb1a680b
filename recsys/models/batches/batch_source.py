"""The contract of a batch source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.models.layers import MemberDropout
from recsys.models.solvers.solver import Member


class BatchSource(Protocol):
    """Batches of the training data, through which a gradient solver steps."""

    steps: int
    """The number of steps of a round."""
    total: float
    """The divisor of the losses of a round: the number of ratings, or of positives."""
    tensors: list[tf.Tensor]
    """The data that every step reads."""

    def load(self, members: Sequence[Member]) -> None:
        """Load the members' own constants, such as their losses."""
        ...

    def passes(self, layer: MemberDropout) -> int:
        """Return how often a step passes through a dropout layer of the model."""
        ...

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """Return the arrays of a round, which depend only on the seed and the epoch.

        Args:
            seed: The experiment's seed.
            epoch: The round, from 0.

        Returns:
            Arrays (steps, …), from which each step takes one entry.
        """
        ...

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses of a batch, and the objective of the step.

        The objective sums the members, so that the gradient of each member is the same as in a cohort of one.

        Args:
            batch: The entries of one step.
            tensors: The data that every step reads.

        Returns:
            The members' losses, summed over the batch (M,), and the scalar whose gradient the step follows.
        """
        ...
