"""Tests of helper processes: the answers do not depend on the process, nor on processes that die."""

from __future__ import annotations

import gc
import operator
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from helping import ready, waited_for

from recsys import helper_processes as module
from recsys.helper_processes import Helpers

HELD = np.arange(1_000_000)


def is_alive(pid: int) -> bool:
    """Whether there is such a process, other than as a zombie."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 2)


@pytest.fixture
def helpers() -> Helpers[np.ndarray]:
    return ready(Helpers(HELD, worth_starting=0.0))


class TestAnswers:
    """Every item's, in the items' order."""

    def test_are_the_same_from_helpers_as_from_this_process(self, helpers: Helpers[np.ndarray]) -> None:
        items = [slice(start, start + 5) for start in range(40)]
        mine = Helpers(HELD, worth_starting=1e9).map(operator.getitem, items)
        theirs = helpers.map(operator.getitem, items)
        assert np.array_equal(mine, theirs)
        assert all(isinstance(answer, np.ndarray) for answer in theirs)

    def test_come_from_other_processes(self) -> None:
        helpers = ready(Helpers(None, worth_starting=0.0))
        assert set(helpers.map(_pid, [0] * 20)) <= set(helpers.pids)
        assert helpers.map(_pid, [0]) == [os.getpid()], "one item is not worth the way"

    def test_are_raised_where_they_are_asked_for(self, helpers: Helpers[np.ndarray]) -> None:
        with pytest.raises(IndexError, match="out of bounds"):
            helpers.map(operator.getitem, [3, 10**9, 5])
        assert helpers.map(operator.getitem, [3, 4]) == [3, 4], "and helpers live on"

    def test_do_not_hang_on_a_helper(self, helpers: Helpers[np.ndarray]) -> None:
        pids = helpers.pids
        for left, pid in enumerate(pids):
            os.kill(pid, signal.SIGKILL)
            assert waited_for(lambda gone=pid: not is_alive(gone))
            items = list(range(left, left + 20))
            assert helpers.map(operator.getitem, items) == items


class TestFaults:
    """Of helpers, and of where they are started: no answer is lost, none is another's."""

    def test_an_answer_that_cannot_be_taken_is_no_other_items(
        self, helpers: Helpers[np.ndarray], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lost(*_: object) -> None:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(module, "_received", lost)
            with pytest.raises(MemoryError):
                helpers.map(operator.getitem, [slice(0, 200_000)] * 2)
        items = [slice(start, start + 200_000) for start in range(8)]
        for item, answer in zip(items, helpers.map(operator.getitem, items), strict=True):
            assert np.array_equal(answer, HELD[item])

    def test_what_lies_in_the_folder_is_not_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "joblib.py").write_text("raise SystemExit")
        monkeypatch.chdir(tmp_path)
        assert ready(Helpers(HELD, worth_starting=0.0)).map(operator.getitem, [1, 2]) == [1, 2]

    @pytest.mark.parametrize("held", [threading.Lock(), HELD], ids=["cannot be sent", "no Python"])
    def test_where_none_can_be_started_work_goes_on_here(
        self, held: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(module.sys, "executable", "/nowhere/python")
        helpers = Helpers(held, worth_starting=0.0)
        assert helpers.map(_pid, [1, 2]) == [os.getpid()] * 2
        assert waited_for(lambda: "no helper came up" in caplog.text)
        assert helpers.map(_pid, [1, 2]) == [os.getpid()] * 2

    def test_blas_has_one_thread_there_whatever_the_environment_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
        helpers = ready(Helpers(None, worth_starting=0.0))
        assert helpers.map(_blas, [0, 0]) == [{1}, {1}]


class TestLife:
    """As long as there is use for them, and not longer."""

    def test_little_work_starts_none(self) -> None:
        helpers = Helpers(HELD)
        helpers.map(operator.getitem, list(range(100)))
        time.sleep(0.2)
        assert not helpers._processes

    def test_one_core_starts_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "cores", lambda: 1)
        helpers = Helpers(HELD, worth_starting=0.0)
        assert helpers.map(operator.getitem, [1, 2]) == [1, 2]
        time.sleep(0.2)
        assert not helpers._processes

    def test_what_they_are_given_is_mapped_and_leaves_no_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        helpers = ready(Helpers(HELD, worth_starting=0.0))
        assert waited_for(lambda: not list(tmp_path.iterdir()))
        assert set(helpers.map(_kind, [0] * 4)) == {"memmap"}

    def test_they_end_with_their_use(self, helpers: Helpers[np.ndarray]) -> None:
        pids = self._pids_of_some()
        gc.collect()
        assert waited_for(lambda: not any(map(is_alive, pids)))
        assert all(map(is_alive, helpers.pids)), "others live on"

    @staticmethod
    def _pids_of_some() -> list[int]:
        return ready(Helpers(HELD, worth_starting=0.0)).pids

    @pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
    def test_they_end_with_the_process_whatever_it_dies_of(self, end: signal.Signals) -> None:
        code = """if True:
            import operator, time
            import recsys.helper_processes as module
            module.cores = lambda: 2
            helpers = module.Helpers([1, 2, 3], worth_starting=0.0)
            helpers.map(operator.getitem, [0, 1])
            while not helpers.pids:
                time.sleep(0.02)
            print(*helpers.pids, flush=True)
            time.sleep(600)
        """
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
        )
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2
        os.killpg(process.pid, end)  # as a terminal does: the whole group
        _, errors = process.communicate(timeout=60)
        assert waited_for(lambda: not any(map(is_alive, pids)))
        assert errors.count("Traceback") == (end == signal.SIGINT), "its own, and none of a helper"


def _pid(_held: object, _item: object) -> int:
    return os.getpid()


def _blas(_held: object, _item: object) -> set[int]:
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def _kind(held: np.ndarray, _item: object) -> str:
    return type(held).__name__
