"""What a kind of model is: a factory, the parameters that it takes, and what a round of its training is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.losses.table import family_of
from recsys.spaces.parameter import Value

if TYPE_CHECKING:
    import keras

TRAINING: Mapping[str, Value] = {
    "learning_rate": 0.005,
    "loss": "mean_squared_error",
    "l2": 0.05,
    "bias_l2": 0.01,
    "batch_size": 1024,
    "dropout": 0.0,
}
"""What training needs of any point, and its defaults."""
EPOCHS = "epochs"


@dataclass(frozen=True)
class ModelKind:
    """A kind of model, by the name that `[model] kind` has for it."""

    name: str
    build: Callable[..., keras.Model]
    """A `Factory` that also takes `settings`, those of `[model]`."""
    defaults: Mapping[str, Value]
    """Its parameters and the point that a sweep starts from."""
    settings: tuple[str, ...] = ()
    """Keys of `[model]` that only some kinds look at, and this one does."""
    rounds: str = EPOCHS
    """What a trial's progress is counted in."""
    sampled: bool = False
    """Whether it is drawn from a posterior, given ratings, in place of being trained on a loss."""


def ranks(points: Sequence[Mapping[str, Value]]) -> bool:
    """Whether points are trained on rankings; the members of a cohort all are, or none is."""
    return all("loss" in point and family_of(point["loss"]) == "ranking" for point in points)
