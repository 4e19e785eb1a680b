"""The entry point of the `recsys` command: its groups of commands, and the exit codes of errors."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from recsys.cli.output import out, tell
from recsys.cli.signals import terminate
from recsys.cli.terminal import cannot_be_written, open_streams, silence
from recsys.errors import RecsysError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

GROUPS = ("start", "data", "sweeps", "results", "annotations", "champions", "tools")
"""The modules of this package that define commands, in the order of the help."""

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
    """Run the `recsys` command and exit with its code."""
    open_streams()
    signal.signal(signal.SIGTERM, terminate)
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has closed the pipe
        silence(sys.stdout)
        code = 1
    except OSError as error:
        code = _unwritten(error)
    if cannot_be_written(sys.stderr):
        code = code or 1
    sys.exit(code)


def _run() -> int:
    """Run the command, print its error, and return the exit code."""
    try:
        return int(app(prog_name="recsys", standalone_mode=False) or 0)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except RecsysError as error:
        return tell(str(error), error.exit_code)
    except TyperException as error:
        return tell(_sentence(error), 2)
    except typer.Abort as error:
        return _unanswered(error)
    except KeyboardInterrupt:
        return tell("interrupted", 130)


def _unanswered(error: typer.Abort) -> int:
    """Print the reason why a question was not answered, and return the exit code."""
    if isinstance(error.__context__, EOFError):
        return tell("standard input has ended, and there was a question: --yes answers it", 1)
    if isinstance(error.__context__, KeyboardInterrupt):
        return tell("interrupted", 130)
    return tell("nothing was done", 1)


def _unwritten(error: OSError) -> int:
    """Print which file cannot be read or written, and return the exit code."""
    place = "standard output" if cannot_be_written(sys.stdout) else error.filename
    return tell(f"{place or 'what was to be written cannot be'}: {error.strerror or error}", 1)


def _sentence(error: TyperException) -> str:
    """Return a usage error on one line, with the command whose --help explains it."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path} --help)" if context else message
