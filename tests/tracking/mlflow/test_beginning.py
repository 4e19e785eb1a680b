"""Tests that another process creates a new store while the frameworks are imported."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from recsys.errors import StoreError
from recsys.tracking.mlflow import beginning
from recsys.tracking.mlflow.beginning import store_begun
from recsys.tracking.mlflow.store import MlflowStore


@pytest.fixture(autouse=True)
def _frameworks_are_to_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)


def test_a_new_store_is_there_after_the_block_as_if_opened_here(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/new/mlflow.db"
    with store_begun(uri):
        pass
    with sqlite3.connect(tmp_path / "new/mlflow.db") as database:
        assert database.execute("SELECT count(*) FROM experiments").fetchone()
    assert MlflowStore(uri).sweeps() == []


def test_a_store_that_is_there_or_is_no_file_is_left_alone(store_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning.subprocess, "Popen", None)
    for uri in (store_uri, "https://127.0.0.1:1", "nonsense"):
        with store_begun(uri):
            pass


def test_a_store_that_cannot_be_made_is_refused_where_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for uri in (f"sqlite:///{tmp_path}/file/mlflow.db", f"sqlite:///{tmp_path}/{'x' * 300}/mlflow.db"):
        with store_begun(uri):
            pass
        with pytest.raises(StoreError, match="tracking store sqlite:///"):
            MlflowStore(uri, create=True)
