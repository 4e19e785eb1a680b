"""MLflow experiments by name. MLflow keeps the name of an experiment that was deleted, in its pages or otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException

from recsys.store.address import database_file
from recsys.store.places import local_path, present_location
from recsys.store.relocation import record_location

_TRIES = 3
"""Another process may make, restore or set aside the same experiment meanwhile."""


def experiment_id(
    client: MlflowClient, name: str, home: Path, *, restore: bool, tags: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The id of the experiment of that name, which is made where there is none.

    Args:
        client: Of the store.
        name: The experiment's.
        home: The folder for the artifacts of a database store that is no file.
        restore: What becomes of one that was deleted: it is restored with its runs; or it stays deleted, under another
            name, and a new one is made.
        tags: Of one that is made.
    """
    error: MlflowException | None = None
    for _ in range(_TRIES):
        found = client.get_experiment_by_name(name)
        if found is not None and found.lifecycle_stage == "active":
            settle(client, found)
            return str(found.experiment_id)
        try:
            if found is None:
                place = _artifacts(client, name, home)
                return str(client.create_experiment(name, artifact_location=place, tags=dict(tags)))
            if restore:
                client.restore_experiment(found.experiment_id)
            else:
                _set_aside(client, found)
        except MlflowException as raised:
            error = raised
    raise error or MlflowException(f"cannot create the experiment {name!r}")


def _set_aside(client: MlflowClient, deleted: Experiment) -> None:
    """Give a deleted experiment another name; MLflow renames none that is not restored for it."""
    client.restore_experiment(deleted.experiment_id)
    client.rename_experiment(
        deleted.experiment_id, f"{deleted.name} (deleted, {datetime.now(UTC):%Y-%m-%d}, {deleted.experiment_id})"
    )
    client.delete_experiment(deleted.experiment_id)


def settle(client: MlflowClient, experiment: Experiment) -> None:
    """Record an experiment's folder where it is, in a store that was moved: MLflow writes new runs there."""
    recorded = local_path(experiment.artifact_location)
    if recorded is None or not client.tracking_uri.startswith("sqlite"):
        return
    present = present_location(database_file(client.tracking_uri).parent, recorded)
    if present != recorded:
        record_location(client.tracking_uri, experiment.experiment_id, present.as_uri())


def _artifacts(client: MlflowClient, name: str, home: Path) -> str | None:
    """An absolute address, so that it means the same from everywhere; None where the server says."""
    uri: str = client.tracking_uri
    if uri.startswith("http"):
        return None
    folder = database_file(uri).parent if uri.startswith("sqlite") else home
    return (folder / "artifacts" / re.sub(r"[^\w.-]", "_", name)).as_uri()
