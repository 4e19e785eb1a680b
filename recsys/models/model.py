"""Models: build one from a kind or a factory, assign weights to it, and compute predictions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array, Int32Array
from recsys.data.histories import Histories
from recsys.models.inputs import DataShape, Factory
from recsys.models.kinds import kind_of, kind_of_model
from recsys.models.layers import member_layers
from recsys.models.own.kind import OwnFactory
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value


def factory_of(settings: ModelSettings) -> Factory:
    """Return the factory that `[model]` chooses.

    Raises:
        InputError: The user's own factory cannot be imported.
    """
    kind = kind_of(settings)
    if isinstance(kind, OwnFactory):
        kind.function  # noqa: B018 - a wrong name raises its error here
    return partial(kind.build, options=settings)


def builds_cohorts(settings: ModelSettings) -> bool:
    """Return whether the factory takes several points at once.

    Raises:
        InputError: The user's own factory cannot be imported.
    """
    return kind_of(settings).builds_cohorts


def build_model(settings: ModelSettings, shape: DataShape, point: Mapping[str, Value], seed: int) -> keras.Model:
    """Build the ordinary model of one point.

    The model takes user codes (B,) and item codes (B,) and returns ratings (B, 1).

    Raises:
        InputError: The user's own factory cannot be imported, or the model cannot be built at this point.
    """
    return factory_of(settings)(shape, [point], [seed])


def named_weights(model: keras.Model) -> dict[str, keras.Variable]:
    """Return the model's weights by a name that every build of the model repeats, such as `user_embedding/table`.

    Keras numbers unnamed layers anew in each model. In a user's own model the name is therefore the position of the
    weight.
    """
    if member_layers(model):
        return {variable.path: variable for variable in model.weights}
    return {f"{place:03d}/{variable.name}": variable for place, variable in enumerate(model.weights)}


def weights_of(model: keras.Model) -> dict[str, Float32Array]:
    """Return the arrays of the model's weights by name."""
    return {name: np.asarray(variable) for name, variable in named_weights(model).items()}


def fill(model: keras.Model, weights: Mapping[str, Float32Array]) -> keras.Model:
    """Assign recorded weights to the model, in place, and return it."""
    for name, variable in named_weights(model).items():
        variable.assign(weights[name])
    return model


def predict(model: keras.Model, people: AnyArray, items: AnyArray, batch: int = 65536) -> Float32Array:
    """Predict ratings or scores, not clipped.

    Args:
        model: The model of M members.
        people: User codes (B,), or the newest items of histories (B, L) if they are the model's input.
        items: Item codes (B,).
        batch: The number of pairs that are predicted at once.

    Returns:
        Ratings (B, M).
    """
    parts = [
        np.asarray(model([people[start : start + batch], items[start : start + batch]], training=False))
        for start in range(0, len(people), batch)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, model.output_shape[-1]), np.float32)


def history_length(model: keras.Model) -> int:
    """Return the length L of the histories that a model reads; 0 if it reads none."""
    return kind_of_model(model).history_length(model)


def windows_of(model: keras.Model, histories: Histories) -> Int32Array:
    """Return the newest items of histories (B rows) as a model reads them (B, L)."""
    return kind_of_model(model).windows(model, histories)


def score_all(model: keras.Model, people: tf.Tensor, items: int, *, training: bool = False) -> tf.Tensor:
    """Return scores (M, B, I) of all items for people, not clipped.

    Args:
        model: The model of M members.
        people: User codes (B,), or the newest items of histories (B, L) if they are the model's input.
        items: The number of items I of the catalogue.
        training: Whether dropout is on: see `ModelKind.scores`.
    """
    catalogue = tf.range(items, dtype=people.dtype)
    return kind_of_model(model).scores(model, people, catalogue, whole=True, training=training)
