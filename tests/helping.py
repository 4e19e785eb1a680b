"""Functions of the tests that wait for helper processes and give them work."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable
from typing import TypeVar

from recsys.helper_processes import Helpers

Held = TypeVar("Held")
SECONDS = 60.0


def ready(helpers: Helpers[Held]) -> Helpers[Held]:
    """The same, once they answer: they must have been made with `worth_starting=0.0`."""
    helpers.map(operator.is_, [0, 0])
    assert waited_for(lambda: bool(helpers.pids))
    return helpers


def waited_for(holds: Callable[[], bool]) -> bool:
    """Whether something holds before long."""
    end = time.monotonic() + SECONDS
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()
