"""The keys of a request's rows, with suggestions for unknown keys."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches

from recsys.errors import InputError, shown

KEYS = (
    "user",
    "item",
    "n",
    "exclude",
    "history",
    "ratings",
    "weights",
    "by",
    "seed",
    "stars",
    "user_features",
    "new_share",
)
"""All keys that a row may have."""
EXPECTED = (
    "expected rows that have a user, a history or user_features, and may have item, n, exclude, ratings, weights, by, "
    "seed, stars and new_share"
)
"""The part of a message that describes a valid row."""
_ELSEWHERE = {
    "n": ("k", "top", "top_n", "top_k", "topn", "topk", "limit", "size", "count", "length", "num", "num_items"),
    "exclude": ("filter", "filter_items", "items_to_filter", "ignore", "blacklist", "without", "not"),
    "history": ("items", "liked", "likes", "seen_items", "past", "events", "interactions"),
    "weights": ("counts", "plays"),
    "ratings": ("values", "scores"),
    "user_features": ("features", "attributes", "properties", "demographics", "profile"),
    "by": ("rank_by", "sort", "sort_by", "order_by"),
}
"""Names that other libraries use for the keys."""
_SEEN = ("filter_seen", "exclude_seen", "filter_viewed", "filter_already_liked_items", "remove_seen")
_INDEX = ("", "index", "Unnamed: 0")
"""The names of an index that was written as a column."""
_SHOWN = 3
ALLOW_UNKNOWN = "RECSYS_ALLOW_UNKNOWN_KEYS"
"""The environment variable that allows unknown keys, for clients that add keys of their own."""


def refuse_unknown(names: Iterable[str], known: Iterable[str] = KEYS) -> None:
    """Raise for unknown keys, which would have no effect.

    Args:
        names: The keys of a row, or of another object of a request.
        known: The keys that it may have.

    Raises:
        InputError: There are unknown keys. The message names the first three, each with the most similar known key.
    """
    known = tuple(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        more = f", and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise InputError("; ".join(_sentence(name, known) for name in unknown[:_SHOWN]) + more)


def refuse_params(params: object) -> None:
    """Raise for MLflow's `params`, which a request can contain in addition to the rows.

    Raises:
        InputError: `params` is not empty.
    """
    if params:
        raise InputError(f"params: none are taken; each row says what it asks for: {', '.join(KEYS)}")


def unknown_allowed() -> bool:
    """Return whether the environment variable allows unknown keys.

    Raises:
        InputError: The value of the variable is neither true nor false.
    """
    word = os.environ.get(ALLOW_UNKNOWN, "").strip().casefold()
    if word not in {"", "0", "false", "no", "1", "true", "yes"}:
        raise InputError(f"{ALLOW_UNKNOWN} = {shown(repr(word))}: expected 1 or 0")
    return word in {"1", "true", "yes"}


def _sentence(name: str, known: tuple[str, ...]) -> str:
    return f"{shown(repr(name))}: unknown key; {_meant(name, known)}"


def _meant(name: str, known: tuple[str, ...]) -> str:
    plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if known is KEYS:
        if name in _INDEX:
            return "a table is written without its index"
        if plain in _SEEN:
            return "what a user has rated is never shown again, and exclude names more items"
        for key, others in _ELSEWHERE.items():
            if plain in others:
                return f"did you mean {key}?"
    stems = (plain, plain.removesuffix("_id").removesuffix("id"), plain.partition("_")[0])
    close = next((found[0] for stem in stems if (found := get_close_matches(stem, known, n=1, cutoff=0.7))), None)
    return f"did you mean {close}?" if close else f"known keys: {', '.join(known)}"
