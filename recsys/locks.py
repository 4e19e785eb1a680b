"""Locks between the processes of a machine; a process that ends, in whatever way, lets go of its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recsys.cache import cache_folder
from recsys.errors import RecsysError


@contextmanager
def locked(key: str, *, wait: bool) -> Iterator[None]:
    """Hold the lock of that name, among the processes of this user.

    Args:
        key: What is locked; of a store its `identity`, so that each of its addresses means the same lock.
        wait: Whether to wait for whoever holds it.

    Raises:
        BlockingIOError: Another process holds it, and it is not to be waited for.
        RecsysError: The lock file cannot be opened.
    """
    with locked_file(_folder() / f"{hashlib.sha256(key.encode()).hexdigest()}.lock", wait=wait):
        yield


@contextmanager
def locked_file(path: Path, *, wait: bool, mode: int = 0o600) -> Iterator[None]:
    """Hold the lock of a file, which is made with that mode where there is none; else as `locked`."""
    with _said_clearly(path):
        # neither is a planted link followed nor a planted file emptied
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _said_clearly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecsysError(f"the lock {path} cannot be opened: {error.strerror}") from None


def place() -> str:
    """What tells these locks from those of another machine or user: an id that is made when it is first asked for."""
    file = _folder() / "place"
    with locked("place", wait=True):
        if not file.exists():
            file.write_text(uuid.uuid4().hex, encoding="utf-8")
        return file.read_text(encoding="utf-8")


def _folder() -> Path:
    folder = cache_folder() / "locks"
    with _said_clearly(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
