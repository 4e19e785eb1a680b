"""Answers to requests: a row for each item that was asked for, and rows for each list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from recsys.serving.ask import Ask
from recsys.serving.lists import finite
from recsys.serving.recommender import Recommender

Answer = dict[str, Any]


def answers(recommender: Recommender, asks: Sequence[Ask]) -> list[Answer]:
    """The rows, in the order of the asks, in values that JSON has.

    An ask for an item gives `user`, `item`, the `rating` (or `score`), None for an item outside the catalogue, and
    `fallback`; one for a list gives `Recommendations.rows`. A champion that is drawn from a posterior adds `deviation`,
    `low` and `high`, and `stars` where they are asked for.
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
    """The rows as a frame; a value that some rows lack is None there, which is null in JSON."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    whole = pd.DataFrame({name: _column([row.get(name) for row in rows]) for name in names})
    return whole if names else pd.DataFrame({"user": []})


def _column(values: list[Any]) -> pd.Series[Any]:
    """Typed where nothing is missing; in a typed column a missing value would be NaN, which JSON does not have."""
    return pd.Series(values, dtype=object) if None in values else pd.Series(values)


def _pairs(recommender: Recommender, asks: Sequence[Ask]) -> list[Answer]:
    if not asks:
        return []
    stars = any(ask.stars for ask in asks)
    rated = recommender.rate([ask.user for ask in asks], [ask.item for ask in asks], stars=stars).to_dict("records")
    return [
        _pair(ask, _of_history(recommender, ask) if ask.history else row) for ask, row in zip(asks, rated, strict=True)
    ]


def _of_history(recommender: Recommender, ask: Ask) -> Answer:
    history: Any = ask.history
    (row,) = recommender.rate_person(history, ask.item, stars=ask.stars).to_dict("records")
    return {str(name): value for name, value in row.items()}


def _pair(ask: Ask, row: Mapping[Any, Any]) -> Answer:
    given = {name: finite(value) if isinstance(value, float) else value for name, value in row.items()}
    return {
        "user": ask.user,
        "item": ask.item,
        **{name: value for name, value in given.items() if name != "stars" or ask.stars},
    }
