"""Matrix factorisation: a rating is the dot product of a user's and an item's embedding (Koren et al. 2009).

    r(u, i) = p_u · q_i  [+ b_u + b_i + mean]

Trained on rankings, the same without what a user's list does not depend on: s(u, i) = p_u · q_i [+ b_i].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from recsys.models.kind import TRAINING, ModelKind, ranks
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

    from recsys.models.factory import DataShape
    from recsys.models.settings import ModelSettings

RATING_START = (-0.05, 0.05)
RANKING_START = (-0.17, 0.17)


def build_mf(
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    seeds: Sequence[int],
    *,
    settings: ModelSettings,
) -> keras.Model:
    """One model of all points: user and item codes (B,) in, ratings or scores (B, M) out."""
    start = RANKING_START if ranks(points) else RATING_START
    return factorisation(shape, points, seeds, settings=settings, name="mf", start=start, non_negative=False)


def factorisation(
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    seeds: Sequence[int],
    *,
    settings: ModelSettings,
    name: str,
    start: tuple[float, float],
    non_negative: bool,
) -> keras.Model:
    """The model that MF and NNMF share.

    Dropout falls on the products of the two embeddings' dimensions, so it drops latent dimensions of a rating. Members
    that are trained on ratings stand in lanes; those trained on rankings are equally wide, for scores of all items are
    matrix products.
    """
    import keras

    from recsys.models.layers import MemberDropout, MemberEmbedding, MemberSum
    from recsys.models.layers.layout import LANES, shared_width
    from recsys.models.parts.biases import add_biases

    sizes = [int(point["embedding_size"]) for point in points]  # type: ignore[arg-type]
    rates = [float(point.get("dropout", 0.0)) for point in points]  # type: ignore[arg-type]
    penalties = [float(point["l2"]) for point in points]  # type: ignore[arg-type]
    width = shared_width(sizes) if ranks(points) else None
    lanes = LANES if len(points) > 1 and width is None else 1
    columns = sizes if width is None else [width] * len(sizes)
    embedding = partial(
        MemberEmbedding,
        sizes=sizes,
        lanes=lanes,
        width=width,
        seeds=seeds,
        start=start,
        penalties=penalties,
        non_negative=non_negative,
    )
    users = keras.Input((), dtype="int32", name="user")
    items = keras.Input((), dtype="int32", name="item")
    product = keras.layers.Multiply(name="product")(
        [
            embedding(shape.users + 1, name="user_embedding")(users),
            embedding(shape.items + 1, name="item_embedding")(items),
        ]
    )
    if any(rates):
        product = MemberDropout(columns, rates, seeds, lanes, name="dropout")(product)
    ratings = MemberSum(columns, lanes, name="dot")(product)
    ratings = add_biases(ratings, users, items, shape, points, settings)
    return keras.Model([users, items], ratings, name=name)


MF = ModelKind("mf", build_mf, {"embedding_size": 32, **TRAINING})
