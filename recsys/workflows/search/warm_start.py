"""Warm start: the finished trials of other sweeps that a study is told before its first trial."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from recsys.errors import InputError, StoreError, shown
from recsys.experiment import Experiment
from recsys.reporter import Reporter
from recsys.spaces.enqueued import mismatch
from recsys.tracking.tracker import Header, Recorded
from recsys.tracking.warm_start import LEARNED, NOTHING, WarmStart, WarmStartTrial, counted
from recsys.training.trial import TrialState
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stored import stored_experiment

if TYPE_CHECKING:
    from recsys.tracking.store import Store


def learn(prepared: Prepared, store: Store, reporter: Reporter) -> WarmStart:
    """The warm-start trials of `study.learn_from`: the finished trials of each sweep whose points lie in this space.

    Args:
        prepared: The new sweep's experiment.
        store: Has the sweeps.
        reporter: Receives how many trials are used, and why the others are not.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: A sweep has another protocol, objective or model, or no trial lies in this space.
    """
    trials: list[WarmStartTrial] = []
    left_out: dict[str, Mapping[str, int]] = {}
    for name in prepared.experiment.study.learn_from:
        _check(prepared, store.header(name))
        found = [
            _warm_start_trial(name, each, prepared.experiment)
            for each in store.open_sweep(name).records()
            if each.finished
        ]
        trials += [each for each in found if isinstance(each, WarmStartTrial)]
        left_out[name] = counted([each for each in found if isinstance(each, str)])
    warm_start = WarmStart(trials, left_out)
    if left_out and not trials:
        raise InputError(f"study.learn_from: no finished trial lies in this space: {warm_start}")
    if trials:
        reporter(f"learning from {warm_start}")
    return warm_start


def learned_before(prepared: Prepared, store: Store, name: str, reporter: Reporter) -> WarmStart:
    """The warm-start trials of a sweep that is resumed, from its own record: the other sweeps may have changed since.

    Raises:
        StoreError: The record lacks them.
    """
    if not prepared.experiment.study.learn_from:
        return NOTHING
    warm_start = store.warm_start(name)
    if warm_start is None:
        if store.open_sweep(name).records():
            raise StoreError(f"{name}: its run has lost {LEARNED}, without which it cannot go on as it began")
        warm_start = learn(prepared, store, reporter)  # it was killed before it had written that down
        store.write_warm_start(name, warm_start)
    return warm_start


def _check(prepared: Prepared, other: Header) -> None:
    """Refuse a sweep whose values cannot be compared with this one's."""
    if other.fingerprint != prepared.fingerprint:
        from recsys.evaluation.protocol import differing_parts

        why = "; ".join(differing_parts(other.protocol, prepared.protocol))
        raise InputError(f"study.learn_from: {other.name} was measured otherwise: {why}")
    if other.metric != prepared.metric.name:
        raise InputError(
            f"study.learn_from: {other.name} was after {other.metric}, this is after {prepared.metric.name}; "
            "their values tell nothing of each other"
        )
    model, own = stored_experiment(other).model, prepared.experiment.model
    if model != own:
        differing = [name for name in type(own).model_fields if getattr(own, name) != getattr(model, name)]
        name = differing[0]
        there, here = getattr(model, name), getattr(own, name)
        raise InputError(
            f"study.learn_from: {other.name} is of another model: model.{name} = {shown(repr(there))} there, "
            f"{shown(repr(here))} here"
        )


def _warm_start_trial(sweep: str, record: Recorded, experiment: Experiment) -> WarmStartTrial | str:
    """A finished trial as a warm-start trial of this sweep, or the reason why it is left out."""
    finished, space = record.finished, experiment.search_space
    if (
        finished is None
        or finished.state is TrialState.FAILED
        or finished.value is None
        or not math.isfinite(finished.value)
    ):
        return "failed"
    if reason := mismatch(record.point, space, experiment.points.beside):
        return reason
    point = space.nearest(record.point)
    return WarmStartTrial(sweep, record.run_id, record.number, point, finished)
