"""Kinds whose scores sum weights between items over a history, in which recent items count more.

    s(h, i) = Σ_s 2^(-steps ago / half-life) B[i_s, i]

A kind adds only how the item weights B follow from the choices X of all users. The half-life of a history changes what
lists are made of, and not what is learnt; that of events, in days, lets older choices count less in X.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recsys.models.hyperparameters import EVENT_HALF_LIFE, LOSS, NOT_NEGATIVE, Hyperparameter
from recsys.models.item_weights.method import CLOSED_FORM, LOSS_OF_WEIGHTS
from recsys.models.parts.parameters import solver_parameter
from recsys.models.sequences.kind import HISTORY_LENGTH, HistoryKind
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from scipy.sparse import csr_array

    from recsys.arrays import Float32Array
    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.training_data import TrainingData

OF_HISTORIES = (
    Hyperparameter(
        "history_half_life",
        0.0,
        NOT_NEGATIVE,
        "The number of later items that halves the weight of an item of a history. 0 weighs all items equally.",
        search={"next": {"type": "float", "low": 0.5, "high": 50.0, "scale": "log"}},
        needs_timestamps=True,
    ),
    EVENT_HALF_LIFE,
    HISTORY_LENGTH.but(default=200),
    Hyperparameter(
        "loss", LOSS_OF_WEIGHTS, LOSS, "The loss that training reports: the squared error of the scores of all items."
    ),
    solver_parameter(CLOSED_FORM),
)
"""The hyperparameters that follow those of the weights."""


class ItemWeightsKind(HistoryKind):
    """A kind with a table of weights between items."""

    options = ()
    solvers = (CLOSED_FORM,)
    reads_order = False  # without a half-life, a history is a set of items
    most_items = 10_000  # a table of items by items

    @abstractmethod
    def item_weights(self, owned: csr_array, point: Point) -> Float32Array:
        """Return the weights (I, I) of the items of histories (rows) in the scores of items (columns).

        Args:
            owned: The choices X of all users (U, I).
            point: The point.
        """

    def width(self, point: Point) -> int:  # noqa: ARG002 - each is a cohort of its own
        """Return 1, because each member is a cohort of its own."""
        return 1

    def fillers(self, points: Sequence[Point]) -> list[Point]:  # noqa: ARG002 - each is a cohort of its own
        """Return no fillers, because each member is a cohort of its own."""
        return []

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build the model of one point from histories (B, L) and item codes (B,) to scores (B, 1)."""
        from recsys.models.item_weights.build import build_item_weights

        del seeds, options
        (point,) = points
        return build_item_weights(self.name, shape, point)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """Return no cold rows, because an item without positives has weights of 0."""
        from recsys.models.parts.cold_rows import ColdRows

        del data, plan
        return ColdRows.none(model)

    def padding(self, model: keras.Model) -> int:
        """Return the number of items of the table."""
        return int(model.get_layer("item_weights").items)

    def scores(
        self,
        model: keras.Model,
        people: tf.Tensor,
        items: tf.Tensor,
        *,
        whole: bool = False,
        training: bool = False,  # noqa: ARG002 - there is no dropout
    ) -> tf.Tensor:
        """Return scores (1, B, N) as a product of histories and item weights."""
        import tensorflow as tf

        scores = model.get_layer("item_weights").of_all(people)
        return (scores if whole else tf.gather(scores, items, axis=1))[None]
