"""Runs of an MLflow store by what they are tagged with, and their artifacts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from recsys.store.artifacts import files_of
from recsys.store.pages import all_pages

_PAGE = 1000


def search(client: MlflowClient, filter_string: str, experiments: Sequence[str] | None = None) -> list[Run]:
    """All runs that match, whatever their number; of every experiment where none is named."""
    if experiments is None:
        experiments = _experiments(client, ViewType.ACTIVE_ONLY)
    return _search(client, filter_string, experiments, ViewType.ACTIVE_ONLY)


def search_deleted(client: MlflowClient, filter_string: str) -> list[Run]:
    """All runs that match and were deleted, alone or with their experiment, and could be restored."""
    return _search(client, filter_string, _experiments(client, ViewType.ALL), ViewType.DELETED_ONLY)


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


@contextmanager
def upload(client: MlflowClient, run: Run) -> Iterator[Path]:
    """A folder whose content becomes artifacts of the run, all at once, when the block ends well."""
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        folder = Path(name)
        yield folder
        if any(folder.iterdir()):
            files_of(client, run).log_artifacts(name)


@contextmanager
def download(client: MlflowClient, run: Run, *paths: str) -> Iterator[Path]:
    """A folder with those of the run's artifacts (files or folders) that exist."""
    repository = files_of(client, run)
    with tempfile.TemporaryDirectory(prefix="recsys-") as name:
        present = {file.path for file in repository.list_artifacts()}
        for path in paths:
            if path in present:
                repository.download_artifacts(path, dst_path=name)
        yield Path(name)
