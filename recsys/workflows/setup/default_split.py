"""The split that `recsys init` writes, and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Repeated, Split

_TEST_PARTS = {
    "column": "the rows that the data mark",
    "temporal": "the latest fifth of the {rows}",
    "leave_last": "the last of each user's {rows}",
    "user_random": "a random fifth of each user's {rows}",
    "random": "a random fifth of the {rows}",
}


@dataclass(frozen=True)
class DefaultSplit:
    """A kind of split, and one sentence on it."""

    kind: str
    sentence: str


def default_split(ratings: Ratings, notes: list[str]) -> DefaultSplit:
    """Return the split: by time if there are timestamps, otherwise at random, by user for events.

    The function takes the first kind that leaves no part empty. If the last event of most users is a repeated pair, it
    prefers a split by date, because the other one leaves too few test pairs.

    Args:
        ratings: The ratings.
        notes: Receives a note on repeated pairs.

    Raises:
        InputError: No kind leaves all parts with data.
    """
    why = "the data have no times"
    if ratings.timestamps is not None:
        why = "the data have times, and a model is used on later ones"
    for kind in _kinds(ratings):
        split = _made(ratings, kind)
        tested, again = (0, 0) if split is None else (len(split.test or ()), split.repeated.test)
        if not tested or (kind == "leave_last" and again > tested):
            why = f"{kind} leaves too few new pairs to test"
            continue
        if again:
            notes.append(f"test part by {kind}: {Repeated.sentence(tested, again, asked=False)}")
        return explained(kind, why, implicit=ratings.implicit)
    make_split(ratings, SplitSettings(kind="random"))
    return explained("random", why, implicit=ratings.implicit)


def _made(ratings: Ratings, kind: str) -> Split | None:
    """Return the split of a kind; None if a part would be empty."""
    try:
        return make_split(ratings, SplitSettings.model_validate({"kind": kind}))
    except InputError:
        return None


def explained(kind: str, why: str, *, implicit: bool) -> DefaultSplit:
    """Return a kind of split with its sentence."""
    part = _TEST_PARTS[kind].format(rows="events" if implicit else "ratings")
    return DefaultSplit(kind, f"split: {kind}, with {part} as the test part, because {why}")


def _kinds(ratings: Ratings) -> list[str]:
    """Return the kinds to try, the best first. A random split, which needs nothing, follows them."""
    by_time = [] if ratings.timestamps is None else ["temporal"]
    if not ratings.implicit:
        return by_time
    return [*(["leave_last", *by_time] if by_time else []), "user_random"]
