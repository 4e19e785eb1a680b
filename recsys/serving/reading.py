"""Convert the rows of a request to `Ask` objects."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from recsys.data.ratings import Catalogue
from recsys.errors import InputError, shown
from recsys.reporter import Reporter, quiet
from recsys.serving.ask import DEFAULT_N, WAYS, Ask, By, History
from recsys.serving.feedback import Feedback
from recsys.serving.ids import Ids
from recsys.serving.keys import EXPECTED
from recsys.serving.new_items import checked_share
from recsys.serving.recommender import Recommender
from recsys.serving.rows import Row
from recsys.serving.user_features import UserFeatures

_WRITTEN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
"""Matches a number in a CSV field."""


class Reader:
    """Reads rows for one champion.

    Args:
        catalogue: The ids of the champion's users and items.
        feedback: The meaning of the values of a history.
        user_features: Encodes the features of a request's user.
    """

    def __init__(self, catalogue: Catalogue, feedback: Feedback, user_features: UserFeatures) -> None:
        self._user_features = user_features
        self._users, self._items = Ids(catalogue.user_ids, "user"), Ids(catalogue.item_ids, "item")
        self._feedback = feedback

    def asks(self, rows: Sequence[Row]) -> list[Ask]:
        """Convert rows to requests, one for each row.

        Raises:
            InputError: A row is not valid. The message has the number of the row.
        """
        found = []
        for number, row in enumerate(rows, start=1):
            try:
                found.append(self.ask(row))
            except InputError as error:
                raise InputError(f"row {number}: {error}") from None
        return found

    def ask(self, row: Row) -> Ask:
        """Convert one row to a request.

        Raises:
            InputError: The row has neither a user nor a history nor features, or one of its values is not valid.
        """
        if not {"user", "history", "user_features"} & row.keys():
            raise InputError(f"neither a user nor a history nor user_features; {EXPECTED}")
        return Ask(
            self._users.read(row["user"]) if "user" in row else None,
            self._items.read(row["item"]) if "item" in row else None,
            _length(row.get("n", DEFAULT_N)),
            self._ids(row, "exclude"),
            self._history(row),
            *ranked_by(row),
            _flag(row.get("stars", False), "stars"),
            self._user_features.encode(_object(row["user_features"])) if "user_features" in row else None,
            _share(row),
        )

    def _ids(self, row: Row, name: str) -> list[int | str]:
        return [self._items.read(each) for each in _listed(row.get(name, []), name)]

    def _history(self, row: Row) -> History | None:
        word, other = self._feedback.words
        if other in row:
            raise InputError(f"{other}: the data have none; a history's values are its {word}")
        if "history" not in row:
            if word in row:
                raise InputError(f"{word} without a history")
            return None
        items = self._ids(row, "history")
        if word not in row:
            return History(items)
        values = [self._feedback.checked(_number(each, word)) for each in _listed(row[word], word)]
        if len(values) != len(items):
            raise InputError(f"a history of {len(items)} items with {len(values)} {word}")
        return History(items, values)


def reader_of(recommender: Recommender, reporter: Reporter = quiet) -> Reader:
    """Return the reader of a champion's requests.

    Args:
        recommender: The champion.
        reporter: Receives notes on categories that are not known.
    """
    features = UserFeatures(recommender.scorer, recommender.catalogue, reporter)
    return Reader(recommender.catalogue, recommender.feedback, features)


def _length(given: Any) -> int:
    return _whole(given, "n", 1)


def ranked_by(row: Row) -> tuple[By, int | None]:
    """Return the value that ranks a list, and the seed of its draw.

    Raises:
        InputError: `by` or `seed` is not valid, or does not apply to the row.
    """
    by = row.get("by", "mean")
    if by not in WAYS:
        raise InputError(f"by = {shown(repr(by))}: expected {', '.join(WAYS[:-1])} or {WAYS[-1]}")
    if by != "mean" and "item" in row:
        raise InputError(f"by = {by!r} ranks a list, and the row asks for an item")
    if "seed" in row and by != "draw":
        raise InputError("seed: it chooses the draw that a list is ranked by, and by is not 'draw'")
    return by, _whole(row["seed"], "seed", 0) if "seed" in row else None


def _share(row: Row) -> float:
    given = row.get("new_share", 0.0)
    share = checked_share(float(given) if isinstance(given, str) and _WRITTEN.fullmatch(given) else given)
    if share and "item" in row:
        raise InputError("new_share: it is that of a list, and the row asks for an item")
    return share


def _object(given: Any) -> Any:
    """Return an object; parse the text of a JSON object, as in a CSV."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return given


def _flag(given: Any, name: str) -> bool:
    flags = {"true": True, "false": False}
    if isinstance(given, str) and given.lower() in flags:  # a value of a CSV
        return flags[given.lower()]
    if not isinstance(given, bool):
        raise InputError(f"{name} = {shown(repr(given))}: expected true or false")
    return given


def _whole(given: Any, name: str, least: int) -> int:
    number = _number(float(given) if isinstance(given, str) and _WRITTEN.fullmatch(given) else given, name)
    if not number.is_integer() or number < least:
        raise InputError(f"{name} = {shown(repr(given))}: expected a whole number of at least {least}")
    return int(number)


def _number(given: Any, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (Integral, Real)) or not _is_finite(given):
        raise InputError(f"{name}: {shown(repr(given))} is not a number")
    return float(given)


def _is_finite(given: Any) -> bool:
    try:
        return math.isfinite(given)
    except OverflowError:
        return False


def _listed(given: Any, name: str) -> list[Any]:
    """Return a list; parse the text of a JSON list, as in a CSV."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            given = None
    if not isinstance(given, list):
        raise InputError(f"{name}: expected a list of ids, or in a CSV the text of a JSON list")
    return given
