"""Access to the test part: it is recorded first, then granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.evaluation.scoring import Predictor, score
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stores import open_access_log

if TYPE_CHECKING:
    from collections.abc import Mapping


def open_test(uri: str, prepared: Prepared, run_id: str, reason: str) -> Ratings:
    """The test ratings, after the access was recorded with time, run and reason."""
    openings = open_access_log(uri)
    return prepared.split.open_test(reason, lambda why: openings.record(prepared.test_fingerprint, run_id, why))


def score_test(
    uri: str, prepared: Prepared, scorer: Predictor, seen: Ratings, run_id: str, reason: str
) -> Mapping[str, float]:
    """The test values of a scorer that was trained on `seen`; they are also written to its run."""
    values = score(scorer, seen, open_test(uri, prepared, run_id, reason), prepared.experiment.objective).values
    open_access_log(uri).note(run_id, values)
    return values
