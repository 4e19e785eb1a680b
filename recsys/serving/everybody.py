"""Everybody: the lists of all users, as frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from recsys.serving.ask import Ask, By
from recsys.serving.predictive import UNCERTAINTY
from recsys.serving.recommender import Recommender
from recsys.serving.rows import plain


def lists_of_all(
    recommender: Recommender, n: int, *, by: By = "mean", seed: int | None = None, chunk: int = 64
) -> Iterator[pd.DataFrame]:
    """The best `n` items for every user, a frame a chunk of users: user, rank, item, title, rating or score.

    Where the champion knows how sure it is, also `deviation`, `low` and `high`.

    Raises:
        InputError: Lists are to be ranked by what the champion does not know.
    """
    catalogue, ids = recommender.catalogue, recommender.catalogue.user_ids.to_numpy()
    for start in range(0, catalogue.users, chunk):
        users = ids[start : start + chunk]
        asks = [Ask(plain(user), n=n, by=by, seed=seed) for user in users]
        lists = [given.items for given in recommender.recommend_each(asks)]
        counts, items = [len(each) for each in lists], [item for each in lists for item in each]
        columns = {
            "user": np.repeat(users, counts),
            "rank": np.concatenate([np.arange(1, count + 1) for count in counts]),
            "item": pd.Series([item.item for item in items], dtype=catalogue.item_ids.dtype),
        }
        if catalogue.titles is not None:
            columns["title"] = pd.Series([item.title or "" for item in items], dtype="str")
        columns[recommender.word] = np.array([item.value for item in items])
        if recommender.has_uncertainty:
            columns |= {name: np.array([(item.uncertainty or {})[name] for item in items]) for name in UNCERTAINTY}
        yield pd.DataFrame(columns)
