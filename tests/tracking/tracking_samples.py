"""A small sweep without training: header, catalogue, trials and results."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.tracking.tracker import Header
from recsys.training.trial import Result, Trial, TrialState

EXPERIMENT = """
[data]
name = "tiny"
[model]
kind = "mf"
[point]
dropout = 0.1
[space]
embedding_size = { type = "int", low = 4, high = 64, scale = "log" }
learning_rate = { type = "float", low = 1e-4, high = 1e-1, scale = "log" }
loss = { type = "choice", values = ["huber", "mean_squared_error"] }
dropout = { type = "float", low = 0.0, high = 0.5 }
[tracking]
embeddings = "all"
"""
USERS, ITEMS = 7, 5


def make_header(name: str = "first", **changes: Any) -> Header:
    values: dict[str, Any] = {
        "name": name,
        "kind": "sweep",
        "experiment": EXPERIMENT,
        "data_name": "tiny",
        "data_digest": "0123456789abcdef0123456789abcdef0123",
        "fingerprint": "f" * 16,
        "protocol": {"split": "random, seed 0", "metrics": "1"},
        "metric": "rmse",
        "direction": "minimize",
        "trials": 64,
        "ratings": 20,
        "users": USERS,
        "items": ITEMS,
        "tags": {"keras": "3.15", "git": "abc"},
    }
    return Header(**{**values, **changes})


def make_trial(number: int, **point: Any) -> Trial:
    point = point or {"embedding_size": 4 + number, "learning_rate": 0.1 / (1 + number), "loss": "huber"}
    return Trial(number, point, seed=100 + number, last_epoch=3)


def make_weights(seed: int, size: int = 3, users: int = USERS, items: int = ITEMS) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    shapes = {
        "user_embedding/table": (users + 1, size),
        "item_embedding/table": (items + 1, size),
        "user_bias/table": (users + 1, 1),
        "hidden_0/kernel": (2 * size, 4),
    }
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def make_result(trial: Trial, value: float = 1.0, state: TrialState = TrialState.COMPLETE, **changes: Any) -> Result:
    values: dict[str, Any] = {
        "trial": trial,
        "state": state,
        "history": {"train_loss": [3.0, 2.0, 1.0], "rmse": [value + 0.2, value, value + 0.1], "mae": [0.9, 0.8, 0.81]},
        "best_epoch": 1,
        "values": {"rmse": value, "mae": 0.8},
        "weights": make_weights(trial.number),
        "seconds": 0.25,
    }
    return Result(**{**values, **changes})
