"""The runs of a store: find sweeps and trials, and the experiments for new runs."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import InputError, NotFoundError
from recsys.store.artifacts import remove_run
from recsys.store.client import all_pages
from recsys.store.entities import ACTIVE, ALL, DELETED
from recsys.store.experiments import experiment_id, settle
from recsys.store.mlflow_errors import is_absence
from recsys.tracking.mlflow.pages import EXPERIMENT
from recsys.tracking.mlflow.tags import STATE, STOPPED, SWEEP, TRIAL, WORKED, annotations_of, read_header
from recsys.tracking.summary import RunInfo, SweepSummary

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_PAGE = 1000
PARENT = "mlflow.parentRunId"
"""The tag by which a trial's run names its sweep's."""


class Runs:
    """Finds the runs of sweeps and trials.

    Args:
        client: The store's client.
        home: The folder for the artifacts of a database store that is not SQLite.
    """

    def __init__(self, client: MlflowClient, home: Path) -> None:
        self._client, self._home = client, home
        self._uri: str = client.tracking_uri

    def sweeps(self) -> list[Run]:
        """The runs of all sweeps, the latest first."""
        return sorted(search(self._client, "tags.`recsys.kind` != ''"), key=_age, reverse=True)

    def named(self, name: str) -> list[Run]:
        """The runs of the sweeps with a name; two if two began at the same moment."""
        return search(self._client, f"tags.`{SWEEP}` = '{name}'")

    def sweep(self, name: str) -> Run:
        """The run of a sweep.

        Raises:
            NotFoundError: There is no such sweep; the message names similar ones, or how to restore a deleted one.
        """
        found = self.named(name) if "'" not in name else []
        if not found:
            deleted = search_deleted(self._client, f"tags.`{SWEEP}` = '{name}'") if "'" not in name else []
            known = [run.data.tags[SWEEP] for run in self.sweeps() if SWEEP in run.data.tags]
            hint = self._remedy(max(deleted, key=_age)) if deleted else _hint(name, known)
            raise NotFoundError(f"sweep {name!r}: not in the store{hint}")
        return min(found, key=_age)

    def trial(self, run_id: str) -> Run:
        """The run of a trial.

        Raises:
            NotFoundError: There is no such run.
            InputError: The run is not a trial.
        """
        run = self._run(run_id)
        if TRIAL not in run.data.tags:
            raise InputError(f"run {run_id}: not a trial; recsys show lists the trials of a sweep")
        return run

    def find(self, name_or_run_id: str) -> Run:
        """The run of a sweep by its name, or any run by its id.

        Raises:
            NotFoundError: There is no such run; the message names similar sweeps.
        """
        if re.fullmatch(r"[0-9a-f]{32}", name_or_run_id):
            return self._run(name_or_run_id)
        return self.sweep(name_or_run_id)

    def info(self, run: Run) -> RunInfo:
        """Describe the run of a sweep or a trial.

        Raises:
            NotFoundError: The run is of neither.
        """
        tags, data = run.data.tags, run.data
        if SWEEP in tags:
            return RunInfo(
                "sweep", run.info.run_id, tags[SWEEP], tags[SWEEP], run.info.status, data.params, data.metrics, tags
            )
        if TRIAL not in tags:
            raise NotFoundError(f"run {run.info.run_id}: not made by recsys")
        try:
            sweep = self._client.get_run(tags[PARENT]).data.tags[SWEEP]
        except Exception as error:
            if not is_absence(error):
                raise
            raise NotFoundError(f"run {run.info.run_id}: its sweep has been deleted for good") from None
        state = tags.get(STATE, "RUNNING") if run.info.status != "RUNNING" else "RUNNING"
        return RunInfo("trial", run.info.run_id, run.info.run_name, sweep, state, data.params, data.metrics, tags)

    def remove(self, run: Run) -> None:
        """Delete a run and its artifacts for good."""
        remove_run(self._client, run)

    def experiment(self, name: str) -> str:
        """The id of the MLflow experiment with a name, created if missing; a deleted one stays deleted."""
        return experiment_id(self._client, name or "recsys", self._home, restore=False, tags=EXPERIMENT)

    def settle(self, experiment: str) -> None:
        """Record an experiment's folder where it is, in a store that was moved."""
        settle(self._client, self._client.get_experiment(experiment))

    def _run(self, run_id: str) -> Run:
        try:
            run = self._client.get_run(run_id)
        except Exception as error:
            if not is_absence(error):
                raise
            run = None
        if run is None:
            raise NotFoundError(f"run {run_id}: not in the store; recsys list names its sweeps")
        if run.info.lifecycle_stage == "deleted":
            raise NotFoundError(f"run {run_id}: not in the store{self._remedy(run)}")
        return run

    def _remedy(self, deleted: Run) -> str:
        """The command that restores a deleted run."""
        experiment = self._client.get_experiment(deleted.info.experiment_id)
        if experiment.lifecycle_stage == "deleted":
            how = f"mlflow experiments restore --experiment-id {experiment.experiment_id}"
            return f"; it was deleted with its MLflow experiment {experiment.name!r}, which {how} restores"
        return f"; it was deleted, which mlflow runs restore --run-id {deleted.info.run_id} undoes"


def summary_of(run: Run) -> SweepSummary:
    """A sweep's own run at a glance.

    Raises:
        StoreError: Its header is damaged, or a later version of the suite wrote it.
    """
    header, metrics = read_header(run.data.tags), run.data.metrics
    complete, pruned, failed = (int(metrics.get(state, 0)) for state in ("complete", "pruned", "failed"))
    end = run.info.end_time if run.info.status != "RUNNING" and run.info.end_time else time.time() * 1000
    model = tomllib.loads(header.experiment).get("model", {})
    return SweepSummary(
        name=header.name,
        run_id=run.info.run_id,
        kind=header.kind,
        state=run.info.status,
        data=header.data_name,
        metric=header.metric,
        best=metrics.get("best_so_far"),
        complete=complete,
        pruned=pruned,
        failed=failed,
        total=header.trials,
        started=datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        seconds=(end - run.info.start_time) / 1000,
        minutes=header.minutes,
        worked=_seconds(run.data.tags.get(WORKED)),
        stopped=run.data.tags.get(STOPPED, ""),
        direction=header.direction,
        experiment=header.file or header.name,
        model=str(model.get("factory") or model.get("kind", "")),
        words=annotations_of(run.data.tags),
    )


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _age(run: Run) -> tuple[int, str]:
    return run.info.start_time, run.info.run_id


def _hint(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=3)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; it has {', '.join(sorted(known)[:10])}" if known else "; it has no sweep yet"


def search(client: MlflowClient, filter_string: str, experiments: Sequence[str] | None = None) -> list[Run]:
    """All runs that match a filter, in some experiments or in all."""
    if experiments is None:
        experiments = _experiments(client, ACTIVE)
    return _search(client, filter_string, experiments, ACTIVE)


def search_deleted(client: MlflowClient, filter_string: str) -> list[Run]:
    """All deleted runs that match a filter, whether deleted alone or with their experiment."""
    return _search(client, filter_string, _experiments(client, ALL), DELETED)


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
