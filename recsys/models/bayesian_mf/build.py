"""The Keras model of Bayesian matrix factorisation, which holds its draws side by side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.models.inputs import MOST_LEVELS, Input
from recsys.posterior.draw_tables import prior_rows, table_width
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras

    from recsys.models.inputs import DataShape

COPIES = 9
"""The measured number of copies of the tables in memory during sampling: the draws, the model, the best, and so on."""


def build_bayesian_mf(
    shape: DataShape,
    points: Sequence[Point],
    seeds: Sequence[int],
) -> keras.Model:
    """Build one model of M points, without any draw.

    Args:
        shape: The shape of the data.
        points: One point for each member.
        seeds: One seed for each member.

    Returns:
        A model from user codes (B,) and item codes (B,) to ratings (B, M).

    Raises:
        InputError: The draws do not fit into memory, or the points or the ratings do not suit the likelihood `ordinal`.
    """
    import keras

    from recsys.models.layers import AddMean, DrawnEmbedding, MemberDraws, MemberEmbedding, MemberSum, OrderedDraws
    from recsys.models.layers.layout import LANES

    _check_memory(points, shape)
    sizes = [table_width(int(point["embedding_size"]), draws_of(point)) for point in points]  # type: ignore[arg-type]
    lanes = LANES if len(points) > 1 else 1
    embedding = partial(MemberEmbedding, sizes=sizes, lanes=lanes, seeds=seeds, start=(0.0, 0.0))
    if prior := _prior_rows(points, shape):
        of_items = partial(DrawnEmbedding, prior, sizes=sizes, lanes=lanes, seeds=seeds, start=(0.0, 0.0))
    else:
        of_items = embedding
    users = keras.Input((), dtype="int32", name="user")
    items = keras.Input((), dtype="int32", name="item")
    product = keras.layers.Multiply(name="product")(
        [
            embedding(shape.users + 1, name="user_embedding")(users),
            of_items(rows=shape.items + 1, name="item_embedding")(items),
        ]
    )
    draws = [draws_of(point) for point in points]
    if any(point.get("likelihood") == "ordinal" for point in points):
        _check_ordered(points, shape)
        ratings = OrderedDraws(draws, shape.levels, name="draws")(product)
    else:
        mean = AddMean(shape.mean, name="global_mean")(MemberSum(sizes, lanes, name="dot")(product))
        ratings = MemberDraws(draws, shape.levels, name="draws")(mean)
    return keras.Model([users, items], ratings, name="bayesian_mf")


def _prior_rows(points: Sequence[Point], shape: DataShape) -> int:
    """Return the number of rows of the table of the items' prior; 0 if the data have no features of items."""
    features = shape.features(Input.ITEM_FEATURES).shape[1]
    return max(prior_rows(features, int(point["embedding_size"])) for point in points)  # type: ignore[arg-type]


def _check_memory(points: Sequence[Point], shape: DataShape) -> None:
    ids, have = shape.users + shape.items, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    rows = ids + 2 + _prior_rows(points, shape)
    for point in points:
        size = int(point["embedding_size"])  # type: ignore[arg-type]
        each = 4 * COPIES * rows * table_width(size, 1)
        if (needed := draws_of(point) * each) > have:
            raise InputError(
                f"kept_draws: {draws_of(point)} draws of embedding_size = {size} for {ids:,} users and items take "
                f"{needed / 1e9:,.0f} GB while they are drawn, and this machine has {have / 1e9:,.0f}: it could keep "
                f"{have // each}"
            )


def _check_ordered(points: Sequence[Point], shape: DataShape) -> None:
    if len(shape.levels) < 2:
        raise InputError(
            f"likelihood: 'ordinal' needs from 2 to {MOST_LEVELS} different training ratings; expected 'normal'"
        )
    if len(points) > 1:
        raise InputError("likelihood: a model with 'ordinal' ratings has one point")


def draws_of(point: Point) -> int:
    """Return the number of draws K that a point's model holds: an equal share of each chain."""
    kept, chains = int(point["kept_draws"]), int(point["chains"])  # type: ignore[arg-type]
    return max(1, kept // chains) * chains
