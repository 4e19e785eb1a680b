"""Connect to an MLflow store safely: no schema is spoilt, and errors have no credentials.

Commands that only read a SQLite store do not import MLflow: see `SqliteClient`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

from recsys.credentials import masked
from recsys.errors import InputError, NotFoundError
from recsys.locks import locked_file
from recsys.store.address import database_file

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read while MLflow is imported
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # the background tracker is the patient one
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # standard output is for --json

from recsys.store.entities import ALL
from recsys.store.mlflow_errors import store_errors
from recsys.store.places import former_home, local_path, location_of, present_location
from recsys.store.sqlite_client import SqliteClient, is_readable, mlflow_client

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment
    from mlflow.store.entities import PagedList

T = TypeVar("T")
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")


def connect(uri: str, *, create: bool = False) -> MlflowClient:
    """Open the store at `uri`.

    Args:
        uri: The store's address.
        create: Whether to create a database store that does not exist; only commands that write do.

    Raises:
        InputError: The address is of no known kind, or the database is another program's.
        NotFoundError: There is no store, and `create` is False.
        StoreError: The store does not answer. The message has no credentials.
    """
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # errors are raised, with messages of our own
    scheme = urlsplit(uri).scheme.partition("+")[0]
    if scheme not in (*_DATABASES, "http", "https"):
        raise InputError(
            f"tracking URI {masked(uri)}: expected sqlite:///path/to/mlflow.db, postgresql://…, mysql://… or http(s)://…"
        )
    with store_errors(uri):
        if not create and is_readable(uri):
            return cast("MlflowClient", SqliteClient(uri))
        if not create:
            _require_store(uri)  # before a lock file is created beside a database that does not exist
        # processes that first use a SQLite store at the same moment would each create the schema and break the file
        with alone(uri):
            is_mlflows(uri)  # also raises if a database does not answer, which MLflow would try for almost an hour
            return _opened(uri)


def _require_store(uri: str) -> None:
    if not is_mlflows(uri):
        where = database_file(uri) if uri.startswith("sqlite") else masked(uri)
        raise NotFoundError(
            f"there is no store at {where}: recsys sweep makes one; another is named by --tracking-uri or "
            "MLFLOW_TRACKING_URI"
        )


def is_mlflows(uri: str) -> bool:
    """Whether a database has MLflow's tables.

    MLflow and Optuna, for example, keep the version of their tables in a table of the same name. The second program
    would fail while it creates its own, so a database of another program is refused before anything is written.

    Args:
        uri: The address of a store; a server counts as MLflow's.

    Returns:
        False if the database does not exist or is empty.

    Raises:
        InputError: The database is another program's.
        sqlalchemy.exc.SQLAlchemyError: The database does not answer.
    """
    if uri.startswith("http"):
        return True
    if uri.startswith("sqlite") and not database_file(uri).exists():
        return False
    tables = _tables(uri)
    if "alembic_version" in tables and "experiments" not in tables:
        some = ", ".join(sorted(tables)[:3])
        raise InputError(
            f"tracking store {masked(uri)}: the database is another program's, with tables such as {some}; give "
            "MLflow one of its own, as sqlite:///mlruns/mlflow.db"
        )
    return "experiments" in tables


def _tables(uri: str) -> list[str]:
    import sqlalchemy

    engine = sqlalchemy.create_engine(uri)
    try:
        return sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()


@contextmanager
def alone(uri: str) -> Iterator[None]:
    """Hold the lock of a SQLite store, for which other processes wait; other stores need none."""
    if not uri.startswith("sqlite"):
        yield
        return
    database = database_file(uri)
    if database.exists() and not os.access(database, os.W_OK):  # a read-only store is not created
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    # every user who may write the database must be able to hold the lock
    with locked_file(database.with_name(f"{database.name}.lock"), wait=True, mode=0o666):
        yield


def _opened(uri: str) -> MlflowClient:
    client = mlflow_client(uri)
    client.search_experiments(max_results=1)
    return client


def moved_from(client: MlflowClient) -> Path | None:
    """The folder of a SQLite store's database when its addresses were recorded; None if it is the present one."""
    uri: str = client.tracking_uri
    if not uri.startswith("sqlite"):
        return None
    home = database_file(uri).parent
    found = all_pages(lambda token: client.search_experiments(ALL, page_token=token))
    places = [place for each in found for place in _recorded(client, each)]
    return next((former_home(home, place) for place in places if _is_moved(home, place)), None)


def _recorded(client: MlflowClient, experiment: Experiment) -> list[Path]:
    """The recorded folders of an experiment and of its first run."""
    runs = client.search_runs([experiment.experiment_id], "", ALL, 1, ["attributes.start_time"])
    first = [place for run in runs if (place := local_path(run.info.artifact_uri))]
    place = local_path(experiment.artifact_location)
    return [*map(location_of, first), *([place] if place else [])]


def _is_moved(home: Path, place: Path) -> bool:
    present = present_location(home, place)
    return present != place and present.is_dir()


def all_pages(page_after: Callable[[str | None], PagedList[T]]) -> list[T]:
    """All items of a paged list; `page_after` returns the page after a token, and the first page for None."""
    found: list[T] = []
    token: str | None = None
    while True:
        page = page_after(token)
        found += page
        token = page.token
        if not token:
            return found
