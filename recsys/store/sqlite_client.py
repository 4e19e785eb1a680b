"""Read an MLflow store in SQLite without MLflow, whose import takes longer than most commands need."""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from recsys.errors import NotFoundError
from recsys.frameworks import load_mlflow
from recsys.store.address import database_file
from recsys.store.entities import (
    ACTIVE,
    ALL,
    DELETED,
    Experiment,
    Measured,
    ModelVersion,
    Page,
    RegisteredModel,
    Run,
    RunData,
    RunInfo,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

REVISION = "dc11669786a5"
"""The version of MLflow's tables that this file reads; MLflow itself reads all others."""
_SECONDS = 20.0
"""How long to wait for a process that writes, as MLflow does."""
_STAGES: Mapping[int, tuple[str, ...]] = {
    ACTIVE: ("active",),
    DELETED: ("deleted",),
    ALL: ("active", "deleted"),
}
"""The stages of a run or an experiment by MLflow's `ViewType`."""
_BY_TAG = re.compile(r"tags\.`([^`]+)` (=|!=) '([^']*)'")
_NO_PROMPT = (
    "name NOT IN (SELECT name FROM registered_model_tags WHERE key = 'mlflow.prompt.is_prompt' AND value = 'true')"
)
"""MLflow keeps prompts of language models in the same tables."""
_MOST = 1000
"""The items of a page."""
_OLDEST = ["attributes.start_time"]
Item = TypeVar("Item")
_RUN = "run_uuid, name, experiment_id, status, start_time, end_time, lifecycle_stage, artifact_uri"


def mlflow_client(uri: str) -> MlflowClient:
    """MLflow's own client of a store."""
    load_mlflow()
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def is_readable(uri: str) -> bool:
    """Whether `SqliteClient` can read a store: a SQLite file with tables of the version that it knows."""
    if not uri.startswith("sqlite") or "?" in uri or os.environ.get("MLFLOW_ENABLE_WORKSPACES"):
        return False
    if not database_file(uri).exists():
        return False
    with opened(uri) as database:
        if not _has_table(database, "alembic_version"):
            return False
        return [revision for (revision,) in database.execute("SELECT version_num FROM alembic_version")] == [REVISION]


@contextmanager
def opened(uri: str) -> Iterator[sqlite3.Connection]:
    """Open the database of a SQLite store, which exists, for reads that see one state of it."""
    # a read-only connection could not roll back what a killed process has left half written
    address = f"file:{quote(str(database_file(uri)))}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=_SECONDS, isolation_level=None)) as database:
        database.execute("BEGIN")
        yield database


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name]).fetchall())


class SqliteClient:
    """MLflow's client of a SQLite store. It reads with SQL, and imports MLflow for everything else.

    The methods are those of `MlflowClient`, with as much of their arguments as the suite uses. A `NotFoundError` takes
    the place of MLflow's exception.

    Args:
        uri: The address of a store that `is_readable`.
    """

    def __init__(self, uri: str) -> None:
        self.tracking_uri = uri

    def __getattr__(self, name: str) -> Any:
        """Return what only MLflow's own client has."""
        return getattr(self._mlflow, name)

    @cached_property
    def _mlflow(self) -> MlflowClient:
        return mlflow_client(self.tracking_uri)

    # experiments

    def search_experiments(
        self, view_type: int = ACTIVE, max_results: int = _MOST, *, page_token: str | None = None
    ) -> Page:
        """The experiments of a view, the latest first."""
        stages = _STAGES[view_type]
        where = f"lifecycle_stage IN ({_marks(stages)}) ORDER BY creation_time DESC, experiment_id"
        return _page(self._experiments(where, stages), max_results, page_token)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with an id."""
        return _first(self._experiments("experiment_id = ?", [int(experiment_id)]), f"experiment {experiment_id}")

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with a name; None if there is none."""
        return next(iter(self._experiments("name = ?", [name])), None)

    def _experiments(self, where: str, values: Sequence[Any]) -> list[Experiment]:
        with opened(self.tracking_uri) as database:
            query = f"SELECT experiment_id, name, artifact_location, lifecycle_stage FROM experiments WHERE {where}"
            return [Experiment(str(number), *rest) for number, *rest in database.execute(query, values)]

    # runs

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ACTIVE,
        max_results: int = _MOST,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Any:
        """The runs of experiments, the latest first; with a filter by one tag, if any."""
        tag = _BY_TAG.fullmatch(filter_string)
        if (filter_string and not tag) or (order_by and list(order_by) != _OLDEST):
            return self._mlflow.search_runs(
                list(experiment_ids), filter_string, run_view_type, max_results, list(order_by or ()), page_token
            )
        stages, start = _STAGES[run_view_type], int(page_token or 0)
        where = f"experiment_id IN (SELECT value FROM json_each(?)) AND lifecycle_stage IN ({_marks(stages)})"
        values: list[Any] = [json.dumps([int(each) for each in experiment_ids]), *stages]
        if tag:
            where += f" AND run_uuid IN (SELECT run_uuid FROM tags WHERE key = ? AND value {tag[2]} ?)"
            values += [tag[1], tag[3]]
        order = f"ORDER BY start_time {'' if order_by else 'DESC'}, run_uuid LIMIT ? OFFSET ?"
        found = self._runs(f"{where} {order}", [*values, max_results + 1, start])
        more = len(found) > max_results
        return Page([*found[:max_results]], str(start + max_results) if more else None)

    def get_run(self, run_id: str) -> Run:
        """The run with an id."""
        return _first(self._runs("run_uuid = ?", [run_id]), f"run {run_id}")

    def _runs(self, where: str, values: Sequence[Any]) -> list[Run]:
        with opened(self.tracking_uri) as database:
            rows = database.execute(f"SELECT {_RUN} FROM runs WHERE {where}", values).fetchall()
            ids = json.dumps([row[0] for row in rows])
            tags, params = (_by_run(database, f"key, value FROM {table}", ids) for table in ("tags", "params"))
            metrics = _by_run(database, "key, CASE WHEN is_nan THEN 'nan' ELSE value END FROM latest_metrics", ids)
        return [_run(row, metrics.get(row[0], {}), params.get(row[0], {}), tags.get(row[0], {})) for row in rows]

    def get_metric_history(self, run_id: str, key: str) -> list[Measured]:
        """All values of a metric."""
        query = "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND key = ?"
        with opened(self.tracking_uri) as database:
            rows = database.execute(query, [run_id, key]).fetchall()
        return [Measured(name, math.nan if is_nan else value, at, step) for name, value, at, step, is_nan in rows]

    # registered models

    def search_registered_models(self, *, max_results: int = _MOST, page_token: str | None = None) -> Page:
        """The registered models by name."""
        return _page(self._models(f"{_NO_PROMPT} ORDER BY name", []), max_results, page_token)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The registered model with a name."""
        return _first(self._models("name = ?", [name]), f"the registered model {name!r}")

    def _models(self, where: str, values: Sequence[Any]) -> list[RegisteredModel]:
        with opened(self.tracking_uri) as database:
            names = database.execute(f"SELECT name FROM registered_models WHERE {where}", values).fetchall()
            aliases = "SELECT alias, version FROM registered_model_aliases WHERE name = ?"
            return [RegisteredModel(name, dict(database.execute(aliases, [name]))) for (name,) in names]

    def search_model_versions(self, *, max_results: int = _MOST, page_token: str | None = None) -> Page:
        """The versions of all registered models."""
        return _page(self._versions(f"{_NO_PROMPT} ORDER BY name, version", []), max_results, page_token)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """A version of a registered model."""
        found = self._versions("name = ? AND version = ?", [name, int(version)])
        return _first(found, f"the registered model {name!r} has no version {version}, which")

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """The address of a version's files."""
        return self.get_model_version(name, version).source

    def _versions(self, where: str, values: Sequence[Any]) -> list[ModelVersion]:
        query = (
            "SELECT name, version, creation_time, COALESCE(NULLIF(storage_location, ''), source) FROM model_versions "
            f"WHERE current_stage != 'Deleted_Internal' AND {where}"
        )
        of_version = "SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?"
        with opened(self.tracking_uri) as database:
            rows = database.execute(query, values).fetchall()
            return [
                ModelVersion(name, number, created, source, dict(database.execute(of_version, [name, number])))
                for name, number, created, source in rows
            ]


def _page(found: Sequence[object], most: int, token: str | None) -> Page:
    start = int(token or 0)
    return Page(list(found[start : start + most]), str(start + most) if len(found) > start + most else None)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _by_run(database: sqlite3.Connection, columns: str, ids: str) -> dict[str, dict[str, Any]]:
    """Keys and values of runs, by run."""
    found: dict[str, dict[str, Any]] = {}
    query = f"SELECT run_uuid, {columns} WHERE run_uuid IN (SELECT value FROM json_each(?))"
    for run, key, value in database.execute(query, [ids]):
        found.setdefault(run, {})[key] = value
    return found


def _run(row: Sequence[Any], metrics: Mapping[str, Any], params: Mapping[str, str], tags: Mapping[str, str]) -> Run:
    run_id, name, experiment, *rest = row
    info = RunInfo(run_id, name or tags.get("mlflow.runName", ""), str(experiment), *rest)
    return Run(info, RunData({key: float(value) for key, value in metrics.items()}, params, tags))


def _first(found: Sequence[Item], wanted: str) -> Item:
    """The only item; `NotFoundError` if there is none."""
    if not found:
        raise NotFoundError(f"{wanted} is not in the store")
    return found[0]
