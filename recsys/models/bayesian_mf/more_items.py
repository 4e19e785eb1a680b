"""Further items of a posterior: each draw draws their rows from its prior, given their features.

    (q_i, b_i) ~ N(μ + x_i β, Λ⁻¹)

So the draws differ about an item without ratings by as much as they do not know.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float32Array
from recsys.errors import InputError
from recsys.models.layers import DrawnEmbedding


def with_drawn_items(model: keras.Model, features: csr_array) -> keras.Model:
    """Return a model with further items after its own, which shares no layer with it.

    Args:
        model: An ordinary model of draws.
        features: The features of its own items and of the further ones, with the spare one (n, F).

    Raises:
        InputError: The model has no coefficients of the features of items.
    """
    table = model.get_layer("item_embedding")
    if not isinstance(table, DrawnEmbedding):
        raise InputError(f"the champion's model ({model.name}) has no features of items: promote one that does")
    (draws,) = model.get_layer("draws").draws
    copied: list[tuple[Any, Any]] = []

    def clone(layer: Any) -> Any:
        sizes = {"rows": features.shape[0]} if layer is table else {}
        copied.append((layer, type(layer).from_config({**layer.get_config(), **sizes})))
        return copied[-1][1]

    found = keras.models.clone_model(model, clone_function=clone)
    for old, new in copied:
        for weight, values in zip(new.weights, old.get_weights(), strict=True):
            longer = old is table and weight is new.weights[0]
            weight.assign(_longer(values, np.asarray(table.prior), features, draws) if longer else values)
    return found


def _longer(rows: Float32Array, prior: Float32Array, features: csr_array, draws: int) -> Float32Array:
    """Return a table (n, width) with rows that are drawn from the prior before its spare row.

    An item is drawn with the same random numbers, whenever it is added.
    """
    count, known = features.shape
    added = range(len(rows) - 1, count - 1)
    means = rows[-1] + features[added.start : count - 1] @ prior[:known]
    root = prior[known:].reshape(len(prior) - known, draws, -1)
    normals = [np.random.default_rng([0, code]).standard_normal((draws, len(root))) for code in added]
    noise = np.einsum("nkd,dkw->nkw", np.array(normals).reshape(len(added), draws, len(root)), root)
    return np.concatenate([rows[:-1], means + noise.reshape(means.shape), rows[-1:]]).astype(np.float32)
