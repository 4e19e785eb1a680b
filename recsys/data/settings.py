"""`[data]`: the source of the ratings and how to read it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from recsys.data.columns import (
    Cells,
    ColumnSettings,
    Encoding,
    Escape,
    Quote,
    Separator,
    TimeFormat,
    TitleSettings,
    check_text,
)
from recsys.data.features.settings import FeatureSettings
from recsys.errors import shown
from recsys.settings import Settings

__all__ = ["NAMED", "ColumnSettings", "DataSettings", "SyntheticSettings", "TitleSettings"]
NAMED = ("ml-100k", "ml-1m", "ml-25m", "ml-latest-small")
"""The data sets that are available by name."""
WITHOUT_USERS = ("ml-25m", "ml-latest-small")
"""The data sets among them without features of users."""
_OF_FILES = (
    *("columns", "titles", "separator", "encoding", "header", "quote", "escape", "shape", "decimal", "thousands"),
    *("time_format", "where", "event_weights", "weight_from", "returns"),
)
"""Options that apply to files only."""


class SyntheticSettings(Settings):
    """`[data.synthetic]`: ratings or events drawn from a random low-rank model, for `source = "synthetic"`."""

    users: int = Field(default=200, ge=2, lt=2**31)
    """The number of users."""
    items: int = Field(default=100, ge=2, lt=2**31)
    """The number of items."""
    ratings: int = Field(default=5000, ge=10)
    """The number of rated pairs; for implicit data the number of events, including repeated pairs."""
    rank: int = Field(default=4, ge=1)
    """The size of the vectors that produce the ratings; for implicit events the number of tastes."""
    noise: float = Field(default=0.5, ge=0, allow_inf_nan=False)
    """The standard deviation of the noise, which no model can predict; for ratings only."""
    popularity: float = Field(default=0.8, ge=0, allow_inf_nan=False)
    """Implicit events only: the n-th most popular item is drawn in proportion to 1 / n to this power."""
    persistence: float = Field(default=0.0, ge=0, lt=1)
    """Implicit events only: the probability that an event has the taste of the user's previous one. Above 0, each item
    belongs to one taste, and the order of events says what comes next."""
    item_features: int = Field(default=0, ge=0, le=1000)
    """The number of yes-or-no features of items that matter: items that share them are chosen and liked by the same
    users."""
    noise_features: int = Field(default=0, ge=0, le=1000)
    """The number of such features of items that say nothing."""
    seed: int = Field(default=0, ge=0)
    """The random seed."""


class DataSettings(Settings):
    """The source of the ratings and what makes them valid."""

    source: str
    """`ml-100k`, `ml-1m`, `ml-25m`, `ml-latest-small`, `synthetic`; or a file that ends in .csv, .tsv, .txt, .dat,
    .json, .jsonl or .parquet, each also with .gz or .zst, or whose content is of one of these formats; or a
    folder of such files, the parts of one table."""
    columns: ColumnSettings = ColumnSettings()
    """The names of the file's columns."""
    separator: Separator | None = None
    """The separator between a text's columns, such as `::`. A blank stands for any run of blanks, unless every line
    has the same number of them. Detected by default."""
    encoding: Encoding | None = None
    """The encoding of a text, such as `cp1252` or `latin-1`; by default UTF-8, or that of its byte-order mark."""
    header: bool = True
    """Whether a text's first line names its columns. Without a header, columns have numbers, counted from 1."""
    quote: Quote | None = None
    """The character that quotes a text's cells, such as `'`; `none`: cells are not quoted, and `"` is an ordinary
    character. Detected by default."""
    escape: Escape | None = None
    """The character that makes the next one literal in a text, such as a backslash before a quote. Detected by
    default."""
    shape: Literal["rows", "wide", "lists"] | None = None
    """rows: one row per rating or event; wide: a matrix with one row per user and one column per item, named by the
    header, whose empty cells are ignored; lists: one row per user with all their items, in a cell or as the
    fields of a line. By default rows; a file that looks like one of the others is refused with a question."""
    decimal: Literal[".", ","] = "."
    """The decimal separator of numbers in a text."""
    thousands: Literal["", ",", ".", " ", "'"] | None = None
    """The separator between groups of three digits of numbers in a text, as in `1,234`; `""` declares that there is
    none, so that `1.234` is a little more than 1. By default ambiguous numbers are refused with a question."""
    time_format: TimeFormat | None = None
    """The format of dates in the notation of Python's `strptime`, such as `%m/%d/%Y %H:%M`; ISO 8601 by default."""
    missing: tuple[float | str, ...] = ()
    """Values of ratings, weights and timestamps that mean "missing", such as `[99, "NULL"]`, or `""` for an empty
    cell. Texts apply to ids too. Rows with one are dropped and counted."""
    where: Mapping[str, Cells] | None = None
    """Values of any columns, such as `{ event = ["purchase"] }`. Rows with one of them in each column are kept, the
    others are dropped and counted. Without a header, columns are `"1"`, `"2"`, …"""
    scale: tuple[float, float] | None = None
    """The lowest and the highest possible rating; by default those of the table."""
    feedback: Literal["explicit", "implicit"] = "explicit"
    """explicit: ratings; implicit: actions (played, clicked, bought) without a rating, where every row is positive."""
    positive_from: float | None = Field(default=None, allow_inf_nan=False)
    """The rating from which an item is positive: a target of ranking losses, and relevant to ranking metrics."""
    weight_scale: Literal["linear", "log", "one"] = "linear"
    """Implicit: a pair's weight w, summed over its rows, counts as w, as log(1 + w), or as 1."""
    event_weights: Mapping[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] | None = None
    """Implicit: the weight of each event type in `columns.event`, such as `{ view = 1, purchase = 10 }`, multiplied
    by the row's own weight. Rows of a type that weighs 0 are dropped and counted. Every event type needs a
    weight."""
    weight_from: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Implicit: drop and count rows with a lower weight, such as returned goods below 0."""
    returns: Literal["error", "subtract"] = "error"
    """Implicit: the meaning of a weight below 0: an error, or returned goods, which are subtracted from the pair's
    sum. Pairs without a remainder are dropped and counted."""
    min_user_ratings: int = Field(default=0, ge=0)
    """Drop users with fewer ratings, repeatedly until users and items all have enough (the k-core); 0: drop nobody.
    Pairs count once, however many rows they have; with `positive_from` only positive pairs count."""
    min_item_ratings: int = Field(default=0, ge=0)
    """Drop items with fewer ratings, likewise."""
    duplicates: Literal["error", "last", "mean"] = "error"
    """The meaning of a repeated user-item pair: an error, the last row counts, or the mean does; implicit data are
    summed. A split by time cuts the rows first, and each part merges its own."""
    titles: TitleSettings | None = None
    """A table with the titles of the items, for display."""
    items: FeatureSettings | None = None
    """A table of features of items, such as genres."""
    users: FeatureSettings | None = None
    """A table of features of users, such as their age."""
    synthetic: SyntheticSettings = SyntheticSettings()
    """The parameters of synthetic data."""

    @property
    def implicit(self) -> bool:
        """Whether the data are events instead of ratings."""
        return self.feedback == "implicit"

    @model_validator(mode="after")
    def _check_feedback(self) -> Self:
        if self.implicit:
            self.refuse(("positive_from", "scale"), "implicit data have no ratings: every row is positive")
            self.refuse(("duplicates",), "the repeated pairs of implicit data are summed")
            self.columns.refuse(("rating",), "implicit data have no ratings; a column of weights is columns.weight")
            return self
        why = "ratings have no weights; data without ratings have feedback = 'implicit'"
        self.refuse(("weight_scale", "event_weights", "weight_from", "returns"), why)
        self.columns.refuse(("weight", "event"), why)
        return self

    @model_validator(mode="after")
    def _check_weights(self) -> Self:
        if self.columns.weight is None:
            self.refuse(("weight_from", "returns"), "no column of weights is named: columns.weight")
        if self.weight_from is not None:
            self.refuse(("returns",), "weight_from leaves out weights below 0")
        if self.event_weights is None:
            self.columns.refuse(("event",), "event_weights gives the weight of each event type; where keeps some types")
        elif self.columns.event is None:
            raise ValueError("event_weights has no effect: no column of event types is named: columns.event")
        elif not any(self.event_weights.values()):
            raise ValueError("event_weights: every event type weighs 0: expected one above 0")
        return self

    @model_validator(mode="after")
    def _check_signs(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(
                f"thousands and decimal are both {self.decimal!r}: they have to differ (decimal = ',' perhaps)"
            )
        return self

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if self.shape == "lists" and not self.implicit:
            raise ValueError("shape = 'lists': lists have no ratings: set feedback = 'implicit'")
        if self.shape == "lists":
            self.columns.refuse(("weight",), "items of a list have no weights")
        if self.shape == "wide":
            self.columns.refuse(("item", "rating", "weight"), "shape = 'wide': the columns are the items")
        return self

    @model_validator(mode="after")
    def _check_synthetic(self) -> Self:
        drawn = self.synthetic
        if self.implicit:
            drawn.refuse(("noise",), "events have none")
            if drawn.persistence:
                why = "with persistence each item belongs to one taste, which is all that matters"
                drawn.refuse(("item_features", "noise_features"), why)
            return self
        drawn.refuse(("popularity",), "it is of implicit events")
        if drawn.ratings > drawn.users * drawn.items:
            raise ValueError(
                f"synthetic.ratings {drawn.ratings} are more than the {drawn.users * drawn.items} pairs there are"
            )
        return self

    @property
    def has_features(self) -> bool:
        """Whether the data have features of items or of users."""
        drawn = self.synthetic.item_features + self.synthetic.noise_features
        return self.items is not None or self.users is not None or drawn > 0

    @property
    def is_file(self) -> bool:
        """Whether the source is a file, or a folder of files."""
        return self.source not in (*NAMED, "synthetic")

    @model_validator(mode="after")
    def _check_features(self) -> Self:
        for key in ("items", "users"):
            section = getattr(self, key)
            if section is None or self.source == "synthetic":
                continue
            if self.is_file and section.path is None:
                raise ValueError(f"{key}.path: missing: expected the file with what is known of {key}")
            if section.path is None and key == "users" and self.source in WITHOUT_USERS:
                raise ValueError(f"users: {self.source} has no table of users: expected users.path")
        return self

    @model_validator(mode="after")
    def _check_given(self) -> Self:
        if self.source == "synthetic":
            not_read = ("scale", "duplicates", "missing", "items", "users", *_OF_FILES)
            self.refuse(not_read, "synthetic ratings are not read from a file")
            return self
        self.refuse(("synthetic",), f"it is for source = 'synthetic', not {shown(repr(self.source))}")
        if not self.is_file:
            self.refuse(_OF_FILES, f"the columns and titles of {shown(repr(self.source))} are known")
            return self
        columns = {role if role.startswith("where.") else f"columns.{role}": at for role, at in self.roles.items()}
        if self.shape == "wide":
            columns = {"columns.user": self.columns.user}
        check_text(self, self.source, columns, header=self.header)
        if self.columns.timestamp is None:
            self.refuse(("time_format",), "no column of times is named: columns.timestamp")
            self.columns.refuse(("time_of_day",), "no column of dates is named: columns.timestamp")
        return self

    @property
    def roles(self) -> dict[str, str | int]:
        """The columns in use by role."""
        columns = self.columns
        value = {"weight": columns.weight, "event": columns.event} if self.implicit else {"rating": columns.rating}
        times = {"timestamp": columns.timestamp, "time_of_day": columns.time_of_day}
        named = {"user": columns.user, "item": columns.item, **value, **times}
        named["split"] = columns.split
        kept = {f"where.{name}": self._column_of(name) for name in self.where or ()}
        return {role: column for role, column in {**named, **kept}.items() if column is not None}

    def _column_of(self, name: str) -> str | int:
        """The column that `where` names, by its number if there is no header."""
        return int(name) if not self.header and name.isdecimal() and int(name) else name

    @field_validator("scale")
    @classmethod
    def _check_scale(cls, scale: tuple[float, float] | None) -> tuple[float, float] | None:
        if scale is not None and not -math.inf < scale[0] < scale[1] < math.inf:
            raise ValueError(f"expected two numbers, the lower first, not {list(scale)}")
        return scale
