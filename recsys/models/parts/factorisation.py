"""Factorisation: the model of a dot product of embeddings, which matrix factorisations share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from recsys.models.inputs import Input
from recsys.models.kind import ranks
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras

    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions


def factorisation(
    shape: DataShape,
    points: Sequence[Point],
    seeds: Sequence[int],
    *,
    options: ModelOptions,
    name: str,
    start: tuple[float, float],
    non_negative: bool,
) -> keras.Model:
    """Build one model of M points from user and item codes (B,) to ratings or scores (B, M).

    Dropout applies to the products of the two embeddings' dimensions, so it drops latent dimensions of a rating.
    Members that are trained on ratings use lanes. Members that are trained on rankings are equally wide, because scores
    of all items are matrix products.

    Args:
        shape: The shape of the data.
        points: One point for each member.
        seeds: One seed for each member.
        options: Whether the model has biases and a mean.
        name: The name of the model, by which its kind is found.
        start: The lowest and the highest initial value of an embedding.
        non_negative: Whether embeddings stay at 0 or above.
    """
    import keras

    from recsys.models.layers import MemberDropout, MemberEmbedding, MemberSum
    from recsys.models.layers.layout import LANES, shared_width
    from recsys.models.parts.biases import add_biases
    from recsys.models.parts.tables import looked_up

    sizes = [int(point["embedding_size"]) for point in points]  # type: ignore[arg-type]
    rates = [float(point.get("dropout", 0.0)) for point in points]  # type: ignore[arg-type]
    penalties = [float(point["l2"]) for point in points]  # type: ignore[arg-type]
    width = shared_width(sizes) if ranks(points) else None
    lanes = LANES if len(points) > 1 and width is None else 1
    columns = sizes if width is None else [width] * len(sizes)
    embedding = partial(
        MemberEmbedding,
        sizes=sizes,
        lanes=lanes,
        width=width,
        seeds=seeds,
        start=start,
        penalties=penalties,
        non_negative=non_negative,
    )
    users = keras.Input((), dtype="int32", name="user")
    items = keras.Input((), dtype="int32", name="item")
    product = keras.layers.Multiply(name="product")(
        [
            looked_up(embedding(rows + 1, name=f"{side}_embedding"), codes, shape.features(known), points)
            for side, codes, rows, known in (
                ("user", users, shape.users, Input.USER_FEATURES),
                ("item", items, shape.items, Input.ITEM_FEATURES),
            )
        ]
    )
    if any(rates):
        product = MemberDropout(columns, rates, seeds, lanes, name="dropout")(product)
    ratings = MemberSum(columns, lanes, name="dot")(product)
    ratings = add_biases(ratings, users, items, shape, points, options)
    return keras.Model([users, items], ratings, name=name)
