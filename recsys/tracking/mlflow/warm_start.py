"""What a sweep was told of other sweeps, as a file of its run, and in a word as a tag."""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.entities import Run

from recsys.tracking.mlflow.client import download, upload
from recsys.tracking.warm_start import LEARNED, WarmStart, warm_start_from_json

_TAG = "recsys.learned"
_MOST = 5000
"""Characters of a tag that every MLflow server takes."""


def log_warm_start(client: MlflowClient, run: Run, warm_start: WarmStart) -> None:
    """Write it down."""
    with upload(client, run) as folder:
        (folder / LEARNED).write_text(warm_start.to_json(), encoding="utf-8")
    client.set_tag(run.info.run_id, _TAG, str(warm_start)[:_MOST])


def read_warm_start(client: MlflowClient, run: Run) -> WarmStart | None:
    """What was written down; None where nothing was."""
    with download(client, run, LEARNED) as folder:
        file = folder / LEARNED
        return warm_start_from_json(file.read_text(encoding="utf-8")) if file.exists() else None
