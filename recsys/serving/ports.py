"""Ports of this machine: taken before anybody is told of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from recsys.errors import InputError


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens on loopback; whoever asks before it is served waits.

    Raises:
        InputError: The port cannot be had.
    """
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", port))
            taken.listen()
        except OSError as error:
            raise InputError(f"--port {port}: {error.strerror}; name another with --port") from None
        yield taken


def require_free(port: int) -> None:
    """Refuse a port that cannot be had, for a server that takes it by itself.

    Raises:
        InputError: It cannot be had.
    """
    with listening(port):
        pass
