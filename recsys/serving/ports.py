"""Ports of this machine, which a server reserves before it reports its address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from recsys.errors import InputError


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Open a socket that listens on loopback. A client that connects before the server is ready waits.

    Raises:
        InputError: The port is not available.
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
    """Check that a port is available, for a server that opens it itself.

    Raises:
        InputError: The port is not available.
    """
    with listening(port):
        pass
