"""Describe a data set by its name, its file or a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from recsys.data.describe import Description, describe
from recsys.data.load import load_ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate
from recsys.overrides import Overrides, as_mapping, override
from recsys.reporter import Reporter, quiet
from recsys.workflows.search.with_data import Data, file_of, section_of


def describe_data(source: Data, *, overrides: Overrides = (), reporter: Reporter = quiet) -> Description:
    """Count users, items and ratings, and compute the density and the histogram of the ratings.

    The description of a file also has the role of each column.

    Args:
        source: The name of a data set, a file, or a pandas, polars or pyarrow table with inferred columns.
        overrides: Values of the `[data]` section, as `{"columns.user": "uid"}` or `["columns.user=uid"]`.
        reporter: Receives messages, such as those of downloads.

    Raises:
        InputError: There is no such data set, or its table is not valid.
    """
    stated: dict[str, Any] = {}
    override(stated, {key.removeprefix("data."): value for key, value in as_mapping(overrides).items()})
    if isinstance(source, (str, Path)):
        document = {"source": str(source), **stated}
    else:
        document = section_of(file_of(source), stated, reporter)
    settings = validate(DataSettings, document, "data")
    found = describe(load_ratings(settings, Path.cwd(), reporter))
    return replace(found, columns=settings.roles) if settings.is_file else found
