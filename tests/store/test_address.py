"""One store has one identity, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.store.address import identity


def test_a_sqlite_store_is_its_file_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "mlflow.db")
    names = ["mlflow.db", f"{tmp_path}/mlflow.db", f"{tmp_path}/x/../mlflow.db?timeout=3", "link.db"]
    assert {identity(f"sqlite:///{name}") for name in names} == {str(tmp_path.resolve() / "mlflow.db")}


def test_a_servers_identity_holds_no_password_and_tells_servers_apart() -> None:
    one, other = (identity(f"postgresql://me:s3cret@{host}/db") for host in ("one", "other"))
    assert "s3cret" not in one
    assert one != other
