"""The command line: typer commands that call documented functions.

This package imports no heavy module, so that `--help` and errors of the input respond quickly.
"""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

__all__ = ["app", "main"]


def main() -> NoReturn:
    """Run the `recsys` command; Ctrl-C ends it even during imports."""
    try:
        from recsys.cli.entry import main as run
    except KeyboardInterrupt:
        os.write(2, b"recsys: interrupted\n")
        sys.exit(130)
    run()


def __getattr__(name: str) -> Any:
    """Import the commands on first use."""
    if name != "app":
        raise AttributeError(f"module 'recsys.cli' has no attribute {name!r}")
    from recsys.cli.entry import app

    return app
