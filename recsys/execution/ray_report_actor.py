"""The way of the verdicts on trials on a Ray cluster: workers ask an actor, and the coordinator answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from recsys.training.trial import Trial, TrialState

ReportRequest = tuple[Sequence[Trial], int, Sequence[Sequence[float]]]
"""Trials of one cohort, the epoch, and their values."""


class ReportActor:
    """Holds what workers ask until the coordinator has answered it.

    It may be lost with its node and begin anew: then Ray makes the calls again that were under way.
    """

    def __init__(self) -> None:
        self._questions: asyncio.Queue[tuple[str, ReportRequest]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[Sequence[TrialState | None]]] = {}

    async def ask(self, *asked: Any) -> Sequence[TrialState | None]:
        """A worker's call: which of these trials are to go on."""
        question = uuid4().hex
        self._answers[question] = asyncio.get_running_loop().create_future()
        await self._questions.put((question, asked))
        return await self._answers[question]

    async def question(self) -> tuple[str, ReportRequest]:
        """The coordinator's call: what is asked next."""
        return await self._questions.get()

    async def answer(self, question: str, verdict: Sequence[TrialState | None]) -> None:
        """The coordinator's call: what the worker is told, unless it was asked of an earlier mailbox."""
        if question in self._answers:
            self._answers.pop(question).set_result(verdict)


def make_report_actor(ray: Any) -> Any:
    """A mailbox, on the coordinator's own node where that can be."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    lasting = {"max_restarts": -1, "max_task_retries": -1}
    return ray.remote(num_cpus=0, max_concurrency=10_000, scheduling_strategy=here, **lasting)(ReportActor).remote()
