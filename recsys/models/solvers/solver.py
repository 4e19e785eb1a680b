"""What a solver is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.training.trial import Trial


class Solver(Protocol):
    """Moves the weights of the program's model, a round at a time."""

    def load(self, trials: Sequence[Trial]) -> None:
        """Start a cohort with its members' own constants, from a fresh state."""
        ...

    def start_at(self, epoch: int) -> None:
        """Stand at the beginning of an epoch."""
        ...

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:
        """Train one round; gives the training loss (M,).

        Args:
            seed: Of the shuffling.
            epoch: Which round, from 0.
            rates: The members' learning rates (M,), 0 for a member to be left as it is.
        """
        ...

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """What the last round tells of the training besides its loss, by name, (M,) each."""
        ...

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """What training changes besides the weights, by name: a variable for each trained weight."""
        ...
