"""Layers that hold the members of a cohort side by side; with one member they are the ordinary layers.

A member's numbers never meet another member's: its columns of a table, its slice of a kernel and its dropout bits
depend on its own point and seed alone. What differs from member to member (sizes, rates, penalties, seeds) is kept in
`constants`, so that one compiled graph serves every cohort of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from recsys.models.layout import Layout, one_hot

Array = npt.NDArray[np.float32]


class MemberLayer(keras.layers.Layer):
    """A layer of `M` members."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.constants: dict[str, tf.Variable] = {}
        """What differs from member to member but is not trained; not counted among the parameters."""

    def hold(self, **arrays: Any) -> None:
        """Keep arrays that another cohort of the same shape may replace."""
        for name, array in arrays.items():
            self.constants[name] = tf.Variable(array, trainable=False, name=name)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides the shapes of weights and constants."""
        return ()

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """For each weight, a value per member (M,) shaped to broadcast against it."""
        raise NotImplementedError

    def take(self, arrays: Sequence[Array], member: int) -> list[Array]:
        """Of arrays shaped as the weights, what belongs to one member, shaped as in its cohort of one."""
        raise NotImplementedError

    def put(self, arrays: Sequence[Array], member: int, own: Sequence[Array]) -> None:
        """The reverse of `take`: write one member's own arrays into arrays shaped as the weights."""
        raise NotImplementedError


_DIVERGED = 1e18
"""Far beyond any prediction."""


@keras.saving.register_keras_serializable("recsys")
class MemberEmbedding(MemberLayer):
    """Embedding tables of all members in one, (rows, width): the row of an id is contiguous over members.

    The last row is the spare one, for ids outside the catalogue. It is never trained, and the penalty passes it over.

    Args:
        rows: Rows with the spare one, n + 1.
        sizes: D of each member.
        seeds: Seed of each member's initial values.
        start: Lowest and highest initial value.
        penalties: Each member's l2, on the rows of each rating seen (per occurrence, the usual SGD form of Koren et
            al. 2009): l2 · mean over the batch of the squared norm of the row.
        width: Columns kept for each member, those past its own D at 0; D by default.
        lanes: See `Layout`.
        non_negative: Keep every entry at 0 or above.
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
        self.hold(penalty=np.array(self.penalties, np.float32)[members], membership=one_hot(members))
        self.table = self.add_weight(name="table", shape=(rows, self.layout.width), initializer=self._initial)

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.rows, self.non_negative, self.penalised)

    def _initial(self, shape: Any, dtype: Any) -> Array:
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
        """From codes (B,) to rows (B, width)."""
        rows = tf.gather(self.table, codes)
        if training and self.penalised:
            known = tf.cast(codes < self.rows - 1, rows.dtype)
            squares = tf.linalg.matvec(tf.square(rows), self.constants["penalty"])
            self.add_loss(tf.math.divide_no_nan(tf.reduce_sum(squares * known), tf.reduce_sum(known)))
        return rows

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """A value per column, (width,)."""
        return [tf.linalg.matvec(self.constants["membership"], per_member)]

    def take(self, arrays: Sequence[Array], member: int) -> list[Array]:
        """The member's columns (rows, D)."""
        return [array[:, self.layout.columns[member]] for array in arrays]

    def put(self, arrays: Sequence[Array], member: int, own: Sequence[Array]) -> None:
        """Write the member's columns."""
        for array, columns in zip(arrays, own, strict=True):
            array[:, self.layout.columns[member]] = columns

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
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


@keras.saving.register_keras_serializable("recsys")
class MemberSum(MemberLayer):
    """Sums columns by member: (B, width) to (B, M), over the lanes and then by a product with a 0/1 matrix.

    A product with 0 does not silence what is not finite, so the groups of a diverged member are kept out of it.
    """

    def __init__(self, sizes: Sequence[int], lanes: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes, self.lanes = list(sizes), lanes
        self.layout = Layout(self.sizes, lanes)
        self.hold(membership=one_hot(self.layout.owners))

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.lanes,)

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """From columns (B, width) to one number a member (B, M); NaN for a diverged member, except while training."""
        if len(self.sizes) == 1:
            return tf.reduce_sum(columns, axis=1, keepdims=True)
        sums = _summed_by_member(columns, self.constants["membership"])
        if training:
            return sums
        groups = _over_lanes(columns, self.layout.groups)
        diverged = tf.cast(tf.reduce_any(~(tf.abs(groups) < _DIVERGED), axis=0), sums.dtype)
        return tf.where(tf.linalg.matvec(self.constants["membership"], diverged, transpose_a=True) > 0, np.nan, sums)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "sizes": self.sizes, "lanes": self.lanes}


@tf.custom_gradient
def _summed_by_member(columns: tf.Tensor, members: tf.Tensor) -> Any:
    """Columns (B, width) summed over the lanes, then times the 0/1 matrix (groups, M), without what is not finite.

    Written out for both directions, because XLA makes slow loops of the gradients of reshapes and reductions.
    """
    groups = members.shape[0]
    lanes = columns.shape[1] // groups

    def backwards(upstream: tf.Tensor) -> tuple[tf.Tensor, None]:
        return tf.concat([tf.matmul(_finite(upstream), members, transpose_b=True)] * lanes, axis=1), None

    return tf.matmul(_finite(_over_lanes(columns, groups)), members), backwards


def _over_lanes(columns: tf.Tensor, groups: int) -> tf.Tensor:
    """The sum over the lanes, (B, groups)."""
    return tf.add_n(tf.split(columns, columns.shape[1] // groups, axis=1))


def _finite(values: tf.Tensor) -> tf.Tensor:
    return tf.where(tf.abs(values) < _DIVERGED, values, 0.0)


@keras.saving.register_keras_serializable("recsys")
class MemberDropout(MemberLayer):
    """Dropout at each member's own rate, its bits from a counter hash.

    The bits are the finaliser of MurmurHash3 (Appleby 2011) over the trial's seed, the column within the member, the
    row of the batch and the step: a few integer multiplications, where XLA's random numbers on a CPU cost several
    times a whole epoch.
    """

    def __init__(
        self, sizes: Sequence[int], rates: Sequence[float], seeds: Sequence[int], lanes: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.sizes, self.rates, self.seeds, self.lanes = list(sizes), list(rates), list(seeds), lanes
        layout = Layout(self.sizes, lanes)
        keep = 1 - np.array(self.rates)[layout.member_of]
        salt = np.uint32(int.from_bytes(self.name.encode()[:4], "big"))
        own = np.array(self.seeds, np.uint32)[layout.member_of]
        key = _mixed(own ^ salt) + layout.places * np.uint32(0x9E3779B9)
        self.hold(
            key=_mixed(key), threshold=np.uint32(np.minimum(keep * 2.0**32, 2.0**32 - 1)), scale=np.float32(1 / keep)
        )
        self.step = tf.Variable(np.uint32(0), trainable=False, name="step")

    def call(self, columns: tf.Tensor, training: bool = False) -> tf.Tensor:  # noqa: FBT001, FBT002 - Keras's convention
        """Columns (B, width) or slices (M, B, D), some of them 0 and the others scaled up while training."""
        if not training:
            return columns
        rows = tf.shape(columns)[-2]
        row = tf.cast(tf.range(rows), tf.uint32) + self.step * tf.constant(0x85EBCA6B, tf.uint32)
        self.step.assign_add(tf.constant(1, tf.uint32))
        shape = [1, -1] if columns.shape.rank == 2 else [columns.shape[0], 1, columns.shape[2]]
        key, threshold, scale = (tf.reshape(self.constants[name], shape) for name in ("key", "threshold", "scale"))
        bits = _mixed(_mixed(row)[:, None] ^ key)
        return tf.where(bits <= threshold, columns * scale, 0.0)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {
            **super().get_config(),
            "sizes": self.sizes,
            "rates": self.rates,
            "seeds": self.seeds,
            "lanes": self.lanes,
        }


def _mixed(x: Any) -> Any:
    """MurmurHash3's finaliser on unsigned 32-bit integers, of NumPy or TensorFlow."""
    shift, number = (
        (tf.bitwise.right_shift, lambda n: tf.constant(n, tf.uint32))
        if tf.is_tensor(x)
        else (np.right_shift, np.uint32)
    )
    with np.errstate(over="ignore"):
        x = (x ^ shift(x, number(16))) * number(0x85EBCA6B)
        x = (x ^ shift(x, number(13))) * number(0xC2B2AE35)
        return x ^ shift(x, number(16))


@keras.saving.register_keras_serializable("recsys")
class MemberDense(MemberLayer):
    """A dense layer of each member: (M, B, in) times (M, in, out).

    Args:
        inputs: How many inputs there are, members with fewer have zeros in the other places.
        units: How many outputs.
        seeds: Seed of each member's kernel (Glorot uniform over its own inputs; Glorot and Bengio 2010).
        activation: Keras's name of the activation.
        rows: The inputs that each member really has; all by default.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        seeds: Sequence[int],
        activation: str = "linear",
        rows: Sequence[Sequence[int]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.inputs, self.units, self.seeds, self.activation = inputs, units, list(seeds), activation
        self.own_rows = [list(r) for r in rows] if rows is not None else [list(range(inputs))] * len(self.seeds)
        members = len(self.seeds)
        self.kernel = self.add_weight(name="kernel", shape=(members, inputs, units), initializer=self._initial)
        self.bias = self.add_weight(name="bias", shape=(members, units), initializer="zeros")

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.activation,)

    def _initial(self, shape: Any, dtype: Any) -> Array:
        kernel = np.zeros(shape, dtype)
        salt = int.from_bytes(self.name.encode()[-4:], "big")
        for member, (seed, rows) in enumerate(zip(self.seeds, self.own_rows, strict=True)):
            limit = np.sqrt(6 / (len(rows) + self.units))
            kernel[member, rows] = np.random.default_rng([seed, salt]).uniform(-limit, limit, (len(rows), self.units))
        return kernel

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """From (M, B, in) to (M, B, out)."""
        return keras.activations.get(self.activation)(tf.matmul(inputs, self.kernel) + self.bias[:, None, :])

    def spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """(M, 1, 1) for the kernel and (M, 1) for the bias."""
        return [per_member[:, None, None], per_member[:, None]]

    def take(self, arrays: Sequence[Array], member: int) -> list[Array]:
        """The member's kernel (1, in, out) without the inputs that it does not have, and its bias (1, out)."""
        kernel, bias = arrays
        return [kernel[member : member + 1, self.own_rows[member]], bias[member : member + 1]]

    def put(self, arrays: Sequence[Array], member: int, own: Sequence[Array]) -> None:
        """Write the member's kernel and bias."""
        arrays[0][member, self.own_rows[member]] = own[0][0]
        arrays[1][member] = own[1][0]

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {
            **super().get_config(),
            "inputs": self.inputs,
            "units": self.units,
            "seeds": self.seeds,
            "activation": self.activation,
            "rows": self.own_rows,
        }


@keras.saving.register_keras_serializable("recsys")
class MemberSplit(MemberLayer):
    """Columns of equally wide members, (B, M·D), as one slice a member: (M, B, D)."""

    def __init__(self, members: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.members = members

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.members,)

    def call(self, columns: tf.Tensor) -> tf.Tensor:
        """From (B, M·D) to (M, B, D)."""
        width = columns.shape[1] // self.members
        return tf.transpose(tf.reshape(columns, [-1, self.members, width]), [1, 0, 2])

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "members": self.members}


@keras.saving.register_keras_serializable("recsys")
class MemberOutput(MemberLayer):
    """One number a member and rating: (M, B, 1) to (B, M)."""

    def call(self, slices: tf.Tensor) -> tf.Tensor:
        """From (M, B, 1) to (B, M)."""
        return tf.transpose(slices[:, :, 0])


@keras.saving.register_keras_serializable("recsys")
class AddMean(MemberLayer):
    """Adds the mean training rating."""

    def __init__(self, mean: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean = mean

    @property
    def structure(self) -> tuple[Any, ...]:
        """What the compiled graph depends on besides shapes."""
        return (self.mean,)

    def call(self, ratings: tf.Tensor) -> tf.Tensor:
        """Ratings (B, M), moved by the mean."""
        return ratings + self.mean

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "mean": self.mean}


def member_layers(model: keras.Model) -> list[MemberLayer]:
    """The model's member layers, in its own order."""
    return [layer for layer in model.layers if isinstance(layer, MemberLayer)]


def constants(model: keras.Model) -> Mapping[str, tf.Variable]:
    """All that differs from member to member but is not trained, by layer and name."""
    return {
        f"{layer.name}/{name}": variable for layer in member_layers(model) for name, variable in layer.constants.items()
    }
