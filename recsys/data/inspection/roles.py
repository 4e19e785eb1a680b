"""Determine the role of each column: by its cells, and by the words of its name if it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from recsys.data.inspection.column import Column
from recsys.data.inspection.findings import NOUNS
from recsys.data.inspection.name_words import EVENTS, ROLES, fit, words
from recsys.data.inspection.values import fitting_formats, have_times_of_day
from recsys.data.numbers import distinct
from recsys.errors import InputError, shown

_BY_NAME = "by its name"
_BY_CONTENT = "by its content"
_MOST_RATINGS = 1001
"""The most distinct values of a column of ratings, as from 0 to 10 in hundredths."""
_FEW = 20
_SPLITS = ("split", "set", "fold", "partition", "subset", "part")
"""Words in the name of a column of split labels."""
_PARTS = {"train", "training", "valid", "validation", "val", "dev", "test", "testing"}


@dataclass
class Roles:
    """The column of each role, and why."""

    columns: dict[str, Column] = field(default_factory=dict)
    """The columns found for `user`, `item`, `rating` or `weight`, `timestamp` and `time_of_day`."""
    why: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """Why columns do not have the role that their names suggest."""
    events: Column | None = None
    """The column of event types."""
    split: Column | None = None
    """The column of split labels."""

    def take(self, role: str, column: Column, why: str) -> None:
        """Give a column a role."""
        self.columns[role], self.why[role] = column, why

    def free(self, columns: Sequence[Column]) -> list[Column]:
        """The columns without a role."""
        taken = list(self.columns.values())
        return [column for column in columns if not any(column is other for other in taken)]


def columns_by_name(names: Sequence[str]) -> dict[str, str]:
    """The column of each role by the names alone. A rating takes precedence over a weight."""
    found: dict[str, str] = {}
    for role in ROLES:
        free = [name for name in names if name not in found.values()]
        ranked = sorted((rank, at) for at, name in enumerate(free) if (rank := fit(name, role)) is not None)
        if ranked:
            found[role] = free[ranked[0][1]]
    if "rating" in found:
        found.pop("weight", None)
    return {role: found[role] for role in ROLES if role in found}


def unassigned_error(place: str, names: Sequence[str]) -> InputError:
    """The error of names that do not determine the columns of users and items."""
    there = shown(", ".join(map(repr, names)), 200)
    remedy = "set them in an experiment file, as data.columns = { user = …, item = …, rating = … }"
    return InputError(f"{place}: the columns of users and items cannot be determined from {there}: {remedy}")


def roles_by_name(columns: Sequence[Column]) -> Roles:
    """The roles of named columns: the best name whose cells fit it."""
    roles = Roles()
    for role in ("user", "item"):
        ranked = _ranked(roles.free(columns), role)
        usable = [
            column
            for column in ranked
            if column.kind in ("numbers", "words", "dates", "clock") and not column.mostly_empty
        ]
        fitting = [column for column in usable if not column.constant] or usable
        if ranked:
            roles.take(role, (fitting or ranked)[0], _BY_NAME)
            roles.notes += [_rejection(column, role) for column in ranked[: ranked.index((fitting or ranked)[0])]]
    _find_values(columns, roles)
    _find_times(columns, roles)
    _find_events(columns, roles, named=True)
    roles.split = next((column for column in roles.free(columns) if _is_split(column)), None)
    return roles


def roles_by_content(columns: Sequence[Column]) -> Roles:
    """The roles of unnamed columns. Users and items are the first two id columns that are neither ratings nor times."""
    roles = Roles()
    _find_times(columns, roles)
    free = roles.free(columns)
    value = min(
        (c for c in free if c.has_rating_levels and columns.index(c) > 1),
        key=lambda column: column.distinct_count,
        default=None,
    )
    counts = [column for column in free if column.has_counts and columns.index(column) > 1]
    values = [*([value] if value else []), *counts]
    ids = [c for c in free if c.may_be_ids and not any(c is other for other in values)]
    several = [
        column for column in ids if not (column.kind == "words" and column.has_few_values) and not _is_row_key(column)
    ]
    for role, column in zip(("user", "item"), several if len(several) > 1 else ids, strict=False):
        roles.take(role, column, _BY_CONTENT)
    if value is not None:
        roles.take("rating", value, _BY_CONTENT)
    elif len(counts) == 1:
        roles.take("weight", counts[0], _BY_CONTENT)
    _find_events(columns, roles, named=False)
    return roles


def _is_row_key(column: Column) -> bool:
    """Whether every cell is different, as in a key of the rows."""
    return column.distinct_count == len(column.filled) > _FEW


def _ranked(columns: Sequence[Column], role: str) -> list[Column]:
    """The columns whose names fit the role, best first."""
    ranks = [(rank, at) for at, column in enumerate(columns) if (rank := fit(column.name, role)) is not None]
    return [columns[at] for _, at in sorted(ranks)]


def _find_values(columns: Sequence[Column], roles: Roles) -> None:
    """Find the ratings, otherwise the weights."""
    for column in _ranked(roles.free(columns), "rating"):
        doubtful = (fit(column.name, "rating") or (0, 0))[0] > 1
        if column.has_counts and doubtful:
            roles.notes.append(_rejection(column, "rating"))
        elif column.kind in ("numbers", "truth") and (
            column.has_rating_levels or column.kind == "truth" or not doubtful
        ):
            roles.take("rating", column, _BY_NAME)
            return
        elif column.kind == "words" and not doubtful and not column.constant:
            roles.take("rating", column, _BY_NAME)  # words for ratings are refused where they are read
            return
        else:
            roles.notes.append(_rejection(column, "rating"))
    for column in _ranked(roles.free(columns), "weight"):
        if column.kind == "numbers" and not column.has_certain_epochs:
            roles.take("weight", column, _BY_NAME)
            return
        roles.notes.append(_rejection(column, "weight"))


def _find_times(columns: Sequence[Column], roles: Roles) -> None:
    """Find dates or epoch times, and the times of day that belong to dates."""
    free = roles.free(columns)
    ranked = _ranked(free, "timestamp")
    good = [column for column in ranked if (column.kind == "dates" or column.has_epochs) and not column.mostly_empty]
    days = [column for column in good if _has_dates_only(column)]
    others = [c for c in free if not c.name or fit(c.name, "timestamp") is None]
    rest = [
        c
        for c in others
        if (c.kind == "dates" or c.has_certain_epochs) and not c.mostly_empty and not _is_another_date(c)
    ]
    if not rest and not good:
        rest = _old_epochs(free)
    finer = [column for column in good if column not in days]
    for found, why in ((finer, _BY_NAME), (days, _BY_NAME), (rest, _BY_CONTENT)):
        if found:
            roles.take("timestamp", found[0], why)
            break
    time = roles.columns.get("timestamp")
    if time is not None and _has_dates_only(time):
        clocks = [column for column in roles.free(columns) if column.kind == "clock"]
        if len(clocks) == 1:
            roles.take("time_of_day", clocks[0], _BY_CONTENT)
    roles.notes += [_rejection(column, "timestamp") for column in roles.free(ranked) if column not in good]


def _old_epochs(columns: Sequence[Column]) -> list[Column]:
    """The last unnamed column whose numbers may be times before 2001, unless it is needed as an id."""
    old = [
        column
        for column in columns
        if not column.name and column.has_epochs and column.distinct_count * 3 > len(column.values)
    ]
    ids = [column for column in columns if column.may_be_ids and not column.has_rating_levels and not column.has_counts]
    return old[-1:] if len([column for column in ids if column not in old[-1:]]) > 1 else []


def _has_dates_only(column: Column) -> bool:
    """Whether it has dates without a time of day."""
    return column.kind == "dates" and not any(
        have_times_of_day(column.filled, form) for form in fitting_formats(column.filled)[:1]
    )


def _is_another_date(column: Column) -> bool:
    """Whether the name says that the dates are not those of the row."""
    return bool(
        {"birth", "release", "released", "published", "publication", "registered", "joined"} & {*words(column.name)}
    )


def _is_split(column: Column) -> bool:
    """Whether it assigns each row to training, validation or test."""
    if not {*_SPLITS} & {*words(column.name)} or column.kind != "words" or not column.has_few_values:
        return False
    parts = {str(each).strip().lower() for each in distinct(column.filled)[1].to_pylist()}
    return bool({"train", "training"} & parts and {"test", "testing"} & parts) and parts <= _PARTS


def _find_events(columns: Sequence[Column], roles: Roles, *, named: bool) -> None:
    for column in roles.free(columns):
        if column.has_action_words if not named else (column.has_few_values and {*EVENTS} & {*words(column.name)}):
            roles.events = column
            return


def _rejection(column: Column, role: str) -> str:
    """Why a column does not have the role that its name suggests."""
    name, kind = repr(column.key), "empty" if column.mostly_empty and role != "rating" else column.kind
    hold = {
        "empty": "most of its cells are empty",
        "nested": "it has lists or structures",
        "truth": "it has only true and false",
        "clock": "it has times of day without dates",
        "dates": "it has dates",
        "words": "it has words",
        "numbers": "it has counts" if column.has_counts else "its numbers do not fit",
    }[kind]
    if role == "timestamp" and kind == "numbers":
        order = f"if they order the rows, add timestamp = {column.key!r} to data.columns"
        hold = f"its numbers are not recent dates; {order}"
    return f"{name} is not taken as {NOUNS[role]}: {hold}"
