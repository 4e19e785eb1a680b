"""Reports of trials on a Ray cluster: workers ask an actor, and the coordinator answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from recsys.training.trial import Trial, TrialState

ReportRequest = tuple[Sequence[Trial], int, Sequence[Sequence[float]]]
"""The trials of a cohort, the epoch, and their values."""


class ReportActor:
    """Holds the reports of workers until the coordinator has answered them.

    If its node is lost, Ray restarts it and repeats the calls that were running.
    """

    def __init__(self) -> None:
        self._questions: asyncio.Queue[tuple[str, ReportRequest]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[Sequence[TrialState | None]]] = {}

    async def ask(self, *asked: Any) -> Sequence[TrialState | None]:
        """Called by a worker: report an epoch and wait for the states of trials that stop; None continues a trial."""
        question = uuid4().hex
        self._answers[question] = asyncio.get_running_loop().create_future()
        await self._questions.put((question, asked))
        return await self._answers[question]

    async def question(self) -> tuple[str, ReportRequest]:
        """Called by the coordinator: wait for the next report."""
        return await self._questions.get()

    async def answer(self, question: str, verdict: Sequence[TrialState | None]) -> None:
        """Called by the coordinator: answer a report; ignored if an earlier actor received it."""
        if question in self._answers:
            self._answers.pop(question).set_result(verdict)


def make_report_actor(ray: Any) -> Any:
    """Start the actor, preferably on the coordinator's node."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    lasting = {"max_restarts": -1, "max_task_retries": -1}
    return ray.remote(num_cpus=0, max_concurrency=10_000, scheduling_strategy=here, **lasting)(ReportActor).remote()
