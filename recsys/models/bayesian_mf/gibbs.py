"""Gibbs sampling: a round is a draw of every chain, and the weights are the draws kept so far.

A member's chains depend only on its own seed. If a member continues at a later round and its chains are lost, they are
drawn again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, Float32Array, IntArray
from recsys.models.bayesian_mf.build import draws_of
from recsys.models.inputs import Input
from recsys.models.layers import DrawnEmbedding, MemberLayer
from recsys.models.solvers.solver import Member, SolverInputs
from recsys.models.training_data import TrainingData
from recsys.posterior.chain import Chain, ChainKernel
from recsys.posterior.features import implicit_features, time_features
from recsys.posterior.ordinal import OrderedProbit
from recsys.posterior.posterior import Posterior
from recsys.posterior.regression import Regression
from recsys.posterior.sampler import GibbsSampler


class GibbsSampling:
    """Samples for the members of a cohort.

    Args:
        inputs: The model, whose tables hold the draws, and the training ratings.
    """

    def __init__(self, inputs: SolverInputs) -> None:
        self.data = inputs.data
        names = ("user_embedding", "item_embedding", "draws")
        layers: list[MemberLayer] = [inputs.model.get_layer(name) for name in names]
        self.parts = [(layer, layer.weights[0]) for layer in layers]
        """The layers and weights that have the draws' tables, in the order of `DrawTables`.

        Without features of items, the prior has no rows there and no weight here."""
        if isinstance(items := layers[1], DrawnEmbedding):
            self.parts.append((items, items.prior))
        self.members: Sequence[Member] = []
        self.posteriors: list[Posterior] = []

    def load(self, members: Sequence[Member]) -> None:
        """Start fresh chains for the members."""
        self.members = members
        self.posteriors = [self._posterior(member) for member in members]

    def start_at(self, epoch: int) -> None:
        """Advance all chains to the beginning of an epoch."""
        for place, member in enumerate(self.members):
            if self.posteriors[place].rounds > epoch:
                self.posteriors[place] = self._posterior(member)
        self._advance(
            member for member, posterior in enumerate(self.posteriors) for _ in range(epoch - posterior.rounds)
        )

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:  # noqa: ARG002 - nothing is shuffled
        """Draw once from every chain of the members.

        Args:
            seed: Not used, because nothing is shuffled.
            epoch: Not used.
            rates: The members' rates (M,); 0 leaves a member unchanged, any other rate draws for it.

        Returns:
            The mean squared error of these draws (M,).
        """
        active = [int(member) for member in np.flatnonzero(rates)]
        self._advance(active)
        for (_, weight), table in zip(self.parts, self._tables(active), strict=False):
            weight.assign(table)
        return np.array([posterior.error for posterior in self.posteriors])

    def _tables(self, active: Sequence[int]) -> Sequence[Float32Array]:
        """Return the tables with the present draws of the active members, the prior's last."""
        if len(self.posteriors) == 1:  # they take tens of megabytes, so they are not copied
            return self.posteriors[0].tables()
        tables = [np.array(weight.numpy()) for _, weight in self.parts]
        for member in active:
            for (layer, _), table, own in zip(self.parts, tables, self.posteriors[member].tables(), strict=False):
                layer.put([table], member, [own])
        return tables

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """Return the noise, and the mixing of its chains, by name (M,)."""
        of_members = [posterior.diagnosis() for posterior in self.posteriors]
        return {name: np.array([each[name] for each in of_members]) for name in of_members[0]}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """Return no variables. Chains are drawn again from their seed."""
        return {}

    def _advance(self, members: Iterable[int]) -> None:
        for member in members:
            self.posteriors[member].advance()

    def _posterior(self, member: Member) -> Posterior:
        point: Mapping[str, Any] = member.point
        source = _source(self.data, point)
        chains = [Chain(source, point["embedding_size"], member.seed, number) for number in range(point["chains"])]
        features = self.data.shape.features(Input.ITEM_FEATURES).shape[1]
        return Posterior(chains, point["burn_in"], draws_of(point), features)


def _source(data: TrainingData, point: Mapping[str, Any]) -> ChainKernel:
    """Return the sampler of the training ratings.

    It does not use other ratings, not even the pairs of user and item.
    """
    implicit, timed = bool(point["implicit_features"]), bool(point.get("time_features", False))
    ordinal = point.get("likelihood") == "ordinal"

    def source() -> ChainKernel:
        train, shape = data.train, (data.shape.users, data.shape.items)
        times = train.timestamps if timed else None
        user_known, item_known = (data.shape.features(of)[:-1] for of in (Input.USER_FEATURES, Input.ITEM_FEATURES))
        sampler = GibbsSampler(
            train.users,
            train.items,
            shape,
            user_features=_features(train.users, train.items, times, user_known, shape, implicit=implicit),
            item_features=_features(train.items, train.users, times, item_known, shape[::-1], implicit=implicit),
            ordinal=_ordinal(data) if ordinal else None,
        )
        return ChainKernel(sampler, _values(data, ordinal=ordinal))

    return data.once(("source", implicit, timed, ordinal), source)


def _values(data: TrainingData, *, ordinal: bool) -> AnyArray:
    """Return the level of each rating, or its difference from the mean."""
    train = data.train
    if ordinal:
        return np.searchsorted(np.array(data.shape.levels, np.float32), train.values)
    return (train.values - np.float32(train.mean)).astype(np.float32)


def _features(
    own: IntArray, other: IntArray, times: AnyArray | None, known: csr_array, shape: tuple[int, int], *, implicit: bool
) -> list[Regression]:
    """Return the regressions of the means: on who rated what, on the periods, and on the features of the data."""
    tables = [
        *([implicit_features(own, other, shape)] if implicit else []),
        *([time_features(own, times, shape[0])] if times is not None else []),
        *([known] if known.shape[1] else []),
    ]
    return [Regression(table) for table in tables]


def _ordinal(data: TrainingData) -> OrderedProbit:
    levels, counts = np.unique(data.train.values, return_counts=True)
    return OrderedProbit(levels.astype(np.float64), counts)
