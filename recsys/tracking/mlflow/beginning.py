"""Make a new SQLite store in a process of its own, while this one imports its frameworks.

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
    """During the block another process makes the store, where it is a file that is not there and there is time for it.

    Whoever opens the store afterwards finds it, or makes it and says what is wrong with it.

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
        return False  # whoever opens it is told why


if __name__ == "__main__":
    with importing():
        from recsys.store.client import connect

        connect(sys.argv[1], create=True)
