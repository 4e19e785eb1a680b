"""Rows in which a model looks users and items up: an id's own row, and the sum of the rows of its features."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import keras
import tensorflow as tf
from scipy.sparse import csr_array

from recsys.models.hyperparameters import FEATURE_DEFAULTS
from recsys.models.inputs import OF_FEATURES, Input
from recsys.models.layers import EntryDropout, MemberEmbedding, MemberFeatures, RowDropout
from recsys.spaces.parameter import Point

Layers = Mapping[str, keras.layers.Layer]
"""The layers of a model by name."""
OWN_DROPOUT, FEATURES_DROPOUT = "_id_dropout", "_features_dropout"
"""The ends of the names of the other layers beside an embedding."""


def looked_up(
    table: MemberEmbedding, codes: keras.KerasTensor, features: csr_array, points: Sequence[Point]
) -> keras.KerasTensor:
    """Return the symbolic rows of codes (…): their own plus, if the data have features, those of their features.

    In training a member leaves out an id's own row with its probability `id_dropout`, so that the features learn to
    stand alone.

    Args:
        table: The embedding of the ids.
        codes: Symbolic codes.
        features: The features of all ids, with the spare one (n, F); F = 0 without features.
        points: One point for each member.

    Returns:
        Symbolic rows (…, width).
    """
    rows = table(codes)
    if not features.shape[1]:
        return rows

    def of(name: str) -> list[float]:
        return [float(point.get(name, FEATURE_DEFAULTS[name])) for point in points]  # type: ignore[arg-type]

    own, dims = of("id_dropout"), of("feature_dropout")
    if any(own):
        rows = RowDropout(table.columns, own, table.seeds, table.lanes, name=table.name + OWN_DROPOUT)(rows)
    layer = MemberFeatures.of(features, table, of("feature_l2"), name=table.name + OF_FEATURES)
    sums = layer(codes)
    if any(dims):
        sums = EntryDropout(table.columns, dims, table.seeds, table.lanes, name=table.name + FEATURES_DROPOUT)(sums)
    return keras.layers.Add(name=f"{table.name}_with_features")([rows, sums])


def features_read(model: keras.Model) -> Collection[Input]:
    """Return the features that the rows of a model are made of: those of users, of items, of both or of neither."""
    names = [layer.name for layer in model.layers if isinstance(layer, MemberFeatures)]
    sides = {Input.USER_FEATURES: "user", Input.ITEM_FEATURES: "item"}
    return [of for of, side in sides.items() if any(name.startswith(side) for name in names)]


def rows_of(
    layers: Layers, name: str, codes: tf.Tensor | None, *, whole: bool = False, training: bool = False
) -> tf.Tensor:
    """Return the rows (…, width) that `looked_up` gives symbolically.

    Args:
        layers: The layers of the model.
        name: The name of the embedding.
        codes: Codes (…); the whole catalogue needs none.
        whole: Whether the codes are the catalogue in its order, so that tables need not be gathered.
        training: Whether dropout is on.
    """
    layer = layers[name]
    table = tf.convert_to_tensor(layer.table)
    rows = table[: layer.rows - 1] if whole else tf.gather(table, codes)
    if name + OWN_DROPOUT in layers:
        rows = layers[name + OWN_DROPOUT](rows, training=training)
    if name + OF_FEATURES in layers:
        sums = layers[name + OF_FEATURES].sums(None if whole else codes)
        if name + FEATURES_DROPOUT in layers:
            sums = layers[name + FEATURES_DROPOUT](sums, training=training)
        rows += sums
    return rows
