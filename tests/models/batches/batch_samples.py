"""Tiny choices and models for the tests of batches."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from plain_losses import Array

from recsys.data.ratings import Catalogue, Ratings
from recsys.models.batches.batch_source import BatchSource
from recsys.models.batches.positives import SEEN
from recsys.models.inputs import DataShape
from recsys.models.model import factory_of
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.training.trial import Trial

USERS, ITEMS = 4, 6
CHOSEN = {
    0: {1: 1.0, 3: 1.0, 5: SEEN},
    1: {0: 1.0},
    3: {2: 2.5, 4: 1.0, 0: SEEN, 1: 1.0},
}
"""By user the items chosen and their weights; user 2 has chosen nothing."""
SHAPE = DataShape(USERS, ITEMS, 3.5)


def chosen_by(table: dict[int, dict[int, float]], users: int = USERS, items: int = ITEMS) -> Ratings:
    """Choices as a table."""
    rows = [(user, item, value) for user, own in table.items() for item, value in own.items()]
    codes = np.array([row[:2] for row in rows], np.int32)
    return Ratings(
        codes[:, 0].copy(),
        codes[:, 1].copy(),
        np.array([row[2] for row in rows], np.float32),
        None,
        Catalogue(pd.RangeIndex(users), pd.RangeIndex(items)),
        (0.0, 1.0),
        "tiny",
        implicit=True,
    )


def two_members(loss: str, **changes: Any) -> list[Trial]:
    """Two trials of two sizes, penalties and weights, without dropout."""
    settings = ModelSettings(kind="mf")
    base = {**default_point(settings, ranking=True), "loss": loss, "dropout": 0.0, **changes}
    own = [
        {"embedding_size": 2, "l2": 0.1, "bias_l2": 0.2, "unobserved_weight": 0.3, "seen_weight": 0.4},
        {"embedding_size": 3, "l2": 0.0, "bias_l2": 0.05, "unobserved_weight": 0.7, "seen_weight": 0.1},
    ]
    return [Trial(number, {**base, **each, **changes}, number, 3) for number, each in enumerate(own)]


def built(trials: list[Trial], shape: DataShape = SHAPE) -> keras.Model:
    """Their model, at weights large enough to tell terms apart."""
    factory = factory_of(ModelSettings(kind="mf"))
    model = factory(shape, [trial.point for trial in trials], [trial.seed for trial in trials])
    random = np.random.default_rng(3)
    for layer in (each for each in model.layers if each.weights):
        table = layer.table.numpy()
        for columns in layer.layout.columns:
            table[:, columns] = random.normal(0, 0.7, table[:, columns].shape)
        layer.table.assign(table)
    return model


def own_tables(model: keras.Model, member: int, arrays: dict[str, Array] | None = None) -> dict[str, Array]:
    """A member's tables, or its part of arrays like them, in double precision."""
    layers = {layer.name: layer for layer in model.layers if layer.weights}
    return {
        name: layer.take([layer.table.numpy() if arrays is None else arrays[name]], member)[0].astype(np.float64)
        for name, layer in layers.items()
    }


def step(batches: BatchSource, model: keras.Model, batch: list[Array]) -> tuple[Array, float, dict[str, Array]]:
    """What one batch comes to: the members' losses, the objective, and its gradient by table."""
    layers = {layer.name: layer for layer in model.layers if layer.weights}
    with tf.GradientTape() as tape:
        losses, objective = batches.losses([tf.constant(each) for each in batch], batches.tensors)
    gradients = tape.gradient(objective, [layer.table.value for layer in layers.values()])
    dense = [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients]
    return np.asarray(losses), float(objective), dict(zip(layers, dense, strict=True))
