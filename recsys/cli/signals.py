"""Handlers of Ctrl-C and SIGTERM, which end a command."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from recsys.cli.output import err, fail
from recsys.cli.views.live import SweepView, live

_GRACE = 10
"""Seconds that a sweep has to finish its cohort after SIGTERM."""


def terminate(_signal: int, _frame: object) -> NoReturn:
    """Handle SIGTERM like Ctrl-C."""
    raise KeyboardInterrupt


def _stop_now(view: SweepView) -> NoReturn:
    """Stop at once, or after the cohort if Python runs a finalizer, which suppresses exceptions."""
    view.stopping = True
    raise KeyboardInterrupt


def _stop_soon(view: SweepView) -> None:
    """Stop after the current cohort, but within ten seconds."""
    view.stopping = True
    signal.signal(signal.SIGALRM, terminate)
    signal.alarm(_GRACE)


@contextmanager
def sweeping(*, quiet: bool, again: str = "recsys resume {}") -> Iterator[SweepView]:
    """Show a sweep while it runs. Ctrl-C ends it cleanly and prints the command that resumes it.

    Args:
        quiet: Show nothing.
        again: The command that resumes the sweep, with {} for its name.
    """
    try:
        with live(err, quiet=quiet) as view:
            signal.signal(signal.SIGINT, lambda _signal, _frame: _stop_now(view))
            signal.signal(signal.SIGTERM, lambda _signal, _frame: _stop_soon(view))
            yield view
    except KeyboardInterrupt:
        how = f"go on with: {again.format(view.sweep)}" if view.sweep else "nothing was begun"
        fail(f"interrupted; {how}", 130)
