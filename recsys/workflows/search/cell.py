"""The progress of a sweep in a notebook: a table below the cell, replaced after every cohort. It needs no widgets."""

from __future__ import annotations

from recsys import notebook
from recsys.workflows.search.progress import Progress


def in_a_notebook(progress: Progress) -> None:
    """Show the progress below the running cell; outside of a notebook, do nothing."""
    if notebook.is_here():
        notebook.put(_html(progress), f"recsys sweep {progress.sweep}", again=bool(progress.last))


def _html(progress: Progress) -> str:
    below = f"{progress.line}, {progress.worked:.0f} s of work"
    return notebook.table(progress.columns, progress.rows, below)
