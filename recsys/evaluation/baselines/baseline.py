"""The interface of a baseline: its settings, its fit, and the ranges to search."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Literal, Self

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.linear_scores import LinearScores


@dataclass(frozen=True)
class SearchRange:
    """The range of a setting, whose values have positions from 0 to 1."""

    low: float
    high: float
    log: bool = False
    """Whether the scale is logarithmic."""
    integer: bool = False
    """Whether the values are integers."""
    stricter: Literal["low", "high"] | None = None
    """The end that regularises more; None if neither does."""

    def value_at(self, position: float) -> float:
        """The value at a position, rounded to two digits, so that a search recognises values that it has tried."""
        value = (
            self.low * (self.high / self.low) ** position if self.log else self.low + (self.high - self.low) * position
        )
        return round(value) if self.integer else float(f"{value:.2g}")

    def position_of(self, value: float) -> float:
        """The position of a value; below 0 or above 1 for a value outside the range."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def strictness(self, value: float) -> float:
        """How strongly a value regularises, relative to other values of the range."""
        signs = {"low": -1.0, "high": 1.0, None: 0.0}
        return signs[self.stricter] * self.position_of(value)


class Baseline(ABC):
    """A simple method that a model has to beat: a frozen dataclass whose fields are its settings.

    The defaults are its authors' settings for MovieLens-20M, or common ones.
    """

    name: ClassVar[str]
    """The name in the command line, in reports and in recipes."""
    dense: ClassVar[bool] = False
    """Whether a fit computes a dense matrix of items by items, which uses all cores for large catalogues."""
    learns_from: ClassVar[str] = ""
    """What it learns from, for the model card, where that is less than which user has which item."""
    needs_known_items: ClassVar[bool] = False
    """Whether it is left out where no item to rank has a training rating, because it scores all such items alike."""
    coarse: ClassVar[Mapping[str, float]] = MappingProxyType({})
    """Settings of a faster fit that ranks the other settings about as the full fit does; a search starts with them."""
    after_fit: ClassVar[tuple[str, ...]] = ()
    """The settings that `adapt` applies to scores that have been fitted with other values of them."""

    def fit(self, ratings: Ratings) -> LinearScores:
        """Fit the baseline to at least one rating."""
        return self.adapt(self.learn(ratings), ratings)

    @abstractmethod
    def learn(self, ratings: Ratings) -> LinearScores:
        """Learn from at least one rating what does not depend on the settings `after_fit`."""

    def adapt(self, learned: LinearScores, ratings: Ratings) -> LinearScores:  # noqa: ARG002 - most have no such settings
        """Apply the settings `after_fit`.

        Args:
            learned: The scores that a baseline of the same other settings has learned from the ratings.
            ratings: The ratings.
        """
        return learned

    @property
    def fit_alone(self) -> Self:
        """The baseline with the defaults of the settings `after_fit`."""
        return self.with_settings({name: getattr(type(self), name) for name in self.after_fit})

    @property
    def settings(self) -> Mapping[str, float]:
        """The settings, keyed by name, without those that are infinite, by which nothing is limited."""
        settings = asdict(self)  # type: ignore[call-overload]  # every baseline is a dataclass
        return {name: value for name, value in settings.items() if value != math.inf}

    def with_settings(self, settings: Mapping[str, float]) -> Self:
        """A copy with other values of some settings."""
        return replace(self, **settings)  # type: ignore[type-var]  # every baseline is a dataclass

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:  # noqa: ARG003 - most have the same ones on all data
        """The ranges of the settings to search for these ratings; the other settings keep their defaults."""
        return {}

    @classmethod
    def applies_to(cls, ratings: Ratings) -> bool:  # noqa: ARG003 - most apply to all
        """Whether the ratings have what the baseline learns from."""
        return True

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:  # noqa: ARG003 - most work on catalogues of any size
        """The reason why the catalogue is too large to fit; None if it is not."""
        return None
