"""Runs for the suite's own records in an MLflow store: promotions and accesses to test parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.store.client import all_pages
from recsys.store.entities import ALL
from recsys.store.experiments import experiment_id

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_PAGE = 1000


def experiment(client: MlflowClient, name: str) -> str:
    """The id of the MLflow experiment with a name; a deleted one is restored, because it holds the history."""
    return experiment_id(client, name, Path.cwd() / "mlruns", restore=True)


def write(client: MlflowClient, experiment_name: str, run_name: str, tags: Mapping[str, str]) -> Run:
    """Create a finished run that has only tags."""
    run = client.create_run(experiment(client, experiment_name), run_name=run_name, tags=dict(tags))
    client.set_terminated(run.info.run_id)
    return run


def read(client: MlflowClient, experiment_name: str, filter_string: str) -> list[Run]:
    """All runs that match a filter, the oldest first, including those that were deleted in MLflow's pages."""
    found = client.get_experiment_by_name(experiment_name)
    if found is None:
        return []
    query = [found.experiment_id], filter_string
    runs = all_pages(lambda token: client.search_runs(*query, run_view_type=ALL, max_results=_PAGE, page_token=token))
    return sorted(runs, key=lambda run: run.info.start_time)
