"""The connection to an MLflow store: opened safely, quiet, its errors in our words and without credentials."""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from recsys.errors import InputError, NotFoundError, RecsysError, StoreError
from recsys.tracking.credentials import masked

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read while MLflow is imported
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # the background tracker is the patient one
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # standard output is for --json

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_PAGE = 1000


def connect(uri: str) -> MlflowClient:
    """Open the store at `uri`, creating a SQLite one that does not exist.

    Raises:
        InputError: No such kind of store.
        StoreError: It does not answer. The message holds no credentials.
    """
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is raised, and told in our words
    scheme = urlsplit(uri).scheme.partition("+")[0]
    if scheme not in (*_DATABASES, "http", "https"):
        raise InputError(
            f"tracking URI {masked(uri)}: expected sqlite:///path/to/mlflow.db, postgresql://…, mysql://… or http(s)://…"
        )
    # first uses of a SQLite store at once would each create the schema and break the file for good
    with store_errors(uri), alone(uri):
        if scheme in _DATABASES:
            _knock(uri)
        return _opened(uri)


@contextmanager
def alone(uri: str) -> Iterator[None]:
    """Hold the lock of a SQLite store, which other processes wait for; of any other store there is none to hold."""
    if not uri.startswith("sqlite"):
        yield
        return
    database = database_file(uri)
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def database_file(uri: str) -> Path:
    """The file of a SQLite store."""
    return Path(uri.partition(":///")[2].partition("?")[0]).resolve()


def _knock(uri: str) -> None:
    # MLflow itself would try for almost an hour
    import sqlalchemy

    engine = sqlalchemy.create_engine(uri)
    try:
        sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _opened(uri: str) -> MlflowClient:
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.search_experiments(max_results=1)
    return client


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn whatever a store raises into one sentence without credentials."""
    try:
        yield
    except RecsysError:
        raise
    except MlflowException as error:
        kind = NotFoundError if error.error_code == "RESOURCE_DOES_NOT_EXIST" else StoreError
        raise kind(f"tracking store {masked(uri)}: {_first_line(error)}") from None
    except Exception as error:  # noqa: BLE001 - SQLAlchemy, drivers, requests, disks: each raises its own
        raise StoreError(f"tracking store {masked(uri)}: {type(error).__name__}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return masked(next(iter(str(error).splitlines()), ""))[:500]


def search(client: MlflowClient, filter_string: str, experiments: Sequence[str] | None = None) -> list[Run]:
    """All runs that match, whatever their number; of every experiment where none is named."""
    if experiments is None:
        experiments = _experiments(client)
    runs: list[Run] = []
    token: str | None = None
    while experiments:
        page = client.search_runs(list(experiments), filter_string, max_results=_PAGE, page_token=token)
        runs += page
        token = page.token
        if not token:
            break
    return runs


def children(client: MlflowClient, parent: Run) -> list[Run]:
    """The runs of a sweep's trials."""
    return search(client, f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", [parent.info.experiment_id])


def _experiments(client: MlflowClient) -> list[str]:
    ids: list[str] = []
    token: str | None = None
    while True:
        page = client.search_experiments(max_results=_PAGE, page_token=token)
        ids += [experiment.experiment_id for experiment in page]
        token = page.token
        if not token:
            return ids


def files_of(client: MlflowClient, run: Run) -> Any:
    """Where the run's artifacts are: an MLflow `ArtifactRepository`, which is mostly untyped."""
    return get_artifact_repository(run.info.artifact_uri, tracking_uri=client.tracking_uri)


def delete_files(client: MlflowClient, run: Run, path: str | None = None) -> None:
    """Delete the run's artifacts, or those under `path`."""
    files_of(client, run).delete_artifacts(path)
    location = urlsplit(run.info.artifact_uri)
    if path is None and location.scheme in ("", "file"):
        folder = Path(unquote(location.path)).parent
        if folder.name == run.info.run_id and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def upload(client: MlflowClient, run: Run) -> Iterator[Path]:
    """A folder whose content becomes artifacts of the run, all at once, when the block ends well."""
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        folder = Path(name)
        yield folder
        if any(folder.iterdir()):
            files_of(client, run).log_artifacts(name)


@contextmanager
def download(client: MlflowClient, run: Run, *paths: str) -> Iterator[Path]:
    """A folder with those of the run's artifacts (files or folders) that exist."""
    repository = files_of(client, run)
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        present = {file.path for file in repository.list_artifacts()}
        for path in paths:
            if path in present:
                repository.download_artifacts(path, dst_path=name)
        yield Path(name)
