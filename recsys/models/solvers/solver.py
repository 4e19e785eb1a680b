"""The contract of a solver, and its inputs."""

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
"""Maps a value per member (M,) to one value for each trainable weight, which broadcasts against it."""
Compile = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Compiles a function of tensors."""


class Member(Protocol):
    """What a solver knows of a member of a cohort, which is a trial."""

    @property
    def point(self) -> Point:
        """The point that the member is trained with."""
        ...

    @property
    def seed(self) -> int:
        """The seed of the member's random numbers."""
        ...


@dataclass(frozen=True, eq=False)
class SolverInputs:
    """The inputs of a solver."""

    model: keras.Model
    """The model whose weights the solver updates."""
    data: TrainingData
    """The training data. A solver does not use the validation part."""
    spread: Spread
    """Maps learning rates to the weights."""
    compiled: Compile
    """Compiles the function that runs a round."""


class Solver(Protocol):
    """Updates the weights of a model, one round at a time."""

    def load(self, members: Sequence[Member]) -> None:
        """Start a cohort from a fresh state, with its members' own constants."""
        ...

    def start_at(self, epoch: int) -> None:
        """Set the state to the beginning of an epoch."""
        ...

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:
        """Train one round.

        Args:
            seed: The experiment's seed, which decides the shuffling.
            epoch: The round, from 0.
            rates: The members' learning rates (M,); 0 leaves a member unchanged.

        Returns:
            The training losses (M,).
        """
        ...

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """Return what the last round reports besides its loss, by name (M,)."""
        ...

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """Return what training changes besides the weights, by name: a variable for each trained weight."""
        ...
