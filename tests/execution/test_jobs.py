"""Tests of jobs: every cohort returns exactly once and complete, even if workers die."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recsys.execution.jobs import Job, JobQueue
from recsys.training.trial import Result, Trial, TrialState


def cohort(first: int, size: int) -> list[Trial]:
    return [Trial(number, {}, seed=number, last_epoch=1) for number in range(first, first + size)]


def results(job: Job) -> list[Result]:
    return [Result(trial, TrialState.COMPLETE, {}, 0, {}, {}, 0.0) for trial in job.trials]


def states(jobs: JobQueue) -> list[TrialState]:
    found = jobs.finished()
    assert found is not None
    return [result.state for result in found]


class TestAWorkerThatDies:
    def test_its_job_runs_again_whole_and_first(self) -> None:
        jobs = JobQueue()
        jobs.submit(cohort(0, 4), {})
        jobs.submit(cohort(4, 4), {})
        job = jobs.take()
        assert job is not None
        jobs.requeue_after_death(job, "killed")
        assert jobs.take() is job

    def test_a_job_that_takes_two_workers_down_is_halved(self) -> None:
        jobs = JobQueue()
        jobs.submit(cohort(0, 4), {})
        for _ in range(2):
            job = jobs.take()
            assert job is not None
            jobs.requeue_after_death(job, "killed")
        halves = [jobs.take(), jobs.take()]
        assert [[t.number for t in half.trials] for half in halves if half] == [[0, 1], [2, 3]]
        assert jobs.take() is None

    def test_of_a_deadly_trial_only_itself_has_failed(self) -> None:
        jobs = JobQueue()
        jobs.submit(cohort(0, 4), {})
        while job := jobs.take():
            if any(trial.number == 2 for trial in job.trials):
                jobs.requeue_after_death(job, "killed")
            else:
                jobs.finish(job, results(job))
        assert states(jobs) == [TrialState.COMPLETE, TrialState.COMPLETE, TrialState.FAILED, TrialState.COMPLETE]

    def test_a_lost_node_is_not_held_against_a_job(self) -> None:
        jobs = JobQueue()
        jobs.submit(cohort(0, 1), {})
        for _ in range(5):
            job = jobs.take()
            assert job is not None
            jobs.requeue(job)
        assert job.deaths == 0


@given(
    sizes=st.lists(st.integers(1, 6), max_size=6),
    fates=st.lists(st.sampled_from(["finish", "bury", "put back"]), max_size=60),
    picks=st.lists(st.integers(0, 5), max_size=60),
)
def test_every_trial_comes_back_once_in_its_own_cohort(sizes: list[int], fates: list[str], picks: list[int]) -> None:
    jobs, cohorts = JobQueue(), [cohort(10 * place, size) for place, size in enumerate(sizes)]
    for each in cohorts:
        jobs.submit(each, {})
    fate, taken = iter(fates), []
    while job := jobs.take():
        taken.append(job)
        if len(taken) < 3:  # three workers
            continue
        chosen = taken.pop(picks[len(taken)] % len(taken) if len(picks) > len(taken) else 0)
        match next(fate, "finish"):
            case "bury":
                jobs.requeue_after_death(chosen, "killed")
            case "put back":
                jobs.requeue(chosen)
            case _:
                jobs.finish(chosen, results(chosen))
    for job in taken:
        jobs.finish(job, results(job))
    found = []
    while (finished := jobs.finished()) is not None:
        found.append([result.trial.number for result in finished])
    assert sorted(found) == [[trial.number for trial in each] for each in cohorts]
