"""The views of automatic searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from recsys.cli.views.text import show_pairs, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from recsys.workflows.automatic.auto import AutoResult


def show_automatic(console: Console, result: AutoResult) -> None:
    """Print the sweeps and the promotion of an automatic search."""
    show_pairs(console, result.lines)


def show_plan(console: Console, paths: Sequence[Path]) -> None:
    """Print the experiment files of a plan, each as the command that runs it."""
    for path in paths:
        console.print(text(f"recsys sweep {path}"), soft_wrap=True)
