"""The result of an inspection: the `[data]` section that reads a file, and notes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recsys.data.missing import format_values

NOUNS = {
    "user": "users",
    "item": "items",
    "rating": "ratings",
    "weight": "weights",
    "timestamp": "times",
    "time_of_day": "times of day",
    "split": "parts of the split",
}
"""What messages call the values of each role."""


@dataclass
class Findings:
    """What was found in a file."""

    place: str
    """The file's name in messages."""
    data: dict[str, Any]
    """The keys of `[data]` besides the source."""
    why: dict[str, str]
    """Why each column has its role."""
    notes: list[str]
    """Sentences on what was detected or guessed."""
    comments: list[str] = field(default_factory=list)
    """Optional lines of `[data]`, to be written as comments."""
    split: str | int | None = None
    """The column that assigns each row to a part of a split."""
    left: Sequence[str | int] = ()
    """The columns that are not used."""

    @property
    def columns(self) -> list[str]:
        """One line per role with its column and the reason, and one with the unused columns."""
        taken: Mapping[str, str | int] = self.data["columns"]
        lines = [f"{NOUNS[role]}: column {column!r}, {self.why[role]}" for role, column in taken.items()]
        return [*lines, f"left out: {', '.join(map(repr, self.left))}"] if self.left else lines

    def take_split(self, column: str | int) -> None:
        """Use the column of split labels."""
        self.data["columns"]["split"] = column
        self.why["split"] = "by its name and its content"
        self.left = [other for other in self.left if other != column]

    def leave_out(self, missing: Sequence[Any], what: str) -> None:
        """Leave out rows with one of these values."""
        if missing:
            self.data["missing"] = list(dict.fromkeys([*self.data.get("missing", []), *missing]))
            self.notes.append(f"values that are taken to mean {what}: data.missing = {format_values(missing)}")

    def format_columns(self) -> str:
        """The columns in the notation of an experiment file."""
        return "{ " + ", ".join(f"{role} = {column!r}" for role, column in self.data["columns"].items()) + " }"
