"""The progress of a sweep in a notebook: a table below the cell, replaced after every cohort. It needs no widgets."""

from __future__ import annotations

from recsys import notebook
from recsys.spaces.formatting import format_point
from recsys.workflows.search.progress import Progress


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
            format_point(result.trial.point),
        )
        for result in progress.last
    ]
    said = f"{progress.sweep}: {progress.done} of {progress.total} trials{lead}, {progress.worked:.0f} s of work"
    return notebook.table(["trial", "state", name, "epoch", "point"], rows, said)
