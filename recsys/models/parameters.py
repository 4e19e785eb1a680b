"""The hyperparameters of each model and their defaults: the point that a sweep starts from."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.models.factory import ModelSettings
from recsys.spaces.parameter import Value

_TRAINING: Mapping[str, Value] = {
    "learning_rate": 0.005,
    "loss": "mean_squared_error",
    "l2": 0.05,
    "bias_l2": 0.01,
    "batch_size": 1024,
    "dropout": 0.0,
}

_DEFAULTS: Mapping[str, Mapping[str, Value]] = {
    "mf": {"embedding_size": 32, **_TRAINING},
    "nnmf": {"embedding_size": 16, **_TRAINING},
    "mlp": {
        "user_embedding_size": 16,
        "item_embedding_size": 16,
        "hidden_units": (64, 32),
        **_TRAINING,
        "l2": 0.01,
        "dropout": 0.2,
    },
}

LOSSES = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh")
"""What `loss` can be, by Keras's names."""


def complaint(name: str, value: Value) -> str | None:
    """What would be right in place of a value that no model can take; None where nothing is wrong with it."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "loss":
        return None if value in LOSSES else f"one of {', '.join(LOSSES)}"
    if name == "dropout":
        return None if number and 0 <= value < 1 else "a number from 0 up to, not including, 1"  # type: ignore[operator]
    if name == "learning_rate":
        return None if number and value > 0 else "a number above 0"  # type: ignore[operator]
    if name in ("l2", "bias_l2"):
        return None if number and value >= 0 else "a number of at least 0"  # type: ignore[operator]
    if name.endswith("embedding_size") or name == "batch_size":
        return None if type(value) is int and value >= 1 else "a whole number of at least 1"
    if name == "hidden_units":
        return None if isinstance(value, tuple) and all(size >= 1 for size in value) else "a list such as [64, 32]"
    return None


def default_point(settings: ModelSettings) -> dict[str, Value]:
    """The model's default point; for a factory of the user's own, what training needs of any point."""
    return dict(_DEFAULTS[settings.kind] if settings.kind else _TRAINING)


def parameters_of(settings: ModelSettings) -> list[str] | None:
    """The names of the model's parameters; None for a factory of the user's own, which alone knows them."""
    return list(_DEFAULTS[settings.kind]) if settings.kind else None
