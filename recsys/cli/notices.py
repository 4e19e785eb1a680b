"""Notify a command or an address when a sweep ends.

Both are options of the command line only. An experiment file alone can neither run a command nor send data.
"""

from __future__ import annotations

import ipaddress
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from recsys.cli.output import echo, json_of, one_line
from recsys.cli.views.live import SweepView
from recsys.errors import InputError, shown

_PATIENCE = 30
"""The seconds after which a notified command is stopped."""
_ANSWER = 10
"""The seconds to wait for the response of an address."""


@dataclass(frozen=True)
class Notices:
    """The command and the address to notify when a sweep ends."""

    notify: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Run this command at the end, without a shell, with the result as JSON on its standard input.",
        ),
    ] = None
    notify_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Post the result as JSON to this address: https, or http to this machine."),
    ] = None

    def __post_init__(self) -> None:
        if self.notify is not None:
            _command(self.notify)
        if self.notify_url is not None:
            _checked(self.notify_url)

    @contextmanager
    def telling(self, view: SweepView) -> Iterator[Callable[[Any], None]]:
        """Send a notification when the block ends; the block passes its result to the function that it receives."""
        results: list[Any] = []
        try:
            yield results.append
        except BaseException as error:
            event = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            why = "" if event == "interrupted" else one_line(str(error))
            self._tell({"event": event, "sweep": view.sweep, "error": why, "result": None})
            raise
        self._tell({"event": "finished", "sweep": view.sweep, "error": "", "result": results[0] if results else None})

    def _tell(self, document: Any) -> None:
        """Send the notification; print an error, which does not end the sweep."""
        for finished, how in ((self.notify, _run), (self.notify_url, _post)):
            if finished is None:
                continue
            try:
                how(finished, json_of(document))
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                echo(f"nobody was notified by {_named(finished)}: {_why(error)}")


def _command(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError(f"--notify {shown(repr(text))}: {error}") from None
    if not words or shutil.which(words[0]) is None:
        raise InputError(
            f"--notify {shown(repr(text))}: there is no such command; shells and their words are not known"
        )
    return words


def _checked(url: str) -> str:
    """Return the address if it is allowed; error messages contain its host only, because the rest may be a secret."""
    parts = urlsplit(url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))):
        return url
    raise InputError(f"--notify-url {_named(url)}: expected https://…, or http:// to this machine, such as 127.0.0.1")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _run(command: str, document: str) -> None:
    # the output of the command goes to standard error, because standard output is for --json
    subprocess.run(_command(command), input=document, text=True, stdout=2, timeout=_PATIENCE, check=True)  # noqa: S603 - the user gave the command


def _post(url: str, document: str) -> None:
    import requests

    with requests.Session() as session:
        session.trust_env = not _is_here(urlsplit(url).hostname or "")  # requests to this machine use no proxy
        answer = session.post(
            url, data=document, headers={"Content-Type": "application/json"}, timeout=_ANSWER, allow_redirects=False
        )
    if not answer.ok or answer.is_redirect:
        raise ValueError(f"it answered {answer.status_code}")


def _named(finished: str) -> str:
    parts = urlsplit(finished)
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else shown(finished.partition(" ")[0])


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with exit code {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took more than {_PATIENCE} s"
    # the messages of requests contain the whole address
    return str(error) if isinstance(error, ValueError) and type(error) is ValueError else type(error).__name__
