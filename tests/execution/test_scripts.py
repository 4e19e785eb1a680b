"""Tests that worker processes do not import the coordinator's script, and that failed workers consume no trials."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.errors import RecsysError
from recsys.execution import processes, worker
from recsys.execution.executor import Task
from recsys.execution.processes import ProcessExecutor
from recsys.training.trial import Trial, TrialState

ROOT = Path(__file__).parent.parent.parent
SCRIPT = f"""
import recsys
from recsys.execution.make import Execution

print("the script runs", flush=True)
changes = ["study.batch=2", "training.epochs=2"]
file, workers = {str(ROOT / "experiments/smoke.toml")!r}, Execution(workers=2)
swept = recsys.sweep(file, trials=4, overrides=changes, execution=workers)
print(swept.trials, swept.best.trial, recsys.show(swept.sweep).state)
"""


@pytest.mark.parametrize("how", ["a file", "standard input"])
def test_a_script_without_a_main_guard_runs_once_and_sweeps(how: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    done = subprocess.run(
        [sys.executable, "script.py" if how == "a file" else "-"],
        input=None if how == "a file" else SCRIPT,
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()
    assert first == "the script runs"
    assert last.startswith("{'complete': 4, 'pruned': 0, 'failed': 0}")
    assert last.endswith("FINISHED")


class TestWorkersThatNeverComeUp:
    @pytest.fixture(params=["at once", "after their task"])
    def broken(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Workers of a Python that cannot start, or that has no TensorFlow."""
        if request.param == "at once":
            monkeypatch.setattr(worker.sys, "executable", "/bin/false")
            return
        code = "import sys; sys.modules['tensorflow'] = None; from recsys.execution.worker import work"
        code += "; from multiprocessing.connection import Connection; work(Connection(int(sys.argv[-1])))"
        begun = subprocess.Popen

        def started(words: list[str], **settings: object) -> object:
            return begun([sys.executable, "-c", code, words[-1]], **{**settings, "stderr": subprocess.DEVNULL})  # type: ignore[call-overload]

        monkeypatch.setattr(worker.subprocess, "Popen", started)

    @pytest.mark.usefixtures("broken")
    def test_are_an_error_and_no_failed_trials(self, task: Task, cohorts: list[list[Trial]]) -> None:
        def trained() -> None:
            executor = ProcessExecutor(task, 1)
            try:
                executor.submit(cohorts[0])
                executor.next()
            finally:
                executor.close()

        with pytest.raises(RecsysError, match="no worker process starts: 3 in a row ended before they were ready"):
            trained()

    def test_one_among_others_is_replaced(
        self, task: Task, cohorts: list[list[Trial]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start, begun = worker.start_worker, []

        def started() -> object:
            process, connection = start()
            begun.append(process)
            if len(begun) == 1:
                process.kill()
            return process, connection

        monkeypatch.setattr(processes, "start_worker", started)
        executor = ProcessExecutor(task, 1)
        try:
            executor.submit(cohorts[0])
            assert {result.state for result in executor.next()} == {TrialState.COMPLETE}
        finally:
            executor.close()
        assert len(begun) == 2
