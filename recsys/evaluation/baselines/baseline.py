"""What a baseline is: settings, a fit in closed form or in a few rounds, and the settings near by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import ClassVar, Self

from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.linear_scores import LinearScores


class Baseline(ABC):
    """A simple method that a model has to beat: a frozen dataclass, whose fields are its settings.

    The defaults are what its authors found for MovieLens-20M, or what is usual.

    Those that rank learn from `ratings.positives`, each of which counts once, whatever its weight.
    """

    name: ClassVar[str]
    """In the command line, in reports and in recipes."""
    dense: ClassVar[bool] = False
    """Whether a fit is one dense matrix of items by items: where there are many of them, it has all cores."""

    @abstractmethod
    def fit(self, ratings: Ratings) -> LinearScores:
        """Learn from ratings, at least one."""

    @property
    def settings(self) -> Mapping[str, float]:
        """The settings by name."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # every baseline is a dataclass

    @classmethod
    def starts(cls) -> Sequence[Self]:
        """The settings that a search begins with; the defaults stand first."""
        return (cls(),)

    def near(self) -> Sequence[Self]:
        """The settings that a search tries next where these are the best so far."""
        return ()

    @classmethod
    def too_large(cls, catalogue: Catalogue) -> str | None:  # noqa: ARG003 - most work on catalogues of any size
        """Why it cannot be fitted to a catalogue; None where it can."""
        return None


def rounded(value: float) -> float:
    """A setting to two digits, so that a search that returns to a place knows it."""
    return float(f"{value:.2g}")
