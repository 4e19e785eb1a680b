"""What a watcher is shown while a sweep runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from recsys.evaluation.metric import Metric
from recsys.training.trial import Result, State


@dataclass
class Progress:
    """How far a sweep is."""

    sweep: str
    metric: Metric
    total: int
    counts: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    best: Result | None = None
    last: list[Result] = field(default_factory=list)
    """The latest results, the newest last; not more than a screen shows."""
    resumed: int = 0
    """Trials that an earlier life of the sweep had finished."""

    @property
    def done(self) -> int:
        """Trials that have ended, in whatever state."""
        return sum(self.counts.values())

    def take(self, result: Result) -> None:
        """Count a result, and keep it where it is the best."""
        self.counts[result.state] += 1
        self.last = [*self.last[-7:], result]
        name = self.metric.name
        if result.state is State.COMPLETE and (
            self.best is None or self.metric.is_better(result.values[name], self.best.values[name])
        ):
            self.best = result


Watch = Callable[[Progress], None]
"""Called at the start and after every cohort."""


def unwatched(_progress: Progress) -> None:
    """Watch nothing."""
