"""Matrix factorisation: a rating is the dot product of a user's and an item's embedding (Koren et al. 2009).

    r(u, i) = p_u · q_i  [+ b_u + b_i + mean]

Non-negative matrix factorisation is the same with every entry of p and q at 0 or above (Lee and Seung 1999).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import keras

from recsys.models.biases import add_biases
from recsys.models.factory import DataShape, ModelSettings
from recsys.models.layers import MemberDropout, MemberEmbedding, MemberSum
from recsys.models.layout import LANES
from recsys.spaces.parameter import Value

START = (-0.05, 0.05)
NON_NEGATIVE_START = (0.0, 0.1)


def build_mf(
    shape: DataShape,
    points: Sequence[Mapping[str, Value]],
    seeds: Sequence[int],
    *,
    settings: ModelSettings,
    non_negative: bool = False,
) -> keras.Model:
    """One model of all points: user and item codes (B,) in, ratings (B, M) out.

    Dropout falls on the products of the two embeddings' dimensions, so it drops latent dimensions of a rating.
    """
    sizes = [int(point["embedding_size"]) for point in points]  # type: ignore[arg-type]
    rates, penalties = ([float(point[name]) for point in points] for name in ("dropout", "l2"))  # type: ignore[arg-type]
    lanes = LANES if len(points) > 1 else 1
    embedding = partial(
        MemberEmbedding,
        sizes=sizes,
        lanes=lanes,
        seeds=seeds,
        start=NON_NEGATIVE_START if non_negative else START,
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
        product = MemberDropout(sizes, rates, seeds, lanes, name="dropout")(product)
    ratings = MemberSum(sizes, lanes, name="dot")(product)
    ratings = add_biases(ratings, users, items, shape, points, settings)
    return keras.Model([users, items], ratings, name="nnmf" if non_negative else "mf")
