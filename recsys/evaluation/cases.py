"""Cases: what a held-out part asks of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from recsys.arrays import AnyArray, BoolArray, Int32Array, IntArray
from recsys.data.histories import Histories
from recsys.data.ratings import Ratings

SEED = 0
"""The seed of the sample of users, which is the same for every model that is evaluated on a part."""
MOST_SCORES = 200_000_000
"""The number of scores, cases times items, up to which all users are evaluated."""
LEAST = 1000
"""The smallest sample: the standard error of a mean NDCG is then about 0.01."""


@dataclass(frozen=True, eq=False)
class Cases:
    """The cases of a held-out part: a user at a moment, and the relevant items from then on (V cases).

    If the histories are fixed, each user is one case, at the end of training, and all held-out positives are relevant.
    If they grow (`split.history = "grows"`), each held-out positive is a case of its own, at its own moment.
    """

    users: Int32Array
    """The user of each case (V,), ascending; a user of growing histories has several cases, in the order of time."""
    seen: csr_array
    """Whether the user has the item before the moment (V, I); nothing if a list may repeat items."""
    relevant: csr_array
    """Whether the item is relevant (V, I)."""
    times: AnyArray | None
    """The time of the first relevant item of each case (V,); None if the data have no times."""
    grow: bool
    """Whether histories grow within the part."""
    _before: Callable[[], Histories]
    candidates: BoolArray | None = None
    """Which items a list may have (I,); None for all. If the part releases new items, they are the candidates."""

    @cached_property
    def histories(self) -> Histories:
        """What the user did before the moment, the newest last (V rows)."""
        return self._before()

    def take(self, some: AnyArray) -> Cases:
        """Return the cases at positions or of a mask."""
        return Cases(
            self.users[some],
            self.seen[some],
            self.relevant[some],
            None if self.times is None else self.times[some],
            self.grow,
            lambda: self.histories.take(np.arange(len(self.users))[some]),
            self.candidates,
        )

    def hidden(self, some: AnyArray) -> BoolArray:
        """Return whether a list must leave an item out, for cases at positions (B,): (B, I)."""
        hidden: BoolArray = self.seen[some].toarray()
        return hidden if self.candidates is None else hidden | ~self.candidates


def cases_of(train: Ratings, held_out: Ratings, threshold: float | None, most: int | None = None) -> Cases:
    """Return the cases of a held-out part for a model that has seen `train` and nothing else.

    Args:
        train: The ratings that the model has seen.
        held_out: The part to evaluate on.
        threshold: The lowest rating that makes an item relevant, if the data do not define it.
        most: The most users, sampled with a fixed seed; all by default. Users with many cases between them are sampled
            in any case.
    """
    train, held_out = train.with_positives_from(threshold), held_out.with_positives_from(threshold)
    return (_growing if held_out.grows else _fixed)(train, held_out, most)


def _fixed(train: Ratings, held_out: Ratings, most: int | None) -> Cases:
    wanted = held_out.take(held_out.values >= held_out.relevant_from(None))
    users = _sampled(np.unique(wanted.users), most)
    none = csr_array((len(users), train.catalogue.items), dtype=bool)
    return Cases(
        users.astype(np.int32),
        none if train.repeats else _by_user(train, users),
        _by_user(wanted, users),
        None if wanted.timestamps is None else _first_times(wanted.users, wanted.timestamps, users),
        grow=False,
        _before=lambda: Histories.of(train).take(users),
        candidates=_candidates(train, held_out),
    )


def _growing(train: Ratings, held_out: Ratings, most: int | None) -> Cases:
    before, catalogue = Histories.of(train), train.catalogue
    whole = before.followed_by(Histories.of(held_out))
    users, place = whole.rows, np.arange(len(whole.items)) - whole.starts[whole.rows]
    wanted = (place >= before.lengths[users]) & (whole.weights > 0)
    some = _sampled(np.unique(users[wanted]), most, np.bincount(users[wanted], minlength=len(whole)), catalogue.items)
    entries = np.flatnonzero(wanted & np.isin(users, some))
    moments = whole.before(users[entries], place[entries])
    rows, shape = np.arange(len(entries)), (len(entries), catalogue.items)
    none = csr_array(shape, dtype=bool)
    return Cases(
        users[entries].astype(np.int32),
        none if train.repeats else _table(moments.rows, moments.items, shape),
        _table(rows, whole.items[entries], shape),
        None if whole.times is None else whole.times[entries],
        grow=True,
        _before=lambda: moments,
        candidates=_candidates(train, held_out),
    )


def _candidates(train: Ratings, held_out: Ratings) -> BoolArray | None:
    """Return the items that lists of a part are made of (I,), None for all.

    They are the items that the part has released, if it has released any, else all that are released.
    """
    if train.unreleased is None or held_out.unreleased is None:
        return None
    released = ~held_out.unreleased
    new = train.unreleased & released
    return new if new.any() else released


def _sampled(users: IntArray, most: int | None, counts: IntArray | None = None, items: int = 1) -> IntArray:
    """Return a sample of users, ascending, or all of them.

    Args:
        users: The users.
        most: The most users; None for no limit.
        counts: The number of cases of each user of the catalogue (U,); by default one each, without a limit.
        items: The number of items of the catalogue, which limits the number of cases.
    """
    many = counts is not None and counts.sum() * items > MOST_SCORES
    if most is None and not many:
        return users
    drawn = np.random.default_rng(SEED).permutation(users)[:most]
    if counts is not None and many:
        within = np.cumsum(counts[drawn]) <= max(LEAST, MOST_SCORES // items)
        within[0] = True
        drawn = drawn[within]
    return np.sort(drawn)


def _first_times(users: IntArray, times: AnyArray, some: IntArray) -> AnyArray:
    """Return the first time of each of some users (V,), who all have one.

    Args:
        users: The user of each event (N,).
        times: The time of each event (N,).
        some: Users, ascending.
    """
    order = np.lexsort((times, users))
    own = order[np.isin(users[order], some)]
    _, first = np.unique(users[own], return_index=True)
    return times[own][first]


def _table(rows: IntArray, items: IntArray, shape: tuple[int, int]) -> csr_array:
    return csr_array((np.ones(len(rows), bool), (rows, items)), shape=shape)


def _by_user(ratings: Ratings, some: AnyArray) -> csr_array:
    """Return whether each of the given users (V,) has the item, sparse (V, I)."""
    places = np.full(ratings.catalogue.users, -1)
    places[some] = np.arange(len(some))
    rows = places[ratings.users]
    known = rows >= 0
    return _table(rows[known], ratings.items[known], (len(some), ratings.catalogue.items))
