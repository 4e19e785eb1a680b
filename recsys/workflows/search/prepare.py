"""From an experiment to what a workflow works on: ratings, split, protocol, study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recsys.data.load import load_ratings
from recsys.data.ratings import Catalogue
from recsys.errors import InputError
from recsys.evaluation.cold_start import ColdStart
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.protocol import fingerprint, fingerprint_of_test, protocol_parts
from recsys.evaluation.ranking import sample_size
from recsys.experiment import Experiment, load_experiment
from recsys.frameworks import load_frameworks
from recsys.overrides import Overrides, as_mapping
from recsys.reporter import Reporter, quiet
from recsys.splitting.make import make_split
from recsys.splitting.split import Split
from recsys.studies.study import Study
from recsys.tracking.warm_start import NOTHING, WarmStart
from recsys.workflows.search.stops import Stops
from recsys.workflows.search.work_clock import WorkClock


@dataclass(frozen=True)
class Prepared:
    """An experiment with its ratings; of the whole table only what is public."""

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
        """Of the test part alone: openings are counted by it."""
        return fingerprint_of_test(self.protocol)


def effective_experiment(
    experiment: Experiment | str | Path,
    *,
    trials: int | None = None,
    minutes: float | None = None,
    seed: int | None = None,
    overrides: Overrides = (),
) -> Experiment:
    """The experiment with what the command line replaces."""
    values = as_mapping(overrides)
    if trials is not None:
        values["study.trials"] = trials
    if minutes is not None:
        values["study.minutes"] = minutes
    if seed is not None:
        values |= {"study.seed": seed, "training.seed": seed}
    return experiment.replaced(values) if isinstance(experiment, Experiment) else load_experiment(experiment, values)


def prepare(
    experiment: Experiment, *, sealed: bool = True, allow_custom_factory: bool = False, reporter: Reporter = quiet
) -> Prepared:
    """Load and split an experiment's ratings.

    Args:
        experiment: What to prepare.
        sealed: Leave no test rating in memory, as a sweep must.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Hears of downloads, and of a factory of the user's own.

    Raises:
        InputError: The data are wrong, or a factory of the user's own is not allowed.
    """
    if experiment.model.factory and not allow_custom_factory:
        raise InputError(
            f"model.factory = {experiment.model.factory!r} runs code of its own; allow it with --allow-custom-factory"
        )
    if experiment.model.factory:
        reporter(f"running code of the experiment's own: {experiment.model.factory}")
    return prepare_data(experiment, sealed=sealed, reporter=reporter)


def check_study(experiment: Experiment, *, allow: bool, reporter: Reporter = quiet) -> None:
    """Refuse a sampler that is not there, or that is the experiment's own and is not allowed to run its code.

    Raises:
        InputError: It is one of these.
    """
    from recsys.studies.make import check_study as check

    check(experiment.study)
    if experiment.study.custom_sampler and not allow:
        raise InputError(
            f"study.sampler = {experiment.study.sampler!r} runs code of its own; allow it with --allow-custom-sampler"
        )
    if experiment.study.custom_sampler:
        reporter(f"running code of the experiment's own: {experiment.study.sampler}")


def prepare_data(experiment: Experiment, *, sealed: bool = True, reporter: Reporter = quiet) -> Prepared:
    """The same for those who build no model, whatever `[model]` says."""
    loaded = load_ratings(experiment.data, experiment.folder, reporter, experiment.split.files)
    ratings = loaded.with_positives_from(experiment.objective.threshold)
    split = make_split(ratings, experiment.split)
    _tell_repeats(split, reporter)
    _check_relevant(experiment, split)
    _check_times(experiment, split)
    cold = ColdStart.of(split.train, split.validation)
    if cold.worth_reporting:
        reporter(f"validation: {cold}")
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


def _tell_repeats(split: Split, reporter: Reporter) -> None:
    """Say how much of what is held out was chosen before, and whether it is tested."""
    for part, tested, again in (
        ("validation", len(split.validation), split.repeated.validation),
        ("test", len(split.test or ()), split.repeated.test),
    ):
        if again:
            reporter(f"{part}: {split.repeated.sentence(tested, again, asked=split.train.repeats)}")


def _check_relevant(experiment: Experiment, split: Split) -> None:
    """Refuse a ranking objective that no list could ever satisfy."""
    objective, highest = experiment.objective, float(split.validation.values.max())
    threshold = split.validation.relevant_from(objective.threshold)
    if metric_of(objective.metric).family != "rating" and highest < threshold:
        key = "objective.threshold" if experiment.data.positive_from is None else "data.positive_from"
        raise InputError(
            f"{key} = {threshold:g}: no validation rating reaches it, so that no item is "
            f"relevant and {objective.metric} has no value; the highest rating is {highest:g}"
        )


def _say_whole_lists(experiment: Experiment, split: Split, reporter: Reporter) -> None:
    """Say where lists are as long as what they are chosen from, and so are the same whoever makes them."""
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
    """Refuse features of times that there are none of."""
    wanted = experiment.default_point.get("time_features") or "time_features" in experiment.search_space
    if wanted and split.train.timestamps is None:
        raise InputError("time_features needs timestamps, and the data have none: name data.columns.timestamp")


def study_of(prepared: Prepared, warm_start: WarmStart = NOTHING) -> Study:
    """The study that `[study]` asks for, told of what was learned of other sweeps."""
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
        experiment.known_points,
        warm_start.finished,
        experiment.points.whole,
        {goal.name: goal.direction for goal in experiment.objective.objectives[1:]},
    )


def stops_of(prepared: Prepared, worked: float = 0.0) -> Stops:
    """What ends the sweep, counting the seconds that its earlier lives have worked."""
    experiment = prepared.experiment
    return Stops(experiment.study, prepared.metric, len(experiment.search_space), WorkClock(worked))
