"""The files of registered versions, which are copies in artifacts of the registry's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from recsys.errors import NotFoundError
from recsys.registry import mlflow_runs
from recsys.registry.history import Version
from recsys.store.artifacts import remove_run
from recsys.store.mlflow_errors import store_errors

EXPERIMENT = "promotions"
_FOLDER = "model"
_PACKAGE = "artifacts/package"


class MlflowFiles:
    """Copies model folders into the store, and reads packages from there."""

    def __init__(self, client: MlflowClient, uri: str) -> None:
        self._client, self._uri = client, uri

    @contextmanager
    def package(self, version: Version) -> Iterator[Path]:
        """A folder with a version's package, as long as the block lasts.

        Raises:
            NotFoundError: It is gone.
        """
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            try:
                package = self._download(version, _PACKAGE, folder)
            except NotFoundError:
                raise NotFoundError(
                    f"the files of {version.model} version {version.version} are gone from the store: promote a "
                    "sweep again, or return to an earlier champion by recsys rollback"
                ) from None
            yield package

    def text(self, version: Version, name: str) -> str:
        """The text of a file of a version's package.

        Raises:
            NotFoundError: The version has no such file.
        """
        with tempfile.TemporaryDirectory(prefix="recsys-") as folder:
            try:
                return self._download(version, f"{_PACKAGE}/{name}", folder).read_text(encoding="utf-8")
            except NotFoundError:
                raise NotFoundError(f"{version.model} version {version.version} has no {name}") from None

    def copy(self, model: str, folder: Path, tags: Mapping[str, str]) -> tuple[Run, str]:
        """A run with a copy of a model's folder, and the address of the copy."""
        run = self._client.create_run(
            mlflow_runs.experiment(self._client, EXPERIMENT), run_name=f"{model} files", tags=dict(tags)
        )
        self._client.log_artifacts(run.info.run_id, str(folder), _FOLDER)
        self._client.set_terminated(run.info.run_id)
        return run, f"{run.info.artifact_uri}/{_FOLDER}"

    def discard(self, run: Run) -> None:
        """Remove a copy and its run, as far as the storage lets anybody remove."""
        try:
            remove_run(self._client, run)
        except Exception:  # noqa: BLE001 - each kind of storage raises its own; what stays only takes space
            self._client.delete_run(run.info.run_id)

    def _download(self, version: Version, path: str, folder: str) -> Path:
        with store_errors(self._uri):
            files: Any = get_artifact_repository(str(version.source), tracking_uri=self._uri)
            if path not in {file.path for file in files.list_artifacts(path.rpartition("/")[0])}:
                raise NotFoundError(path)
            return Path(files.download_artifacts(path, dst_path=folder))
