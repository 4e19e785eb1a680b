"""Fold-in by draws: each draw's own posterior of a user, with the draw's items fixed.

    x ~ N(mean, A⁻¹),   A = Λ + noise Σ q qᵀ,   mean = A⁻¹ (Λ μ + noise Σ (r - rest) q)

The sums are over the items of the user history. x has the user's factors and bias. The prior's μ and Λ come from the
draw's users: from their mean and their covariance, with one unit of an identity, as in the prior of training
(Salakhutdinov and Mnih 2008). For ordinal ratings, r is a latent value. Sampling alternates between r and the user
(Albert and Chib 1993).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from recsys.arrays import Float64Array, Int32Array
from recsys.models.bayesian_mf.distribution import predictive_of
from recsys.models.fold_in.user_history import UserHistory
from recsys.models.layers import OrderedDraws
from recsys.posterior.ordinal import truncated_normals
from recsys.posterior.predictive import Predictive

_TURNS = 25
"""Alternations between a user and the latent values of the ratings, which soon forget their start."""


class DrawsFoldIn:
    """Fold-in for the model of a posterior.

    Args:
        model: The model, as it is served.
        items: The number of items I of the catalogue.
    """

    def __init__(self, model: keras.Model, items: int) -> None:
        layer: Any = model.get_layer("draws")
        self._layer = layer
        kept = np.asarray(layer.table, np.float64)[layer.kept]
        self._ordered, shares, self._uncertainty = isinstance(self._layer, OrderedDraws), kept[:, 0], kept[:, 1:]
        own, other = (_by_draw(model.get_layer(f"{side}_embedding"), self._layer) for side in ("user", "item"))
        self._people = _People(own[:, :-1, :-1])
        other = other[:, :items] / shares[:, None, None]
        self._design = other[:, :, :-1]  # q and 1
        self._rest = other[:, :, -1] + (0.0 if self._ordered else float(model.get_layer("global_mean").mean))

    def scores(self, user_history: UserHistory) -> Float64Array:
        """Return the expected ratings of all items (I,) for a user history."""
        if self._ordered:
            predictive = self.predictive(user_history)
            return np.asarray(np.mean([predictive.of_draw(number) for number in range(predictive.draws)], axis=0))
        history = user_history.by_item
        means, _ = self._conditional(history.items, history.values)
        return np.asarray(self._predicted(means).mean(axis=1))

    def predictive(self, user_history: UserHistory) -> Predictive:
        """Return the predictive distributions of all items, from I · K predictions.

        The user is drawn once for each of the K draws, always with the same random numbers.
        """
        rng, history = np.random.default_rng(0), user_history.by_item
        people = self._behind_stars(history, rng) if self._ordered else self._drawn(history.items, history.values, rng)
        return predictive_of(self._layer, self._predicted(people))

    def _drawn(self, items: Int32Array, values: Float64Array, rng: np.random.Generator) -> Float64Array:
        """Return the user by draw (K, D + 1), given ratings (N,) or latent values by draw (K, N)."""
        means, factors = self._conditional(items, values)
        normals = rng.standard_normal(means.shape)
        return np.asarray(means + np.linalg.solve(factors.transpose(0, 2, 1), normals[:, :, None])[:, :, 0])

    def _behind_stars(self, user_history: UserHistory, rng: np.random.Generator) -> Float64Array:
        levels = np.array(self._layer.levels)
        star = np.abs(user_history.values[:, None] - levels).argmin(axis=1)
        ends = np.pad(self._uncertainty, [(0, 0), (1, 1)], constant_values=[(0, 0), (-np.inf, np.inf)])
        low, high = ends[:, star], ends[:, star + 1]
        people = np.asarray(np.linalg.solve(self._people.precision, self._people.pull[:, :, None])[:, :, 0])
        for _ in range(_TURNS):
            means = self._predicted(people, user_history.items).T
            behind = means + truncated_normals((low - means).ravel(), (high - means).ravel(), rng).reshape(means.shape)
            people = self._drawn(user_history.items, behind, rng)
        return people

    def _predicted(self, people: Float64Array, items: Int32Array | slice = slice(None)) -> Float64Array:
        return np.asarray(np.einsum("kid,kd->ik", self._design[:, items], people) + self._rest[:, items].T)

    def _conditional(self, items: Int32Array, values: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return the user's mean by draw (K, D + 1), and the lower factor of the precision."""
        design, rest = self._design[:, items], self._rest[:, items]
        noise = np.ones((len(design), 1)) if self._ordered else 1 / self._uncertainty
        precision = self._people.precision + noise[:, :, None] * (design.transpose(0, 2, 1) @ design)
        pull = self._people.pull + np.einsum("knd,kn->kd", design, noise * (values - rest))
        return np.linalg.solve(precision, pull[:, :, None])[:, :, 0], np.linalg.cholesky(precision)


class _People:
    """The prior of users by draw."""

    def __init__(self, users: Float64Array) -> None:
        """Fit the prior to the factors and biases of all users (K, U, D + 1)."""
        count, size = users.shape[1:]
        mean = users.mean(axis=1)
        away = users - mean[:, None]
        scatter = away.transpose(0, 2, 1) @ away + np.eye(size)
        self.precision: Float64Array = (count + size) * np.linalg.inv(scatter)
        self.pull: Float64Array = np.einsum("kde,ke->kd", self.precision, mean)


def _by_draw(embedding: Any, layer: Any) -> Float64Array:
    """Return a table by kept draw (K, rows, columns of a draw)."""
    table = np.asarray(embedding.table, np.float64)
    (draws,) = layer.draws
    return np.asarray(table.reshape(len(table), draws, -1).transpose(1, 0, 2)[layer.kept])
