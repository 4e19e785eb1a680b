"""A tracker of your own: a line of JSON for every trial of a sweep that has ended."""

from __future__ import annotations

import json
from pathlib import Path

from recsys import FinishedTrial, Recorded, TrialState


class JsonLines:
    """Appends to a file.

    Args:
        header: The sweep's name, experiment, data and objective.
        catalogue: The ids of users and items, in the order of the rows of the weights.
        path: The file; an argument of `[tracking] mirror_arguments`.
    """

    def __init__(self, header, catalogue, path):
        self.header, self.catalogue, self.path = header, catalogue, Path(path)

    def start(self, trials):
        """Trials are about to train; some of them again, where the sweep was interrupted."""

    def finish(self, result):
        """A trial has ended, with its values, its curves and its weights."""
        trial = {"sweep": self.header.name, "trial": result.trial.number, "seed": result.trial.seed}
        ended = {"state": result.state, "point": dict(result.trial.point), "values": dict(result.values)}
        curve = list(result.history.get(self.header.metric, ()))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**trial, **ended, "curve": curve}) + "\n")

    def mark(self, worked, stopped=""):
        """The sweep has worked so many seconds; it tells so every other second, and at the end why it ended."""

    def records(self):
        """The trials that the file has. When the sweep is resumed, it is given those that are missing here."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        return [_record(each) for each in map(json.loads, lines) if each["sweep"] == self.header.name]

    def flush(self):
        """Nothing waits."""

    def close(self, importances, *, finished, extras=None):
        """The sweep has ended; `finished` is False where it was interrupted."""


def _record(line):
    finished = FinishedTrial(TrialState(line["state"]), value=None, history=tuple(line["curve"]))
    return Recorded(line["trial"], line["point"], line["seed"], run_id="", finished=finished)
