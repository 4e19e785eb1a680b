"""`[data]`: which ratings, and how their table reads."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from recsys.errors import shown
from recsys.settings import Settings


class ColumnSettings(Settings):
    """`[data.columns]`: the names that a file's own columns bear."""

    user: str = "user"
    """Of the users' ids, numbers or strings."""
    item: str = "item"
    """Of the items' ids, numbers or strings."""
    rating: str = "rating"
    """Of the ratings, numbers."""
    timestamp: str | None = None
    """Of the times, numbers; needed by the temporal and leave-last splits only."""


class TitleSettings(Settings):
    """`[data.titles]`: a second table that names the items."""

    path: str
    """CSV, TSV or Parquet, relative to the experiment file."""
    item: str = "item"
    """Its column of the items' ids."""
    title: str = "title"
    """Its column of the titles."""


class SyntheticSettings(Settings):
    """`[data.synthetic]`: ratings drawn from a random low-rank model, for `source = "synthetic"`."""

    users: int = Field(default=200, ge=2, lt=2**31)
    """How many users."""
    items: int = Field(default=100, ge=2, lt=2**31)
    """How many items."""
    ratings: int = Field(default=5000, ge=10)
    """How many of their pairs have a rating."""
    rank: int = Field(default=4, ge=1)
    """The size of the vectors that the ratings are made from."""
    noise: float = Field(default=0.5, ge=0, allow_inf_nan=False)
    """The standard deviation of what no model can know."""
    seed: int = Field(default=0, ge=0)
    """Another one gives other ratings."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.ratings > self.users * self.items:
            raise ValueError(f"ratings {self.ratings} are more than the {self.users * self.items} pairs there are")
        return self


class DataSettings(Settings):
    """Where the ratings come from and what makes them valid."""

    source: str
    """`ml-100k`, `ml-1m`, `ml-25m`, `ml-latest-small`, `synthetic`, or a CSV, TSV or Parquet file."""
    columns: ColumnSettings = ColumnSettings()
    """What the file's columns are called."""
    scale: tuple[float, float] | None = None
    """The lowest and the highest rating that can be given; those of the table by default."""
    duplicates: Literal["error", "last", "mean"] = "error"
    """What a repeated user-item pair means: an error, the last row counts, or their mean does."""
    titles: TitleSettings | None = None
    """Where the items' titles are, for people."""
    synthetic: SyntheticSettings = SyntheticSettings()
    """What synthetic ratings are like."""

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        if self.source == "synthetic":
            self.refuse(("columns", "scale", "duplicates", "titles"), "synthetic ratings are not read from a file")
            return self
        self.refuse(("synthetic",), f"it is for source = 'synthetic', not {shown(repr(self.source))}")
        if not PurePath(self.source).suffix:
            self.refuse(("columns", "titles"), f"the columns and titles of {shown(repr(self.source))} are known")
        return self

    @field_validator("scale")
    @classmethod
    def _check_scale(cls, scale: tuple[float, float] | None) -> tuple[float, float] | None:
        if scale is not None and not -math.inf < scale[0] < scale[1] < math.inf:
            raise ValueError(f"expected two numbers, the lower first, not {list(scale)}")
        return scale
