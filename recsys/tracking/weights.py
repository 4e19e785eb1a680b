"""A trial's weights as arrays on disk, with tables that describe its embeddings.

Arrays are NumPy `.npz` files without pickle. `embeddings/` has the embedding tables of users and of items with the
original ids, and those of their features with the names of the features; `weights.npz` has all other weights.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recsys.arrays import AnyArray, Float32Array, Float64Array
from recsys.training.trial import Weights

if TYPE_CHECKING:
    from recsys.data.ratings import Catalogue

TABLES = {
    "user": "user_embedding/table",
    "item": "item_embedding/table",
    "user_features": "user_embedding_features/table",
    "item_features": "item_embedding_features/table",
}
"""The weight that each file of `embeddings/` has."""
_STATISTICS = ("count", "mean", "std", "min", "25%", "50%", "75%", "max")


def write_weights(folder: Path, weights: Weights, catalogue: Catalogue) -> None:
    """Write the weights of one model: a file in `embeddings/` for each of `TABLES`, and `weights.npz`.

    An embedding table (n + 1, D) is stored as its vectors (n, D), in the order of the ids, or of the names of features,
    (n,), and its spare row (D,). Weights with other names or shapes, as a user's own factory may have, go to
    `weights.npz`.
    """
    rest = dict(weights)
    for name, ids in embedded(catalogue).items():
        table = rest.get(TABLES[name])
        if table is None or table.ndim != 2 or len(table) != len(ids) + 1:
            continue
        del rest[TABLES[name]]
        vectors = table[:-1]
        _save(folder / f"embeddings/{name}.npz", {"ids": plain_ids(ids), "vectors": vectors, "spare": table[-1]})
        write_description(folder / f"embeddings/{name}_describe.csv", vectors)
    _save(folder / "weights.npz", rest)


def read_weights(folder: Path) -> dict[str, Float32Array]:
    """Read the weights that `write_weights` wrote, by name."""
    weights = read_arrays(folder / "weights.npz")
    for name, weight in TABLES.items():
        path = folder / f"embeddings/{name}.npz"
        if path.exists():
            arrays = read_arrays(path)
            weights[weight] = np.concatenate([arrays["vectors"], arrays["spare"][None]])
    return weights


def embedded(catalogue: Catalogue) -> dict[str, Any]:
    """Return what has a row in each table (n,), by the name of its file: ids, and the names of features."""
    features = {"user_features": catalogue.user_features, "item_features": catalogue.item_features}
    return {
        "user": catalogue.user_ids,
        "item": catalogue.item_ids,
        **{name: table.names for name, table in features.items() if table is not None},
    }


def plain_ids(ids: Any) -> AnyArray:
    """Ids (N,) as an array that needs no pickle: numbers stay numbers, everything else becomes strings."""
    array = np.asarray(ids)
    return array.astype(np.str_) if array.dtype.kind in "OTU" else array


def write_description(path: Path, vectors: Float32Array) -> None:
    """Write count, mean, std, min, quartiles and max of every dimension as CSV, as `pandas.DataFrame.describe` does."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["", *range(vectors.shape[1])])
        for name, row in zip(_STATISTICS, describe(vectors), strict=True):
            writer.writerow([name, *(f"{value:.7g}" for value in row)])


def describe(vectors: Float32Array) -> Float64Array:
    """Statistics (8, D) of vectors (N, D): count, mean, sample standard deviation, min, quartiles, max."""
    count, dimensions = vectors.shape
    if count == 0:
        return np.vstack([np.zeros((1, dimensions)), np.full((7, dimensions), np.nan)])
    deviation = vectors.std(axis=0, ddof=1, dtype=np.float64) if count > 1 else np.full(dimensions, np.nan)
    quantiles = np.quantile(vectors, [0, 0.25, 0.5, 0.75, 1], axis=0)
    return np.vstack([np.full(dimensions, count), vectors.mean(axis=0, dtype=np.float64), deviation, quantiles])


def _save(path: Path, arrays: Mapping[str, AnyArray]) -> None:
    # not numpy.savez: it takes the names as keyword arguments, and a weight may be called `file`
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)


def read_arrays(path: Path) -> dict[str, AnyArray]:
    """The arrays of a `.npz` file, by name."""
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)
