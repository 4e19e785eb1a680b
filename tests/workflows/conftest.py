"""Fixtures with a small experiment, and a finished sweep on it, that the workflow tests share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from recsys.workflows.search.run_study import SweepResult

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
def swept_folder(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sweep is kept for all tests."""
    folder = tmp_path_factory.mktemp("swept")
    shutil.copy(fresh_database, folder / "mlflow.db")
    (folder / "small.toml").write_text(EXPERIMENT, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def swept(swept_folder: Path) -> SweepResult:
    """What the sweep came to."""
    from recsys.workflows.search.sweep import sweep

    return sweep(swept_folder / "small.toml", tracking_uri=f"sqlite:///{swept_folder}/mlflow.db")


@pytest.fixture
def swept_uri(swept: SweepResult, swept_folder: Path, tmp_path: Path) -> str:
    """A store of the test's own that has the sweep, by the name `small`."""
    shutil.copy(swept_folder / "mlflow.db", tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path}/mlflow.db"
