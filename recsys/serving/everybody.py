"""The lists of all users, as frames."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from recsys.serving.ask import Ask, By
from recsys.serving.predictive import UNCERTAINTY
from recsys.serving.recommender import Recommender
from recsys.serving.rows import plain


def lists_of_all(
    recommender: Recommender,
    n: int,
    *,
    by: By = "mean",
    seed: int | None = None,
    new_share: float = 0.0,
    chunk: int = 64,
) -> Iterator[pd.DataFrame]:
    """Yield the best `n` items for every user, one frame for each chunk of users.

    The columns are `user`, `rank`, `item`, `title` and `rating` or `score`. A champion that is drawn from a posterior
    adds `deviation`, `low` and `high`, and a share of new items `new`.

    Args:
        recommender: The champion.
        n: The length of each list.
        by: The value that ranks a list.
        seed: Selects the draw for `by = "draw"`.
        new_share: The least share of new items in each list.
        chunk: The number of users in a frame.

    Raises:
        InputError: `by` needs a posterior, and the champion has none.
    """
    catalogue, ids = recommender.catalogue, recommender.catalogue.user_ids
    columns = {
        "user": ids.dtype,
        "rank": "int64",
        "item": catalogue.item_ids.dtype,
        **({} if catalogue.titles is None else {"title": "str"}),
        recommender.word: "float64",
        **(dict.fromkeys(UNCERTAINTY, "float64") if recommender.has_uncertainty else {}),
        **({"new": "bool"} if new_share else {}),
    }
    for start in range(0, catalogue.users, chunk):
        asks = [Ask(plain(user), n=n, by=by, seed=seed, new_share=new_share) for user in ids[start : start + chunk]]
        rows = [row for given in recommender.recommend_each(asks) for row in given.rows()]
        yield pd.DataFrame(rows, columns=list(columns)).fillna({"title": ""}).astype(columns)
