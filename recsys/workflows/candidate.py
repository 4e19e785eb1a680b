"""Candidate: what a promotion, a report or an evaluation takes from sweeps: their best trial, or an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.ensemble import greedy_ensemble
from recsys.evaluation.protocol import check_comparable
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.recipe import Recipe
from recsys.training.trial import State, Weights
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
    """The best trial of a sweep, the trial of a run, or a greedy ensemble of one or several sweeps.

    Args:
        store: Where they are.
        names: Sweeps; or one trial's run.
        ensemble: How many trials, repetitions included, an ensemble takes at most; None takes the best trial alone.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: There is no complete trial, or the sweeps are of different fingerprints.
    """
    found = [store.find(name) for name in names]
    if found[0].kind == "trial":
        if len(names) > 1 or ensemble is not None:
            raise InputError(f"{names[0]} is one trial: name sweeps to choose among trials")
        record = store.recorded(found[0].run_id)
        if record.told is None or record.told.state is not State.COMPLETE:
            raise InputError(f"{names[0]}: the trial is not complete and cannot be promoted")
        entries = [(found[0].sweep, record)]
    else:
        entries = [
            (each.sweep, record)
            for each in found
            for record in best_of(store.open_sweep(each.sweep).records(), store.header(each.sweep).direction)
        ]
    if not entries:
        raise InputError(f"{', '.join(names)}: there is no complete trial to take")
    sweeps = list(dict.fromkeys(each.sweep for each in found))
    headers = {name: store.header(name) for name in sweeps}
    check_comparable({name: header.protocol for name, header in headers.items()})
    prepared = {
        name: prepare(stored_experiment(header), sealed=False, allow_custom_factory=allow_custom_factory, say=say)
        for name, header in headers.items()
    }
    metric = prepared[sweeps[0]].metric
    entries.sort(key=lambda entry: metric.sort_key(entry[1].values[metric.name]))
    shares = [1.0] if ensemble is None else _shares(store, prepared, entries, ensemble, metric.name)
    taken = sorted((-share, place) for place, share in enumerate(shares) if share > 0)
    return Candidate(
        prepared[entries[0][0]],
        [recipe_of(prepared[entries[p][0]], entries[p][1], -share) for share, p in taken],
        [entries[place][1].run_id for _, place in taken],
        [f"{name}: {_space(prepared[name])}" for name in sweeps],
    )


def _space(prepared: Prepared) -> str:
    study = prepared.experiment.study
    searched = ", ".join(prepared.experiment.search_space) or "a fixed point"
    return f"{study.trials} trials of {study.engine} {study.sampler}, seed {study.seed}, over {searched}"


def _shares(
    store: MlflowStore,
    prepared: dict[str, Prepared],
    entries: Sequence[tuple[str, Recorded]],
    size: int,
    metric: str,
) -> list[float]:
    """The share of each trial in the greedy ensemble on the validation part."""
    validation = prepared[entries[0][0]].split.validation
    columns = [
        predictions(prepared[name], store.weights(record.run_id), record, validation) for name, record in entries
    ]
    return [float(s) for s in greedy_ensemble(np.stack(columns, axis=1), validation.values, size, metric)]


def predictions(prepared: Prepared, weights: Weights, record: Recorded, ratings: Ratings) -> npt.NDArray[np.float64]:
    """What a recorded trial predicts for ratings (B,), clipped where the experiment says so."""
    scorer = rebuilt(prepared, weights, record)
    return scorer.clipped(scorer.predict(ratings.users, ratings.items))
