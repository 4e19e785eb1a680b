"""The views of exports and relocations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import text

if TYPE_CHECKING:
    from recsys.workflows.serving.export import Export
    from recsys.workflows.setup.relocate import Relocation


def show_export(console: Console, export: Export) -> None:
    """Print the Optuna study that a sweep was exported to."""
    console.print(text(f"wrote {export.trials} trials of {export.sweep} as the Optuna study {export.study}"))


def show_relocation(console: Console, relocation: Relocation) -> None:
    """Print the number of addresses that were changed, or would be changed by a dry run."""
    counts = ", ".join(f"{count:,} of {what}" for what, count in relocation.changed.items() if count)
    did = "rewrote" if relocation.written else "would rewrite"
    console.print(text(f"{did} {relocation.old} as {relocation.new}: {counts}"))
    if relocation.backup is not None:
        console.print(text(f"the database as it was before: {relocation.backup}"))
