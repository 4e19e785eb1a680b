"""Create a new SQLite store in another process, while this one imports the frameworks.

MLflow makes one by going through all of its migrations: opening a new store takes 2.4 s of CPU time, and 0.7 s once
another process has made it (medians of three).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from recsys.frameworks import importing
from recsys.store.address import database_file, store_uri


@contextmanager
def store_begun(uri: str | None = None) -> Iterator[None]:
    """Let another process create a SQLite store that does not exist, during the block.

    Errors are ignored here: `connect` creates a store that is still missing, and reports what is wrong.

    Args:
        uri: The store's address; None for the one in use.
    """
    address = store_uri(uri)
    if "tensorflow" in sys.modules or not _is_new(address):
        yield
        return
    command = [sys.executable, "-m", __name__, address]
    # in a session of its own, so that no Ctrl-C leaves a store half made
    with subprocess.Popen(  # noqa: S603 - this very file
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ):
        yield


def _is_new(address: str) -> bool:
    try:
        return address.startswith("sqlite") and not database_file(address).exists()
    except (OSError, RuntimeError, ValueError):
        return False  # `connect` reports it


if __name__ == "__main__":
    with importing():
        from recsys.store.client import connect

        connect(sys.argv[1], create=True)
