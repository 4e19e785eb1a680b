"""Split: the parts of a data set, and the seal on the test part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from recsys.data.ratings import Ratings
from recsys.errors import SealError

Record = Callable[[str], None]
"""Takes the reason of an opening and writes it down, with time and run, before anyone sees a test rating."""


class SealedTest:
    """The test part, out of reach until it is opened for a stated reason, which is recorded first."""

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
        """Break the seal: record why, then hand out the test ratings."""
        record(reason)
        return self.__part


@dataclass(frozen=True)
class Repeated:
    """How many pairs of a part are in an earlier one too; these are tested only where repeats are asked for."""

    validation: int = 0
    test: int = 0

    @staticmethod
    def sentence(tested: int, again: int, *, asked: bool) -> str:
        """In words, of a part that tests `tested` pairs, how many come again, and what becomes of them."""
        rule = "tested too, for split.repeats" if asked else "not tested; split.repeats = true tests them"
        return f"{again:,} of {tested if asked else tested + again:,} pairs are in an earlier part too, and are {rule}"


@dataclass(frozen=True, eq=False)
class Split:
    """Train and validation for everyone; the test part behind its seal."""

    train: Ratings
    validation: Ratings
    test: SealedTest | None
    """None where the split was made for a sweep, which holds no test rating in memory at all."""
    repeated: Repeated = Repeated()

    def without_test(self) -> Split:
        """The same split with the test part gone for good: what a sweep is given."""
        return replace(self, test=None)

    def open_test(self, reason: str, record: Record) -> Ratings:
        """The test ratings, once `record` has written down the reason.

        Raises:
            SealError: this split was made for a sweep and has no test part.
        """
        if self.test is None:
            raise SealError(
                "the test part is sealed during a sweep: only promote, evaluate and train --open-test open it"
            )
        return self.test.open(reason, record)
