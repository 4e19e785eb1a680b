"""A model: how it is built of a kind or a factory, filled with weights, and asked."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import keras
import numpy as np

from recsys.arrays import AnyArray, Float32Array
from recsys.errors import InputError
from recsys.models.factory import DataShape, Factory
from recsys.models.kinds import KINDS
from recsys.models.layers import member_layers
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value


def factory_of(settings: ModelSettings) -> Factory:
    """The factory that `[model]` chooses.

    A factory of the user's own is `build(shape, points, seeds)` for whole cohorts, or `build(shape, point)` for single
    models, which then train as cohorts of one.

    Raises:
        InputError: The factory of the user's own cannot be imported.
    """
    if settings.kind:
        return partial(KINDS[settings.kind].build, settings=settings)
    own = _imported(str(settings.factory))
    return own if "points" in inspect.signature(own).parameters else partial(_build_single, own)


def builds_cohorts(settings: ModelSettings) -> bool:
    """Whether the factory takes several points at once."""
    return settings.kind is not None or "points" in inspect.signature(_imported(str(settings.factory))).parameters


def _imported(name: str) -> Callable[..., keras.Model]:
    module, separator, function = name.partition(":")
    if not separator:
        raise InputError(f"model.factory: expected 'package.module:function', not {name!r}")
    try:
        return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]
    except (ImportError, AttributeError) as error:
        raise InputError(f"model.factory: {name} cannot be imported: {error}") from error


def _build_single(
    own: Callable[..., keras.Model], shape: DataShape, points: Sequence[Mapping[str, Value]], seeds: Sequence[int]
) -> keras.Model:
    (point,), (seed,) = points, seeds
    keras.utils.set_random_seed(seed)
    return own(shape, point)


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
