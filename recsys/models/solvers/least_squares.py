"""The least-squares problems of rankings and of ratings. Each improves a member's tables in place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.algebra.conjugate_gradients import improve_rows
from recsys.algebra.implicit import implicit_prior
from recsys.algebra.non_negative import solve_non_negative
from recsys.algebra.normal_equations import NormalEquations, Prior
from recsys.algebra.products import pair_products
from recsys.algebra.side import Side
from recsys.algebra.solve import solve_rows
from recsys.arrays import AnyArray, BoolArray, Float32Array, Float64Array, IntArray
from recsys.models.hyperparameters import FEATURE_DEFAULTS
from recsys.models.inputs import OF_FEATURES
from recsys.models.solvers.prior_means import PriorMeans

if TYPE_CHECKING:
    from recsys.spaces.parameter import Point

Tables = dict[str, Float32Array]
"""A member's arrays by layer, without the spare rows: embeddings (n, D) and, for ratings, biases (n, 1)."""
_OTHER = {"user": "item", "item": "user"}
_SWEEPS = 8
"""Passes over the dimensions of a non-negative solution in one round. The next round continues from the result."""
_LEAST = 1e-6
"""The least l2. Without it, a row with fewer ratings than dimensions has no unique solution."""


class LeastSquares(ABC):
    """Entries sorted by user and by item, once for all members and rounds.

    Args:
        users: The user of each entry (N,).
        items: The item of each entry (N,).
        values: The value of each entry (N,).
        shape: The numbers of users and of items.
        bounded: Whether embeddings stay at 0 or above.
        means: By side, the prior means of rows by features.
        released: Which items may count as zeros of rankings (I,); all by default.
    """

    def __init__(
        self,
        users: IntArray,
        items: IntArray,
        values: Float32Array,
        shape: tuple[int, int],
        *,
        bounded: bool,
        means: Mapping[str, PriorMeans] = MappingProxyType({}),
        released: BoolArray | None = None,
    ) -> None:
        self.values, self.bounded, self.means = values, bounded, dict(means)
        everybody, all_items = (np.ones(count, bool) for count in shape)
        self.released = {"user": everybody, "item": all_items if released is None else released}
        self.codes = {"user": users, "item": items}
        self.sides = {"user": Side.of(users, items, shape), "item": Side.of(items, users, shape[::-1])}
        self.counts = {side: np.bincount(codes, minlength=self.sides[side].rows) for side, codes in self.codes.items()}

    def improve(self, tables: Tables, point: Point) -> float:
        """Solve for users and then for items.

        Args:
            tables: The member's tables, which the method changes in place. Where rows have prior means, a table has
                the differences from them.
            point: The member's point.

        Returns:
            The loss after the round.
        """
        for name, mean in self._means(tables):
            tables[name] = (tables[name] + mean).astype(np.float32)
        loss = self._improve(tables, point)
        for name, mean in self._means(tables):
            tables[name] = (tables[name] - mean).astype(np.float32)
        return loss

    @abstractmethod
    def _improve(self, tables: Tables, point: Point) -> float:
        """Solve for users and then for items, in tables of whole rows, and for the coefficients of prior means."""

    def _means(self, tables: Tables) -> Iterator[tuple[str, Float64Array]]:
        """Yield the tables of rows with prior means, and the means."""
        for side, means in self.means.items():
            for name in (f"{side}_embedding", f"{side}_bias"):
                if name in tables:
                    yield name, means.of(tables[name + OF_FEATURES])

    def _mean(self, tables: Tables, name: str) -> AnyArray:
        """Return the prior means of a table (n, D); zeros without features."""
        means = self.means.get(name.partition("_")[0])
        return np.zeros_like(tables[name]) if means is None else means.of(tables[name + OF_FEATURES])

    def _fit_mean(self, tables: Tables, name: str, penalties: AnyArray, solved: BoolArray, point: Point) -> None:
        """Fit the coefficients of the prior means of a table. Rows that nothing else determines become their means.

        Args:
            tables: The member's tables.
            name: The name of the table.
            penalties: The penalty of each row (n,).
            solved: Which rows have equations besides their prior (n,).
            point: The member's point.
        """
        side = name.partition("_")[0]
        if side in self.means:
            l2 = float(point.get("feature_l2", FEATURE_DEFAULTS["feature_l2"]))  # type: ignore[arg-type]
            ridge = max(l2, _LEAST) * len(self.values)
            old = tables[name + OF_FEATURES]
            tables[name + OF_FEATURES] = (
                self.means[side].fit(tables[name], penalties * solved, ridge, old).astype(np.float32)
            )
        tables[name] = np.where(solved[:, None], tables[name], self._mean(tables, name)).astype(np.float32)

    def _with_mean(self, tables: Tables, name: str, prior: Prior) -> Prior:
        """Return the prior with the means of a table, towards which its ridge pulls."""
        if name.partition("_")[0] not in self.means:
            return prior
        return replace(prior, pull=np.asarray(prior.ridge)[:, None] * self._mean(tables, name))

    def _solve(self, tables: Tables, side: str, weights: Any, targets: AnyArray, prior: Prior) -> None:
        """Solve for the embeddings of one side, with those of the other side fixed."""
        name, factors = f"{side}_embedding", tables[f"{_OTHER[side]}_embedding"]
        equations = NormalEquations(self.sides[side], factors, weights, targets, prior)
        found = solve_non_negative(equations, tables[name], sweeps=_SWEEPS) if self.bounded else solve_rows(equations)
        tables[name] = found.astype(np.float32)

    def _dots(self, tables: Tables) -> AnyArray:
        """Return the dot products of all entries (N,)."""
        users, items = tables["user_embedding"], tables["item_embedding"]
        return pair_products(users, items, self.codes["user"], self.codes["item"])


class RankingLeastSquares(LeastSquares):
    """Weighted squared error of scores (Hu et al. 2008), with the penalty of Rendle et al. 2022.

        Σ_u [Σ_{i positive} x_ui (1 - p_u·q_i)² + α₀ Σ_{i other} (p_u·q_i)²] + l2 Σ_u (n_u + α₀ I) |p_u|² + …

    The zeros of all items enter at once, as the Gram matrix α₀ QᵀQ of the other side. A round is a few steps of
    conjugate gradients from the present tables (Takács et al. 2011), or of coordinate descent for a non-negative model
    (Hsieh and Dhillon 2011). Values are weights, and negative for rated items that are not positives.
    """

    def _improve(self, tables: Tables, point: Point) -> float:
        """Solve for users and then for items, and return the loss by positive, without the penalty."""
        l2, unobserved = (float(point[name]) for name in ("l2", "unobserved_weight"))  # type: ignore[arg-type]
        seen = float(point.get("seen_weight", 0.0))  # type: ignore[arg-type]
        weights = np.where(self.values < 0, np.float32(seen), self.values)
        for side, other in _OTHER.items():
            name, factors = f"{side}_embedding", tables[f"{other}_embedding"].astype(np.float64)
            zeros = self._released(factors, other)
            prior = self._with_mean(tables, name, implicit_prior(zeros, self.counts[side], l2, unobserved))
            if self.bounded:
                self._solve(tables, side, weights - unobserved, weights, prior)
            else:
                equations = NormalEquations(self.sides[side], factors, weights - unobserved, weights, prior)
                tables[name] = improve_rows(equations, tables[name])
            self._fit_mean(tables, name, np.asarray(prior.ridge), self.released[side], point)
        scores = self._dots(tables)
        grams = [own.T @ own for own in (self._released(tables[f"{side}_embedding"], side) for side in _OTHER)]
        zeros = np.sum(grams[0] * grams[1]) - np.sum(scores**2)
        return float((np.sum(weights * (1 - scores) ** 2) + unobserved * zeros) / len(scores))

    def _released(self, rows: AnyArray, side: str) -> AnyArray:
        """Return the rows of the ids that count as zeros."""
        return rows if self.released[side].all() else rows[self.released[side]]


class RatingLeastSquares(LeastSquares):
    """Squared error of ratings (ALS-WR, Zhou et al. 2008).

        Σ (r - mean - b_u - b_i - p_u·q_i)² + l2 Σ_u n_u |p_u|² + bias_l2 Σ_u n_u b_u² + …

    A round solves for biases, if the model has them, in turn with the embeddings. Values are ratings minus the mean, if
    the model starts from it.
    """

    def _improve(self, tables: Tables, point: Point) -> float:
        """Solve for users and then for items, and return the mean squared error."""
        l2, bias_l2 = (float(point[name]) for name in ("l2", "bias_l2"))  # type: ignore[arg-type]
        nothing = np.zeros((tables["user_embedding"].shape[1],) * 2)
        for side, codes in self.codes.items():
            counts = self.counts[side]
            if (name := f"{side}_bias") in tables:
                mean = self._mean(tables, name)
                rest = self._rest(tables) + tables[name][codes, 0]
                sums = np.bincount(codes, rest - mean[codes, 0], len(counts))
                own = (sums / np.maximum(counts * (1 + bias_l2), 1))[:, None]
                tables[name] = (own + mean).astype(np.float32)
                self._fit_mean(tables, name, bias_l2 * counts, counts > 0, point)
            # a row without ratings has a penalty too, so that its solution is 0
            prior = Prior(nothing, ridge=max(l2, _LEAST) * np.maximum(counts, 1))
            name = f"{side}_embedding"
            targets = self._rest(tables) + self._dots(tables)
            self._solve(tables, side, 1.0, targets, self._with_mean(tables, name, prior))
            self._fit_mean(tables, name, max(l2, _LEAST) * counts, counts > 0, point)
        return float(np.mean(self._rest(tables) ** 2))

    def _rest(self, tables: Tables) -> AnyArray:
        """Return the residual of each rating (N,)."""
        biases = sum(tables[f"{side}_bias"][codes, 0] for side, codes in self.codes.items() if f"{side}_bias" in tables)
        return np.asarray(self.values - biases - self._dots(tables))
