"""The tables of ratings that a command works on: each is read once and split once."""

from __future__ import annotations

from typing import NoReturn

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.errors import SealError
from recsys.evaluation.cold_start import ColdStart
from recsys.experiment import Experiment
from recsys.reporter import Reporter
from recsys.splitting.make import make_split
from recsys.splitting.split import Split


class Tables:
    """The tables that one command has read and split so far.

    A command that prepares several experiments or sweeps creates one and passes it to each `prepare`. It holds test
    ratings; for that reason it cannot be copied to another process, and only `prepare` uses it.
    """

    __slots__ = ("__read", "__split")

    def __init__(self) -> None:
        self.__read: dict[str, Ratings] = {}
        self.__split: dict[tuple[str, str, float | None], tuple[Ratings, Split]] = {}

    def __reduce__(self) -> NoReturn:
        raise SealError("the test part is sealed: the table that it is of cannot be copied to another process")

    def split(self, experiment: Experiment, reporter: Reporter) -> tuple[Ratings, Split]:
        """The whole table of an experiment, and its split.

        Args:
            experiment: Its `[data]`, `[split]` and `objective.threshold` identify the split.
            reporter: Receives messages of downloads, of pairs that an earlier part has too and of cold users and items;
                only when this call reads or splits the table.

        Raises:
            InputError: The data are wrong, or a part is empty.
        """
        data, split = experiment.anchored.data, experiment.anchored.split
        source = f"{data!r} {split.files!r}"
        if source not in self.__read:
            self.__read[source] = load_ratings(experiment.data, experiment.folder, reporter, experiment.split.files)
        ratings = self.__read[source].with_positives_from(experiment.objective.threshold)
        how = source, repr(split), ratings.positive_from
        if how not in self.__split:
            self.__split[how] = ratings, make_split(ratings, experiment.split)
            _report(self.__split[how][1], reporter)
        return self.__split[how]


def _report(split: Split, reporter: Reporter) -> None:
    """Report repeated pairs in the held-out parts, rows in no part, and cold users and items in validation."""
    for part, tested, again, left in (
        ("validation", len(split.validation), split.repeated.validation, split.left_out.validation),
        ("test", len(split.test or ()), split.repeated.test, split.left_out.test),
    ):
        if again:
            reporter(f"{part}: {split.repeated.sentence(tested, again, asked=split.train.repeats)}")
        if left:
            reporter(split.left_out.sentence(part, left))
    cold = ColdStart.of(split.train, split.validation)
    if cold.worth_reporting:
        reporter(f"validation: {cold}")
