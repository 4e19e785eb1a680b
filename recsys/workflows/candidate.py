"""Candidate: what a promotion, a report or an evaluation takes from sweeps: their best trial, or an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.errors import InputError, NotFoundError
from recsys.evaluation.ensemble import greedy_ensemble
from recsys.tracking.summary import RunInfo
from recsys.tracking.tracker import Recorded
from recsys.training.recipe import Recipe
from recsys.training.trial import Weights
from recsys.workflows.contest import Contest, Entry, contest_of
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.rebuild import rebuilt
from recsys.workflows.refit import recipe_of
from recsys.workflows.sweep import stored_experiment

if TYPE_CHECKING:
    from recsys.tracking.mlflow_store import MlflowStore


@dataclass(frozen=True, eq=False)
class Candidate:
    """A trial, or an ensemble of trials, of sweeps of one fingerprint."""

    prepared: Prepared
    """The first sweep's experiment, its test part sealed but there."""
    recipes: Sequence[Recipe]
    run_ids: Sequence[str]
    """The trials' runs, the one with the greatest share first."""
    spaces: Sequence[str]
    """What was searched, a line a sweep, for the model card."""


def candidate_of(
    store: MlflowStore,
    names: Sequence[str],
    *,
    ensemble: int | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Candidate:
    """The best of the trials that the names stand for, or a greedy ensemble of them.

    Args:
        store: Where they are.
        names: Sweeps, which stand for all their trials, and runs of single trials.
        ensemble: How many trials, repetitions included, an ensemble takes at most; None takes the best trial alone.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: There is no complete trial, or the sweeps cannot be compared.
    """
    found = [store.find(name) for name in names]
    contest = contest_of(store, list(dict.fromkeys(each.sweep for each in found)))
    if ensemble is not None and [each.kind for each in found] == ["trial"]:
        raise InputError(f"{names[0]} is one trial: name sweeps, or more trials, to build an ensemble of")
    entries = _entries(contest, found)
    prepared = {
        name: prepare(stored_experiment(header), sealed=False, allow_custom_factory=allow_custom_factory, say=say)
        for name, header in contest.headers.items()
    }
    metric = contest.metric
    shares = [1.0] if ensemble is None else _shares(store, prepared, entries, ensemble, metric.name)
    taken = sorted((-share, place) for place, share in enumerate(shares) if share > 0)
    return Candidate(
        prepared[contest.first.name],
        [recipe_of(prepared[entries[p][0]], entries[p][1], -share) for share, p in taken],
        [entries[place][1].run_id for _, place in taken],
        [f"{name}: {_space(prepared[name])}" for name in contest.headers],
    )


def _entries(contest: Contest, found: Sequence[RunInfo]) -> list[Entry]:
    """The complete trials of the sweeps found, and the trials found themselves, the best first."""
    sweeps = {each.sweep for each in found if each.kind == "sweep"}
    trials = {each.run_id: each for each in found if each.kind == "trial"}
    entries = [(name, record) for name, record in contest.entries if name in sweeps or record.run_id in trials]
    if missing := trials.keys() - {record.run_id for _, record in entries}:
        raise InputError(f"{', '.join(sorted(missing))}: the trial is not complete and cannot be promoted")
    if not entries:
        raise InputError(f"{', '.join(each.name for each in found)}: there is no complete trial to take")
    return entries


def _space(prepared: Prepared) -> str:
    study = prepared.experiment.study
    searched = ", ".join(prepared.experiment.search_space) or "a fixed point"
    return f"{study.trials} trials of {study.engine} {study.sampler}, seed {study.seed}, over {searched}"


def _shares(
    store: MlflowStore,
    prepared: dict[str, Prepared],
    entries: Sequence[Entry],
    size: int,
    metric: str,
) -> list[float]:
    """The share of each trial in the greedy ensemble on the validation part."""
    validation = prepared[entries[0][0]].split.validation
    try:
        columns = [
            predictions(prepared[name], store.weights(record.run_id), record, validation) for name, record in entries
        ]
    except NotFoundError as error:
        raise InputError(
            f'an ensemble is built from the weights of all its trials ({error}): sweep with tracking.embeddings = "all"'
        ) from None
    return [float(s) for s in greedy_ensemble(np.stack(columns, axis=1), validation.values, size, metric)]


def predictions(prepared: Prepared, weights: Weights, record: Recorded, ratings: Ratings) -> npt.NDArray[np.float64]:
    """What a recorded trial predicts for ratings (B,), clipped where the experiment says so."""
    scorer = rebuilt(prepared, weights, record)
    return scorer.clipped(scorer.predict(ratings.users, ratings.items))
