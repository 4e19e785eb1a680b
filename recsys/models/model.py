"""A model: how it is built of a kind or a factory, filled with weights, and asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Float32Array
from recsys.models.factory import DataShape, Factory
from recsys.models.kinds import kind_of, kind_of_model
from recsys.models.layers import member_layers
from recsys.models.own.kind import OwnFactory
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value


def factory_of(settings: ModelSettings) -> Factory:
    """The factory that `[model]` chooses.

    Raises:
        InputError: The factory of the user's own cannot be imported.
    """
    kind = kind_of(settings)
    if isinstance(kind, OwnFactory):
        kind.function  # noqa: B018 - so that a wrong name is an error here
    return partial(kind.build, options=settings)


def builds_cohorts(settings: ModelSettings) -> bool:
    """Whether the factory takes several points at once."""
    return kind_of(settings).builds_cohorts


def build_model(settings: ModelSettings, shape: DataShape, point: Mapping[str, Value], seed: int) -> keras.Model:
    """The ordinary model of one point: user and item codes (B,) in, ratings (B, 1) out."""
    return factory_of(settings)(shape, [point], [seed])


def named_weights(model: keras.Model) -> dict[str, keras.Variable]:
    """The model's weights by a name that is the same whenever the model is built, such as `user_embedding/table`.

    Keras numbers unnamed layers anew with every model, so in a model of the user's own a weight's place is its name.
    """
    if member_layers(model):
        return {variable.path: variable for variable in model.weights}
    return {f"{place:03d}/{variable.name}": variable for place, variable in enumerate(model.weights)}


def weights_of(model: keras.Model) -> dict[str, Float32Array]:
    """The model's arrays by name."""
    return {name: np.asarray(variable) for name, variable in named_weights(model).items()}


def fill(model: keras.Model, weights: Mapping[str, Float32Array]) -> keras.Model:
    """Give the model recorded weights."""
    for name, variable in named_weights(model).items():
        variable.assign(weights[name])
    return model


def predict(model: keras.Model, users: AnyArray, items: AnyArray, batch: int = 65536) -> Float32Array:
    """Ratings (B, M) of user and item codes (B,), not clipped."""
    parts = [
        np.asarray(model([users[start : start + batch], items[start : start + batch]], training=False))
        for start in range(0, len(users), batch)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, model.output_shape[-1]), np.float32)


def score_all(model: keras.Model, users: tf.Tensor, items: int, *, training: bool = False) -> tf.Tensor:
    """Scores (M, B, I) of all items for user codes (B,), not clipped: see `ModelKind.scores`."""
    catalogue = tf.range(items, dtype=users.dtype)
    return kind_of_model(model).scores(model, users, catalogue, whole=True, training=training)
