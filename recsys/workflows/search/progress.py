"""The progress of a sweep, and its table in a notebook, which needs no widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.metrics.metric import Metric
from recsys.spaces.point_text import point_text
from recsys.training.trial import Result, TrialState


@dataclass
class Progress:
    """The progress of a sweep."""

    sweep: str
    metric: Metric
    total: int
    states: dict[int, TrialState] = field(default_factory=dict)
    """The state of each trial that has ended, by number; a trial that Hyperband continues counts once."""
    best: Result | None = None
    last: list[Result] = field(default_factory=list)
    """The latest results, the newest last, at most eight."""
    resumed: int = 0
    """Trials that had finished before the sweep was resumed."""
    minutes: float | None = None
    """The budget in minutes of work, where there is one."""
    worked: float = 0.0
    """Seconds of work so far, those before an interruption included."""
    regret: float | None = None
    """An upper bound of the improvement that is still possible; see `Stops.regret`."""
    stopped: str = ""
    """The reason why the sweep ends; empty before."""
    failure: str = ""
    """The number of the first failed trial and the reason."""

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
        """Update the seconds of work, the bound of the improvement, and the reason to stop."""
        self.worked, self.regret, self.stopped = worked, regret, stopped

    def take(self, result: Result) -> None:
        """Count a result, and keep it if it is the best so far."""
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
    """Show the progress below the running cell of a notebook; elsewhere show nothing."""
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
