"""`[split]`: how train, validation and test are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from recsys.settings import OneOf, Settings
from recsys.splitting.kinds import KINDS

Kind = Annotated[str, OneOf(KINDS)]


class ValidationSettings(Settings):
    """`[split.validation]`: how validation is cut from what the test part leaves."""

    kind: Kind | None = None
    """The kind of the test part by default; random where that is a fold, or a column that marks no row as validation.
    """
    path: str | None = None
    """column: a file with the rows of validation, where `split.test` names one too; relative to the experiment file."""
    size: float = Field(default=0.1, gt=0, lt=1)
    """random, temporal: the share of what remains; user_random: of what remains of each user's ratings."""
    number: int | None = Field(default=None, ge=1)
    """user_random: how many of each user's ratings in what remains, in place of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: which fifth of what remains."""
    last: int = Field(default=1, ge=1)
    """leave_last: how many of each user's last ratings in what remains."""


class SplitSettings(Settings):
    """How the ratings are split. The seed is the split's own: another sweep seed never moves a rating."""

    kind: Kind = "random"
    """random: like scikit-learn's `train_test_split`; user_random: of each user's ratings; fold: official;
    temporal: by time; leave_last: by user's time; column: as the data say, by `data.columns.split` or `test`."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of random parts, the validation part among them."""
    size: float = Field(default=0.2, gt=0, lt=1)
    """random, temporal: the share of the test part; user_random: its share of each user's ratings."""
    number: int | None = Field(default=None, ge=1)
    """user_random: how many of each user's ratings make the test part, in place of a share."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: which of the five official folds, fifths of the table in file order, is the test part."""
    last: int = Field(default=1, ge=1)
    """leave_last: how many of each user's last ratings make the test part."""
    test: str | None = None
    """column: a file with the rows of the test part, in the form of `data.source`, which then has the others; relative
    to the experiment file."""
    repeats: bool = False
    """temporal, leave_last, column: whether a pair of an earlier part is tested again, as what people listen to or buy
    many times; lists then show what their user had before. By default such pairs are counted and not tested."""
    validation: ValidationSettings = ValidationSettings()
    """How validation is cut from the rest."""

    @property
    def validation_kind(self) -> Kind:
        """How validation is cut."""
        return self.validation.kind or ("random" if self.kind in ("fold", "column") else self.kind)

    @property
    def files(self) -> Mapping[str, str]:
        """The files of their own that parts have, by what their rows are marked as."""
        files = {"validation": self.validation.path, "test": self.test}
        return {part: file for part, file in files.items() if file is not None}

    def anchored(self, folder: Path) -> SplitSettings:
        """The same with its files, which are relative to `folder`, by absolute paths."""
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
            known = f"looks at {' or '.join(keys)} alone" if keys else "is what the data say"
            settings.refuse(sorted(idle), f"a {part} part of kind {kind!r} {known}")
            if settings.number is not None:
                settings.refuse(("size",), f"number = {settings.number} says how large the {part} part is")
        return self
