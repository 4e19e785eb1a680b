"""Tests that a database of another program is refused before MLflow writes tables into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import optuna
import pytest

from recsys.errors import InputError
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.store.client import is_mlflows
from recsys.tracking.mlflow.store import MlflowStore


@pytest.mark.parametrize("use", [MlflowStore, MlflowRegistry, MlflowAccessLog])
def test_whoever_uses_it(use: Callable[[str], object], tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'studies.db'}"
    optuna.create_study(storage=uri)
    before = (tmp_path / "studies.db").read_bytes()
    with pytest.raises(InputError, match=r"the database is another program's, with tables such as .*; give MLflow one"):
        use(uri)
    assert (tmp_path / "studies.db").read_bytes() == before


def test_one_that_is_not_there_or_empty_or_mlflows_will_do(store_uri: str, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert is_mlflows(store_uri)
    assert is_mlflows("http://x.example")
    assert not is_mlflows(f"sqlite:///{tmp_path / 'none.db'}")
    assert not is_mlflows(f"sqlite:///{tmp_path / 'empty.db'}")
    assert not (tmp_path / "none.db").exists()
