"""Gibbs sampling: a round is a draw of every chain, and the weights are the draws that are kept so far.

A member's chains depend on its own seed alone. Where a member goes on at a later round and its chains are gone, they
are drawn again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array, IntArray
from recsys.helper_processes import Helpers
from recsys.models.bayesian_mf.build import draws_of
from recsys.models.layers import MemberLayer
from recsys.models.solvers.solver import Member, SolverInputs
from recsys.models.training_data import TrainingData
from recsys.posterior.chain import Chain, ChainKernel
from recsys.posterior.features import implicit_features, time_features
from recsys.posterior.ordinal import OrderedProbit
from recsys.posterior.posterior import Posterior
from recsys.posterior.regression import Regression
from recsys.posterior.sampler import GibbsSampler


class GibbsSampling:
    """Draws for the members of a cohort.

    Args:
        inputs: The model, whose tables hold the draws, and the training ratings.
    """

    def __init__(self, inputs: SolverInputs) -> None:
        self.data = inputs.data
        names = ("user_embedding", "item_embedding", "draws")
        self.layers: list[MemberLayer] = [inputs.model.get_layer(name) for name in names]
        self.members: Sequence[Member] = []
        self.posteriors: list[Posterior] = []

    def load(self, members: Sequence[Member]) -> None:
        """Fresh chains."""
        self.members = members
        self.posteriors = [self._posterior(member) for member in members]

    def start_at(self, epoch: int) -> None:
        """Bring all chains to so many rounds."""
        for place, member in enumerate(self.members):
            if self.posteriors[place].rounds > epoch:
                self.posteriors[place] = self._posterior(member)
        self._advance(
            member for member, posterior in enumerate(self.posteriors) for _ in range(epoch - posterior.rounds)
        )

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:  # noqa: ARG002 - nothing is shuffled
        """One draw of every chain; the mean squared error of these draws."""
        active = [int(member) for member in np.flatnonzero(rates)]
        self._advance(active)
        for layer, table in zip(self.layers, self._tables(active), strict=True):
            layer.weights[0].assign(table)
        return np.array([posterior.error for posterior in self.posteriors])

    def _tables(self, active: Sequence[int]) -> Sequence[Float32Array]:
        """The tables with the draws of the members that were drawn for."""
        if len(self.posteriors) == 1:  # they are tens of megabytes, not to be copied for nothing
            return self.posteriors[0].tables()
        tables = [np.array(layer.weights[0].numpy()) for layer in self.layers]
        for member in active:
            for layer, table, own in zip(self.layers, tables, self.posteriors[member].tables(), strict=True):
                layer.put([table], member, [own])
        return tables

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """The noise, and how far the chains have mixed in it."""
        of_members = [posterior.diagnosis() for posterior in self.posteriors]
        return {name: np.array([each[name] for each in of_members]) for name in of_members[0]}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """There is nothing besides the weights; chains are drawn again from their seed."""
        return {}

    def _advance(self, members: Iterable[int]) -> None:
        for member in members:
            source = _source(self.data, self.members[member].point)
            self.posteriors[member].advance(partial(source.map, ChainKernel.step))

    def _posterior(self, member: Member) -> Posterior:
        point: Mapping[str, Any] = member.point
        source = _source(self.data, point).held
        chains = [Chain(source, point["embedding_size"], member.seed, number) for number in range(point["chains"])]
        return Posterior(chains, point["burn_in"], draws_of(point))


def _source(data: TrainingData, point: Mapping[str, Any]) -> Helpers[ChainKernel]:
    """The sampler of the training ratings; of the others nothing is known here, not even who rated what."""
    implicit, timed = bool(point["implicit_features"]), bool(point.get("time_features", False))
    ordinal = point.get("likelihood") == "ordinal"

    def source() -> Helpers[ChainKernel]:
        train, shape = data.train, (data.shape.users, data.shape.items)
        times = train.timestamps if timed else None
        sampler = GibbsSampler(
            train.users,
            train.items,
            shape,
            user_features=_features(train.users, train.items, times, shape, implicit=implicit),
            item_features=_features(train.items, train.users, times, shape[::-1], implicit=implicit),
            ordinal=_ordinal(data) if ordinal else None,
        )
        return Helpers(ChainKernel(sampler, _values(data, ordinal=ordinal)))

    return data.once(("source", implicit, timed, ordinal), source)


def _values(data: TrainingData, *, ordinal: bool) -> AnyArray:
    """Which star each rating is, or by how much it differs from the mean."""
    train = data.train
    if ordinal:
        return np.searchsorted(np.array(data.shape.levels, np.float32), train.values)
    return (train.values - np.float32(train.mean)).astype(np.float32)


def _features(
    own: IntArray, other: IntArray, times: AnyArray | None, shape: tuple[int, int], *, implicit: bool
) -> Regression | None:
    """What moves the means of those who have these codes."""
    import scipy.sparse

    tables = [
        *([implicit_features(own, other, shape)] if implicit else []),
        *([time_features(own, times, shape[0])] if times is not None else []),
    ]
    return Regression(scipy.sparse.hstack(tables)) if tables else None


def _ordinal(data: TrainingData) -> OrderedProbit:
    levels, counts = np.unique(data.train.values, return_counts=True)
    return OrderedProbit(levels.astype(np.float64), counts)
