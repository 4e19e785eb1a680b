"""What a sweep was told of other sweeps before its first trial, as its own record keeps it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recsys.training.trial import FinishedTrial, Point, TrialState

LEARNED = "learned.json"
"""The file of a sweep's run."""


@dataclass(frozen=True)
class WarmStartTrial:
    """A finished trial of another sweep, at its place in this sweep's space."""

    sweep: str
    run_id: str
    number: int
    point: Point
    """What is searched here, and no more."""
    finished: FinishedTrial


@dataclass(frozen=True)
class WarmStart:
    """The trials that were told, and how many were not, by sweep and reason."""

    lessons: Sequence[WarmStartTrial] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By the name of each sweep that was looked at: why how many of its trials lie elsewhere."""

    def __str__(self) -> str:
        """As in `mf 60 of 64 (l2 outside 4), older 16 of 16`."""
        return ", ".join(self._of(sweep, reasons) for sweep, reasons in self.left_out.items())

    def _of(self, sweep: str, reasons: Mapping[str, int]) -> str:
        finished = sum(trial_.sweep == sweep for trial_ in self.lessons)
        why = f" ({', '.join(f'{reason} {count}' for reason, count in reasons.items())})" if reasons else ""
        return f"{sweep} {finished} of {finished + sum(reasons.values())}{why}"

    @property
    def finished(self) -> list[tuple[Point, FinishedTrial]]:
        """What a study is given."""
        return [(trial_.point, trial_.finished) for trial_ in self.lessons]

    def to_json(self) -> str:
        """Exactly, floats included."""
        lessons = [
            {
                "sweep": trial_.sweep,
                "run": trial_.run_id,
                "trial": trial_.number,
                "point": dict(trial_.point),
                "state": trial_.finished.state,
                "value": trial_.finished.value,
                "history": list(trial_.finished.history),
            }
            for trial_ in self.lessons
        ]
        return json.dumps({"trials": lessons, "left_out": self.left_out}, indent=1)


NOTHING = WarmStart()
"""Of a sweep that begins without knowing any other."""


def warm_start_from_json(text: str) -> WarmStart:
    """What `to_json` wrote."""
    document = json.loads(text)
    return WarmStart([_lesson(each) for each in document["trials"]], document["left_out"])


def _lesson(each: Mapping[str, Any]) -> WarmStartTrial:
    point = {name: tuple(value) if isinstance(value, list) else value for name, value in each["point"].items()}
    finished = FinishedTrial(TrialState(each["state"]), each["value"], tuple(each["history"]))
    return WarmStartTrial(each["sweep"], each["run"], each["trial"], point, finished)


def counted(reasons: Sequence[str]) -> dict[str, int]:
    """Reasons by how often each was one, the most frequent first."""
    return dict(Counter(reasons).most_common())
