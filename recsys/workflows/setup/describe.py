"""Describe a data set, by name or file."""

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
    """Users, items, ratings, density and the histogram of the ratings; of a file which column was read as what.

    Args:
        source: A data set's name, a file, or a pandas, polars or pyarrow table, whose columns are found out.
        overrides: Values of the `[data]` section, as `{"columns.user": "uid"}` or `["columns.user=uid"]`.
        reporter: Hears of downloads.

    Raises:
        InputError: There is no such data set, or its table is wrong.
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
