"""The record of accesses to test parts, in an MLflow store."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from recsys.registry import mlflow_runs
from recsys.registry.protocols import AccessRecord
from recsys.store.client import connect
from recsys.store.mlflow_errors import store_errors

_EXPERIMENT = "test openings"
_LONGEST, _SHORT = 5000, 250
"""The most characters of a reason in a tag, and in the name of a run."""
_TEST, _OPENER, _REASON = "recsys.test", "recsys.opener", "recsys.reason"


class MlflowAccessLog:
    """Records accesses to test parts as runs of an MLflow experiment.

    Args:
        uri: The store's address.

    Raises:
        NotFoundError: There is no store.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._client = connect(uri)

    def record(self, test: str, run_id: str, reason: str) -> None:
        """Record an access, before it happens."""
        tags = {_TEST: test, _OPENER: run_id, _REASON: reason[:_LONGEST]}
        with store_errors(self.uri):
            mlflow_runs.write(self._client, _EXPERIMENT, reason[:_SHORT], tags)

    def note(self, run_id: str, values: Mapping[str, float]) -> None:
        """Log the values that were seen to the run that was scored, as metrics such as `test_rmse`."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(f"test_{name}", value, now, 0) for name, value in values.items() if math.isfinite(value)]
        with store_errors(self.uri):
            self._client.log_batch(run_id, metrics=metrics)

    def openings(self, test: str) -> list[AccessRecord]:
        """All accesses to a test part, the oldest first.

        Args:
            test: The test part's own fingerprint; see `recsys.evaluation.protocol.fingerprint_of_test`.
        """
        with store_errors(self.uri):
            runs = mlflow_runs.read(self._client, _EXPERIMENT, f"tags.`{_TEST}` = '{test}'")
        return [
            AccessRecord(
                datetime.fromtimestamp(run.info.start_time / 1000, UTC), run.data.tags[_OPENER], run.data.tags[_REASON]
            )
            for run in runs
        ]
