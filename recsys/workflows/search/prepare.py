"""Prepare an experiment: its ratings, split, protocol and study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recsys.data.ratings import Catalogue
from recsys.errors import InputError
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.protocol import fingerprint, fingerprint_of_test, protocol_parts
from recsys.evaluation.ranking import ranking_part, sample_size
from recsys.experiment import Experiment, load_experiment
from recsys.frameworks import load_frameworks
from recsys.models.inputs import Input
from recsys.models.kinds import kind_of
from recsys.overrides import Overrides, as_mapping
from recsys.reporter import Reporter, quiet
from recsys.spaces.kind_tables import own_name
from recsys.splitting.split import Split
from recsys.studies.study import Study
from recsys.tracking.warm_start import NOTHING, WarmStart
from recsys.workflows.search.stops import Stops, WorkClock
from recsys.workflows.search.tables import Tables


@dataclass(frozen=True)
class Prepared:
    """An experiment with its split; of the whole table it keeps only what is public."""

    experiment: Experiment
    split: Split
    protocol: Mapping[str, str]
    """The parts of the protocol fingerprint, by name."""
    digest: str
    """Of the whole table, the test part included."""
    ratings: int
    """How many there are in the whole table."""

    @property
    def metric(self) -> Metric:
        """The objective."""
        return metric_of(self.experiment.objective.metric)

    @property
    def catalogue(self) -> Catalogue:
        """All ids, which are public."""
        return self.split.train.catalogue

    @property
    def fingerprint(self) -> str:
        """Only runs with the same one are comparable."""
        return fingerprint(self.protocol)

    @property
    def test_fingerprint(self) -> str:
        """Of the test part alone; access to the test part is counted by it."""
        return fingerprint_of_test(self.protocol)


def effective_experiment(
    experiment: Experiment | str | Path,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
) -> Experiment:
    """The experiment with the values that a command or a caller replaces."""
    values = as_mapping(overrides)
    if trials is not None:
        values["study.trials"] = trials
    if minutes is not None:
        values["study.minutes"] = minutes
    if seed is not None:
        values |= {"study.seed": seed, "training.seed": seed}
    return experiment.replaced(values) if isinstance(experiment, Experiment) else load_experiment(experiment, values)


def prepare(
    experiment: Experiment,
    *,
    sealed: bool = True,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
    tables: Tables | None = None,
) -> Prepared:
    """Load and split an experiment's ratings.

    Args:
        experiment: What to prepare.
        sealed: Leave the test part out, as a sweep must.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Receives messages: of downloads, and of a factory of the user's own.
        tables: What the command has read so far, where it prepares several experiments.

    Raises:
        InputError: The data are wrong, or a factory of the user's own is not allowed.
    """
    if experiment.model.factory and not allow_custom_factory:
        raise InputError(
            f"model.factory = {experiment.model.factory!r} runs code of its own; allow it with --allow-custom-factory"
        )
    if experiment.model.factory:
        reporter(f"running code of the experiment's own: {experiment.model.factory}")
    return prepare_data(experiment, sealed=sealed, reporter=reporter, tables=tables)


def check_study(experiment: Experiment, *, allow: bool, reporter: Reporter = quiet) -> None:
    """Refuse a search over nothing, and a sampler that is not there or whose code is not allowed to run.

    Raises:
        InputError: It is one of these.
    """
    from recsys.studies.make import check_study as check

    if not len(experiment.search_space):
        raise InputError(f"{experiment.name}: there is no parameter to search; give [space], or use recsys train")
    check(experiment.study)
    if experiment.study.custom_sampler and not allow:
        raise InputError(
            f"study.sampler = {experiment.study.sampler!r} runs code of its own; allow it with --allow-custom-sampler"
        )
    if experiment.study.custom_sampler:
        reporter(f"running code of the experiment's own: {experiment.study.sampler}")


def prepare_data(
    experiment: Experiment, *, sealed: bool = True, reporter: Reporter = quiet, tables: Tables | None = None
) -> Prepared:
    """Load and split the ratings without a check of `[model]`, for callers that build no model."""
    ratings, split = (tables or Tables()).split(experiment, reporter)
    _check_relevant(experiment, split)
    _check_times(experiment, split)
    _check_measurable(experiment, split)
    _say_whole_lists(experiment, split, reporter)
    size = sample_size(experiment.objective, ratings.catalogue)
    if size and metric_of(experiment.objective.metric).family != "rating":
        users = ratings.catalogue.users
        reporter(f"lists are measured on a sample of {size:,} of {users:,} users, always the same (objective.users)")
    return Prepared(
        experiment,
        split.without_test() if sealed else split,
        protocol_parts(ratings, experiment.split, experiment.objective),
        ratings.digest,
        len(ratings),
    )


def _check_relevant(experiment: Experiment, split: Split) -> None:
    """Refuse a ranking objective for which no validation item is relevant."""
    objective, highest = experiment.objective, float(split.validation.values.max())
    threshold = split.validation.relevant_from(objective.threshold)
    if metric_of(objective.metric).family != "rating" and highest < threshold:
        key = "objective.threshold" if experiment.data.positive_from is None else "data.positive_from"
        raise InputError(
            f"{key} = {threshold:g}: no validation rating reaches it, so that no item is "
            f"relevant and {objective.metric} has no value; the highest rating is {highest:g}"
        )


def _check_measurable(experiment: Experiment, split: Split) -> None:
    """Refuse an objective that compares lists with what the data do not have."""
    objective = experiment.objective
    key = f"objective.{'metrics' if objective.metrics else 'metric'}"
    if DESCRIPTIVE_METRICS.keys().isdisjoint(objective.named):
        return
    part = ranking_part(split.train, split.validation, objective)
    for metric in part.named:
        if missing := metric.lacks(part.context):
            raise InputError(f"{key}: {metric.name!r} needs {missing}, which the data lack: expected another metric")


def _say_whole_lists(experiment: Experiment, split: Split, reporter: Reporter) -> None:
    """Report lists that are as long as the candidates they are chosen from: every model would make the same."""
    objective, items = experiment.objective, split.train.catalogue.items
    if metric_of(objective.metric).family == "rating" and not objective.also_at:
        return
    known = np.bincount(split.train.users, minlength=split.train.catalogue.users)
    left = items - (0 if split.train.repeats else 1) * known[np.unique(split.validation.users)]
    for length in (objective.k, *objective.lengths):
        key = "objective.k" if length == objective.k else "objective.also_at"
        whole = int((left <= length).sum())
        if length >= items:
            reporter(f"{key} = {length:,}: the catalogue has {items:,} items, so that every list is all that there is")
        elif whole:
            reporter(
                f"{key} = {length:,}: of {len(left):,} validation users {whole:,} have no more than so many items that "
                f"training does not have of them, the fewest {int(left.min()):,}; their lists are all of these"
            )


def _check_times(experiment: Experiment, split: Split) -> None:
    """Refuse kinds and hyperparameters that need timestamps for data without them."""
    if split.train.timestamps is not None:
        return
    for kind in map(kind_of, experiment.models):
        if Input.HISTORY in kind.inputs and kind.reads_order:
            raise InputError(
                f"model.kind = {kind.name!r} reads histories in the order of time, and the data have no times: name "
                "data.columns.timestamp; numbers that count each user's rows will do"
            )
        for each in kind.hyperparameters:
            searched = each.name in map(own_name, experiment.search_space) or experiment.default_point.get(each.name)
            if each.needs_timestamps and searched:
                raise InputError(f"{each.name} needs timestamps, and the data have none: name data.columns.timestamp")


def study_of(prepared: Prepared, warm_start: WarmStart = NOTHING) -> Study:
    """The study that `[study]` describes, with the warm-start trials told to it."""
    from recsys.studies.make import make_study

    experiment = prepared.experiment
    if experiment.study.engine == "keras_tuner":  # it imports TensorFlow
        load_frameworks()
    return make_study(
        experiment.study,
        experiment.search_space,
        experiment.default_point,
        experiment.training.epochs,
        prepared.metric.direction,
        experiment.known_points or experiment.first_points,
        warm_start.finished,
        experiment.points.whole,
        {goal.name: goal.direction for goal in experiment.objective.objectives[1:]},
    )


def stops_of(prepared: Prepared, worked: float = 0.0, asked: Callable[[], bool] = lambda: False) -> Stops:
    """The stopping rules of a sweep.

    Args:
        prepared: The sweep's experiment.
        worked: Seconds of work before it was interrupted.
        asked: Returns whether somebody has asked the sweep to end.
    """
    experiment = prepared.experiment
    return Stops(experiment.study, prepared.metric, len(experiment.search_space), WorkClock(worked), asked)
