"""The files of registered versions: copies in the artifacts of runs that belong to the registry."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from recsys.errors import NotFoundError
from recsys.registry import mlflow_runs
from recsys.registry.history import Version
from recsys.store.artifacts import address_of, files_at, files_of, remove_run
from recsys.store.mlflow_errors import store_errors
from recsys.store.places import local_path, present_address

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT = "promotions"
_FOLDER = "model"
_PACKAGE = "artifacts/package"


class MlflowFiles:
    """Copies model folders into a store and reads packages from it."""

    def __init__(self, client: MlflowClient, uri: str) -> None:
        self._client, self._uri = client, uri

    @contextmanager
    def package(self, version: Version) -> Iterator[Path]:
        """A folder with a version's package: its own on this machine, else a temporary copy.

        Raises:
            NotFoundError: The package no longer exists.
        """
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            try:
                package = self._found(version, _PACKAGE, folder)
            except NotFoundError:
                raise NotFoundError(
                    f"the files of {version.model} version {version.version} are gone from the store: promote a "
                    "sweep again, or return to an earlier champion by recsys rollback"
                ) from None
            yield package

    def text(self, version: Version, name: str) -> str:
        """The text of a file of a version's package.

        Raises:
            NotFoundError: The package has no such file.
        """
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            try:
                return self._found(version, f"{_PACKAGE}/{name}", folder).read_text(encoding="utf-8")
            except NotFoundError:
                raise NotFoundError(f"{version.model} version {version.version} has no {name}") from None

    def copy(self, model: str, folder: Path, tags: Mapping[str, str]) -> tuple[Run, str]:
        """Copy a model's folder to the artifacts of a new run; returns the run and the address of the copy."""
        run = self._client.create_run(
            mlflow_runs.experiment(self._client, EXPERIMENT), run_name=f"{model} files", tags=dict(tags)
        )
        files_of(self._client, run).log_artifacts(str(folder), _FOLDER)
        self._client.set_terminated(run.info.run_id)
        return run, f"{address_of(self._client, run)}/{_FOLDER}"

    def discard(self, run: Run) -> None:
        """Remove a copy and its run, as far as the storage permits."""
        try:
            remove_run(self._client, run)
        except Exception:  # noqa: BLE001 - each kind of storage raises its own errors; files that stay only take space
            self._client.delete_run(run.info.run_id)

    def _found(self, version: Version, path: str, folder: str) -> Path:
        """The present place of a version's file or folder, which is copied to `folder` if it is elsewhere."""
        with store_errors(self._uri):
            address = self._address(str(version.source))
            place = local_path(address)
            if place is not None and (place / path).exists():
                return place / path
            files = files_at(self._client, address)
            if path not in {file.path for file in files.list_artifacts(path.rpartition("/")[0])}:
                raise NotFoundError(path)
            return Path(files.download_artifacts(path, dst_path=folder))

    def _address(self, source: str) -> str:
        """The present address of a version's files.

        Args:
            source: The version's source in MLflow; `runs:/RUN/PATH` if a person has registered it.
        """
        parts = urlsplit(source)
        if parts.scheme != "runs":
            return present_address(self._uri, source)
        run_id, _, path = parts.path.strip("/").partition("/")
        return f"{address_of(self._client, self._client.get_run(run_id))}/{path}"
