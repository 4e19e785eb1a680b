"""Inspect a file of ratings or events, and write an experiment that runs on it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.data.describe import Description, describe
from recsys.data.ratings import Ratings
from recsys.data.reading.formats import stem_of
from recsys.errors import InputError, shown, write_whole
from recsys.models.kinds import FIRST
from recsys.workflows.search.with_data import Data, file_of
from recsys.workflows.setup.default_split import default_split, explained
from recsys.workflows.setup.found_data import found_data
from recsys.workflows.setup.written import written

_OF_RATINGS = {"study": {"trials": 32}, "objective": {"metric": "rmse"}}
_OF_EVENTS = {
    "point": {"loss": FIRST.defaults(ranking=True)["loss"]},
    "study": {"trials": 32},
    "objective": {"metric": "ndcg"},
}


@dataclass(frozen=True)
class Started:
    """The experiment file that `recsys init` wrote."""

    path: str
    """The path of the experiment file."""
    toml: str
    """The content of the experiment file."""
    columns: Sequence[str]
    """One line for each role, with the column, the reason, and the unused columns."""
    split: str
    """The kind of split, its test part, and the reason."""
    notes: Sequence[str]
    """Findings and guesses about the data."""
    description: Description
    """The counts and the histogram of the data."""

    @property
    def next(self) -> str:
        """Return the command that runs the experiment, with shell quoting."""
        return sweep_of(self.path)


def init(
    source: Data,
    *,
    output: str | Path | None = None,
    items: str | Path | None = None,
    users: str | Path | None = None,
) -> Started:
    """Write an experiment file that reads a file of ratings or events, splits it, and runs a sweep on it.

    Args:
        source: A file, a folder of Parquet, text or JSON files, the name of a MovieLens data set, or a pandas, polars
            or pyarrow table. A table is stored as a Parquet file in the folder of a local store, otherwise in the cache
            folder.
        output: The experiment file. By default it has the name of the data, in the current folder.
        items: A file with what is known of the items, whose ids and types of columns are inferred.
        users: A file with what is known of the users, likewise.

    Returns:
        The experiment, with the findings about the data.

    Raises:
        InputError: The file cannot be read, the roles of its columns are unclear, or the experiment file exists.
    """
    path = Path(source) if isinstance(source, (str, Path)) else file_of(source)
    target = Path(output) if output else Path(f"{stem_of(path)}.toml")
    if target.exists():
        raise InputError(f"{shown(target, 200)}: is there already: name another file with --output")
    if not target.parent.is_dir():
        raise InputError(f"{shown(target, 200)}: there is no folder {shown(target.parent, 200)}")
    folder = target.resolve().parent
    found = found_data(path, folder, {"items": items, "users": users})
    ratings, notes = found.ratings, found.notes
    document: dict[str, Any] = {"data": found.section, "model": {"kind": FIRST.name}}
    ranges = FIRST.space("events" if ratings.implicit else "rating")
    document["space"] = {name: dict(ranges[name]) for name in FIRST.first_searched}
    document |= _OF_EVENTS if ratings.implicit else _OF_RATINGS
    if found.findings.split is not None:
        split = explained("column", "a column marks them", implicit=ratings.implicit)
    else:
        split = default_split(ratings, notes)
    document["split"] = {"kind": split.kind}
    notes, columns = list(dict.fromkeys(notes)), found.findings.columns
    head = _head(ratings, path, target, [*columns, split.sentence], notes)
    toml = f"{head}{written(document, found.findings.comments)}"
    write_whole(target, toml.encode())
    return Started(str(target), toml, columns, split.sentence, notes, describe(ratings))


def _head(ratings: Ratings, path: Path, target: Path, choices: Sequence[str], notes: Sequence[str]) -> str:
    catalogue, noun = ratings.catalogue, "pairs" if ratings.implicit else "ratings"
    found = f"{len(ratings):,} {noun} of {catalogue.users:,} users and {catalogue.items:,} items"
    lines = [f"A sweep over {FIRST.title} on {path.name}: {found}.", f"  {sweep_of(target)}"]
    lines += ["Its columns and its split:", *(f"- {line}" for line in choices)]
    if notes:
        lines += ["What was found out about the data, or is a guess:", *(f"- {note}" for note in notes)]
    return "".join(f"# {shown(line, 300)}\n" for line in lines) + "\n"


def sweep_of(path: str | Path) -> str:
    """Return the command that runs a sweep on an experiment, with shell quoting."""
    word = str(path)
    return f"recsys sweep {shlex.quote(f'./{word}' if word.startswith('-') else word)}"
