"""`[split]`: how to split the data into training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from recsys.settings import OneOf, Settings
from recsys.splitting.kinds import KINDS

Kind = Annotated[str, OneOf(KINDS)]


class ValidationSettings(Settings):
    """`[split.validation]`: how to cut validation from the rows that the test part leaves."""

    kind: Kind | None = None
    """By default the kind of the test part; random if that is a fold, or a column without validation labels."""
    path: str | None = None
    """column: a file with the validation rows, if `split.test` names one too; relative to the experiment file."""
    size: float = Field(default=0.1, gt=0, lt=1)
    """random, temporal: the share of the remaining rows; user_random: of each user's remaining ratings."""
    number: int | None = Field(default=None, ge=1)
    """user_random: the number of each user's remaining ratings, instead of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: which fifth of the remaining rows."""
    last: int = Field(default=1, ge=1)
    """leave_last: the number of each user's last remaining ratings."""


class SplitSettings(Settings):
    """How to split the ratings. The split has its own seed: another sweep seed never changes the split."""

    kind: Kind = "random"
    """random: like scikit-learn's `train_test_split`; user_random: of each user's ratings; fold: official; temporal:
    by time; leave_last: by each user's time; column: as the data declare, by `data.columns.split` or `test`."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """The seed of random parts, including validation."""
    size: float = Field(default=0.2, gt=0, lt=1)
    """random, temporal: the share of the test part; user_random: its share of each user's ratings."""
    number: int | None = Field(default=None, ge=1)
    """user_random: the number of each user's ratings in the test part, instead of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: the test part among the five official folds, which are fifths of the table in file order."""
    last: int = Field(default=1, ge=1)
    """leave_last: the number of each user's last ratings in the test part."""
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
        if not any(KINDS[kind].of_rows for kind in kinds):
            self.refuse(("repeats",), f"kind {self.kind!r} deals out pairs, so that none is in two parts")
        return self

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        for part, settings, kind in (("test", self, self.kind), ("validation", self.validation, self.validation_kind)):
            keys = KINDS[kind].keys
            idle = {key for other in KINDS.values() for key in other.keys} - set(keys)
            known = f"looks at {' or '.join(keys)} alone" if keys else "is what the data declare"
            settings.refuse(sorted(idle), f"a {part} part of kind {kind!r} {known}")
            if settings.number is not None:
                settings.refuse(("size",), f"number = {settings.number} says how large the {part} part is")
        return self
