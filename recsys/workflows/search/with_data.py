"""An experiment on other data than its own: a table in memory, or another file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recsys.cache import cache_folder
from recsys.data.tables import Table, kept_table
from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.overrides import Overrides, as_mapping, override
from recsys.reporter import Reporter, quiet
from recsys.store.address import database_file, store_uri

Data = Table | str | Path
"""A table of pandas, polars or pyarrow; or a file."""
_OF_OTHERS = ("source", "synthetic")
"""Keys of `[data]` that hold for the replaced data only."""


def file_of(data: Data, tracking_uri: str | None = None) -> Path:
    """The absolute path of a file; a table is first written to a file beside the store.

    Args:
        data: The table, or the file.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. For a store that is no local file, the
            table is written to the cache folder.

    Raises:
        InputError: It is neither a table nor a path.
        RecsysError: The table cannot be written.
    """
    if isinstance(data, (str, Path)):
        return Path(data).resolve()
    uri = store_uri(tracking_uri)
    folder = database_file(uri).parent / "data" if uri.startswith("sqlite") else cache_folder() / "data"
    return kept_table(data, folder.resolve())


def with_data(
    experiment: Experiment | str | Path,
    data: Data | None,
    overrides: Overrides,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Experiment | str | Path:
    """The experiment with other data in place of its own; unchanged if `data` is None.

    The columns that `[data]` or an override names hold for the new data too. If neither names any, they are inferred as
    `recsys init` infers them.

    Args:
        experiment: The experiment or its file.
        data: The table, or the file.
        overrides: Values in place of the file's, which the result has too; those of `[data]` describe the new data.
        tracking_uri: The store (see `file_of`).
        reporter: Receives what was inferred about the data.

    Raises:
        InputError: The data are wrong, or the columns of users and items cannot be inferred.
    """
    if data is None:
        return experiment
    whole = experiment if isinstance(experiment, Experiment) else load_experiment(experiment)
    path, values = file_of(data, tracking_uri), as_mapping(overrides)
    if "data.source" in values:
        raise InputError("data and data.source: the data take the place of the source; leave one of them out")
    stated = _stated(
        whole, {key.removeprefix("data."): value for key, value in values.items() if key.startswith("data.")}
    )
    document = whole.document
    document["data"] = section_of(path, stated, reporter)
    override(document, values)  # all at once, as events need another objective
    return experiment_from(document, source=whole.name, folder=whole.folder, name=whole.name)


def section_of(path: Path, stated: Mapping[str, Any], reporter: Reporter) -> dict[str, Any]:
    """The `[data]` section of a file: what is stated, and, if that names no columns, what is inferred.

    Raises:
        InputError: The file cannot be read, or the columns of users and items cannot be inferred.
    """
    if "columns" in stated:
        return {"source": str(path), **stated}
    from recsys.data.inspection.inspect_file import inspect_file

    found = inspect_file(path)
    if stated.get("feedback") == "implicit":  # what looks like ratings is none then
        found.data.pop("duplicates", None)
        found.data["columns"].pop("rating", None)
    for note in (*found.columns, *found.notes):
        reporter(note)
    return {"source": str(path), **found.data, **stated}


def _stated(experiment: Experiment, values: dict[str, Any]) -> dict[str, Any]:
    """What `[data]` and an override state that may hold for other data too, without defaults."""
    own = experiment.anchored.data.model_dump(exclude_none=True, exclude_defaults=True, exclude={*_OF_OTHERS})
    override(own, values)
    return own
