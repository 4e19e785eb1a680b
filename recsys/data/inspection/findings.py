"""What was found of a file: the `[data]` section that reads it, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recsys.data.missing import format_values

_NOUNS = {
    "user": "users",
    "item": "items",
    "rating": "ratings",
    "weight": "weights",
    "timestamp": "times",
    "time_of_day": "times of day",
    "split": "parts of the split",
}


@dataclass
class Findings:
    """What was found of a file."""

    place: str
    """What messages call it."""
    data: dict[str, Any]
    """What `[data]` has to say besides the source."""
    why: dict[str, str]
    """Why each column is of its role."""
    notes: list[str]
    """Sentences on what was found out or guessed."""
    comments: list[str] = field(default_factory=list)
    """Lines of `[data]` that may be wanted, to be written as comments."""
    split: str | int | None = None
    """The column that says which part of a split each row is in."""
    left: Sequence[str | int] = ()
    """The columns that are not used."""

    @property
    def columns(self) -> list[str]:
        """A line for each role: its column, and why; and the columns that are left out."""
        taken: Mapping[str, str | int] = self.data["columns"]
        lines = [f"{_NOUNS[role]}: column {column!r}, {self.why[role]}" for role, column in taken.items()]
        return [*lines, f"left out: {', '.join(map(repr, self.left))}"] if self.left else lines

    def take_split(self, column: str | int) -> None:
        """Have the column of parts be read."""
        self.data["columns"]["split"] = column
        self.why["split"] = "by its name and what is in it"
        self.left = [other for other in self.left if other != column]

    def leave_out(self, missing: Sequence[Any], what: str) -> None:
        """Have rows with one of these values left out."""
        if missing:
            self.data["missing"] = list(dict.fromkeys([*self.data.get("missing", []), *missing]))
            self.notes.append(f"what is taken to mean that there is {what}: data.missing = {format_values(missing)}")

    def in_words_of_columns(self) -> str:
        """The columns as an experiment file has them."""
        return "{ " + ", ".join(f"{role} = {column!r}" for role, column in self.data["columns"].items()) + " }"
