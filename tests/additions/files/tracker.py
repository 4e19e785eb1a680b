"""The tracker that forgets points and keeps outcomes."""

from recsys.tracking.tracker import recorded_of


class AddedTracker:
    """Keeps what became of each trial."""

    run_id = "added"

    def __init__(self, metric):
        self.metric, self.kept, self.finished, self.stopped = metric, {}, None, None

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
