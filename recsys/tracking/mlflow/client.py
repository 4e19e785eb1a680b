"""The connection to an MLflow store: opened safely, quiet, its errors in our words and without credentials."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from recsys.credentials import masked
from recsys.errors import InputError
from recsys.locks import locked_file
from recsys.store.address import database_file

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read while MLflow is imported
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # the background tracker is the patient one
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # standard output is for --json

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from recsys.store.artifacts import files_of
from recsys.store.mlflow_errors import store_errors
from recsys.store.pages import all_pages
from recsys.store.room import require_room

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
        require_room(uri)  # it also finds out whether a database answers: MLflow itself would try for almost an hour
        return _opened(uri)


@contextmanager
def alone(uri: str) -> Iterator[None]:
    """Hold the lock of a SQLite store, which other processes wait for; of any other store there is none to hold."""
    if not uri.startswith("sqlite"):
        yield
        return
    database = database_file(uri)
    if database.exists() and not os.access(database, os.W_OK):  # what is only read is not made
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    # the lock has the database's own mode, so that whoever may write the one may hold the other
    with locked_file(database.with_name(f"{database.name}.lock"), wait=True, mode=0o666):
        yield


def _opened(uri: str) -> MlflowClient:
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.search_experiments(max_results=1)
    return client


def search(client: MlflowClient, filter_string: str, experiments: Sequence[str] | None = None) -> list[Run]:
    """All runs that match, whatever their number; of every experiment where none is named."""
    if experiments is None:
        experiments = _experiments(client, ViewType.ACTIVE_ONLY)
    return _search(client, filter_string, experiments, ViewType.ACTIVE_ONLY)


def search_deleted(client: MlflowClient, filter_string: str) -> list[Run]:
    """All runs that match and were deleted, alone or with their experiment, and could be restored."""
    return _search(client, filter_string, _experiments(client, ViewType.ALL), ViewType.DELETED_ONLY)


def _search(client: MlflowClient, filter_string: str, experiments: Sequence[str], view: int) -> list[Run]:
    if not experiments:
        return []
    return all_pages(
        lambda token: client.search_runs(
            list(experiments), filter_string, run_view_type=view, max_results=_PAGE, page_token=token
        )
    )


def children(client: MlflowClient, parent: Run) -> list[Run]:
    """The runs of a sweep's trials."""
    return search(client, f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", [parent.info.experiment_id])


def _experiments(client: MlflowClient, view: int) -> list[str]:
    found = all_pages(lambda token: client.search_experiments(view, max_results=_PAGE, page_token=token))
    return [experiment.experiment_id for experiment in found]


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
