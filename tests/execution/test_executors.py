"""Executors: wherever cohorts are trained, the same results come back in the order of the cohorts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import psutil
import pytest

from recsys.errors import InputError
from recsys.execution.executor import Executor, LocalExecutor, Task
from recsys.execution.processes import ProcessExecutor
from recsys.execution.ray_cluster import RayExecutor
from recsys.models.factory import ModelSettings
from recsys.training.trial import Result, State, Trial
from recsys.workflows.execution import Execution


def made(kind: str, task: Task) -> Executor:
    if kind == "processes":
        return ProcessExecutor(task, 2)
    return RayExecutor(task) if kind == "ray" else LocalExecutor(task)


def outcomes(results: list[list[Result]]) -> list[list[tuple[int, State, list[float]]]]:
    return [[(r.trial.number, r.state, list(r.history["rmse"])) for r in cohort] for cohort in results]


@pytest.fixture(scope="session")
def expected(task: Task, cohorts: list[list[Trial]]) -> list[list[tuple[int, State, list[float]]]]:
    return outcomes(list(LocalExecutor(task).run(cohorts, None)))


class TestEveryExecutor:
    @pytest.fixture(scope="class", params=["local", "processes", pytest.param("ray", marks=pytest.mark.slow)])
    @classmethod
    def executor(cls, request: pytest.FixtureRequest, task: Task) -> Iterator[Executor]:
        executor = made(request.param, task)
        yield executor
        executor.close()

    def test_results_come_in_the_order_of_the_cohorts_and_are_the_same(
        self, executor: Executor, cohorts: list[list[Trial]], expected: list[list[tuple[int, State, list[float]]]]
    ) -> None:
        found = outcomes(list(executor.run(cohorts, None)))
        for one, other in zip(found, expected, strict=True):
            for (number, state, history), (wanted, ended, reference) in zip(one, other, strict=True):
                assert (number, state) == (wanted, ended)
                assert history == pytest.approx(reference, abs=1e-4)

    def test_it_can_be_used_again(self, executor: Executor, cohorts: list[list[Trial]]) -> None:
        assert [len(results) for results in executor.run(cohorts[:1], None)] == [2]
        assert [len(results) for results in executor.run([], None)] == []


class TestPruning:
    @pytest.mark.parametrize("kind", ["local", "processes"])
    def test_a_study_is_asked_after_every_epoch(self, kind: str, task: Task, cohorts: list[list[Trial]]) -> None:
        executor = made(kind, task)
        heard: list[tuple[int, int]] = []

        def report(trial: Trial, epoch: int, _value: float) -> bool:
            heard.append((trial.number, epoch))
            return trial.number != 1 or epoch < 1

        try:
            ((first, second),) = executor.run(cohorts[:1], report)
        finally:
            executor.close()
        assert (first.state, second.state) == (State.COMPLETE, State.PRUNED)
        assert sorted(heard) == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]


class TestWorkersThatDie:
    @pytest.mark.slow
    def test_a_lost_worker_is_replaced_and_its_cohort_runs_again(
        self, task: Task, cohorts: list[list[Trial]], expected: list[list[tuple[int, State, list[float]]]]
    ) -> None:
        executor = ProcessExecutor(task, 2)
        before = executor.pids
        Thread(target=lambda: (time.sleep(1), os.kill(before[0], signal.SIGKILL))).start()
        try:
            found = outcomes(list(executor.run(cohorts, None)))
            assert before[0] not in executor.pids
        finally:
            executor.close()
        assert [[number for number, _, _ in cohort] for cohort in found] == [
            [number for number, _, _ in cohort] for cohort in expected
        ]
        assert not any(psutil.pid_exists(pid) for pid in before)

    @pytest.mark.slow
    def test_one_deadly_trial_fails_and_the_others_come_through(
        self, task: Task, cohorts: list[list[Trial]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "deadly.py").write_text(
            "import os\n"
            "from recsys.models.catalog import factory_of\n"
            "from recsys.models.factory import ModelSettings\n"
            "def build(shape, points, seeds):\n"
            "    if any(point['embedding_size'] == 3 for point in points):\n"
            "        os._exit(9)\n"
            "    return factory_of(ModelSettings(kind='mf'))(shape, points, seeds)\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))
        executor = ProcessExecutor(replace(task, model=ModelSettings(factory="deadly:build")), 1)
        try:
            ((first, second),) = executor.run(cohorts[:1], None)
        finally:
            executor.close()
        assert first.state is State.COMPLETE
        assert second.state is State.FAILED
        assert "worker process died" in second.reason


def test_places_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(InputError, match="--workers"):
        Execution(executor="ray", workers=2)
    with pytest.raises(InputError, match="--address"):
        Execution(address="auto")


@pytest.mark.slow
def test_a_ray_node_that_is_lost_costs_no_cohort(
    task: Task, cohorts: list[list[Trial]], expected: list[list[tuple[int, State, list[float]]]]
) -> None:
    """Three nodes on this machine, one of them killed in the middle."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    try:
        longer = [[replace(trial, last_epoch=60) for trial in cohort] for cohort in cohorts]
        patient = replace(task, training=task.training.model_copy(update={"patience": 0}))
        executor = RayExecutor(patient, cluster.address)
        assert executor.width == 3
        results = executor.run(longer, None)
        Thread(target=lambda: (time.sleep(3), cluster.remove_node(nodes[0], allow_graceful=False))).start()
        found = [[(r.trial.number, r.state) for r in cohort] for cohort in results]
        executor.close()
    finally:
        cluster.shutdown()
    assert found == [[(number, state) for number, state, _ in cohort] for cohort in expected]
