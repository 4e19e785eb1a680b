"""Lists of recommended items. Python, JSON, HTTP, pyfunc and files use the same structure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recsys import notebook


@dataclass(frozen=True)
class Recommendation:
    """An item of a list.

    A champion predicts either a rating or a score, which only ranks. The other value is None.
    """

    item: Any
    """The raw id of the item."""
    title: str | None
    """The title; None if the data have no titles."""
    rating: float | None = None
    score: float | None = None
    deviation: float | None = None
    """The standard deviation of the rating. It and the interval are None without a posterior."""
    low: float | None = None
    """The lower end of the 90 % interval of the rating."""
    high: float | None = None
    """The upper end of the 90 % interval of the rating."""
    stars: Mapping[str, float] | None = None
    """The probability of each star; None if the request does not ask for it."""
    new: bool | None = None
    """Whether nobody in the data has rated or chosen it; None if the request does not ask for new items."""

    @property
    def value(self) -> float | None:
        """Return the rating or the score."""
        return self.score if self.rating is None else self.rating

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that the champion predicts, by name."""
        named = {"rating": self.rating, "score": self.score}
        named |= {"deviation": self.deviation, "low": self.low, "high": self.high}
        known = {
            "item": self.item,
            "title": self.title,
            **{k: value for k, value in named.items() if value is not None},
            **({} if self.new is None else {"new": self.new}),
        }
        return known if self.deviation is None else {**known, "stars": self.stars}


@dataclass(frozen=True)
class Recommendations:
    """The recommended items of one user."""

    user: Any
    """The raw id; None for a person with only a history or features."""
    items: Sequence[Recommendation]
    """The items, the best first."""
    fallback: bool
    """Whether the user is cold and gets the popular items, see `Fallback`."""

    def to_dict(self) -> dict[str, Any]:
        """Return the list as one document."""
        return {"user": self.user, "items": [each.to_dict() for each in self.items], "fallback": self.fallback}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each item, with user and rank, in values that JSON has."""
        return [
            {"user": self.user, "rank": rank, **_row(each), "fallback": self.fallback}
            for rank, each in enumerate(self.items, start=1)
        ]

    def _repr_html_(self) -> str:
        rows = [each.to_dict() for each in self.items]
        return notebook.table(list(rows[0]) if rows else ["item"], [list(row.values()) for row in rows])


def finite(value: float) -> float | None:
    """Return the number; None if it is NaN or infinite, which JSON does not have."""
    return value if math.isfinite(value) else None


def _row(item: Recommendation) -> dict[str, Any]:
    known = {name: finite(value) if isinstance(value, float) else value for name, value in item.to_dict().items()}
    return {name: value for name, value in known.items() if name != "stars" or value is not None}
