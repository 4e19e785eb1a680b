"""The `recsys` command: its groups of commands, and what becomes of errors."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from recsys.cli.output import fail, out
from recsys.cli.signals import terminate
from recsys.errors import RecsysError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

GROUPS = ("start", "data", "sweeps", "results", "words", "champions", "tools")
"""The modules of commands beside this one, in the order of the help; a new one is one more word here."""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for name in GROUPS:
    group = import_module(f"recsys.cli.{name}").app
    app.add_typer(group, rich_help_panel=group.rich_help_panel)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    """Tune, track and promote recommender models."""
    if version:
        from importlib.metadata import version as version_of

        from recsys import DISTRIBUTION

        out.print(f"recsys {version_of(DISTRIBUTION)}", highlight=False)
        raise typer.Exit


def main() -> NoReturn:
    """The `recsys` command."""
    signal.signal(signal.SIGTERM, terminate)
    try:
        code = app(prog_name="recsys", standalone_mode=False)
    except RecsysError as error:
        fail(str(error), error.exit_code)
    except TyperException as error:
        fail(_sentence(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        fail("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code or 0)


def _sentence(error: TyperException) -> str:
    """A usage error in one line, with the command whose --help knows more."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path} --help)" if context else message
