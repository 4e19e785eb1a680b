"""Tests that reads of a SQLite store without MLflow are those of MLflow's own client."""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, ViewType
from mlflow.store.db.utils import _get_latest_schema_revision

from recsys.errors import InputError, NotFoundError
from recsys.store.client import connect
from recsys.store.entities import ACTIVE, ALL, DELETED
from recsys.store.sqlite_client import REVISION, SqliteClient, is_readable

STARTED = "attributes.start_time"


@pytest.fixture(scope="module")
def theirs(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> MlflowClient:
    """A store with active and deleted experiments, runs, models and versions."""
    uri = f"sqlite:///{shutil.copy(fresh_database, tmp_path_factory.mktemp('theirs'))}"
    client = MlflowClient(uri, uri)
    for place, name in enumerate(("films", "books", "set aside")):
        experiment = client.create_experiment(name, artifact_location=f"file:///there/{name}")
        for number in range(5):
            run = client.create_run(
                experiment, start_time=number, run_name=f"run {number}", tags={"state": f"{number}"}
            )
            client.set_tag(run.info.run_id, "empty", "" if number % 2 else "x")
            for step, value in enumerate((0.5, math.nan, float(place), 1e300)[: number + 1]):
                client.log_metric(run.info.run_id, "loss", value, timestamp=step, step=step)
            client.log_batch(run.info.run_id, metrics=[Metric("nothing", math.nan, 1, 0)])
            client.log_param(run.info.run_id, "size", number)
            if number:
                client.set_terminated(run.info.run_id, end_time=number + 10)
        client.delete_run(run.info.run_id)
    client.delete_experiment(experiment)
    for name in ("films", "books", "a's model"):
        client.create_registered_model(name)
        for number in range(3):
            version = client.create_model_version(name, f"file:///{name}/{number}", tags={"of": str(number)})
        client.delete_model_version(name, version.version)
        client.set_registered_model_alias(name, "champion", "2")
    client.register_prompt("a-prompt", "Recommend {{n}} films.")
    return client


@pytest.fixture
def ours(theirs: MlflowClient) -> SqliteClient:
    return SqliteClient(theirs.tracking_uri)


def plain(entity: Any) -> Any:
    """What both clients' entities have, as comparable values; NaN as text."""
    if isinstance(entity, float):
        return repr(entity)
    if isinstance(entity, dict):
        return {key: plain(value) for key, value in entity.items()}
    if isinstance(entity, list):
        return [plain(each) for each in entity]
    for names in NAMES:
        if all(hasattr(entity, name) for name in names):
            return {name: plain(getattr(entity, name)) for name in names}
    return entity


NAMES = (
    ("info", "data"),
    ("run_id", "run_name", "experiment_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri"),
    ("key", "value", "timestamp", "step"),
    ("experiment_id", "name", "artifact_location", "lifecycle_stage"),
    ("name", "version", "creation_timestamp", "source", "tags"),
    ("metrics", "params", "tags"),
    ("name", "aliases"),
)


def ids(client: Any) -> list[str]:
    return [each.experiment_id for each in client.search_experiments(ViewType.ALL)]


def runs_of(client: Any) -> list[str]:
    return [run.info.run_id for run in client.search_runs(ids(client), "", ViewType.ALL)]


READS: dict[str, Callable[[Any], Any]] = {
    "experiments": lambda client: [list(client.search_experiments(view)) for view in (ACTIVE, DELETED, ALL)],
    "pages of experiments": lambda client: list(client.search_experiments(ALL, 2, page_token=None)),
    "an experiment": lambda client: [client.get_experiment(each) for each in ids(client)],
    "an experiment by name": lambda client: [client.get_experiment_by_name(n) for n in ("books", "set aside", "none")],
    "runs": lambda client: [list(client.search_runs(ids(client), "", view)) for view in (ACTIVE, DELETED, ALL)],
    "runs of one experiment": lambda client: list(client.search_runs([ids(client)[1]], "")),
    "runs with a tag": lambda client: list(client.search_runs(ids(client), "tags.`state` = '2'")),
    "runs with some value of a tag": lambda client: list(client.search_runs(ids(client), "tags.`empty` != ''")),
    "runs with no such tag": lambda client: list(client.search_runs(ids(client), "tags.`none` != ''")),
    "runs by a parameter": lambda client: list(client.search_runs(ids(client), "params.size = '3'")),
    "the oldest run": lambda client: list(client.search_runs([ids(client)[1]], "", ALL, 1, [STARTED])),
    "runs by their status": lambda client: list(client.search_runs(ids(client), "", ALL, 9, ["attributes.status"])),
    "a run": lambda client: [client.get_run(each) for each in runs_of(client)],
    "a metric": lambda client: [client.get_metric_history(each, "loss") for each in runs_of(client)],
    "no metric": lambda client: client.get_metric_history(runs_of(client)[0], "none"),
    "models": lambda client: list(client.search_registered_models()),
    "a model": lambda client: client.get_registered_model("a's model"),
    "versions": lambda client: sorted(plain(list(client.search_model_versions())), key=repr),
    "a version": lambda client: client.get_model_version("films", "2"),
    "the address of a version": lambda client: client.get_model_version_download_uri("films", "1"),
}


@pytest.mark.parametrize("what", READS)
def test_what_it_reads_is_what_mlflow_reads(what: str, ours: SqliteClient, theirs: MlflowClient) -> None:
    assert plain(READS[what](ours)) == plain(READS[what](theirs))


def paged(search: Callable[[str | None], Any]) -> Iterator[list[Any]]:
    token: str | None = None
    while True:
        page = search(token)
        yield plain(list(page))
        token = page.token
        if not token:
            return


@pytest.mark.parametrize("most", [1, 3, 5, 100])
def test_its_pages_are_those_of_mlflow(most: int, ours: SqliteClient, theirs: MlflowClient) -> None:
    for mine, other in zip(
        paged(lambda token: ours.search_runs(ids(ours), "", ALL, most, page_token=token)),
        paged(lambda token: theirs.search_runs(ids(theirs), "", ALL, most, page_token=token)),
        strict=True,
    ):
        assert mine == other


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.get_run("0" * 32),
        lambda client: client.get_experiment("99"),
        lambda client: client.get_registered_model("none"),
        lambda client: client.get_model_version("films", "3"),
        lambda client: client.get_model_version_download_uri("films", "3"),
    ],
)
def test_what_is_not_there_or_was_deleted_is_not_found(read: Callable[[Any], Any], ours: SqliteClient) -> None:
    with pytest.raises(NotFoundError, match="is not in the store"):
        read(ours)


def test_what_it_cannot_do_mlflow_does_and_it_then_reads(ours: SqliteClient) -> None:
    run = ours.create_run(ours.get_experiment_by_name("films").experiment_id, tags={"by": "us"})
    ours.set_tag(run.info.run_id, "more", "later")
    assert ours.get_run(run.info.run_id).data.tags["more"] == "later"


def test_the_tables_that_it_knows_are_those_of_the_installed_mlflow() -> None:
    assert _get_latest_schema_revision() == REVISION


class TestWhichStores:
    def test_one_of_the_installed_mlflow(self, store_uri: str) -> None:
        assert is_readable(store_uri)
        assert isinstance(connect(store_uri), SqliteClient)

    def test_none_of_another_version_which_mlflow_itself_opens_or_refuses(self, store_uri: str) -> None:
        with closing(sqlite3.connect(store_uri.removeprefix("sqlite:///"))) as database, database:
            database.execute("UPDATE alembic_version SET version_num = 'another'")
        assert not is_readable(store_uri)

    def test_none_with_options_in_its_address(self, store_uri: str) -> None:
        assert not is_readable(f"{store_uri}?timeout=3")
        assert isinstance(connect(f"{store_uri}?timeout=3"), MlflowClient)

    def test_none_with_workspaces(self, store_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLFLOW_ENABLE_WORKSPACES", "true")
        assert not is_readable(store_uri)

    def test_no_server_and_no_file_that_is_not_there_or_another_programs(self, tmp_path: Path) -> None:
        assert not is_readable("http://localhost:1")
        assert not is_readable(f"sqlite:///{tmp_path}/none.db")
        assert list(tmp_path.iterdir()) == []
        with closing(sqlite3.connect(tmp_path / "other.db")) as database, database:
            database.execute("CREATE TABLE studies (id INTEGER)")
            database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        assert not is_readable(f"sqlite:///{tmp_path}/other.db")
        with pytest.raises(InputError, match="another program's"):
            connect(f"sqlite:///{tmp_path}/other.db")

    def test_reading_leaves_no_file_beside_the_database(self, store_uri: str, tmp_path: Path) -> None:
        before = sorted(each.name for each in tmp_path.iterdir())
        connect(store_uri).search_experiments(ALL)
        assert sorted(each.name for each in tmp_path.iterdir()) == before
