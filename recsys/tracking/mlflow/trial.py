"""What is read from a trial's run and drawn of it."""

from __future__ import annotations

import sys

from mlflow import MlflowClient
from mlflow.entities import Run

from recsys.data.ratings import Catalogue
from recsys.errors import NotFoundError
from recsys.tracking.mlflow.client import download, upload
from recsys.tracking.pictures.figures import curve_metrics, learning_curves
from recsys.tracking.pictures.png import png
from recsys.tracking.pictures.projector import write_projector
from recsys.tracking.weights import read_weights
from recsys.training.trial import Weights

FINAL = ("best_", "test_", "seconds")
"""How the names of the metrics begin that have one value a trial, not one an epoch."""


def record_is_final(run: Run) -> bool:
    """Whether the run was closed, which is the last thing written to it."""
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
        NotFoundError: The run has none (it failed, or only the best trial's are kept).
    """
    with download(client, run, "embeddings", "weights.npz") as folder:
        if not (folder / "weights.npz").exists():
            raise NotFoundError(f"run {run.info.run_id}: no weights are kept of this trial")
        return read_weights(folder)


def log_trial_pictures(client: MlflowClient, run: Run, catalogue: Catalogue | None) -> None:
    """Add learning curves and, where its embeddings are kept, Projector files to a trial's run."""
    with upload(client, run) as folder, download(client, run, "embeddings") as source:
        history = run_history(client, run)
        if history:
            (folder / "pictures").mkdir()
            name = run.info.run_name or ""
            curves = learning_curves({name: history}, curve_metrics(history), "epoch")
            (folder / "pictures/learning_curves.png").write_bytes(png(curves, name))
        write_projector(folder, source, catalogue)
