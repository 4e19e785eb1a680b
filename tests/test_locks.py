"""Tests of locks between processes: each has one holder, and files of other users stay unchanged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from recsys.errors import RecsysError
from recsys.locks import locked, locked_file


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_held_lock_is_not_had_twice_and_is_free_afterwards() -> None:
    with locked("a", wait=False), locked("b", wait=False), pytest.raises(BlockingIOError), locked("a", wait=False):
        pass
    with locked("a", wait=False):
        pass


def test_a_process_that_dies_lets_go() -> None:
    code = "import os\nfrom recsys.locks import locked\nwith locked('a', wait=True):\n    os._exit(1)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1
    with locked("a", wait=False):
        pass


def test_lock_files_are_the_users_own_and_do_not_tell_the_key(cache: Path) -> None:
    with locked("postgresql://me:s3cret@host/db", wait=True):
        (file,) = (cache / "locks").iterdir()
    assert (cache / "locks").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert "s3cret" not in file.name + file.read_text()


def test_a_planted_link_is_refused_and_a_planted_file_keeps_its_content(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "link.lock").symlink_to(precious)
    with (
        pytest.raises(RecsysError, match=r"link\.lock cannot be opened"),
        locked_file(tmp_path / "link.lock", wait=True),
    ):
        pass
    with locked_file(precious, wait=True):
        pass
    assert precious.read_text() == "mine"


def test_what_happens_under_the_lock_is_told_as_it_is() -> None:
    with pytest.raises(FileNotFoundError), locked("a", wait=True):
        raise FileNotFoundError
