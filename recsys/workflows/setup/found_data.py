"""Find out what a file of ratings or events has, as the section `[data]` of an experiment declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.data.features.summary import stated_columns
from recsys.data.inspection.findings import Findings
from recsys.data.inspection.inspect_file import file_and_format, inspect_file
from recsys.data.inspection.text import inspect_text
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import NAMED, WITHOUT_USERS
from recsys.experiment import experiment_from
from recsys.models.kinds import FIRST
from recsys.overrides import Overrides, override


@dataclass(frozen=True)
class FoundData:
    """The ratings of a source, with the findings about it."""

    section: dict[str, Any]
    """The section `[data]`."""
    ratings: Ratings
    findings: Findings
    notes: list[str]
    """Findings and guesses about the data."""


def found_data(
    source: str | Path,
    folder: Path,
    tables: Mapping[str, str | Path | None],
    overrides: Overrides = (),
    *,
    own_features: bool = True,
) -> FoundData:
    """Inspect a source and read its ratings.

    Args:
        source: A file, a folder of files, or the name of a MovieLens data set.
        folder: The folder of the experiment file, from which its paths start.
        tables: Files with what is known of `items` and of `users`; None for none.
        overrides: Values that replace findings, as `{"data.key": value}` or `["data.key=value"]`.
        own_features: Whether to read the features that a MovieLens data set comes with.

    Raises:
        InputError: The source cannot be read, or the roles of its columns are unclear.
    """
    path = Path(source)
    named = str(source) in NAMED and not path.exists()
    found = _findings_by_name(str(source), own_features) if named else inspect_file(path)
    if found.split is not None:
        found.take_split(found.split)
    document: dict[str, Any] = {"data": {"source": str(source) if named else as_seen_from(folder, path), **found.data}}
    if named:
        del document["data"]["columns"]  # they are known
    document["data"] |= {key: _table(folder, Path(file)) for key, file in tables.items() if file is not None}
    override(document, overrides)
    ratings = _read(document, path, folder, found)
    features = {"items": ratings.catalogue.item_features, "users": ratings.catalogue.user_features}
    for key, table in features.items():
        if table is not None:
            document["data"][key] |= stated_columns(table)
    return FoundData(document["data"], ratings, found, list(dict.fromkeys(found.notes)))


def as_seen_from(folder: Path, path: Path) -> str:
    """Return a path as a file in the folder names it."""
    absolute = path.resolve()
    return (absolute.relative_to(folder) if absolute.is_relative_to(folder) else absolute).as_posix()


def _read(document: Mapping[str, Any], path: Path, folder: Path, found: Findings) -> Ratings:
    implicit = document["data"].get("feedback") == "implicit"
    whole = {**document, "model": {"kind": FIRST.name}, "objective": {"metric": "ndcg" if implicit else "rmse"}}
    if implicit:
        whole["point"] = {"loss": FIRST.defaults(ranking=True)["loss"]}
    if found.split is not None:
        whole["split"] = {"kind": "column"}
    settings = experiment_from(whole, source=str(path), folder=folder, name=path.stem).data
    return load_ratings(settings, folder, found.notes.append)


def _findings_by_name(name: str, features: bool) -> Findings:  # noqa: FBT001 - internal
    """The findings for a data set whose tables are known, those of its items and users among them."""
    sections = ["items", *(["users"] if name not in WITHOUT_USERS else [])] if features else []
    return Findings(name, {"columns": {}} | {section: {} for section in sections}, {}, [])


def _table(folder: Path, path: Path) -> dict[str, Any]:
    """The keys of a table of items or users that say where it is and how a text is written."""
    file, form = file_and_format(path)
    stated: Mapping[str, Any] = inspect_text(file, form).data if form.kind == "text" else {}
    kept: dict[str, Any] = {
        key: stated[key] for key in ("separator", "encoding", "header", "quote", "escape") if key in stated
    }
    return {"path": as_seen_from(folder, path), **kept}
