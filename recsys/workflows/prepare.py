"""From an experiment to what a workflow works on: ratings, split, protocol, study, trainer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recsys.data.load import load_ratings
from recsys.data.ratings import Catalogue
from recsys.errors import InputError
from recsys.evaluation.metric import Metric, metric_of
from recsys.evaluation.protocol import fingerprint, fingerprint_of_test, protocol_parts
from recsys.experiment import Experiment
from recsys.splitting.make import make_split
from recsys.splitting.split import Split

Say = Callable[[str], None]


def quiet(_line: str) -> None:
    """Say nothing."""


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


def prepare(
    experiment: Experiment, *, sealed: bool = True, allow_custom_factory: bool = False, say: Say = quiet
) -> Prepared:
    """Load and split an experiment's ratings.

    Args:
        experiment: What to prepare.
        sealed: Leave no test rating in memory, as a sweep must.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads, and of a factory of the user's own.

    Raises:
        InputError: The data are wrong, or a factory of the user's own is not allowed.
    """
    if experiment.model.factory and not allow_custom_factory:
        raise InputError(
            f"model.factory = {experiment.model.factory!r} runs code of its own; allow it with --allow-custom-factory"
        )
    if experiment.model.factory:
        say(f"running code of the experiment's own: {experiment.model.factory}")
    ratings = load_ratings(experiment.data, experiment.folder, say)
    split = make_split(ratings, experiment.split)
    _check_relevant(experiment, split)
    return Prepared(
        experiment,
        split.without_test() if sealed else split,
        protocol_parts(ratings, experiment.split, experiment.objective),
        ratings.digest,
        len(ratings),
    )


def _check_relevant(experiment: Experiment, split: Split) -> None:
    """Refuse a ranking objective that no list could ever satisfy."""
    objective, highest = experiment.objective, float(split.validation.values.max())
    if metric_of(objective.metric).family != "rating" and highest < objective.threshold:
        raise InputError(
            f"objective.threshold = {objective.threshold:g}: no validation rating reaches it, so that no item is "
            f"relevant and {objective.metric} has no value; the highest rating is {highest:g}"
        )
