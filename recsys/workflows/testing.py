"""Opening the test part: recorded first, then seen."""

from __future__ import annotations

from recsys.data.ratings import Ratings
from recsys.workflows.prepare import Prepared


def opened(uri: str, prepared: Prepared, run_id: str, reason: str) -> Ratings:
    """The test ratings, after the opening was recorded with time, run and reason."""
    from recsys.registry.mlflow_openings import MlflowOpenings

    openings = MlflowOpenings(uri)
    return prepared.split.open_test(reason, lambda why: openings.record(prepared.fingerprint, run_id, why))
