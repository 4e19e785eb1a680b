"""Inspect a file of ratings or events, and write an experiment that runs on it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from recsys.data.describe import Description, describe
from recsys.data.features.summary import stated_columns
from recsys.data.inspection.findings import Findings
from recsys.data.inspection.inspect_file import file_and_format, inspect_file
from recsys.data.inspection.text import inspect_text
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.reading.formats import stem_of
from recsys.data.settings import NAMED, WITHOUT_USERS
from recsys.errors import InputError, shown, write_whole
from recsys.experiment import experiment_from
from recsys.models.kinds import FIRST
from recsys.workflows.search.with_data import Data, file_of
from recsys.workflows.setup.default_split import default_split, explained

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
    named = str(source) in NAMED and not path.exists()
    found = _findings_by_name(str(source)) if named else inspect_file(path)
    data, notes = found.data, found.notes
    place = str(source) if named else _as_seen_from(folder, path)
    document: dict[str, Any] = {"data": {"source": place, **data}, "model": {"kind": FIRST.name}}
    if named:
        del document["data"]["columns"]  # they are known
    tables = {"items": items, "users": users}
    document["data"] |= {key: _table(folder, Path(file)) for key, file in tables.items() if file is not None}
    if found.split is not None:
        found.take_split(found.split)
        document["split"] = {"kind": "column"}
    implicit = data.get("feedback") == "implicit"
    ranges = FIRST.space("events" if implicit else "rating")
    document["space"] = {name: dict(ranges[name]) for name in FIRST.first_searched}
    document |= _OF_EVENTS if implicit else _OF_RATINGS
    settings = experiment_from(document, source=str(path), folder=folder, name=target.stem).data
    ratings = load_ratings(settings, folder, notes.append)
    features = {"items": ratings.catalogue.item_features, "users": ratings.catalogue.user_features}
    for key, table in features.items():
        if table is not None:
            document["data"][key] |= stated_columns(table)
    if found.split is not None:
        split = explained("column", "a column marks them", implicit=implicit)
    else:
        split = default_split(ratings, notes)
        document["split"] = {"kind": split.kind}
    notes = list(dict.fromkeys(notes))
    toml = (
        f"{_head(ratings, path, target, [*found.columns, split.sentence], notes)}{_written(document, found.comments)}"
    )
    write_whole(target, toml.encode())
    return Started(str(target), toml, found.columns, split.sentence, notes, describe(ratings))


def _findings_by_name(name: str) -> Findings:
    """The findings for a data set whose tables are known, those of its items and users among them."""
    sections = ["items", *(["users"] if name not in WITHOUT_USERS else [])]
    return Findings(name, {"columns": {}} | {section: {} for section in sections}, {}, [])


def _table(folder: Path, path: Path) -> dict[str, Any]:
    """The keys of a table of items or users that say where it is and how a text is written."""
    file, form = file_and_format(path)
    stated: Mapping[str, Any] = inspect_text(file, form).data if form.kind == "text" else {}
    kept: dict[str, Any] = {
        key: stated[key] for key in ("separator", "encoding", "header", "quote", "escape") if key in stated
    }
    return {"path": _as_seen_from(folder, path), **kept}


def _as_seen_from(folder: Path, path: Path) -> str:
    absolute = path.resolve()
    return (absolute.relative_to(folder) if absolute.is_relative_to(folder) else absolute).as_posix()


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


def _written(document: Mapping[str, Any], comments: Sequence[str]) -> str:
    """Return the document as TOML, with one line for each key, and with the comments after the keys of `[data]`."""
    text = tomlkit.document()
    for name in ("data", "split", "model", "space", "point", "study", "objective"):
        if name in document:
            section = tomlkit.table()
            inner = {key: value for key, value in document[name].items() if key in ("items", "users")}
            for key, value in document[name].items():
                if key not in inner:
                    section.add(key, _inline(value) if isinstance(value, dict) else value)
            for comment in comments if name == "data" else ():
                section.add(tomlkit.comment(comment))
            for key, value in inner.items():
                section.add(key, _table_of(value))
            text.add(name, section)
    return tomlkit.dumps(text)


def _table_of(values: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(value: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(value)
    return table
