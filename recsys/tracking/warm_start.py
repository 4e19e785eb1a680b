"""Warm start: the finished trials of other sweeps that a sweep begins with, as its record keeps them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recsys.training.trial import FinishedTrial, Point, TrialState

LEARNED = "learned.json"
"""The artifact of a sweep's run that holds them."""


@dataclass(frozen=True)
class WarmStartTrial:
    """A finished trial of another sweep, mapped into this sweep's space."""

    sweep: str
    run_id: str
    number: int
    point: Point
    """Values of the parameters that this sweep searches, and no others."""
    finished: FinishedTrial


@dataclass(frozen=True)
class WarmStart:
    """The trials that a sweep begins with, and the counts of those left out."""

    lessons: Sequence[WarmStartTrial] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Counts of trials that were left out, by sweep and by reason."""

    def __str__(self) -> str:
        """Counts on one line, as in `mf 60 of 64 (l2 outside 4), older 16 of 16`."""
        return ", ".join(self._of(sweep, reasons) for sweep, reasons in self.left_out.items())

    def _of(self, sweep: str, reasons: Mapping[str, int]) -> str:
        finished = sum(trial_.sweep == sweep for trial_ in self.lessons)
        why = f" ({', '.join(f'{reason} {count}' for reason, count in reasons.items())})" if reasons else ""
        return f"{sweep} {finished} of {finished + sum(reasons.values())}{why}"

    @property
    def finished(self) -> list[tuple[Point, FinishedTrial]]:
        """Points and results, as a study takes them."""
        return [(trial_.point, trial_.finished) for trial_ in self.lessons]

    def to_json(self) -> str:
        """As JSON from which `warm_start_from_json` restores exactly the same, floats included."""
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
"""The warm start of a sweep that learns from no other."""


def warm_start_from_json(text: str) -> WarmStart:
    """Read what `to_json` wrote."""
    document = json.loads(text)
    return WarmStart([_lesson(each) for each in document["trials"]], document["left_out"])


def _lesson(each: Mapping[str, Any]) -> WarmStartTrial:
    point = {name: tuple(value) if isinstance(value, list) else value for name, value in each["point"].items()}
    finished = FinishedTrial(TrialState(each["state"]), each["value"], tuple(each["history"]))
    return WarmStartTrial(each["sweep"], each["run"], each["trial"], point, finished)


def counted(reasons: Sequence[str]) -> dict[str, int]:
    """How often each reason occurs, the most frequent first."""
    return dict(Counter(reasons).most_common())
