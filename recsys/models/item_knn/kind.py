"""Item-based nearest neighbours (Deshpande and Karypis 2004), whose history weighs recent items more.

The item weights are similarities, cosines with shrinkage (Bell and Koren 2007), of each item to its nearest neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.models.hyperparameters import COUNT, NOT_NEGATIVE, Hyperparameter
from recsys.models.item_weights.kind import OF_HISTORIES, ItemWeightsKind
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from recsys.arrays import Float32Array


_NEIGHBOURS = {"type": "int", "low": 5, "high": 1000, "scale": "log"}
_SHRINKAGES = {"type": "float", "low": 0.1, "high": 1000.0, "scale": "log"}


class ItemKNNKind(ItemWeightsKind):
    """Similarities of items to their nearest neighbours."""

    name = "item_knn"
    title = "Item-based nearest neighbours"
    hyperparameters = (
        Hyperparameter(
            "neighbours",
            100,
            COUNT,
            "The number of most similar items that an item keeps, plus all ties with the last of them.",
            search={"ranking": _NEIGHBOURS, "next": _NEIGHBOURS},
        ),
        Hyperparameter(
            "shrinkage",
            10.0,
            NOT_NEGATIVE,
            "The number of users that discounts similarities: larger values discount those of few users more.",
            search={"ranking": _SHRINKAGES, "next": _SHRINKAGES},
        ),
        *OF_HISTORIES,
    )
    included = "item_knn has only similarities of items"
    first_searched = ("neighbours", "shrinkage", "history_half_life")

    def item_weights(self, owned: csr_array, point: Point) -> Float32Array:
        """Return the similarities (I, I): see `item_neighbours`."""
        from recsys.algebra.neighbours import item_neighbours

        neighbours, shrinkage = int(point["neighbours"]), float(point["shrinkage"])  # type: ignore[arg-type]
        weights: Float32Array = item_neighbours(owned, neighbours, shrinkage)[:, :-1].toarray()
        return weights


ITEM_KNN = ItemKNNKind()
