"""Lists of recommended items: one shape for Python, JSON, HTTP, pyfunc and files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recsys import notebook


@dataclass(frozen=True)
class Recommendation:
    """An item on a list.

    A champion predicts a rating, or gives a score, which only ranks; the other of the two is None.
    """

    item: Any
    """The raw id."""
    title: str | None
    rating: float | None = None
    score: float | None = None
    deviation: float | None = None
    """The standard deviation of the rating. It and the interval are None for a champion without a posterior."""
    low: float | None = None
    """Where the 90 % interval of the rating begins."""
    high: float | None = None
    """Where it ends."""
    stars: Mapping[str, float] | None = None
    """The chance of each star; None where it was not asked for."""

    @property
    def value(self) -> float | None:
        """The rating or the score."""
        return self.score if self.rating is None else self.rating

    def to_dict(self) -> dict[str, Any]:
        """The fields that the champion knows, by name."""
        named = {"rating": self.rating, "score": self.score}
        named |= {"deviation": self.deviation, "low": self.low, "high": self.high}
        known = {
            "item": self.item,
            "title": self.title,
            **{k: value for k, value in named.items() if value is not None},
        }
        return known if self.deviation is None else {**known, "stars": self.stars}


@dataclass(frozen=True)
class Recommendations:
    """What a user should see next."""

    user: Any
    """The raw id; None for a person of whom nothing but a history is known."""
    items: Sequence[Recommendation]
    """The best first."""
    fallback: bool
    """Whether the champion has learnt nothing of the user, who is given the popular items: see `Fallback`."""

    def to_dict(self) -> dict[str, Any]:
        """The list as one document."""
        return {"user": self.user, "items": [each.to_dict() for each in self.items], "fallback": self.fallback}

    def rows(self) -> list[dict[str, Any]]:
        """A row an item with its user and rank, in values that JSON has; `stars` only where they are known."""
        return [
            {"user": self.user, "rank": rank, **_row(each), "fallback": self.fallback}
            for rank, each in enumerate(self.items, start=1)
        ]

    def _repr_html_(self) -> str:
        rows = [each.to_dict() for each in self.items]
        return notebook.table(list(rows[0]) if rows else ["item"], [list(row.values()) for row in rows])


def finite(value: float) -> float | None:
    """A number that JSON has; None for one that it has not."""
    return value if math.isfinite(value) else None


def _row(item: Recommendation) -> dict[str, Any]:
    known = {name: finite(value) if isinstance(value, float) else value for name, value in item.to_dict().items()}
    return {name: value for name, value in known.items() if name != "stars" or value is not None}
