"""Tests that every executor returns the same results, in the order of the cohorts."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
from threadpoolctl import ThreadpoolController

from recsys.errors import InputError, RecsysError
from recsys.execution.executor import Executor, LocalExecutor, Task
from recsys.execution.make import Execution
from recsys.execution.processes import ProcessExecutor
from recsys.execution.ray_cluster import RayExecutor
from recsys.execution.threads import ThreadExecutor
from recsys.models.settings import ModelSettings
from recsys.training.cohort import Report
from recsys.training.trial import Result, Trial, TrialState


def made(kind: str, task: Task, report: Report | None = None, workers: int = 2) -> Executor:
    if kind == "processes":
        return ProcessExecutor(task, workers, report=report)
    if kind == "threads":
        return ThreadExecutor(task, workers, report)
    return RayExecutor(task, report=report) if kind == "ray" else LocalExecutor(task, report)


def trained(executor: Executor, cohorts: Sequence[Sequence[Trial]]) -> list[list[Result]]:
    """The results of the cohorts, in the order of the cohorts."""
    for cohort in cohorts:
        executor.submit(cohort)
    return sorted((executor.next() for _ in cohorts), key=lambda results: results[0].trial.number)


def outcomes(results: list[list[Result]], metric: str = "rmse") -> list[list[tuple[int, TrialState, Any]]]:
    """What must be the same wherever cohorts are trained."""
    return [
        [(r.trial.number, r.state, pytest.approx(list(r.history[metric]), abs=1e-4)) for r in cohort]
        for cohort in results
    ]


@pytest.fixture(scope="session")
def expected(task: Task, cohorts: list[list[Trial]]) -> list[list[tuple[int, TrialState, Any]]]:
    return outcomes(trained(LocalExecutor(task), cohorts))


EVERY = ["local", "threads", "processes", pytest.param("ray", marks=pytest.mark.slow)]


class TestEveryExecutor:
    @pytest.fixture(scope="class", params=EVERY)
    @classmethod
    def executor(cls, request: pytest.FixtureRequest, task: Task) -> Iterator[Executor]:
        executor = made(request.param, task)
        yield executor
        executor.close()

    def test_results_are_the_same_everywhere(
        self, executor: Executor, cohorts: list[list[Trial]], expected: list[list[tuple[int, TrialState, Any]]]
    ) -> None:
        found = [[(r.trial.number, r.state, list(r.history["rmse"])) for r in c] for c in trained(executor, cohorts)]
        assert found == expected

    def test_more_can_be_submitted_while_others_train(self, executor: Executor, cohorts: list[list[Trial]]) -> None:
        executor.submit(cohorts[0])
        executor.submit(cohorts[1])
        first = executor.next()
        executor.submit(cohorts[2])
        found = [first, executor.next(), executor.next()]
        assert sorted(results[0].trial.number for results in found) == [0, 2, 4]


@pytest.mark.parametrize(
    "kind", ["threads", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("processes", "ray"))]
)
def test_cohorts_for_lists_come_to_the_same_everywhere(
    kind: str, list_task: Task, list_cohorts: list[list[Trial]]
) -> None:
    expected = outcomes(trained(LocalExecutor(list_task), list_cohorts), "ndcg")
    executor = made(kind, list_task)
    try:
        found = trained(executor, list_cohorts)
    finally:
        executor.close()
    assert [[(r.trial.number, r.state, list(r.history["ndcg"])) for r in c] for c in found] == expected


class TestPruning:
    @pytest.mark.parametrize("kind", EVERY)
    def test_the_study_is_asked_after_every_epoch(self, kind: str, task: Task, cohorts: list[list[Trial]]) -> None:
        heard: list[tuple[list[int], int]] = []

        def report(trials: Sequence[Trial], epoch: int, _values: Sequence[float]) -> list[TrialState | None]:
            heard.append(([trial.number for trial in trials], epoch))
            ends = {(1, 1): TrialState.PRUNED, (0, 2): TrialState.COMPLETE}
            return [ends.get((trial.number, epoch)) for trial in trials]

        executor = made(kind, task, report, workers=1)  # there is one cohort
        try:
            ((first, second),) = trained(executor, cohorts[:1])
        finally:
            executor.close()
        assert (first.state, first.reason, first.cut) == (TrialState.COMPLETE, "cut after epoch 3", True)
        assert (second.state, second.reason, second.cut) == (TrialState.PRUNED, "pruned after epoch 2", False)
        assert first.values["rmse"] == min(first.history["rmse"])
        assert heard == [([0, 1], 0), ([0, 1], 1), ([0], 2)]


class TestThreads:
    def test_a_cohort_comes_to_the_very_same_beside_others(self, task: Task, cohorts: list[list[Trial]]) -> None:
        """Often, since what threads do to each other they do by chance."""
        alone, beside = LocalExecutor(task), ThreadExecutor(task, 3)
        expected = [[dict(r.history) for r in cohort] for cohort in trained(alone, cohorts)]
        for _ in range(5):
            assert [[dict(r.history) for r in cohort] for cohort in trained(beside, cohorts)] == expected
        beside.close()

    def test_blas_keeps_to_one_thread_until_the_end(self, list_task: Task, list_cohorts: list[list[Trial]]) -> None:
        """Least squares enter and leave such a limit at any moment, of which the process has one."""
        blas, seen = ThreadpoolController().select(user_api="blas"), set()

        def threads() -> set[int]:
            return {library["num_threads"] for library in blas.info()}

        def report(trials: Sequence[Trial], _epoch: int, _values: object) -> list[TrialState | None]:
            seen.update(threads())
            return [None] * len(trials)

        with blas.limit(limits=3):
            executor = ThreadExecutor(list_task, 2, report)
            try:
                trained(executor, [list_cohorts[2], [replace(trial, seed=9) for trial in list_cohorts[2]]])
            finally:
                executor.close()
            assert seen == {1}
            assert threads() == {3}

    def test_closing_ends_what_is_being_trained_at_its_epoch(self, task: Task, cohorts: list[list[Trial]]) -> None:
        endless = replace(task, training=task.training.model_copy(update={"patience": 0}))
        executor = ThreadExecutor(endless, 2)
        for cohort in cohorts:
            executor.submit([replace(trial, last_epoch=10**6) for trial in cohort])
        started = time.monotonic()
        executor.close()
        assert time.monotonic() - started < 60

    def test_what_a_thread_dies_of_is_told(self, task: Task, cohorts: list[list[Trial]]) -> None:
        def broken(*_: Any) -> Any:
            raise ValueError("out of order")

        executor = ThreadExecutor(task, 2, broken)
        executor.submit(cohorts[0])
        with pytest.raises(RecsysError, match="out of order"):
            executor.next()
        executor.close()


DEADLY = """
import os
from recsys.models.model import factory_of
from recsys.models.settings import ModelSettings
def build(shape, points, seeds):
    if any(point['embedding_size'] == 3 for point in points):
        os._exit(9)
    return factory_of(ModelSettings(kind='mf'))(shape, points, seeds)
"""


@pytest.mark.slow
class TestWorkersThatDie:
    def test_a_lost_worker_is_replaced_and_its_cohort_runs_again(
        self, task: Task, cohorts: list[list[Trial]], expected: list[list[tuple[int, TrialState, Any]]]
    ) -> None:
        executor = ProcessExecutor(task, 2)
        before = executor.pids
        Thread(target=lambda: (time.sleep(1), os.kill(before[0], signal.SIGKILL))).start()
        try:
            found = trained(executor, cohorts)
            assert before[0] not in executor.pids
        finally:
            executor.close()
        assert [[(r.trial.number, r.state, list(r.history["rmse"])) for r in c] for c in found] == expected
        assert not any(psutil.pid_exists(pid) for pid in before)

    @pytest.mark.parametrize("kind", ["processes", "ray"])
    def test_one_deadly_trial_fails_and_the_others_come_through(
        self, kind: str, task: Task, cohorts: list[list[Trial]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "deadly.py").write_text(DEADLY)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        executor = made(kind, replace(task, model=ModelSettings(factory="deadly:build")))
        try:
            ((first, second),) = trained(executor, cohorts[:1])
        finally:
            executor.close()
        assert first.state is TrialState.COMPLETE
        assert second.state is TrialState.FAILED
        assert "worker died" in second.reason


def test_places_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(InputError, match="--address"):
        Execution(address="auto")
    with pytest.raises(InputError, match="--gpus-per-worker"):
        Execution(workers=2, gpus=0.5)
    with pytest.raises(InputError, match="whole threads"):
        Execution(workers=2, cpus=0.5)


@pytest.mark.slow
def test_an_address_without_a_cluster_is_refused_at_once(task: Task) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    started = time.monotonic()
    with pytest.raises(InputError, match=f"--address {address}: there is no Ray cluster"):
        RayExecutor(task, address)
    assert time.monotonic() - started < 60


@pytest.mark.slow
def test_a_ray_cluster_of_ones_own_listens_on_loopback_only(task: Task) -> None:
    before = {(c.laddr.ip, c.laddr.port) for c in psutil.net_connections("inet") if c.status == "LISTEN"}
    executor = RayExecutor(task)
    try:
        after = {(c.laddr.ip, c.laddr.port) for c in psutil.net_connections("inet") if c.status == "LISTEN"}
    finally:
        executor.close()
    assert after - before
    assert {ip for ip, _ in after - before} <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
