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
    """A metric's name, direction and formula; the function of its name in its family's module computes it."""

    name: str
    direction: Direction
    family: Literal["rating", "ranking", "exposure"]
    formula: str
    """As a reader of a report wants it; source and empty case are with the function."""

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
        if math.isnan(value):
            return math.inf
        return value if self.direction == "minimize" else -value


def _by_name(*metrics: Metric) -> Mapping[str, Metric]:
    return {metric.name: metric for metric in metrics}


METRICS: Mapping[str, Metric] = _by_name(
    Metric("rmse", "minimize", "rating", "root of the mean of (r - predicted)^2"),
    Metric("mae", "minimize", "rating", "mean of |r - predicted|"),
    Metric("rounded_mae", "minimize", "rating", "mean of |r - round(predicted)|, halves to even"),
    Metric("ndcg", "maximize", "ranking", "DCG / ideal DCG at k, binary relevance, discount log2(rank + 1)"),
    Metric("recall", "maximize", "ranking", "relevant items in the list / relevant items"),
    Metric("precision", "maximize", "ranking", "relevant items in the list / k"),
    Metric("map", "maximize", "ranking", "sum of precision at each relevant rank / relevant items"),
    Metric("mrr", "maximize", "ranking", "1 / rank of the first relevant item, 0 without one"),
    Metric("hit_rate", "maximize", "ranking", "share of users with a relevant item in the list"),
    Metric("coverage", "maximize", "exposure", "share of the catalogue in anyone's list"),
    Metric("novelty", "maximize", "exposure", "mean of log2(users / training ratings of the item), in bits"),
    Metric("gini", "minimize", "exposure", "Gini index of how often each item is in a list"),
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
