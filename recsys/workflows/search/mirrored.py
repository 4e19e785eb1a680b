"""The second tracker of a sweep, where `[tracking] mirror` names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import InputError, NotFoundError
from recsys.experiment import Experiment
from recsys.reporter import Reporter
from recsys.tracking.mirror import Mirror, MirroredTracker, mirror_class
from recsys.tracking.tracker import Header, Recorded, Tracker
from recsys.training.trial import FinishedTrial, Result, Trial, TrialState
from recsys.workflows.search.prepare import Prepared

if TYPE_CHECKING:
    from recsys.tracking.store import Store
    from recsys.training.trial import Weights


def check_mirror(experiment: Experiment, *, allow: bool, reporter: Reporter) -> None:
    """Refuse a mirror that is not allowed to run its code, or that is no tracker.

    Raises:
        InputError: It is one of these.
    """
    settings = experiment.tracking
    if settings.mirror is None:
        return
    if not allow:
        raise InputError(
            f"tracking.mirror = {settings.mirror!r} runs code of its own; allow it with --allow-custom-tracker"
        )
    reporter(f"running code of the experiment's own: {settings.mirror}")
    mirror_class(settings)


def mirror_of(prepared: Prepared, header: Header, reporter: Reporter) -> Mirror | None:
    """The mirror of a sweep, or None.

    Raises:
        InputError: It cannot be made.
    """
    settings = prepared.experiment.tracking
    return None if settings.mirror is None else Mirror(settings, header, prepared.catalogue, reporter)


def mirrored(tracker: Tracker, mirror: Mirror | None) -> Tracker:
    """The tracker with its mirror, where there is one."""
    return tracker if mirror is None else MirroredTracker(tracker, mirror)


def catch_up(mirror: Mirror | None, store: Store, tracker: Tracker) -> None:
    """Give the mirror of a sweep that is resumed the finished trials that it lacks."""
    if mirror is not None:
        mirror.catch_up(tracker.records(), lambda record: _result(store, record))


def _result(store: Store, record: Recorded) -> Result:
    """A finished trial, from the store."""
    finished = record.finished or FinishedTrial(TrialState.FAILED, None)
    history = store.history(record.run_id)
    trial = Trial(record.number, record.point, record.seed, len(finished.history))
    weights, reason = _weights(store, record.run_id), "cut" if record.cut else ""
    return Result(trial, finished.state, history, record.best_epoch, record.values, weights, record.seconds, reason)


def _weights(store: Store, run_id: str) -> Weights:
    try:
        return store.weights(run_id)
    except NotFoundError:
        return {}  # it failed, or only those of the best trial are kept
