"""The pictures of a sweep's best trials."""

from __future__ import annotations

from collections.abc import Iterable

from mlflow import MlflowClient

from recsys.data.ratings import Catalogue
from recsys.tracking.mlflow.trial import log_trial_pictures
from recsys.tracking.tracker import Recorded, best_of

PICTURED = 5
"""How many of the best trials get pictures and Projector files."""


class BestPictures:
    """Draws the best trials, each once unless it has gone on; so most are there before the sweep ends.

    Args:
        client: Of the store.
        catalogue: Has the items' titles.
        direction: Of the objective.
    """

    def __init__(self, client: MlflowClient, catalogue: Catalogue | None, direction: str) -> None:
        self._client, self._catalogue, self._direction = client, catalogue, direction
        self._drawn: set[tuple[int, int]] = set()
        """Trials by number, and their epochs."""

    def draw(self, records: Iterable[Recorded]) -> None:
        """Draw those that are the best now."""
        for record in best_of(records, self._direction)[:PICTURED]:
            state = record.number, len(record.finished.history) if record.finished else 0
            if state not in self._drawn:
                log_trial_pictures(self._client, self._client.get_run(record.run_id), self._catalogue)
                self._drawn.add(state)
