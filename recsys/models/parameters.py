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


def default_point(settings: ModelSettings) -> dict[str, Value]:
    """The model's default point; for a factory of the user's own, what training needs of any point."""
    return dict(_DEFAULTS[settings.kind] if settings.kind else _TRAINING)


def parameters_of(settings: ModelSettings) -> list[str] | None:
    """The names of the model's parameters; None for a factory of the user's own, which alone knows them."""
    return list(_DEFAULTS[settings.kind]) if settings.kind else None
