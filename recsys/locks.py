"""Locks between the processes of a machine; a process that ends, in whatever way, lets go of its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        hint = "; RECSYS_CACHE names another folder" if path.is_relative_to(cache_folder()) else ""
        raise RecsysError(f"the lock {path} cannot be opened: {error.strerror}{hint}") from None


def place() -> str:
    """What tells these locks from those of another machine or user: an id that is made when it is first asked for."""
    file = _folder() / "place"
    with locked("place", wait=True):
        if not file.exists():
            file.write_text(uuid.uuid4().hex, encoding="utf-8")
        return file.read_text(encoding="utf-8")


def _folder() -> Path:
    """Where the locks are: in the cache folder, or where that cannot be written in the user's own one for the time."""
    folder = cache_folder() / "locks"
    if _is_writable(folder):
        return folder
    # in a home that cannot be written all processes of the user come to the same second place
    second = Path(tempfile.gettempdir()) / f"recsys-{os.getuid()}" / "locks"
    if _is_writable(second) and _is_own(second.parent) and _is_own(second):
        return second
    with _said_clearly(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _is_writable(folder: Path) -> bool:
    """Whether it is there, made where it was not, and files can be made in it."""
    with suppress(OSError):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        return os.access(folder, os.W_OK | os.X_OK)
    return False


def _is_own(folder: Path) -> bool:
    """Whether nobody else has made or may write the folder, which stands where all may make one."""
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022
