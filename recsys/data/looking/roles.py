"""Which column is of what: by its name where the columns have names, else by what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from recsys.data.numbers import Floats
from recsys.errors import InputError, shown

_NAMES: Mapping[str, tuple[str, ...]] = {
    "user": (
        *("user", "customer", "member", "reviewer", "profile", "person", "account", "visitor", "client", "uid"),
        *("reader", "listener", "viewer", "player", "buyer", "student"),
    ),
    "item": (
        *("item", "movie", "film", "book", "isbn", "product", "asin", "business", "anime", "track", "song", "artist"),
        *("album", "sku", "article", "game", "recipe", "joke", "restaurant", "hotel", "course", "iid"),
    ),
    "rating": ("rating", "stars", "score", "overall", "liked", "like", "grade", "vote", "thumb", "preference"),
    "weight": ("plays", "playcount", "listens", "quantity", "weight", "clicks", "count", "purchases", "views"),
    "timestamp": ("timestamp", "unixreviewtime", "time", "datetime", "date", "when", "createdat", "ts"),
}
"""Words that a column of each role is called by; the earlier, the surer."""
_TIMES = ((1e8, 2e10), (1e11, 2e13), (1e14, 2e16), (1e17, 2e19))
"""Where seconds since 1970 lie in our days, in seconds, milliseconds, microseconds and nanoseconds."""
_MOST_RATINGS = 1001
"""Different values up to which a column can be of ratings, as from 0 to 10 in hundredths."""


def by_name(names: Sequence[str]) -> dict[str, str]:
    """The column of each role among those of these names; of a rating and a weight the rating alone."""
    found: dict[str, str] = {}
    for fits in (str.__eq__, _is_id_of, str.__contains__):
        for role, words in _NAMES.items():
            free = [name for name in names if name not in found.values()]
            match = next((name for word in words for name in free if fits(_letters(name), word)), None)
            if role not in found and match is not None:
                found[role] = match
    if "rating" in found:
        found.pop("weight", None)
    return {role: found[role] for role in _NAMES if role in found}


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_id_of(name: str, word: str) -> bool:
    return name in (f"{word}id", f"{word}s", f"id{word}", f"{word}no", f"{word}key")


def untold(place: str, names: Sequence[str]) -> InputError:
    """The error of columns whose names do not tell which are of users and items."""
    there = shown(", ".join(map(repr, names)), 200)
    remedy = "say it by hand, in an experiment file, as data.columns = { user = …, item = …, rating = … }"
    return InputError(f"{place}: which columns are of users and items is not to be told from {there}: {remedy}")


def by_content(columns: Sequence[Floats]) -> dict[str, int]:
    """The number, from 1 on, of the column of each role: the first two that are neither ratings nor times are of ids.

    Args:
        columns: The numbers in each, NaN for what is none.
    """
    places = range(1, len(columns) + 1)
    times = [place for place, numbers in zip(places, columns, strict=True) if _are_times(numbers)]
    values = {
        place: len(np.unique(numbers))
        for place, numbers in zip(places, columns, strict=True)
        if place not in times and place > 2 and not np.isnan(numbers).any()
    }
    rating = min(values, key=lambda place: values[place], default=None)
    ids = [place for place in places if place not in times and place != rating]
    found = dict(zip(("user", "item"), ids, strict=False))
    if rating is not None and values[rating] <= _MOST_RATINGS:
        found["rating"] = rating
    if times:
        found["timestamp"] = times[0]
    return found


def _are_times(numbers: Floats) -> bool:
    return any(((numbers > low) & (numbers < high)).all() for low, high in _TIMES)
