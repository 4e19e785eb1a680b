"""Answers to requests: one row for each rated item, and one row for each item of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from recsys.serving.ask import Ask
from recsys.serving.lists import finite
from recsys.serving.recommender import Recommender

Answer = dict[str, Any]


def answers(recommender: Recommender, asks: Sequence[Ask]) -> list[Answer]:
    """Answer requests with rows of values that JSON has.

    A request for an item gives one row with `user`, `item`, `rating` (or `score`) and `fallback`. The value is None for
    an item outside the catalogue. A request for a list gives the rows of `Recommendations.rows`. A champion that is
    drawn from a posterior adds `deviation`, `low` and `high`. It adds `stars` if the request asks for them. A request
    for new items adds `new`.

    Args:
        recommender: The champion.
        asks: The requests.

    Returns:
        The rows, in the order of the requests.

    Raises:
        InputError: A request needs a posterior, and the champion has none.
    """
    lists = iter(recommender.recommend_each([ask for ask in asks if ask.item is None]))
    single = [ask for ask in asks if ask.item is not None]
    pairs = iter(_pairs(recommender, single))
    found: list[Answer] = []
    for ask in asks:
        if ask.item is not None:
            found.append(next(pairs))
        else:
            found += next(lists).rows()
    return found


def frame(rows: Sequence[Answer]) -> pd.DataFrame:
    """Return rows as a frame.

    A value that some rows lack is None in these rows, which JSON writes as null.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    whole = pd.DataFrame({name: _column([row.get(name) for row in rows]) for name in names})
    return whole if names else pd.DataFrame({"user": []})


def _column(values: list[Any]) -> pd.Series[Any]:
    """Use a typed column if no value is missing: a missing value in it would be NaN, which JSON does not have."""
    return pd.Series(values, dtype=object) if None in values else pd.Series(values)


def _pairs(recommender: Recommender, asks: Sequence[Ask]) -> list[Answer]:
    if not asks:
        return []
    stars = any(ask.stars for ask in asks)
    rated = recommender.rate([ask.user for ask in asks], [ask.item for ask in asks], stars=stars).to_dict("records")
    return [
        _pair(ask, _of_person(recommender, ask) if ask.describes else row) for ask, row in zip(asks, rated, strict=True)
    ]


def _of_person(recommender: Recommender, ask: Ask) -> Answer:
    rated = recommender.rate_person(ask.history, ask.item, ask.user, ask.user_features, stars=ask.stars)
    (row,) = rated.to_dict("records")
    return {str(name): value for name, value in row.items()}


def _pair(ask: Ask, row: Mapping[Any, Any]) -> Answer:
    given = {name: finite(value) if isinstance(value, float) else value for name, value in row.items()}
    return {
        "user": ask.user,
        "item": ask.item,
        **{name: value for name, value in given.items() if name != "stars" or ask.stars},
    }
