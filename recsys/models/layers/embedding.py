"""The embedding tables of all members, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import Float32Array
from recsys.models.layers.layout import Layout, one_hot
from recsys.models.layers.member import MemberLayer


@keras.saving.register_keras_serializable("recsys")
class MemberEmbedding(MemberLayer):
    """The embedding tables of all members in one table (rows, width), in which the row of an id is contiguous.

    The last row is the spare row, for ids outside the catalogue. It is never trained, and the penalty does not count
    it. The penalty counts the row of each rating in a batch, the usual SGD form (Koren et al. 2009): l2 · mean over the
    batch of the squared norm of the row.

    Args:
        rows: The number of rows n + 1, with the spare row.
        sizes: The embedding dimension D of each member.
        seeds: The seed of each member's initial values.
        start: The lowest and the highest initial value.
        penalties: The l2 penalty of each member; 0 by default.
        width: The number of columns of each member, those past its own D at 0; D by default.
        lanes: The columns of a group: see `Layout`.
        non_negative: Whether every entry stays at 0 or above.
    """

    def __init__(
        self,
        rows: int,
        sizes: Sequence[int],
        seeds: Sequence[int],
        start: tuple[float, float] = (-0.05, 0.05),
        penalties: Sequence[float] | None = None,
        width: int | None = None,
        lanes: int = 1,
        *,
        non_negative: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rows, self.sizes, self.seeds, self.start = rows, list(sizes), list(seeds), tuple(start)
        self.penalties = list(penalties) if penalties is not None else [0.0] * len(self.sizes)
        self.width, self.lanes = width, lanes
        self.layout = Layout(self.sizes, lanes, width)
        self.non_negative = non_negative
        self.penalised = any(self.penalties)
        members = self.layout.member_of
        self.hold(penalty=np.array(self.penalties, np.float32)[members], membership=one_hot(members, len(self.sizes)))
        self.table = self.add_weight(name="table", shape=(rows, self.layout.width), initializer=self._initial)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return (self.rows, self.non_negative, self.penalised)

    @property
    def columns(self) -> list[int]:
        """The number of columns of each member."""
        return self.sizes if self.width is None else [self.width] * len(self.sizes)

    def _initial(self, shape: Any, dtype: Any) -> Float32Array:
        low, high = self.start
        if low == high:
            return np.full(shape, low, dtype)
        salt = int.from_bytes(self.name.encode()[:4], "big")
        table = np.zeros(shape, dtype)
        for member, (seed, size) in enumerate(zip(self.seeds, self.sizes, strict=True)):
            table[:, self.layout.columns[member]] = np.random.default_rng([seed, salt]).uniform(
                low, high, (self.rows, size)
            )
        return table

    def call(self, codes: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Map codes (B,) to rows (B, width). In training the layer adds its penalty to the model's losses."""
        rows = tf.gather(self.table, codes)
        if training and self.penalised:
            known = tf.cast(codes < self.rows - 1, rows.dtype)
            squares = tf.linalg.matvec(tf.square(rows), self.constants["penalty"])
            self.add_loss(tf.math.divide_no_nan(tf.reduce_sum(squares * known), tf.reduce_sum(known)))
        return rows

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Spread a value per member (M,) over the columns (width,)."""
        return [tf.linalg.matvec(self.constants["membership"], per_member)]

    def take(self, arrays: Sequence[Float32Array], member: int) -> list[Float32Array]:
        """Return the member's columns (rows, D)."""
        return [array[:, self.layout.columns[member]] for array in arrays]

    def put(self, arrays: Sequence[Float32Array], member: int, own: Sequence[Float32Array]) -> None:
        """Write the member's columns, in place."""
        for array, columns in zip(arrays, own, strict=True):
            array[:, self.layout.columns[member]] = columns

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which Keras rebuilds the layer."""
        return {
            **super().get_config(),
            "rows": self.rows,
            "sizes": self.sizes,
            "seeds": self.seeds,
            "start": list(self.start),
            "penalties": self.penalties,
            "width": self.width,
            "lanes": self.lanes,
            "non_negative": self.non_negative,
        }
