"""Measure the baselines of an experiment on its validation part."""

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
    """The values of one baseline with the settings that perform best on validation."""

    name: str
    settings: Mapping[str, float]
    values: Mapping[str, float]
    """Every metric of the objective's family on validation, fitted to train."""
    interval: tuple[float, float] | None
    """The 95 % bootstrap interval of the objective, clustered by user; None for fewer than two users."""
    fits: int
    """The number of settings that were tried."""
    seconds: float
    """The seconds of all fits and measurements."""


@dataclass(frozen=True)
class Baselines:
    """The baselines of an experiment, which a promoted model has to beat."""

    experiment: str
    data: str
    metric: str
    """The name of the objective."""
    fingerprint: str
    """The protocol fingerprint. Values of sweeps with the same fingerprint are comparable with these."""
    rows: Sequence[BaselineResult]
    """The baselines, the best first."""
    left_out: Mapping[str, str]
    """The baselines that cannot be measured on these data, with the reason."""


def baselines(
    experiment: Experiment | str | Path,
    *,
    data: Data | None = None,
    overrides: Overrides = (),
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Baselines:
    """Fit the baselines of the experiment's objective to train, and measure them on validation.

    A promotion compares a model with these baselines. For ratings they are the mean and the biases. For rankings they
    are the popular items, neighbours of items, EASE and iALS; transitions between items, if the parts of the split
    follow each other in time; a user's own items, with repeats; those that read the features of items, if the data
    have any; and those that `promotion.baselines` names. Each has the settings that perform best on validation. Where
    no item of validation has a training rating, only popularity and those that read features are left.
    The function trains no model of the experiment, does not open the test part, and records nothing.

    Args:
        experiment: The experiment or its file.
        data: Replaces the experiment's data: a file, or a pandas, polars or pyarrow table, which is stored as a Parquet
            file in the folder of a local store, otherwise in the cache folder. `[data.columns]` names its columns;
            missing names are inferred.
        overrides: Values that replace those of the file, as `{"section.key": value}` or `["section.key=value"]`.
        tracking_uri: The store, in whose folder a table is stored; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Receives messages, such as those of downloads and of finished baselines.

    Returns:
        The baselines, the best first.

    Raises:
        InputError: The experiment or its data are not valid.
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


def chosen_baselines(prepared: Prepared, reporter: Reporter = quiet, further: Sequence[str] = ()) -> TunedBaselines:
    """Tune the baselines of the objective on validation, those that `promotion.baselines` and `further` name too."""
    split, experiment = prepared.split, prepared.experiment
    named = *experiment.promotion.baselines, *further
    return tune_all(split.train, split.validation, experiment.objective, reporter, named)


def _result(choice: TunedBaseline, metric: str) -> BaselineResult:
    scored, chosen = choice.scored, choice.baseline
    interval = scored.samples[metric].interval
    return BaselineResult(chosen.name, chosen.settings, scored.values, interval, choice.fits, choice.seconds)
