"""How what was made for other tools is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import text

if TYPE_CHECKING:
    from recsys.workflows.using.export import Export


def show_export(console: Console, export: Export) -> None:
    """What was written as an Optuna study."""
    console.print(text(f"wrote {export.trials} trials of {export.sweep} as the Optuna study {export.study}"))
