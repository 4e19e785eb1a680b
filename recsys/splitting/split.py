"""The parts of a data set, and the seal on the test part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from recsys.data.ratings import Ratings
from recsys.errors import SealError

Record = Callable[[str], None]
"""Records the reason of an access, with time and run, before the test ratings are handed out."""


class SealedTest:
    """The test part, which can be opened only for a stated reason that is recorded first."""

    __slots__ = ("__part",)

    def __init__(self, part: Ratings) -> None:
        self.__part = part

    def __len__(self) -> int:
        """The number of sealed ratings, which is public."""
        return len(self.__part)

    def __repr__(self) -> str:
        return f"<sealed test of {len(self)} ratings>"

    def __reduce__(self) -> NoReturn:
        raise SealError("the test part is sealed: it cannot be copied to another process")

    def open(self, reason: str, record: Record) -> Ratings:
        """Record the reason, then return the test ratings."""
        record(reason)
        return self.__part


@dataclass(frozen=True)
class Repeated:
    """The number of pairs of each part that occur in an earlier part. They are tested only if `repeats` is set."""

    validation: int = 0
    test: int = 0

    @staticmethod
    def sentence(tested: int, again: int, *, asked: bool) -> str:
        """A sentence on the repeated pairs of a part that tests `tested` pairs, and on their treatment."""
        rule = "tested too, for split.repeats" if asked else "not tested; split.repeats = true tests them"
        return f"{again:,} of {tested if asked else tested + again:,} pairs are in an earlier part too, and are {rule}"


@dataclass(frozen=True)
class LeftOut:
    """The number of rows from the beginning of each part on that are in no part."""

    validation: int = 0
    test: int = 0
    why: Mapping[str, str] = field(default_factory=dict)
    """The reason, by the name of the part."""

    def sentence(self, part: str, count: int) -> str:
        """A sentence on the rows that the validation or the test part leaves out."""
        return f"{count:,} rows from the beginning of the {part} part on are in no part, {self.why[part]}"


@dataclass(frozen=True)
class Period:
    """The time that the test part covers, which is public like its size."""

    begins: float
    ends: float
    """The first moment after it."""


@dataclass(frozen=True, eq=False)
class Split:
    """Training and validation ratings, and the sealed test part."""

    train: Ratings
    validation: Ratings
    test: SealedTest | None
    """None if the split was made for a sweep, which holds no test ratings in memory."""
    repeated: Repeated = Repeated()
    left_out: LeftOut = LeftOut()
    period: Period | None = None
    """None if the test part does not begin at one moment for all."""

    def without_test(self) -> Split:
        """The same split without its test part, as a sweep receives it."""
        return replace(self, test=None)

    def open_test(self, reason: str, record: Record) -> Ratings:
        """Return the test ratings after `record` has recorded the reason.

        Raises:
            SealError: The split was made for a sweep and has no test part.
        """
        if self.test is None:
            raise SealError(
                "the test part is sealed during a sweep: only promote, evaluate and train --open-test open it"
            )
        return self.test.open(reason, record)
