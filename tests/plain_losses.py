"""Ranking losses in plain Python, and derivatives by differences, as references for other tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def softplus(x: float) -> float:
    return float(np.log1p(np.exp(x)))


def of_all_by_hand(name: str, scores: Array, chosen: Array, unobserved: float) -> float:
    """The loss of one user, item by item."""
    if name == "softmax":
        return float(-sum(x * np.log(np.exp(s) / np.exp(scores).sum()) for s, x in zip(scores, chosen, strict=True)))
    liked, other = {
        "weighted_squared": (lambda s: (1 - s) ** 2, lambda s: s**2),
        "logistic": (lambda s: softplus(-s), softplus),
    }[name]
    return float(sum(x * liked(s) if x else unobserved * other(s) for s, x in zip(scores, chosen, strict=True)))


def of_sampled_by_hand(
    name: str, positive: float, negative: Array, counts: Array, chosen: float, unobserved: float
) -> float:
    """The loss of one choice, negative by negative."""
    drawn = [(float(s), float(c)) for s, c in zip(negative, counts, strict=True) if c]
    if name == "softmax":
        everything = np.exp(positive) + sum(c * np.exp(s) for s, c in drawn)
        return float(-chosen * np.log(np.exp(positive) / everything))
    if name == "bpr":
        return chosen * float(np.mean([softplus(s - positive) for s, _ in drawn])) if drawn else 0.0
    if name == "weighted_squared":
        return chosen * (1 - positive) ** 2 + unobserved * sum(c * s**2 for s, c in drawn)
    return chosen * softplus(-positive) + unobserved * sum(c * softplus(s) for s, c in drawn)


def slopes(value: Callable[[Array], float], at: Array, step: float = 1e-5) -> Array:
    """The gradient of a function by central differences."""
    gradient = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        away = np.zeros(at.shape)
        away[place] = step
        gradient[place] = (value(at + away) - value(at - away)) / (2 * step)
    return gradient
