"""The tracker in memory: for tests, for measuring what tracking costs, and to read before writing another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from recsys.tracking.tracker import Header, Recorded, recorded_of
from recsys.training.trial import Result, Trial

if TYPE_CHECKING:
    from recsys.data.ratings import Catalogue


class MemoryTracker:
    """Keeps the records of one sweep in memory, without weights."""

    def __init__(self, header: Header, catalogue: Catalogue | None = None) -> None:  # noqa: ARG002 - a mirror gets it
        self.header = header
        self.run_id = f"memory-{header.name}"
        self.finished: bool | None = None
        """None until `close`; then whether the sweep has used its budget."""
        self.worked, self.stopped = 0.0, ""
        self._records: dict[int, Recorded] = {}

    def start(self, trials: Sequence[Trial]) -> None:
        """Add the trials; a trial that was added before keeps its record."""
        for trial in trials:
            run_id = f"{self.run_id}-{trial.number}"
            record = Recorded(trial.number, dict(trial.point), trial.seed, run_id, finished=None)
            self._records.setdefault(trial.number, record)

    def finish(self, result: Result) -> None:
        """Record the result of a trial that was started."""
        number = result.trial.number
        self._records[number] = recorded_of(
            result, self.header.metric, self._records[number].run_id, self.header.further
        )

    def mark(self, worked: float, stopped: str = "") -> None:
        """Record the seconds of work, and why the sweep ended."""
        self.worked, self.stopped = worked, stopped

    def records(self) -> list[Recorded]:
        """The records of all trials, by number."""
        return [self._records[number] for number in sorted(self._records)]

    def flush(self) -> None:
        """Do nothing: no call waits."""

    def close(
        self,
        importances: Mapping[str, float],  # noqa: ARG002 - the protocol's
        *,
        finished: bool,
        extras: Mapping[str, bytes] = MappingProxyType({}),  # noqa: ARG002 - the protocol's
    ) -> None:
        """Record how the sweep ended."""
        self.finished = finished
