"""An added tracker that keeps outcomes in memory, and writes them to a file at the end."""

import json
from pathlib import Path

from recsys.tracking.tracker import recorded_of


class AddedTracker:
    """Keeps what became of each trial."""

    run_id = "added"

    def __init__(self, header, catalogue, path=None):
        self.metric, self.path = header.metric, path
        self.kept, self.finished, self.stopped = {}, None, None

    def start(self, trials):
        """Nothing has become of them yet."""

    def finish(self, result):
        """Keep it."""
        self.kept[result.trial.number] = recorded_of(result, self.metric, self.run_id)

    def mark(self, worked, stopped=""):
        """Keep why it ended."""
        self.stopped = stopped

    def records(self):
        """By number."""
        return [self.kept[number] for number in sorted(self.kept)]

    def flush(self):
        """Nothing waits."""

    def close(self, importances, *, finished, extras=()):
        """Keep how it ended."""
        self.finished = finished
        if self.path:
            values = [record.values[self.metric] for record in self.records()]
            Path(self.path).write_text(json.dumps({"values": values, "stopped": self.stopped}))
