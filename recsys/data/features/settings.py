"""`[data.items]` and `[data.users]`: tables of features of items and of users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from recsys.data.columns import Column, TableSettings, TimeFormat, check_text
from recsys.errors import shown
from recsys.settings import Settings

__all__ = ["ColumnType", "FeatureSettings", "Kind"]

Kind = Literal["category", "categories", "number", "date", "flag", "text", "vector"]


class ColumnType(Settings):
    """The type of a column, with its options."""

    type: Kind
    """category: one of several words; categories: several of them; number; date: a year or a date; flag: yes or no;
    text: words; vector: numbers that someone else has computed, such as an embedding."""
    bins: int | None = Field(default=None, ge=2, le=1000)
    """Numbers: the number of quantile bins, each with a feature of its own, instead of the standardised number."""
    separator: str | None = Field(default=None, min_length=1)
    """Categories and vectors: the separator between the values of a cell; detected by default."""
    buckets: int = Field(default=2**12, ge=2, le=2**20)
    """Texts: the number of buckets that words are hashed into."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        applies = {"bins": ("number",), "separator": ("categories", "vector"), "buckets": ("text",)}
        for key, kinds in applies.items():
            if self.type not in kinds:
                self.refuse((key,), f"it is for {' and '.join(kinds)} columns, not {self.type}")
        return self


def _with_options(given: Any) -> Any:
    return {"type": given} if isinstance(given, str) else given


def _as_tuple(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


class FeatureSettings(TableSettings):
    """`[data.items]`, `[data.users]`: a table of features of items or of users."""

    path: str | None = None
    """A file, or a folder of files, as for `source`; relative to the experiment file. The tables of MovieLens data are
    known."""
    id: Column | None = None
    """The column of ids in it; by default that of the same name as in the ratings, then one called `item` or `user`,
    then `id`, otherwise the only one with the ids of the ratings."""
    features: Annotated[tuple[Column, ...], BeforeValidator(_as_tuple), Field(min_length=1)] | None = None
    """The columns that become features; by default all that say something about other ids too."""
    types: Mapping[str, Annotated[ColumnType, BeforeValidator(_with_options)]] | None = None
    """The types of columns: `category`, `categories`, `number`, `date`, `flag`, `text` or `vector`; also with options,
    as in `{ price = { type = "number", bins = 8 } }`. Inferred by default. Without a header, columns are `"1"`, `"2"`,
    …"""
    time_format: TimeFormat | None = None
    """As `data.time_format`, which holds here too if this is not given."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.path is None:
            for key in self.changed(("id", "separator", "encoding", "header", "quote", "escape")):
                raise ValueError(f"{key} does nothing here: no path names a file")
            return self
        columns = {} if self.id is None else {"id": self.id}
        check_text(self, self.path, columns, header=self.header)
        return self

    @model_validator(mode="after")
    def _check_features(self) -> Self:
        names = self.chosen
        if names is not None and len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"features: {shown(repr(twice))} is there more than once")
        for name in self.types or {}:
            if names is not None and name not in names:
                raise ValueError(f"types: {shown(repr(name))} is not among features; there are {', '.join(names)}")
        return self

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """The columns that `features` names, numbers as text; None if it names none."""
        return None if self.features is None else tuple(map(str, self.features))
