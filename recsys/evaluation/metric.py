"""What a metric is, which ones there are, and the one place that decides which of two values is better."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recsys.errors import InputError

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Metric:
    """A metric's name and direction; the function of its name in its family's module computes it, and says how."""

    name: str
    direction: Direction
    family: Literal["rating", "ranking", "exposure"]
    of_all_lists: bool = False
    """Whether it is of all users' lists together: no single user has it, so that nothing can be tested on it."""

    @property
    def root(self) -> bool:
        """Whether it is the root of the mean of its losses."""
        return self.name == "rmse"

    def is_better(self, a: float, b: float) -> bool:
        """Whether value `a` is strictly better than value `b`; a number is better than NaN, NaN never better."""
        if math.isnan(a) or math.isnan(b):
            return math.isnan(b) and not math.isnan(a)
        return a < b if self.direction == "minimize" else a > b

    def best_index(self, values: Sequence[float]) -> int | None:
        """The position of the best value, the first one of equals; None where no value is a number."""
        best: int | None = None
        for position, value in enumerate(values):
            if self.is_better(value, math.nan if best is None else values[best]):
                best = position
        return best

    def sort_key(self, value: float) -> float:
        """Sorts values from the best to the worst, NaN last."""
        return sort_key(value, self.direction)


def sort_key(value: float, direction: str) -> float:
    """Sorts values from the best to the worst, NaN last."""
    if math.isnan(value):
        return math.inf
    return value if direction == "minimize" else -value


def _by_name(*metrics: Metric) -> Mapping[str, Metric]:
    return {metric.name: metric for metric in metrics}


METRICS: Mapping[str, Metric] = _by_name(
    Metric("rmse", "minimize", "rating"),
    Metric("mae", "minimize", "rating"),
    Metric("rounded_mae", "minimize", "rating"),
    Metric("ndcg", "maximize", "ranking"),
    Metric("recall", "maximize", "ranking"),
    Metric("precision", "maximize", "ranking"),
    Metric("map", "maximize", "ranking"),
    Metric("mrr", "maximize", "ranking"),
    Metric("hit_rate", "maximize", "ranking"),
    Metric("coverage", "maximize", "exposure", of_all_lists=True),
    Metric("novelty", "maximize", "exposure"),
    Metric("gini", "minimize", "exposure", of_all_lists=True),
)
"""Every metric by its name, which is also its name in experiment files and in MLflow."""


def metric_of(name: str) -> Metric:
    """The metric of that name.

    Raises:
        InputError: There is none; the message lists those there are.
    """
    if name not in METRICS:
        raise InputError(f"no metric is called {name!r}; there are {', '.join(METRICS)}")
    return METRICS[name]
