"""A closed form as a solver: the first round solves, and later rounds repeat its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, Float32Array
from recsys.models.solvers.solver import Member, SolverInputs
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from recsys.models.item_weights.kind import ItemWeightsKind


class ItemWeightsSolver:
    """Solves for the item weights of one member.

    Args:
        kind: The kind, which says how.
        inputs: The model and the training data.
    """

    def __init__(self, kind: ItemWeightsKind, inputs: SolverInputs) -> None:
        self.kind, self.model, self.data = kind, inputs.model, inputs.data
        self.point: Point = {}
        self.loss: float | None = None

    def load(self, members: Sequence[Member]) -> None:
        """Take the point of the member, whose weights are not solved for yet."""
        self.point, self.loss = members[0].point, None

    def start_at(self, epoch: int) -> None:
        """Do nothing, because the solution has no state."""

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:  # noqa: ARG002 - nothing is random
        """Solve, and return the training loss (1,): ‖X - X B‖² per positive."""
        if self.loss is None:
            weights, self.loss = self._solution()
            self.model.get_layer("item_weights").table.assign(weights)
        return np.array([self.loss], np.float32)

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """Return no diagnosis, because the loss is the only one."""
        return {}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """Return nothing, because training changes only the weights."""
        return {}

    def _solution(self) -> tuple[Float32Array, float]:
        histories, shape = self.data.histories.once, self.data.shape  # an item counts once, when it was chosen last
        weights_of_pairs = self.data.weighed(np.ones(len(histories.items), np.float32), histories.times)
        owned = csr_array((weights_of_pairs, (histories.rows, histories.items)), shape=(shape.users, shape.items))
        weights = self.kind.item_weights(owned, self.point)
        errors = float((owned * owned).sum() - 2 * (owned * (owned @ weights)).sum() + np.square(owned @ weights).sum())
        return weights, errors / max(1, owned.nnz)
