"""The view of the progress of a sweep: a live table on a terminal, plain lines elsewhere."""

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

if TYPE_CHECKING:
    from recsys.workflows.search.progress import Progress


class SweepView:
    """Shows the progress of a sweep.

    On a terminal it shows a live table. Elsewhere it prints one line for each cohort.

    Args:
        console: The console to print on.
        quiet: Show nothing.
    """

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self.console, self.quiet = console, quiet
        self.sweep: str | None = None
        """The name of the sweep; None before the first progress."""
        self.stopping = False
        """Whether to interrupt the sweep when it next reports progress, after a cohort."""
        self._started, self._before = time.monotonic(), 0.0
        self._live: Live | None = None
        self._progress: Progress | None = None

    def watch(self, progress: Progress) -> None:
        """Show the latest progress.

        Raises:
            KeyboardInterrupt: `stopping` is set.
        """
        if progress.sweep != self.sweep:  # `evaluate` runs several sweeps in turn
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
        """Remove the live table from the terminal."""
        if self._live is not None:
            self._live.stop()

    def _line(self, progress: Progress) -> str:
        return f"{progress.line}, {self._times(progress)}"

    def _times(self, progress: Progress) -> str:
        here, new = time.monotonic() - self._started, progress.done - progress.resumed
        elapsed = self._before + here  # includes the work before the sweep was resumed
        left = [here / new * (progress.total - progress.done)] if new else []
        if progress.minutes is not None:
            left.append(max(0.0, 60 * progress.minutes - elapsed))
        return f"{elapsed:.0f} s elapsed" + "".join(f", {seconds:.0f} s remaining" for seconds in sorted(left)[:1])

    def _table(self) -> Group:
        progress = self._progress
        assert progress is not None  # noqa: S101 - the table is drawn only after the first progress
        table = Table(box=None, pad_edge=False)
        for column in progress.columns:
            table.add_column(column, justify="left" if column in {"state", "point"} else "right")
        for *cells, point in progress.rows:
            table.add_row(*cells, Text(point, overflow="ellipsis", no_wrap=True))
        share = progress.done / progress.total
        if progress.minutes is not None:
            share = max(share, min(1.0, progress.worked / (60 * progress.minutes)))
        bar = Padding(ProgressBar(total=1.0, completed=share, width=40))  # a bar alone does not end its line
        return Group(text(self._line(progress)), bar, table)


@contextmanager
def live(console: Console, *, quiet: bool) -> Iterator[SweepView]:
    """Yield a view of the progress of a sweep, which stops at the end of the block."""
    view = SweepView(console, quiet=quiet)
    try:
        yield view
    finally:
        view.stop()
