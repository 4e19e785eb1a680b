"""Alternating least squares: each side's rows are solved for, the other side held still, until they agree.

Learning rate, dropout and batches have no say. What is solved for, of ratings and of rankings, is in `least_squares`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from recsys.algebra.threads import one_thread
from recsys.cores import cores
from recsys.data.ratings import Ratings
from recsys.models.layers import MemberEmbedding, member_layers
from recsys.training.solvers.least_squares import Lists, Stars
from recsys.training.solvers.solver import Array
from recsys.training.trial import Point, Trial


class AlternatingLeastSquares:
    """Solves for all members of a cohort over the same sorted data.

    Args:
        model: Whose tables are solved for: a dot product.
        entries: Ratings, or the choices that a loss of rankings is trained on.
        ranking: Which of the two.
    """

    def __init__(self, model: keras.Model, entries: Ratings, *, ranking: bool) -> None:
        self.layers = {each.name: each for each in member_layers(model) if isinstance(each, MemberEmbedding)}
        self.members = int(model.output_shape[-1])
        bounded = bool(self.layers["user_embedding"].non_negative)
        mean = any(layer.name == "global_mean" for layer in model.layers)
        self.problem = Lists(entries, bounded=bounded) if ranking else Stars(entries, bounded=bounded, mean=mean)
        self.points: Sequence[Point] = []

    def load(self, trials: Sequence[Trial]) -> None:
        """The members' points."""
        self.points = [trial.point for trial in trials]

    def start_at(self, epoch: int) -> None:
        """A round looks at nothing but the weights."""

    def train(self, seed: int, epoch: int, rates: Array) -> npt.NDArray[Any]:  # noqa: ARG002 - nothing is shuffled
        """One round: users, then items."""
        whole = {name: np.array(layer.table.numpy()) for name, layer in self.layers.items()}
        losses = np.zeros(self.members)

        def improve(member: int) -> None:
            losses[member] = self._improve(member, whole)

        # one core a member: the matrices are small, and threads within a product would wait for each other
        with one_thread(), ThreadPoolExecutor(cores()) as pool:
            list(pool.map(improve, map(int, np.flatnonzero(rates))))
        for name, layer in self.layers.items():
            layer.table.assign(whole[name])
        return losses

    def _improve(self, member: int, whole: Mapping[str, Array]) -> float:
        """One round of one member, written into its columns of the whole tables."""
        own = {name: self.layers[name].take([array], member)[0] for name, array in whole.items()}
        tables = {name: array[:-1] for name, array in own.items()}
        loss = self.problem.improve(tables, self.points[member])
        for name, array in tables.items():
            own[name][:-1] = array
            self.layers[name].put([whole[name]], member, [own[name]])
        return loss

    def diagnosis(self) -> Mapping[str, npt.NDArray[Any]]:
        """The loss says it all."""
        return {}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """There is nothing besides the weights."""
        return {}
