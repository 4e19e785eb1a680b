"""Tests of the address of the store, and of its identity under equivalent addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.errors import InputError
from recsys.store.address import database_file, identity, sqlite_uri, store_uri


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


@pytest.mark.parametrize("name", ["a?b", "?", "a#b", "a%b", "a%20b", "a%3Fb", "ä日", "a b", "a&b=c", "a@b:c", "file:a"])
def test_every_folder_has_an_address_that_leads_to_it(name: str, tmp_path: Path) -> None:
    database = tmp_path / name / "mlflow.db"
    assert database_file(sqlite_uri(database)) == database.resolve()
    assert store_uri(root=tmp_path / name) == sqlite_uri((tmp_path / name).resolve() / "mlruns" / "mlflow.db")


def test_sqlites_own_form_of_an_address_leads_to_its_file() -> None:
    for path in ("/a%3Fb/m.db", "///a%3Fb/m.db"):
        assert database_file(f"sqlite:///file:{path}?uri=true&mode=rw") == Path("/a?b/m.db")


@pytest.mark.parametrize("address", ["sqlite:////a?b/mlflow.db", "sqlite:////a?", "sqlite:////a?timeout=3/mlflow.db"])
def test_a_path_that_would_end_at_its_question_mark_is_refused_with_the_address_to_write(address: str) -> None:
    with pytest.raises(InputError, match=r"a \? begins options such as timeout=30, .* write sqlite\+pysqlite:////a%3F"):
        store_uri(address)
    assert store_uri("sqlite:////a/mlflow.db?timeout=30&mode=rw")
