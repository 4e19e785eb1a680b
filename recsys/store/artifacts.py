"""The artifacts of a run: read, write and delete them, alone or with the run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import StoreError
from recsys.store.places import local_path, present_address

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def files_of(client: MlflowClient, run: Run) -> Any:
    """The run's artifacts as an MLflow `ArtifactRepository`, which is mostly untyped."""
    return files_at(client, address_of(client, run))


def address_of(client: MlflowClient, run: Run) -> str:
    """The present address of the run's artifacts, also in a store that was moved."""
    return present_address(client.tracking_uri, run.info.artifact_uri)


def files_at(client: MlflowClient, address: str) -> Any:
    """The artifacts at an address of the store as an MLflow `ArtifactRepository`."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    # without both addresses MLflow opens, or creates, a store in the current folder
    return get_artifact_repository(address, tracking_uri=client.tracking_uri, registry_uri=client.tracking_uri)


@contextmanager
def upload(client: MlflowClient, run: Run) -> Iterator[Path]:
    """A folder whose content becomes artifacts of the run, all at once, if the block raises nothing."""
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        folder = Path(name)
        yield folder
        if any(folder.iterdir()):
            files_of(client, run).log_artifacts(name)


@contextmanager
def download(client: MlflowClient, run: Run, *paths: str) -> Iterator[Path]:
    """A folder with some of the run's artifacts, files or folders, if they exist, to read.

    It is the run's own folder if that is on this machine, else a temporary one with copies.
    """
    place = local_path(address_of(client, run))
    if place is not None and place.is_dir():
        yield place
        return
    repository = files_of(client, run)
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        present = {file.path for file in repository.list_artifacts()}
        for path in paths:
            if path in present:
                repository.download_artifacts(path, dst_path=name)
        yield Path(name)


def delete_files(client: MlflowClient, run: Run, path: str | None = None) -> None:
    """Delete the run's artifacts, or those under `path`.

    Raises:
        StoreError: Their recorded address is a local folder that is not the run's own.
    """
    folder = local_path(address_of(client, run))
    if folder is not None and folder.parts[-2:] != (run.info.run_id, "artifacts"):
        raise StoreError(
            f"run {run.info.run_id}: its artifacts are in {folder}, not in its own folder; delete them there"
        )
    files_of(client, run).delete_artifacts(path)
    own = folder.parent if folder is not None else None
    if path is None and own is not None and own.is_dir() and not any(own.iterdir()):
        own.rmdir()


def remove_run(client: MlflowClient, run: Run) -> None:
    """Delete a run and its artifacts permanently."""
    delete_files(client, run)
    client.delete_run(run.info.run_id)
    # a tracking server only marks a run as deleted; its administrator removes it with `mlflow gc`
    store = client._tracking_client.store  # noqa: SLF001 - MLflow offers this to its own gc only
    if hasattr(store, "_hard_delete_run"):
        store._hard_delete_run(run.info.run_id)  # noqa: SLF001 - the same
