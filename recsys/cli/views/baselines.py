"""The view of baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from recsys.cli.views.text import text
from recsys.evaluation.formatting import interval_text
from recsys.spaces.formatting import format_point

if TYPE_CHECKING:
    from recsys.workflows.comparison.baselines import Baselines

_SHOWN = ("rmse", "mae", "ndcg", "recall", "mrr", "coverage")
"""The metrics that fit on a line; the JSON output has all metrics."""


def show_baselines(console: Console, result: Baselines) -> None:
    """Print the baselines, the best first."""
    others = [name for name in _SHOWN if name != result.metric and any(name in row.values for row in result.rows)]
    table = Table(box=None, pad_edge=False)
    table.add_column("baseline", no_wrap=True)
    for column in (result.metric, "95 % interval", *others, "seconds"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in result.rows:
        table.add_row(
            row.name,
            f"{row.values[result.metric]:.4f}",
            interval_text(row.interval),
            *(f"{row.values[name]:.4f}" for name in others),
            f"{row.seconds:.1f}",
        )
    console.print(table)
    for row in result.rows:
        if row.fits > 1:
            console.print(text(f"{row.name} has {format_point(row.settings)}: the best of {row.fits} settings."))
    for name, reason in result.left_out.items():
        console.print(text(f"{name} is left out: {reason}."))
    console.print(
        text(
            f"Fitted to the train part of {result.data}, measured on its validation part, which also "
            f"chose the settings. Values of sweeps of the same protocol, {result.fingerprint}, compare with these."
        )
    )
