"""What a watcher is shown while a sweep runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.metrics.metric import Metric
from recsys.spaces.point_text import point_text
from recsys.training.trial import Result, TrialState


@dataclass
class Progress:
    """How far a sweep is."""

    sweep: str
    metric: Metric
    total: int
    states: dict[int, TrialState] = field(default_factory=dict)
    """How each trial ended so far, by number; one that Hyperband goes on with is one trial."""
    best: Result | None = None
    last: list[Result] = field(default_factory=list)
    """The latest results, the newest last; not more than a screen shows."""
    resumed: int = 0
    """Trials that an earlier life of the sweep had finished."""
    minutes: float | None = None
    """The budget in minutes of work, where there is one."""
    worked: float = 0.0
    """Seconds of work so far, in all its lives."""
    regret: float | None = None
    """How much better than the best so far a point may still be, where that can end the sweep and can be told."""
    stopped: str = ""
    """Why the sweep ends, once it does."""
    failure: str = ""
    """Why the first of the trials failed that did, and which."""

    @property
    def counts(self) -> dict[TrialState, int]:
        """How many trials ended in each state."""
        ended = list(self.states.values())
        return {state: ended.count(state) for state in TrialState}

    @property
    def done(self) -> int:
        """Trials that have ended, in whatever state."""
        return len(self.states)

    def note(self, worked: float, regret: float | None, stopped: str) -> None:
        """Take how long the sweep has worked, and what its end hangs on."""
        self.worked, self.regret, self.stopped = worked, regret, stopped

    def take(self, result: Result) -> None:
        """Count a result, and keep it where it is the best."""
        self.states[result.trial.number] = result.state
        self.last = [*self.last[-7:], result]
        name = self.metric.name
        if result.state is TrialState.FAILED and result.reason and not self.failure:
            self.failure = f"trial {result.trial.number}: {result.reason}"
        if result.state is TrialState.COMPLETE and (
            self.best is None or self.metric.is_better(result.values[name], self.best.values[name])
        ):
            self.best = result


Watch = Callable[[Progress], None]
"""Called at the start and after every cohort."""


def unwatched(_progress: Progress) -> None:
    """Watch nothing."""


def in_a_notebook(progress: Progress) -> None:
    """Show it below the running cell, where this is a notebook; elsewhere nobody watches."""
    if notebook.is_here():
        notebook.put(_html(progress), f"recsys sweep {progress.sweep}", again=bool(progress.last))


def _html(progress: Progress) -> str:
    name = progress.metric.name
    best = progress.best
    lead = "" if best is None else f", best {name} {best.values[name]:.4f} (trial {best.trial.number})"
    rows = [
        (
            result.trial.number,
            result.state.lower(),
            f"{result.values[name]:.4f}" if name in result.values else "-",
            result.best_epoch,
            point_text(result.trial.point),
        )
        for result in progress.last
    ]
    said = f"{progress.sweep}: {progress.done} of {progress.total} trials{lead}, {progress.worked:.0f} s of work"
    return notebook.table(["trial", "state", name, "epoch", "point"], rows, said)
