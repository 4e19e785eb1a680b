"""The ledger of test openings: every look at a test part, with time, run and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mlflow import MlflowClient

from recsys.registry import mlflow_runs
from recsys.store.mlflow_errors import store_errors

_EXPERIMENT = "test openings"
_FINGERPRINT, _OPENER, _REASON = "recsys.fingerprint", "recsys.opener", "recsys.reason"


@dataclass(frozen=True)
class Opening:
    """One look at a test part."""

    time: datetime
    """In UTC."""
    run_id: str
    """The run that was scored."""
    reason: str


class MlflowOpenings:
    """The ledger in an MLflow store."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with store_errors(uri):
            self._client = MlflowClient(tracking_uri=uri, registry_uri=uri)

    def record(self, fingerprint: str, run_id: str, reason: str) -> None:
        """Write an opening down."""
        tags = {_FINGERPRINT: fingerprint, _OPENER: run_id, _REASON: reason}
        with store_errors(self.uri):
            mlflow_runs.write(self._client, _EXPERIMENT, reason, tags)

    def openings(self, fingerprint: str) -> list[Opening]:
        """All openings of a protocol's test part, the oldest first."""
        with store_errors(self.uri):
            runs = mlflow_runs.read(self._client, _EXPERIMENT, _FINGERPRINT, fingerprint)
        return [
            Opening(
                datetime.fromtimestamp(run.info.start_time / 1000, UTC), run.data.tags[_OPENER], run.data.tags[_REASON]
            )
            for run in runs
        ]
