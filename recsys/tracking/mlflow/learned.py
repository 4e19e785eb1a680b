"""What a sweep was told of other sweeps, as a file of its run, and in a word as a tag."""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.entities import Run

from recsys.tracking.learned import LEARNED, Learned, learned_from_json
from recsys.tracking.mlflow.client import download, upload

_TAG = "recsys.learned"
_MOST = 5000
"""Characters of a tag that every MLflow server takes."""


def log_learned(client: MlflowClient, run: Run, learned: Learned) -> None:
    """Write it down."""
    with upload(client, run) as folder:
        (folder / LEARNED).write_text(learned.to_json(), encoding="utf-8")
    client.set_tag(run.info.run_id, _TAG, str(learned)[:_MOST])


def read_learned(client: MlflowClient, run: Run) -> Learned | None:
    """What was written down; None where nothing was."""
    with download(client, run, LEARNED) as folder:
        file = folder / LEARNED
        return learned_from_json(file.read_text(encoding="utf-8")) if file.exists() else None
