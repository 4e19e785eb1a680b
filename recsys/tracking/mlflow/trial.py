"""Read a trial's curves and weights from its run, and add its pictures."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from recsys.errors import NotFoundError
from recsys.store.artifacts import download, upload
from recsys.tracking.pictures.projector import write_projector
from recsys.tracking.tracker import Recorded, best_of
from recsys.tracking.weights import read_weights
from recsys.training.trial import Weights

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from recsys.data.ratings import Catalogue

FINAL = ("best_", "test_", "seconds")
"""Prefixes of metrics with one value per trial; all others have one value per epoch."""
PICTURED = 5
"""How many of the best trials get pictures and Projector files."""


def record_is_final(run: Run) -> bool:
    """Whether the run was closed; everything else is written before."""
    return run.info.status in ("FINISHED", "FAILED")


def run_history(client: MlflowClient, run: Run) -> dict[str, list[float]]:
    """Training loss and validation metrics by epoch."""
    names = [name for name in run.data.metrics if not name.startswith(FINAL)]
    return {name: steps for name in sorted(names) if (steps := _by_step(client, run.info.run_id, name))}


def _by_step(client: MlflowClient, run_id: str, name: str) -> list[float]:
    history = sorted(client.get_metric_history(run_id, name), key=lambda metric: (metric.step, metric.timestamp))
    latest = {metric.step: metric.value for metric in history}
    return [_unbounded(value) for value in latest.values()]


def _unbounded(value: float) -> float:
    # MLflow's databases hold infinities as the largest number
    return value if abs(value) < sys.float_info.max else value * 2


def run_weights(client: MlflowClient, run: Run) -> Weights:
    """The weights at the trial's best epoch.

    Raises:
        NotFoundError: The run has no weights: the trial failed, or only the best trial's weights are kept.
    """
    with download(client, run, "embeddings", "weights.npz") as folder:
        if not (folder / "weights.npz").exists():
            raise NotFoundError(f"run {run.info.run_id}: no weights are kept of this trial")
        return read_weights(folder)


def log_trial_pictures(client: MlflowClient, run: Run, catalogue: Catalogue | None) -> None:
    """Add learning curves and, if its embeddings are kept, Projector files to a trial's run."""
    from recsys.tracking.pictures.figures import curve_metrics, learning_curves
    from recsys.tracking.pictures.png import png

    with upload(client, run) as folder, download(client, run, "embeddings") as source:
        history = run_history(client, run)
        if history:
            (folder / "pictures").mkdir()
            name = run.info.run_name or ""
            curves = learning_curves({name: history}, curve_metrics(history), "epoch")
            (folder / "pictures/learning_curves.png").write_bytes(png(curves, name))
        write_projector(folder, source, catalogue)


class BestPictures:
    """Adds pictures to the best trials, each once per length of its training, so most exist before the sweep ends.

    Args:
        client: The store's client.
        catalogue: The catalogue with the items' titles.
        direction: Whether the objective is minimised or maximised.
    """

    def __init__(self, client: MlflowClient, catalogue: Catalogue | None, direction: str) -> None:
        self._client, self._catalogue, self._direction = client, catalogue, direction
        self._drawn: set[tuple[int, int]] = set()
        """Pairs of a trial's number and its epochs."""

    def draw(self, records: Iterable[Recorded]) -> None:
        """Draw the trials that are the best now."""
        for record in best_of(records, self._direction)[:PICTURED]:
            state = record.number, len(record.finished.history) if record.finished else 0
            if state not in self._drawn:
                log_trial_pictures(self._client, self._client.get_run(record.run_id), self._catalogue)
                self._drawn.add(state)
