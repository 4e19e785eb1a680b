"""A store and a small experiment that the workflow tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

EXPERIMENT = """
[data]
source = "synthetic"
synthetic = { users = 60, items = 40, ratings = 1200 }

[model]
kind = "mf"

[space]
embedding_size = { type = "int", low = 2, high = 8 }
learning_rate = { type = "float", low = 1e-3, high = 1e-1, scale = "log" }

[point]
batch_size = 256

[study]
trials = 6
batch = 3

[training]
epochs = 3
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """A sweep of six trials in two batches."""
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def _empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's database with its tables, which take a second to make."""
    from recsys.tracking.mlflow_store import MlflowStore

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    MlflowStore(f"sqlite:///{path}")
    return path


@pytest.fixture
def store_uri(_empty_store: Path, tmp_path: Path) -> str:
    """A fresh store of the test's own."""
    path = tmp_path / "mlflow.db"
    path.write_bytes(_empty_store.read_bytes())
    return f"sqlite:///{path}"
