"""An added executor that trains the latest cohort first."""

from recsys.execution.executor import NO_SNAPSHOTS


class AddedExecutor:
    """Two cohorts wait in it; the one that came last is the first to be trained."""

    width, in_order = 2, False

    def __init__(self, task, report):
        self.task, self.trainer, self.report, self.waiting = task, task.trainer(), report, []

    def submit(self, cohort, snapshots=NO_SNAPSHOTS):
        """Lay it on the pile."""
        self.waiting.append((cohort, snapshots))

    def next(self):
        """Train what lies on top."""
        cohort, snapshots = self.waiting.pop()
        return self.trainer.train(cohort, self.report, snapshots, resumable=self.task.resumable)

    def close(self):
        """There is nothing to let go of."""
