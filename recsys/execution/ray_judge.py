"""The way of a pruner's verdicts on a Ray cluster: workers ask an actor, and the coordinator answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from recsys.training.trial import Trial

Asked = tuple[Sequence[Trial], int, Sequence[float]]
"""Trials of one cohort, the epoch, and their values."""


class Judge:
    """Holds what workers ask until the coordinator has answered it."""

    def __init__(self) -> None:
        self._questions: asyncio.Queue[tuple[int, Asked]] = asyncio.Queue()
        self._answers: dict[int, asyncio.Future[Sequence[bool]]] = {}
        self._numbers = count()

    async def ask(self, *asked: Any) -> Sequence[bool]:
        """A worker's call: which of these trials are to go on."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._questions.put((number, asked))
        return await self._answers[number]

    async def question(self) -> tuple[int, Asked]:
        """The coordinator's call: what is asked next."""
        return await self._questions.get()

    async def answer(self, number: int, verdict: Sequence[bool]) -> None:
        """The coordinator's call: what the worker is told."""
        self._answers.pop(number).set_result(verdict)


def make_judge(ray: Any) -> Any:
    """A judge on the coordinator's own node, so that it is lost only with the coordinator."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    return ray.remote(num_cpus=0, max_concurrency=10_000, scheduling_strategy=here)(Judge).remote()
