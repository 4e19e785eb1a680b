"""The command line: typer commands that call documented functions.

This package imports nothing heavy, so that `--help` and input errors answer at once.
"""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

__all__ = ["app", "main"]


def main() -> NoReturn:
    """The `recsys` command; Ctrl-C ends it from its first moment on."""
    try:
        from recsys.cli.entry import main as run
    except KeyboardInterrupt:
        os.write(2, b"recsys: interrupted\n")
        sys.exit(130)
    run()


def __getattr__(name: str) -> Any:
    """Import the commands when they are first used."""
    if name != "app":
        raise AttributeError(f"module 'recsys.cli' has no attribute {name!r}")
    from recsys.cli.entry import app

    return app
