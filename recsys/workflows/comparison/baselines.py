"""Baselines: what simple methods reach on an experiment's validation part, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recsys.evaluation.baselines.tuning import TunedBaseline, TunedBaselines, tune_all
from recsys.experiment import Experiment
from recsys.overrides import Overrides
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.prepare import Prepared, effective_experiment, prepare_data
from recsys.workflows.search.with_data import Data, with_data


@dataclass(frozen=True)
class BaselineResult:
    """One baseline at the settings that do best on validation."""

    name: str
    settings: Mapping[str, float]
    values: Mapping[str, float]
    """Of validation, fitted to train; every metric of the objective's family."""
    interval: tuple[float, float] | None
    """Of the objective: 95 % by the bootstrap, clustered by user; None for fewer than two users."""
    fits: int
    """How many settings were tried."""
    seconds: float


@dataclass(frozen=True)
class Baselines:
    """What a model has to beat."""

    experiment: str
    data: str
    metric: str
    """The objective."""
    fingerprint: str
    """Values of sweeps of the same one can be compared with these."""
    rows: Sequence[BaselineResult]
    """The best first."""
    left_out: Mapping[str, str]
    """Why, by name: those that the data are too large for."""


def baselines(
    experiment: Experiment | str | Path,
    *,
    data: Data | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Baselines:
    """Fit the baselines of the experiment's objective to train, and measure them on validation, in seconds.

    They are the baselines that a promotion holds a model against: for ratings the mean and the biases; for ranking the
    popular items, neighbours of items, EASE and iALS, each at the settings that do best on validation. No model of the
    experiment is trained, the test part stays sealed, and nothing is recorded.

    Args:
        experiment: The experiment or its file.
        data: In place of the experiment's own: a pandas, polars or pyarrow table, kept as a Parquet file beside the
            store, or a file. Its columns are as `[data.columns]` says, or found out where that says nothing.
        overrides: Values in place of the file's, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store, beside which a table is kept; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Hears of downloads, and of each baseline when it is done.

    Raises:
        InputError: The experiment or its data are wrong.
    """
    experiment = with_data(experiment, data, overrides, tracking_uri, reporter)
    experiment = effective_experiment(experiment, overrides=overrides)
    prepared = prepare_data(experiment, reporter=reporter)
    metric = prepared.metric
    choices = chosen_baselines(prepared, reporter)
    rows = [_result(choice, metric.name) for choice in choices.chosen.values()]
    return Baselines(
        experiment.name,
        prepared.split.train.name,
        metric.name,
        prepared.fingerprint,
        sorted(rows, key=lambda row: metric.sort_key(row.values[metric.name])),
        choices.left_out,
    )


def chosen_baselines(prepared: Prepared, reporter: Reporter = quiet) -> TunedBaselines:
    """The baselines at the settings that do best on validation."""
    split = prepared.split
    return tune_all(split.train, split.validation, prepared.experiment.objective, reporter)


def _result(choice: TunedBaseline, metric: str) -> BaselineResult:
    scored, chosen = choice.scored, choice.baseline
    interval = scored.samples[metric].interval
    return BaselineResult(chosen.name, chosen.settings, scored.values, interval, choice.fits, choice.seconds)
