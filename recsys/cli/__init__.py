"""The command line: typer commands, each a thin face of one documented function.

Nothing heavy is imported here: `--help` and input errors must answer at once.
"""

from recsys.cli.entry import app, main

__all__ = ["app", "main"]
