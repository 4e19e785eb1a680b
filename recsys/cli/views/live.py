"""The progress of a sweep: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from recsys.cli.views.text import text
from recsys.spaces.formatting import format_point

if TYPE_CHECKING:
    from recsys.workflows.search.progress import Progress


class SweepView:
    """Shows the progress of a sweep: a live table on a terminal, a line a cohort elsewhere, nothing when quiet."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self.console, self.quiet = console, quiet
        self.sweep: str | None = None
        """The sweep's name, once it has begun."""
        self.stopping = False
        """Whether to end the sweep when it next shows its progress, which it does after every cohort."""
        self._started, self._before = time.monotonic(), 0.0
        self._live: Live | None = None
        self._progress: Progress | None = None

    def watch(self, progress: Progress) -> None:
        """Take the latest progress."""
        if progress.sweep != self.sweep:  # evaluate runs one after the other
            self._started, self._before = time.monotonic(), progress.worked
        self.sweep, self._progress = progress.sweep, progress
        if self.stopping:
            raise KeyboardInterrupt
        if self.quiet:
            return
        if not self.console.is_terminal:
            self.console.print(text(self._line(progress)), soft_wrap=True)
        elif self._live is None:
            self._live = Live(get_renderable=self._table, console=self.console, refresh_per_second=4, transient=True)
            self._live.start()

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._live is not None:
            self._live.stop()

    def _line(self, progress: Progress) -> str:
        counts = ", ".join(f"{number} {state.lower()}" for state, number in progress.counts.items() if number)
        head = f"{progress.sweep}: {progress.done} of {progress.total} trials ({counts or 'none yet'})"
        regret = "" if progress.regret is None else f", none better by more than {progress.regret:.2g}"
        return f"{head}{self._best(progress)}{regret}, {self._times(progress)}"

    def _best(self, progress: Progress) -> str:
        if progress.best is None:
            return ""
        name = progress.metric.name
        return f", best {name} {progress.best.values[name]:.4f} (trial {progress.best.trial.number})"

    def _times(self, progress: Progress) -> str:
        here, new = time.monotonic() - self._started, progress.done - progress.resumed
        elapsed = self._before + here  # what earlier lives have worked counts
        left = [here / new * (progress.total - progress.done)] if new else []
        if progress.minutes is not None:
            left.append(max(0.0, 60 * progress.minutes - elapsed))
        return f"{elapsed:.0f} s elapsed" + "".join(f", {seconds:.0f} s remaining" for seconds in sorted(left)[:1])

    def _table(self) -> Group:
        progress = self._progress
        assert progress is not None  # noqa: S101 - drawn only once there is progress
        table = Table(box=None, pad_edge=False)
        for column in ("trial", "state", progress.metric.name, "epoch", "point"):
            table.add_column(column, justify="right" if column in {"trial", "epoch", progress.metric.name} else "left")
        for result in progress.last:
            value = result.values.get(progress.metric.name)
            table.add_row(
                str(result.trial.number),
                result.state.lower(),
                "-" if value is None else f"{value:.4f}",
                str(result.best_epoch),
                Text(format_point(result.trial.point), overflow="ellipsis", no_wrap=True),
            )
        share = progress.done / progress.total
        if progress.minutes is not None:
            share = max(share, min(1.0, progress.worked / (60 * progress.minutes)))
        bar = Padding(ProgressBar(total=1.0, completed=share, width=40))  # a bar alone ends no line
        return Group(text(self._line(progress)), bar, table)


@contextmanager
def live(console: Console, *, quiet: bool) -> Iterator[SweepView]:
    """A view of a sweep's progress that ends with the block."""
    view = SweepView(console, quiet=quiet)
    try:
        yield view
    finally:
        view.stop()
