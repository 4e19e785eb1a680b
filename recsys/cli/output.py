"""The output of the command line: results on standard output, all other lines on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass
from typing import Any, NoReturn

from rich.console import Console

from recsys.cli.terminal import believe_widths
from recsys.credentials import masked
from recsys.errors import shown

believe_widths()  # before rich reads the width


class Standard(Console):
    """A console whose errors name standard output."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print objects as rich does; an `OSError` names standard output."""
        with _named():
            super().print(*objects, **how)


@contextmanager
def _named() -> Iterator[None]:
    """Name standard output in errors that occur when the block writes to it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from None


out = Standard()
err = Console(stderr=True)


def fail(message: str, code: int) -> NoReturn:
    """Print an error and exit.

    Args:
        message: The message, one sentence.
        code: The exit code.
    """
    sys.exit(tell(message, code))


def tell(message: str, code: int) -> int:
    """Print an error and return its exit code."""
    with suppress(OSError):  # the exit code still reports the error
        err.print(f"recsys: {one_line(message)}", style="red", markup=False, highlight=False, soft_wrap=True)
    return code


def echo(line: str) -> None:
    """Print a line on standard error."""
    err.print(one_line(line), style="dim", markup=False, highlight=False, soft_wrap=True)


def one_line(message: str) -> str:
    """Return the message on one line, without passwords and control characters."""
    return shown(masked(message), 10_000)


def print_json(document: Any) -> None:
    """Print one JSON document, and nothing else, on standard output."""
    with _named():
        print(json_of(document), flush=True)  # noqa: T201 - standard output is for results


def json_of(document: Any) -> str:
    """Return the document as JSON; NaN and infinite numbers become null."""
    return json.dumps(_finite(document), allow_nan=False)


def _finite(value: Any) -> Any:
    """Return the value in types that JSON has; NaN and infinite numbers become None."""
    if is_dataclass(value) and not isinstance(value, type):
        return _finite(value.to_dict() if hasattr(value, "to_dict") else asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_finite(inner) for inner in value]
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return plain if math.isfinite(plain) else None
    return plain if plain is None or isinstance(plain, (bool, int, str)) else str(plain)
