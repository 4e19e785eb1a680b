"""Runs of the suite's own book-keeping in an MLflow store: promotions and test openings."""

from __future__ import annotations

from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from recsys.store.address import database_file
from recsys.store.pages import all_pages

_PAGE = 1000


def experiment(client: MlflowClient, name: str) -> str:
    """The id of the MLflow experiment of that name, made where it does not exist.

    A SQLite store keeps artifacts beside its database, under an absolute path.
    """
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    location = None
    if client.tracking_uri.startswith("sqlite"):
        location = (database_file(client.tracking_uri).parent / "artifacts" / name.replace(" ", "-")).as_uri()
    try:
        return str(client.create_experiment(name, artifact_location=location))
    except MlflowException:  # somebody else was faster
        made = client.get_experiment_by_name(name)
        if made is None:
            raise
        return str(made.experiment_id)


def write(client: MlflowClient, experiment_name: str, run_name: str, tags: Mapping[str, str]) -> Run:
    """A finished run that holds nothing but tags."""
    run = client.create_run(experiment(client, experiment_name), run_name=run_name, tags=dict(tags))
    client.set_terminated(run.info.run_id)
    return run


def read(client: MlflowClient, experiment_name: str, tag: str, value: str) -> list[Run]:
    """All runs whose tag has that value, which has no quotation mark in it; the oldest first."""
    found = client.get_experiment_by_name(experiment_name)
    if found is None:
        return []
    query = [found.experiment_id], f"tags.`{tag}` = '{value}'"
    runs = all_pages(lambda token: client.search_runs(*query, max_results=_PAGE, page_token=token))
    return sorted(runs, key=lambda run: run.info.start_time)
