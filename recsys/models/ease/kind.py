"""EASE, the embarrassingly shallow autoencoder (Steck 2019), whose history weighs recent items more.

The item weights B minimise ‖X - X B‖² + l2 ‖B‖² with a zero diagonal, over the choices X of all users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.models.hyperparameters import NOT_NEGATIVE, Hyperparameter
from recsys.models.item_weights.kind import OF_HISTORIES, ItemWeightsKind
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from recsys.arrays import Float32Array


_PENALTIES = {"type": "float", "low": 30.0, "high": 5000.0, "scale": "log"}


class EASEKind(ItemWeightsKind):
    """Item weights in closed form."""

    name = "ease"
    title = "EASE"
    hyperparameters = (
        Hyperparameter(
            "l2",
            500.0,
            NOT_NEGATIVE,
            "The l2 penalty on the weights between items.",
            search={"ranking": _PENALTIES, "next": _PENALTIES},
        ),
        *OF_HISTORIES,
    )
    included = "ease has only weights between items"
    first_searched = ("l2", "history_half_life")

    def item_weights(self, owned: csr_array, point: Point) -> Float32Array:
        """Return the weights (I, I): see `item_weights`."""
        from recsys.algebra.item_weights import item_weights

        return item_weights(owned, float(point["l2"]))[:, :-1]  # type: ignore[arg-type]


EASE_KIND = EASEKind()
