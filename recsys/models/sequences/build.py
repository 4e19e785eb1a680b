"""The Keras model of a kind that reads histories."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import keras

from recsys.models.inputs import Input
from recsys.models.layers import HistoryDropout, LastPlace, MemberDot, MemberEmbedding, MemberOutput, MemberSplit
from recsys.models.layers.layout import shared_width
from recsys.models.parts.biases import add_biases
from recsys.models.parts.tables import looked_up
from recsys.models.sequences.kind import shared
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions
    from recsys.models.sequences.kind import SequenceKind

START = (-0.1, 0.1)
"""The lowest and the highest initial value of an embedding."""


def build_sequence_model(
    kind: SequenceKind, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
) -> keras.Model:
    """Build one model of M points.

    The items of histories and those of lists have tables of their own. The layer `states` gives the states of all
    places, from which training scores all places at once.

    Args:
        kind: The kind, which gives the encoder.
        shape: The shape of the data.
        points: One point for each member, with the same `history_length`.
        seeds: One seed for each member.
        options: Whether the model has biases of items.

    Returns:
        A model from histories (B, L) and item codes (B,) to scores (B, M).
    """
    sizes = [kind.width(point) for point in points]
    rates, penalties = ([float(point[name]) for point in points] for name in ("dropout", "l2"))  # type: ignore[arg-type]
    width = sizes[0] if len(set(sizes)) == 1 else shared_width(sizes)
    embedding = partial(
        MemberEmbedding, shape.items + 1, sizes, seeds=seeds, start=START, penalties=penalties, width=width
    )
    history = keras.Input((shared(points, "history_length"),), dtype="int32", name="history")
    items = keras.Input((), dtype="int32", name="item")
    features = shape.features(Input.ITEM_FEATURES)
    rows = looked_up(embedding(name="history_embedding"), history, features, points)
    if any(rates):
        rows = HistoryDropout([width] * len(sizes), rates, seeds, name="dropout")(rows)
    states = keras.layers.Identity(name="states")(kind.encoder(rows, history, shape, points, seeds, width))
    split = MemberSplit(len(points), name="item_slices")(
        looked_up(embedding(name="item_embedding"), items, features, points)
    )
    scores = MemberOutput(name="scores")(MemberDot(name="dot")([LastPlace(name="last")(states), split]))
    scores = add_biases(scores, history, items, shape, points, options)
    return keras.Model([history, items], scores, name=kind.name)
