"""The Keras model of a multilayer perceptron over embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.models.inputs import Input
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    from scipy.sparse import csr_array

    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions


def build_mlp(shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions) -> keras.Model:
    """Build one model of M points, which share `hidden_units`.

    Args:
        shape: The shape of the data.
        points: One point for each member.
        seeds: One seed for each member.
        options: The activations, and whether the model has a dot product, biases and a mean.

    Returns:
        A model from user codes (B,) and item codes (B,) to ratings or scores (B, M).

    Raises:
        InputError: The points differ in `hidden_units`, or it is no list, or the number of activations is wrong.
    """
    import keras

    from recsys.models.layers import MemberDense, MemberDot, MemberOutput
    from recsys.models.parts.biases import add_biases

    users = keras.Input((), dtype="int32", name="user")
    items = keras.Input((), dtype="int32", name="item")
    slices: list[keras.KerasTensor] = []
    rows: list[list[int]] = [[] for _ in points]
    start = 0
    for side, codes, count, known in (
        ("item", items, shape.items, Input.ITEM_FEATURES),
        ("user", users, shape.users, Input.USER_FEATURES),
    ):
        sizes = [int(point[f"{side}_embedding_size"]) for point in points]  # type: ignore[arg-type]
        slices.append(_embedded(side, codes, count, shape.features(known), sizes, points, seeds))
        for own, size in zip(rows, sizes, strict=True):
            own.extend(range(start, start + size))
        start += max(sizes)
    x = keras.layers.Concatenate(axis=-1, name="embeddings")(slices)
    units = _hidden_units(points)
    dense = partial(MemberDense, seeds=seeds)
    inputs = start
    for number, (size, activation) in enumerate(zip(units, _activations(options, len(units)), strict=True)):
        x = dense(inputs, size, activation=activation, rows=None if number else rows, name=f"hidden_{number}")(x)
        inputs = size
    last = rows if not units else None
    x = dense(inputs, 1, activation=options.output_activation, rows=last, name="output")(x)
    if options.dot_product:
        x = keras.layers.Add(name="perceptron_and_product")([x, MemberDot(name="dot_product")(slices)])
    ratings = MemberOutput(name="ratings")(x)
    ratings = add_biases(ratings, users, items, shape, points, options)
    return keras.Model([users, items], ratings, name="mlp")


def _embedded(
    side: str,
    codes: keras.KerasTensor,
    count: int,
    features: csr_array,
    sizes: Sequence[int],
    points: Sequence[Point],
    seeds: Sequence[int],
) -> keras.KerasTensor:
    from recsys.models.layers import MemberDropout, MemberEmbedding, MemberSplit
    from recsys.models.parts.tables import looked_up

    rates, penalties = ([float(point[name]) for point in points] for name in ("dropout", "l2"))  # type: ignore[arg-type]
    table = MemberEmbedding(count + 1, sizes, seeds, penalties=penalties, width=max(sizes), name=f"{side}_embedding")
    x = MemberSplit(len(points), name=f"{side}_slices")(looked_up(table, codes, features, points))
    if any(rates):
        x = MemberDropout([max(sizes)] * len(points), rates, seeds, name=f"{side}_dropout")(x)
    return x


def _hidden_units(points: Sequence[Point]) -> tuple[int, ...]:
    shapes = {point["hidden_units"] for point in points}
    if len(shapes) > 1:
        raise InputError(f"the members of an MLP cohort share hidden_units, not {sorted(map(str, shapes))}")
    units = shapes.pop()
    if not isinstance(units, tuple):
        raise InputError(f"hidden_units is a list of whole numbers such as [64, 32], not {units!r}")
    return units


def _activations(options: ModelOptions, layers: int) -> Sequence[str]:
    given = options.hidden_activations
    activations = [given] * layers if isinstance(given, str) else list(given)
    if len(activations) != layers:
        raise InputError(f"model.hidden_activations has {len(activations)} entries for {layers} hidden layers")
    return activations
