"""Further items, which a trained model knows by their features alone."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import Float32Array
from recsys.errors import InputError
from recsys.models.inputs import OF_FEATURES, Input
from recsys.models.layers import MemberFeatures, MemberLayer
from recsys.models.parts.tables import features_read


def with_items(model: keras.Model, features: csr_array) -> keras.Model:
    """Return a model with further items after its own, which shares no layer with it.

    The own row of such an item is 0, as that of an item that training has not seen. An item of which nothing is known
    has the spare row.

    Args:
        model: A model, as it is served.
        features: The features of its own items and of the further ones, with the spare one (n, F).

    Raises:
        InputError: The model does not know items by their features.
    """
    if Input.ITEM_FEATURES not in features_read(model):
        raise InputError(f"the champion's model ({model.name}) reads no features of items: promote one that does")
    names = {layer.name for layer in model.layers}
    tables = {name.removesuffix(OF_FEATURES) for name in names if name.endswith(OF_FEATURES)}
    of_items = {name for name in tables if not name.startswith("user")}
    own = model.get_layer("item_embedding").rows - 1
    copied: list[tuple[Any, Any]] = []

    def clone(layer: Any) -> Any:
        if isinstance(layer, MemberFeatures) and layer.name.removesuffix(OF_FEATURES) in of_items:
            return layer.holding(features)
        sizes = {"rows": features.shape[0]} if layer.name in of_items else _padding(layer, own, features.shape[0] - 1)
        copied.append((layer, type(layer).from_config({**layer.get_config(), **sizes})))
        return copied[-1][1]

    found = keras.models.clone_model(model, clone_function=clone)
    described = np.diff(features.indptr) > 0
    for old, new in copied:
        for weight, values in zip(new.weights, old.get_weights(), strict=True):
            weight.assign(_longer(values, described) if old.name in of_items else values)
        for name, constant in getattr(old, "constants", {}).items():
            new.constants[name].assign(constant)
    return found


def _padding(layer: Any, own: int, items: int) -> dict[str, int]:
    """Return the code that a layer of histories takes for a place without an item; empty for other layers."""
    return {"padding": items} if isinstance(layer, MemberLayer) and getattr(layer, "padding", None) == own else {}


def _longer(table: Float32Array, described: Any) -> Float32Array:
    """Return a table (n, D) with own rows of 0, or copies of the spare row, before its spare row.

    Args:
        table: The table.
        described: Whether anything is known of each item, also of the spare one (n,).
    """
    more = np.repeat(table[-1:], len(described) - len(table), axis=0)
    more[described[len(table) - 1 : -1]] = 0
    return np.concatenate([table[:-1], more, table[-1:]])
