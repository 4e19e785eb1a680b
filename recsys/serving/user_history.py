"""Convert the history of a request to the form that training uses."""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Float64Array, Int32Array
from recsys.data.histories import Histories
from recsys.data.ratings import Catalogue
from recsys.models.fold_in.user_history import UserHistory
from recsys.serving.ask import History
from recsys.serving.feedback import Feedback
from recsys.serving.ids import codes_of


def user_history_of(history: History, catalogue: Catalogue, feedback: Feedback) -> UserHistory:
    """Convert a history to item codes and weights, with each item once, in the order of the request.

    Items outside the catalogue are ignored. If an item occurs several times, its last place and its last rating count,
    and weights are summed.

    Args:
        history: The items and values of a request, the oldest first.
        catalogue: The ids of the champion's items.
        feedback: The meaning of the values.
    """
    codes = codes_of(catalogue.item_ids, history.items)
    given = np.full(len(codes), feedback.liked) if history.values is None else np.asarray(history.values, np.float64)
    known = codes < catalogue.items
    items, values = _once(codes[known], given[known], add=feedback.implicit)
    values = feedback.weighed(values)
    if feedback.implicit:
        return UserHistory(items, values, values)
    liked = values >= (feedback.positive_from if feedback.positive_from is not None else -np.inf)
    return UserHistory(items, values, liked.astype(np.float64))


def _once(codes: AnyArray, values: Float64Array, *, add: bool) -> tuple[Int32Array, Float64Array]:
    _, from_end, places = np.unique(codes[::-1], return_index=True, return_inverse=True)
    order = np.argsort(-from_end)
    last = len(codes) - 1 - from_end[order]
    found = np.bincount(places, values[::-1], minlength=len(last))[order] if add else values[last]
    return codes[last].astype(np.int32), np.asarray(found, np.float64)


def after(stored: Histories, new: UserHistory, *, repeats: bool) -> UserHistory:
    """Return what a person did: what is stored, then what is new.

    Args:
        stored: The history of the person in the data (1 row).
        new: The history of the request.
        repeats: Whether an item may be in a history several times; otherwise the new entry replaces the stored one.
    """
    kept = np.ones(len(stored.items), bool) if repeats else ~np.isin(stored.items, new.items)
    return UserHistory(
        np.concatenate([stored.items[kept], new.items]),
        np.concatenate([stored.values[kept], new.values]).astype(np.float64),
        np.concatenate([stored.weights[kept], new.weights]).astype(np.float64),
    )
