"""Locks between processes of a machine. The end of a process, also by a signal, releases its locks."""

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
    """Hold a named lock among the processes of this user.

    Args:
        key: The name of the lock; for a store its `identity`, which all of its addresses share.
        wait: Whether to wait for another process that holds the lock.

    Raises:
        BlockingIOError: Another process holds the lock and `wait` is False.
        RecsysError: The lock file cannot be opened.
    """
    with locked_file(_folder() / f"{hashlib.sha256(key.encode()).hexdigest()}.lock", wait=wait):
        yield


@contextmanager
def locked_file(path: Path, *, wait: bool, mode: int = 0o600) -> Iterator[None]:
    """Hold a lock on a file.

    Args:
        path: The file, which is created if it is missing.
        wait: Whether to wait for another process that holds the lock.
        mode: The permissions of a new file.

    Raises:
        BlockingIOError: Another process holds the lock and `wait` is False.
        RecsysError: The lock file cannot be opened.
    """
    with _said_clearly(path):
        # neither follow a link nor truncate a file that another user created
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
    """Return the id of this machine and user, which is created on first use; processes with this id share the locks."""
    file = _folder() / "place"
    with locked("place", wait=True):
        if not file.exists():
            file.write_text(uuid.uuid4().hex, encoding="utf-8")
        return file.read_text(encoding="utf-8")


def _folder() -> Path:
    """Return the folder of the locks: in the cache folder, or in the temporary folder if that is not writable."""
    folder = cache_folder() / "locks"
    if _is_writable(folder):
        return folder
    # without a writable home, all processes of the user use the same second folder
    second = Path(tempfile.gettempdir()) / f"recsys-{os.getuid()}" / "locks"
    if _is_writable(second) and _is_own(second.parent) and _is_own(second):
        return second
    with _said_clearly(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _is_writable(folder: Path) -> bool:
    """Return whether the folder exists or can be created, and is writable."""
    with suppress(OSError):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        return os.access(folder, os.W_OK | os.X_OK)
    return False


def _is_own(folder: Path) -> bool:
    """Return whether only this user owns and can write the folder; everyone can write its parent."""
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022
