"""`[split]`: how train, validation and test are told apart."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from recsys.settings import Settings

KEYS = {"random": ("size",), "fold": ("fold",), "temporal": ("size",), "leave_last": ("last",)}
"""What each kind of split looks at, its seed apart."""

Kind = Literal["random", "fold", "temporal", "leave_last"]


class ValidationSettings(Settings):
    """`[split.validation]`: how validation is cut from what the test part leaves."""

    kind: Kind | None = None
    """The kind of the test part by default; random where that is a fold."""
    size: float = Field(default=0.1, gt=0, lt=1)
    """random, temporal: the share of what remains."""
    fold: int = Field(default=1, ge=1, le=5)
    """fold: which fifth of what remains."""
    last: int = Field(default=1, ge=1)
    """leave_last: how many of each user's last ratings in what remains."""


class SplitSettings(Settings):
    """How the ratings are split. The seed is the split's own: another sweep seed never moves a rating."""

    kind: Kind = "random"
    """random: like scikit-learn's `train_test_split`; fold: official; temporal: by time; leave_last: by user's time."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of random parts, the validation part among them."""
    size: float = Field(default=0.2, gt=0, lt=1)
    """random, temporal: the share of the test part."""
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
            idle = {"size", "fold", "last"} - set(KEYS[kind])
            settings.refuse(sorted(idle), f"a {part} part of kind {kind!r} looks at {KEYS[kind][0]} alone")
        return self
