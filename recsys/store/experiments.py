"""MLflow experiments by name, of which deleted ones keep their name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from recsys.store.address import database_file
from recsys.store.places import local_path, present_location
from recsys.store.relocation import record_location

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

_TRIES = 3
"""How often to try, because another process may create, restore or rename the same experiment meanwhile."""


def experiment_id(
    client: MlflowClient, name: str, home: Path, *, restore: bool, tags: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The id of the experiment with a name, which is created if there is none.

    Args:
        client: The store's client.
        name: The experiment's name.
        home: The folder for the artifacts of a database store that is not SQLite.
        restore: Whether a deleted experiment is restored with its runs. If not, it stays deleted under another name,
            and a new one is created.
        tags: Tags of an experiment that is created.
    """
    from mlflow.exceptions import MlflowException

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
    """Rename a deleted experiment, for which MLflow requires to restore it meanwhile."""
    client.restore_experiment(deleted.experiment_id)
    client.rename_experiment(
        deleted.experiment_id, f"{deleted.name} (deleted, {datetime.now(UTC):%Y-%m-%d}, {deleted.experiment_id})"
    )
    client.delete_experiment(deleted.experiment_id)


def settle(client: MlflowClient, experiment: Experiment) -> None:
    """Record the present folder of an experiment in a store that was moved, so that MLflow writes new runs there."""
    recorded = local_path(experiment.artifact_location)
    if recorded is None or not client.tracking_uri.startswith("sqlite"):
        return
    present = present_location(database_file(client.tracking_uri).parent, recorded)
    if present != recorded:
        record_location(client.tracking_uri, experiment.experiment_id, present.as_uri())


def _artifacts(client: MlflowClient, name: str, home: Path) -> str | None:
    """The absolute address of an experiment's artifacts; None if a server chooses it."""
    uri: str = client.tracking_uri
    if uri.startswith("http"):
        return None
    folder = database_file(uri).parent if uri.startswith("sqlite") else home
    return (folder / "artifacts" / re.sub(r"[^\w.-]", "_", name)).as_uri()
