"""Gibbs sampling: a round is a draw of every chain, and the weights are the draws that are kept so far.

A member's chains depend on its own seed alone. Where a member goes on at a later round and its chains are gone, they
are drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from recsys.models.bayesian_mf import draws_of
from recsys.models.layers import MemberLayer
from recsys.posterior.chain import Chain
from recsys.posterior.implicit import implicit_features
from recsys.posterior.ordinal import Ordinal
from recsys.posterior.posterior import Posterior
from recsys.posterior.sampler import Sampler
from recsys.training.data import TrainingData
from recsys.training.solvers.cores import cores
from recsys.training.solvers.solver import Array
from recsys.training.trial import Trial

_SAMPLERS: WeakKeyDictionary[TrainingData, dict[tuple[bool, bool], Sampler]] = WeakKeyDictionary()
"""What is sorted and decomposed of training ratings, for all programs: by whether there are implicit features, and
whether stars are only ordered."""


class GibbsSampling:
    """Draws for the members of a cohort.

    Args:
        model: Whose tables hold the draws.
        data: Training ratings; nothing is drawn from the validation part.
    """

    def __init__(self, model: keras.Model, data: TrainingData) -> None:
        self.data = data
        self.layers: list[MemberLayer] = [
            model.get_layer(name) for name in ("user_embedding", "item_embedding", "draws")
        ]
        self.trials: Sequence[Trial] = []
        self.posteriors: list[Posterior] = []

    def load(self, trials: Sequence[Trial]) -> None:
        """Fresh chains."""
        self.trials = trials
        self.posteriors = [self._posterior(trial) for trial in trials]

    def start_at(self, epoch: int) -> None:
        """Bring all chains to so many rounds."""
        for member, trial in enumerate(self.trials):
            if self.posteriors[member].rounds > epoch:
                self.posteriors[member] = self._posterior(trial)
        self._advance([posterior for posterior in self.posteriors for _ in range(epoch - posterior.rounds)])

    def train(self, seed: int, epoch: int, rates: Array) -> npt.NDArray[Any]:  # noqa: ARG002 - nothing is shuffled
        """One draw of every chain; the mean squared error of these draws."""
        active = np.flatnonzero(rates)
        self._advance([self.posteriors[member] for member in active])
        tables = [np.array(layer.weights[0].numpy()) for layer in self.layers]
        for member in active:
            for layer, table, own in zip(self.layers, tables, self.posteriors[member].tables(), strict=True):
                layer.put([table], int(member), [own])
        for layer, table in zip(self.layers, tables, strict=True):
            layer.weights[0].assign(table)
        return np.array([posterior.error for posterior in self.posteriors])

    def diagnosis(self) -> Mapping[str, npt.NDArray[Any]]:
        """The noise, and how far the chains have mixed in it."""
        of_members = [posterior.diagnosis() for posterior in self.posteriors]
        return {name: np.array([each[name] for each in of_members]) for name in of_members[0]}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """There is nothing besides the weights; chains are drawn again from their seed."""
        return {}

    def _advance(self, posteriors: Sequence[Posterior]) -> None:
        with ThreadPoolExecutor(cores()) as pool:  # NumPy lets chains run side by side
            for posterior in posteriors:
                posterior.advance(pool.map)

    def _posterior(self, trial: Trial) -> Posterior:
        point: Mapping[str, Any] = trial.point
        train = self.data.train
        ordinal = point.get("likelihood") == "ordinal"
        sampler = _sampler(self.data, implicit=bool(point["implicit_features"]), ordinal=ordinal)
        levels = np.array(self.data.shape.levels, np.float32)
        values: npt.NDArray[Any] = (train.values - np.float32(train.mean)).astype(np.float32)
        if ordinal:
            values = np.searchsorted(levels, train.values)
        chains = [
            Chain(sampler, values, point["embedding_size"], trial.seed, number) for number in range(point["chains"])
        ]
        return Posterior(chains, point["burn_in"], draws_of(point))


def _sampler(data: TrainingData, *, implicit: bool, ordinal: bool) -> Sampler:
    """The sampler of the training ratings; of the others nothing is known here, not even who rated what."""
    made = _SAMPLERS.setdefault(data, {})
    if (implicit, ordinal) not in made:
        users, items, shape = data.train.users, data.train.items, (data.shape.users, data.shape.items)
        of_users = implicit_features(users, items, shape) if implicit else None
        of_items = implicit_features(items, users, shape[::-1]) if implicit else None
        stars = _ordinal(data) if ordinal else None
        made[implicit, ordinal] = Sampler(
            users, items, shape, user_features=of_users, item_features=of_items, ordinal=stars
        )
    return made[implicit, ordinal]


def _ordinal(data: TrainingData) -> Ordinal:
    levels, counts = np.unique(data.train.values, return_counts=True)
    return Ordinal(levels.astype(np.float64), counts)
