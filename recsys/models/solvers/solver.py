"""What a solver is, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.models.training_data import TrainingData
from recsys.spaces.parameter import Point

Spread = Callable[[tf.Tensor], list[tf.Tensor]]
"""From a value per member (M,) to one for each trainable weight, broadcastable against it."""
Compile = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Compiles a function of tensors."""


class Member(Protocol):
    """What a solver is told of a member of a cohort, which is a trial."""

    @property
    def point(self) -> Point:
        """What it is trained at."""
        ...

    @property
    def seed(self) -> int:
        """Of all that is drawn for it."""
        ...


@dataclass(frozen=True, eq=False)
class SolverInputs:
    """What a solver works on."""

    model: keras.Model
    """Whose weights it moves."""
    data: TrainingData
    """What it is trained on; nothing is learnt from the validation part."""
    spread: Spread
    """Brings learning rates to the weights."""
    compiled: Compile
    """Compiles a round."""


class Solver(Protocol):
    """Moves the weights of a model, a round at a time."""

    def load(self, members: Sequence[Member]) -> None:
        """Start a cohort with its members' own constants, from a fresh state."""
        ...

    def start_at(self, epoch: int) -> None:
        """Set the state to the beginning of an epoch."""
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
        """What the last round says about training besides its loss, by name, (M,) each."""
        ...

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """What training changes besides the weights, by name: a variable for each trained weight."""
        ...
