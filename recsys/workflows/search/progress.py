"""The progress of a running sweep, as watchers get it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.metrics.metric import Metric
from recsys.spaces.formatting import format_point
from recsys.training.trial import Result, TrialState


@dataclass
class Progress:
    """The progress of a sweep."""

    sweep: str
    metric: Metric
    total: int
    states: dict[int, TrialState] = field(default_factory=dict)
    """The state of each trial that ended, by number; a trial that Hyperband continues counts once."""
    best: Result | None = None
    last: list[Result] = field(default_factory=list)
    """The latest eight results, the newest last."""
    resumed: int = 0
    """How many trials were finished before the sweep was resumed."""
    minutes: float | None = None
    """The budget in minutes of work; None without one."""
    worked: float = 0.0
    """Seconds of work so far, including those before the sweep was resumed."""
    regret: float | None = None
    """How much better than the best so far a point may still be; None unless that can end the sweep."""
    stopped: str = ""
    """Why the sweep ends; empty before."""
    failure: str = ""
    """The first trial that failed, and why."""

    @property
    def counts(self) -> dict[TrialState, int]:
        """How many trials ended in each state."""
        ended = list(self.states.values())
        return {state: ended.count(state) for state in TrialState}

    @property
    def done(self) -> int:
        """How many trials have ended, in any state."""
        return len(self.states)

    @property
    def line(self) -> str:
        """The counts of trials, the best value and the regret, in a line."""
        counts = ", ".join(f"{number} {state.lower()}" for state, number in self.counts.items() if number)
        line = f"{self.sweep}: {self.done} of {self.total} trials ({counts or 'none yet'})"
        if self.best is not None:
            name = self.metric.name
            line += f", best {name} {self.best.values[name]:.4f} (trial {self.best.trial.number})"
        return line if self.regret is None else f"{line}, none better by more than {self.regret:.2g}"

    @property
    def columns(self) -> list[str]:
        """The names of the columns of `rows`."""
        return ["trial", "state", self.metric.name, "epoch", "point"]

    @property
    def rows(self) -> list[list[str]]:
        """The latest results as text, a cell a column."""
        name = self.metric.name
        return [
            [
                str(result.trial.number),
                result.state.lower(),
                f"{result.values[name]:.4f}" if name in result.values else "-",
                str(result.best_epoch),
                format_point(result.trial.point),
            ]
            for result in self.last
        ]

    def note(self, worked: float, regret: float | None, stopped: str) -> None:
        """Set the seconds of work, the regret, and why the sweep ends."""
        self.worked, self.regret, self.stopped = worked, regret, stopped

    def take(self, result: Result) -> None:
        """Add a result."""
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
    below = f"{progress.line}, {progress.worked:.0f} s of work"
    return notebook.table(progress.columns, progress.rows, below)
