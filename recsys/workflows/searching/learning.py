"""Learning: which finished trials of other sweeps a new sweep is told of before its first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from recsys.errors import InputError, StoreError, shown
from recsys.experiment import Experiment
from recsys.say import Say
from recsys.spaces.known import misfit
from recsys.tracking.learned import LEARNED, NOTHING, Learned, Lesson, counted
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import State
from recsys.workflows.searching.prepare import Prepared
from recsys.workflows.searching.stored import stored_experiment

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore


def learn(prepared: Prepared, store: MlflowStore, say: Say) -> Learned:
    """What `study.learn_from` comes to: of each sweep the finished trials whose points lie in this space.

    Args:
        prepared: Who learns.
        store: Where the sweeps are.
        say: Hears of how many trials, and why not of the others.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: One was measured otherwise or is of another model, or no trial of any lies in this space.
    """
    lessons: list[Lesson] = []
    left_out: dict[str, Mapping[str, int]] = {}
    for name in prepared.experiment.study.learn_from:
        _check(prepared, store.header(name))
        found = [_lesson(name, each, prepared.experiment) for each in store.open_sweep(name).records() if each.told]
        lessons += [each for each in found if isinstance(each, Lesson)]
        left_out[name] = counted([each for each in found if isinstance(each, str)])
    learned = Learned(lessons, left_out)
    if left_out and not lessons:
        raise InputError(f"study.learn_from: no finished trial lies in this space: {learned}")
    if lessons:
        say(f"learning from {learned}")
    return learned


def learned_before(prepared: Prepared, store: MlflowStore, name: str, say: Say) -> Learned:
    """What a sweep that was begun has learned: from its own record, whatever has become of the others since.

    Raises:
        StoreError: The record has lost it.
    """
    if not prepared.experiment.study.learn_from:
        return NOTHING
    learned = store.learned(name)
    if learned is None:
        if store.open_sweep(name).records():
            raise StoreError(f"{name}: its run has lost {LEARNED}, without which it cannot go on as it began")
        learned = learn(prepared, store, say)  # it was killed before it had written that down
        store.write_learned(name, learned)
    return learned


def _check(prepared: Prepared, other: Header) -> None:
    """Refuse a sweep whose values say nothing of this one's."""
    if other.fingerprint != prepared.fingerprint:
        from recsys.evaluation.protocol import difference

        why = "; ".join(difference(other.protocol, prepared.protocol))
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


def _lesson(sweep: str, record: Recorded, experiment: Experiment) -> Lesson | str:
    """A finished trial as this sweep is told of it; or why it is not, in a word or two."""
    told, space = record.told, experiment.search_space
    if told is None or told.state is State.FAILED or told.value is None or not math.isfinite(told.value):
        return "failed"
    if reason := misfit(record.point, space, experiment.points.beside):
        return reason
    point = space.nearest(record.point)
    return Lesson(sweep, record.run_id, record.number, point, told)
