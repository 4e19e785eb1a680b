"""`[split]`: how train, validation and test are told apart."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from recsys.settings import OneOf, Settings
from recsys.splitting.kinds import KINDS

Kind = Annotated[str, OneOf(KINDS)]


class ValidationSettings(Settings):
    """`[split.validation]`: how validation is cut from what the test part leaves."""

    kind: Kind | None = None
    """The kind of the test part by default; random where that is a fold."""
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
    temporal: by time; leave_last: by user's time."""
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
    validation: ValidationSettings = ValidationSettings()
    """How validation is cut from the rest."""

    @property
    def validation_kind(self) -> Kind:
        """How validation is cut."""
        return self.validation.kind or ("random" if self.kind == "fold" else self.kind)

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        for part, settings, kind in (("test", self, self.kind), ("validation", self.validation, self.validation_kind)):
            keys = KINDS[kind].keys
            idle = {key for other in KINDS.values() for key in other.keys} - set(keys)
            settings.refuse(sorted(idle), f"a {part} part of kind {kind!r} looks at {' or '.join(keys)} alone")
            if settings.number is not None:
                settings.refuse(("size",), f"number = {settings.number} says how large the {part} part is")
        return self
