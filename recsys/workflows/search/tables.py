"""The tables of ratings that a command works on: each is read once and split once, however many sweeps are of it."""

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
    """What one command has read and split so far.

    A command that works on several experiments or sweeps makes one and hands it to each `prepare`. Test ratings are
    among what it holds, so that it cannot be copied to another process, and nothing but `prepare` looks into it.
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
            experiment: Its `[data]`, `[split]` and `objective.threshold` count.
            reporter: Hears of downloads, and of pairs, users and items of a part that earlier parts have or lack; only
                where the table is read or split now.

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
    """Say how much of what is held out was chosen before, and how much is of users and items that training lacks."""
    for part, tested, again in (
        ("validation", len(split.validation), split.repeated.validation),
        ("test", len(split.test or ()), split.repeated.test),
    ):
        if again:
            reporter(f"{part}: {split.repeated.sentence(tested, again, asked=split.train.repeats)}")
    cold = ColdStart.of(split.train, split.validation)
    if cold.matters:
        reporter(f"validation: {cold}")
