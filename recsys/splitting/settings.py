"""`[split]`: how to split the data into training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recsys.settings import OneOf, Settings
from recsys.splitting.kinds import KINDS
from recsys.splitting.written import Duration, Last, Moment

Kind = Annotated[str, OneOf(KINDS)]


class ValidationSettings(Settings):
    """`[split.validation]`: how to cut validation from the rows that the test part leaves."""

    kind: Kind | None = None
    """By default the kind of the test part; random if that is a fold, or a column without validation labels."""
    path: str | None = None
    """column: a file with the validation rows, if `split.test` names one too; relative to the experiment file."""
    size: float = Field(default=0.1, gt=0, lt=1)
    """random, temporal: the share of the remaining rows; user_random: of each user's remaining ratings; cold_items,
    cold_users: of the remaining ids; leave_last with a global horizon: the share of the remaining rows from which on
    validation begins."""
    number: int | None = Field(default=None, ge=1)
    """user_random: the number of each user's remaining ratings, instead of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: which fifth of the remaining rows."""
    at: Moment | None = None
    """temporal, cold_items, cold_users: the moment at which validation begins, instead of a share; it ends where the
    test part begins."""
    last: Last = 1
    """leave_last: the number of each user's last remaining ratings, or sessions; temporal, cold_items, cold_users: how
    long validation is, such as "7 days", instead of a share."""


class SplitSettings(Settings):
    """How to split the ratings. The split has its own seed: another sweep seed never changes the split."""

    kind: Kind = "random"
    """random: like scikit-learn's `train_test_split`; user_random: of each user's ratings; fold: official; temporal:
    by time; leave_last: by each user's time; column: as the data declare, by `data.columns.split` or `test`;
    cold_items, cold_users: items or users with all their ratings. Lists of cold_items have only new items."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """The seed of random parts, including validation."""
    size: float = Field(default=0.2, gt=0, lt=1)
    """random, temporal: the share of the test part; user_random: its share of each user's ratings; cold_items,
    cold_users: its share of the ids; leave_last with a global horizon: the share of all rows from which on the test
    part begins."""
    number: int | None = Field(default=None, ge=1)
    """user_random: the number of each user's ratings in the test part, instead of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: the test part among the five official folds, which are fifths of the table in file order."""
    at: Moment | None = None
    """temporal: the moment at which the test part begins, instead of a share: a date or a date-time in ISO 8601, in UTC
    unless it names a zone, such as "1998-03-01"; or a number in the unit of the times. cold_items, cold_users: the part
    has the ids first seen from then on, training has the rows before, and the other rows are in no part."""
    last: Last = 1
    """leave_last: the number of each user's last ratings, or sessions, in the test part; temporal, cold_items,
    cold_users: how long the test part is, such as "14 days", "36 hours" or "2 weeks", instead of a share. It ends with
    the latest row."""
    session_gap: Duration | None = None
    """leave_last: count sessions instead of ratings, in both parts; a session ends where the time to the user's next
    rating exceeds this duration, such as "30 min"."""
    horizon: Literal["user", "global"] = "user"
    """leave_last: user cuts each user's ratings at a time of the user's own, so that training has ratings of others
    that are later. global cuts all at the same time, in both parts: the part has the last ratings from that time on of
    each user who has some, training has the rows before it, and the other rows are in no part."""
    history: Literal["fixed", "grows"] = "fixed"
    """temporal, leave_last: what a held-out rating is predicted from. fixed: the rows before the part; grows: also what
    the same user did before it within the part. The model is the same."""
    test: str | None = None
    """column: a file with the test rows, in the form of `data.source`, which then has the others; relative to the
    experiment file."""
    repeats: bool = False
    """temporal, leave_last, column: whether a pair of an earlier part is tested again, as for songs or groceries,
    which people choose many times; lists then include items that the user had before. By default such pairs are
    counted and not tested."""
    validation: ValidationSettings = ValidationSettings()
    """How to cut validation from the remaining rows."""

    @property
    def validation_kind(self) -> Kind:
        """The kind of the validation part."""
        return self.validation.kind or ("random" if self.kind in ("fold", "column") else self.kind)

    @property
    def files(self) -> Mapping[str, str]:
        """The separate files of parts, by the part."""
        files = {"validation": self.validation.path, "test": self.test}
        return {part: file for part, file in files.items() if file is not None}

    def anchored(self, folder: Path) -> SplitSettings:
        """The same with absolute paths for files that are relative to `folder`."""
        if self.test is None:
            return self
        path = self.validation.path
        validation = (
            self.validation if path is None else self.validation.model_copy(update={"path": str(folder / path)})
        )
        return self.model_copy(update={"test": str(folder / self.test), "validation": validation})

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        kinds = (self.kind, self.validation_kind)
        if self.kind != "column":
            self.refuse(("test",), "kind = 'column' has the test part in a file of its own")
        if self.test is None:
            self.validation.refuse(("path",), "only where split.test names the file of the test part")
        if not any(KINDS[kind].of_rows and KINDS[kind].holds_out is None for kind in kinds):
            self.refuse(("repeats",), f"kind {self.kind!r} deals out pairs, so that none is in two parts")
        if not all(KINDS[kind].by_time for kind in kinds):
            self.refuse(("history",), f"it needs two parts by time, and they are of kinds {' and '.join(kinds)}")
        if self.horizon == "global":
            self.refuse(("history",), "horizon = 'global' leaves out rows that a history would have")
        for key in sorted({key for kind in KINDS.values() for key in kind.common}):
            if not any(key in KINDS[kind].common for kind in kinds):
                self.refuse((key,), f"parts of kinds {' and '.join(map(repr, kinds))} do not look at it")
        return self

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        for part, settings, kind in self._parts:
            keys = (*KINDS[kind].keys, *KINDS[kind].options)
            idle = {key for other in KINDS.values() for key in (*other.keys, *other.options)} - set(keys)
            known = f"looks at {' or '.join(keys)} alone" if keys else "is what the data declare"
            settings.refuse(sorted(idle), f"a {part} part of kind {kind!r} {known}")
            if settings.number is not None:
                settings.refuse(("size",), f"number = {settings.number} says how large the {part} part is")
        return self

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        for part, settings, kind in self._parts:
            if "at" in KINDS[kind].options:
                _check_moment(part, settings, kind)
            if kind == "leave_last" and isinstance(settings.last, str):
                raise ValueError(
                    f"last = {settings.last!r}: a {part} part of kind 'leave_last' needs the number of each user's "
                    "last ratings, such as 1"
                )
            if kind == "leave_last" and self.horizon == "user":
                settings.refuse(("size",), f"a {part} part of kind 'leave_last' looks at last alone")
        return self

    @property
    def _parts(self) -> tuple[tuple[str, SplitSettings | ValidationSettings, Kind], ...]:
        return ("test", self, self.kind), ("validation", self.validation, self.validation_kind)


def _check_moment(part: str, settings: SplitSettings | ValidationSettings, kind: Kind) -> None:
    """Refuse a number of ratings, and two of a share, a moment and a duration."""
    if isinstance(settings.last, int) and settings.last > 1:
        raise ValueError(
            f"last = {settings.last}: a {part} part of kind {kind!r} needs a duration such as '{settings.last} days'"
        )
    if settings.at is not None:
        settings.refuse(("size", "last"), f"at = {settings.at!r} says where the {part} part begins")
    if isinstance(settings.last, str):
        settings.refuse(("size",), f"last = {settings.last!r} says how long the {part} part is")
