"""Evaluate: the whole procedure, search inside and test outside, over several splits, for a table in a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import InputError
from recsys.evaluation.scoring import score
from recsys.experiment import Experiment
from recsys.workflows.candidate import candidate_of
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Say, quiet
from recsys.workflows.progress import Watch, unwatched
from recsys.workflows.refit import refit
from recsys.workflows.sweep import effective, free_name, sweep
from recsys.workflows.testing import opened

if TYPE_CHECKING:
    from recsys.tracking.mlflow_store import MlflowStore

_OFFICIAL = 5


@dataclass(frozen=True)
class Fold:
    """One split's sweep and its test values."""

    sweep: str
    test: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """Test values over the folds."""

    experiment: str
    splits: str
    """`official folds` or `random splits`."""
    folds: Sequence[Fold]
    mean: Mapping[str, float]
    deviation: Mapping[str, float]
    """Sample standard deviation over the folds."""


def evaluate(
    experiment: Experiment | str | Path,
    *,
    folds: int = 5,
    ensemble: int | None = None,
    overrides: Sequence[str] = (),
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    watch: Watch = unwatched,
    say: Say = quiet,
) -> Evaluation:
    """Run a sweep on each of several splits, refit its best point on train and validation, and test it once.

    With `split.kind = "fold"` the splits are the official folds 1, 2, …; otherwise they are splits of the experiment's
    own kind with the seeds `split.seed`, `split.seed + 1`, …. Every sweep stays in the store.

    Args:
        experiment: The experiment or its file.
        folds: How many splits.
        ensemble: Test a greedy ensemble of at most so many picks instead of the best trial.
        overrides: Values in place of the file's, as `"section.key=value"`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        watch: Is shown the progress.
        say: Hears of downloads.

    Raises:
        InputError: The experiment or its data are wrong, or there are not so many folds.
    """
    experiment = effective(experiment, overrides=overrides)
    official = experiment.split.kind == "fold"
    if official and folds > _OFFICIAL:
        raise InputError(f"--folds {folds}: there are {_OFFICIAL} official folds")
    if not official and experiment.split.kind != "random":
        raise InputError(f"split.kind = {experiment.split.kind!r} has one split only; evaluate needs random or fold")
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    done = []
    for number in range(folds):
        change = f"split.fold={number + 1}" if official else f"split.seed={experiment.split.seed + number}"
        name = free_name(f"{experiment.name}-fold{number + 1}", {summary.name for summary in store.sweeps()})
        swept = sweep(
            experiment.replaced([change]),
            name=name,
            tracking_uri=tracking_uri,
            allow_custom_factory=allow_custom_factory,
            watch=watch,
            say=say,
        )
        done.append(Fold(swept.sweep, _tested(store, swept.sweep, ensemble, allow=allow_custom_factory)))
    values = {metric: [fold.test[metric] for fold in done] for metric in done[0].test}
    return Evaluation(
        experiment.name,
        "official folds" if official else "random splits",
        done,
        {metric: float(np.mean(each)) for metric, each in values.items()},
        {metric: float(np.std(each, ddof=1)) if folds > 1 else float("nan") for metric, each in values.items()},
    )


def _tested(store: MlflowStore, name: str, ensemble: int | None, *, allow: bool) -> Mapping[str, float]:
    candidate = candidate_of(store, [name], ensemble=ensemble, allow_custom_factory=allow)
    prepared = candidate.prepared
    development = prepared.split.train.join(prepared.split.validation)
    fitted = refit(candidate.recipes, development, prepared.experiment.objective)
    test = opened(store.uri, prepared, candidate.run_ids[0], f"evaluate {name}")
    return score(fitted, development, test, prepared.experiment.objective).values
