"""Which store is in use; it has one identity, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.store.address import identity, store_uri


def test_the_store_is_the_one_asked_for_else_the_environments_else_under_mlruns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert store_uri(root=tmp_path) == f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://there")
    assert store_uri(root=tmp_path) == "http://there"
    assert store_uri("sqlite:///here.db", root=tmp_path) == "sqlite:///here.db"


def test_a_sqlite_store_is_its_file_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "mlflow.db")
    names = ["mlflow.db", f"{tmp_path}/mlflow.db", f"{tmp_path}/x/../mlflow.db?timeout=3", "link.db"]
    assert {identity(f"sqlite:///{name}") for name in names} == {str(tmp_path.resolve() / "mlflow.db")}


def test_a_servers_identity_holds_no_password_and_tells_servers_apart() -> None:
    one, other = (identity(f"postgresql://me:s3cret@{host}/db") for host in ("one", "other"))
    assert "s3cret" not in one
    assert one != other
