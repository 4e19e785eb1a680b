"""Non-negative matrix factorisation: matrix factorisation with every entry at 0 or above (Lee and Seung 1999)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recsys.models.kind import TRAINING, ModelKind, ranks
from recsys.models.mf.build import factorisation
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

    from recsys.models.factory import DataShape
    from recsys.models.settings import ModelSettings

RATING_START = (0.0, 0.1)
RANKING_START = (0.0, 0.2)


def build_nnmf(
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    seeds: Sequence[int],
    *,
    settings: ModelSettings,
) -> keras.Model:
    """One model of all points: user and item codes (B,) in, ratings or scores (B, M) out."""
    start = RANKING_START if ranks(points) else RATING_START
    return factorisation(shape, points, seeds, settings=settings, name="nnmf", start=start, non_negative=True)


NNMF = ModelKind("nnmf", build_nnmf, {"embedding_size": 16, **TRAINING})
