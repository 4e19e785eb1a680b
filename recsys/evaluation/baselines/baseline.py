"""What a baseline is: settings, a fit in closed form or in a few rounds, and the settings that are searched."""

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
    """The values of a setting, placed from 0 to 1."""

    low: float
    high: float
    log: bool = False
    """Whether equal steps multiply."""
    whole: bool = False
    """Whether the values are whole numbers."""
    stricter: Literal["low", "high"] | None = None
    """Which end regularises more; None where neither does."""

    def at(self, place: float) -> float:
        """The value at a place, to two digits, so that a search that returns to a place knows it."""
        value = self.low * (self.high / self.low) ** place if self.log else self.low + (self.high - self.low) * place
        return round(value) if self.whole else float(f"{value:.2g}")

    def position_of(self, value: float) -> float:
        """Where a value is; below 0 or above 1 where it is outside."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def strictness(self, value: float) -> float:
        """How much a value regularises, relative to the others of the axis."""
        signs = {"low": -1.0, "high": 1.0, None: 0.0}
        return signs[self.stricter] * self.position_of(value)


class Baseline(ABC):
    """A simple method that a model has to beat: a frozen dataclass, whose fields are its settings.

    The defaults are what its authors found for MovieLens-20M, or what is usual.
    """

    name: ClassVar[str]
    """In the command line, in reports and in recipes."""
    dense: ClassVar[bool] = False
    """Whether a fit is one dense matrix of items by items: where there are many of them, it has all cores."""

    coarse: ClassVar[Mapping[str, float]] = MappingProxyType({})
    """Settings of a quicker fit, at which the others do about as well relative to each other: a search begins there."""

    @abstractmethod
    def fit(self, ratings: Ratings) -> LinearScores:
        """Learn from ratings, at least one."""

    @property
    def settings(self) -> Mapping[str, float]:
        """The settings by name."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # every baseline is a dataclass

    def at(self, settings: Mapping[str, float]) -> Self:
        """The same with other values of some settings."""
        return replace(self, **settings)  # type: ignore[type-var]  # every baseline is a dataclass

    @classmethod
    def axes(cls, ratings: Ratings) -> Mapping[str, SearchRange]:  # noqa: ARG003 - most have the same ones on all data
        """The settings that a search varies, on these ratings; the others keep their defaults."""
        return {}

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:  # noqa: ARG003 - most work on catalogues of any size
        """Why it cannot be fitted to a catalogue; None where it can."""
        return None
