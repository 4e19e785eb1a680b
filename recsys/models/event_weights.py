"""Event weights: positives of training weigh less the older they are."""

from __future__ import annotations

import numpy as np

from recsys.arrays import AnyArray, Float32Array
from recsys.data.durations import units_a_day

LEAST = 1e-6
"""The least weight, so that an old positive does not become an item that nobody chose."""


def event_weights(times: AnyArray, all_times: AnyArray, half_life: float) -> Float32Array:
    """Return the weights 0.5^(age / half-life) of events (N,), at least `LEAST`.

    Args:
        times: The times of the events (N,).
        all_times: The times of all events of training, the newest of which has age 0.
        half_life: The half-life in days; in the unit of the times if they are no dates.
    """
    ages = (np.max(all_times) - times) / (units_a_day(all_times) or 1.0)
    weights: Float32Array = np.maximum(0.5 ** (ages / half_life), LEAST).astype(np.float32)
    return weights
