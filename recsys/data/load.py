"""Load ratings: MovieLens by name, synthetic data, or files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from recsys.credentials import masked
from recsys.data.core import k_core
from recsys.data.features.load import with_features
from recsys.data.movielens import ARCHIVES, movielens_ratings
from recsys.data.ratings import Ratings
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.formats import ENDINGS, format_of, stem_of
from recsys.data.reading.lists import read_lists
from recsys.data.reading.rows import Rows, Wanted, concat_files
from recsys.data.reading.shapes import refuse_undeclared_lists, refuse_undeclared_shape
from recsys.data.reading.signatures import path_exists
from recsys.data.reading.table import read_rows
from recsys.data.reading.wide import read_wide
from recsys.data.settings import DataSettings, TitleSettings
from recsys.data.synthetic import synthetic_events, synthetic_ratings, synthetic_sequences
from recsys.data.validation import validate_ratings
from recsys.errors import InputError, shown
from recsys.reporter import Reporter, quiet

NO_FILES: Mapping[str, str] = MappingProxyType({})


def load_ratings(
    settings: DataSettings, folder: Path, reporter: Reporter = quiet, parts: Mapping[str, str] = NO_FILES
) -> Ratings:
    """Return the ratings that `[data]` names.

    Args:
        settings: The section.
        folder: The folder of relative paths: that of the experiment file.
        reporter: Receives notes on downloads and on dropped ratings.
        parts: The files of parts of a split, as `split.files`.

    Raises:
        InputError: The source does not exist, or its content is wrong.
    """
    ratings = replace(_read(settings, folder, reporter, parts), positive_from=settings.positive_from)
    if not len(ratings.positives):
        highest = float(ratings.values.max())
        raise InputError(f"data.positive_from = {settings.positive_from:g}: the highest rating is {highest:g}")
    ratings = k_core(ratings, settings.min_user_ratings, settings.min_item_ratings, reporter)
    if not ratings.implicit and ratings.values.min() == ratings.values.max():
        raise InputError(
            f"{ratings.name}: every rating is {ratings.values[0]:g}, so that there is nothing to learn; if a row "
            "only records an action, set data.feedback = 'implicit'"
        )
    return with_features(ratings, settings, folder, reporter)


def _read(settings: DataSettings, folder: Path, reporter: Reporter, parts: Mapping[str, str]) -> Ratings:
    source = settings.source
    if source in ARCHIVES:
        return movielens_ratings(source, settings, reporter)
    if source == "synthetic":
        if not settings.implicit:
            return synthetic_ratings(settings.synthetic)
        return synthetic_sequences(settings) if settings.synthetic.persistence else synthetic_events(settings)
    if "://" in source:
        raise InputError(f"data.source = {shown(masked(source))}: expected a name or a file, not an address")
    path = folder / source
    if format_of(path) is None and not path_exists(path):
        known = ", ".join([*ARCHIVES, "synthetic"])
        files = f"a file that ends in {ENDINGS} or is one of these by its content, or a folder of such files"
        raise InputError(f"data.source = {shown(repr(source))}: expected {known}, {files}")
    return file_ratings(path, settings, folder, reporter, parts)


def file_ratings(
    path: Path, settings: DataSettings, folder: Path, reporter: Reporter, parts: Mapping[str, str] = NO_FILES
) -> Ratings:
    """Return the ratings of a file. The data set has the file's name without its ending.

    Args:
        path: The file or folder.
        settings: How to read it.
        folder: The folder of other relative paths.
        reporter: Receives notes on what was detected.
        parts: Further files of the same form, by the part of a split that each holds. The first file then holds
            training.

    Raises:
        InputError: A file cannot be read, or its content is wrong.
    """
    dialect = _dialect(settings, "data")
    rows = _read_table(path, settings, dialect, reporter)
    if parts:
        others = {part: _read_table(folder / file, settings, dialect, reporter) for part, file in parts.items()}
        rows = concat_files({"train": rows, **others})
    if settings.shape == "wide" and settings.implicit:  # the cells are the weights
        columns = settings.columns.model_copy(update={"weight": "its cells"})
        settings = settings.model_copy(update={"columns": columns})
    titles = settings.titles
    if titles is None:
        return validate_ratings(rows, settings, stem_of(path), None, reporter)
    wanted: Wanted = {"item": titles.item, "title": titles.title}
    named = read_rows(folder / titles.path, wanted, _dialect(titles, "data.titles"), reporter)
    return validate_ratings(rows, settings, stem_of(path), named, reporter)


def _read_table(path: Path, settings: DataSettings, dialect: Dialect, reporter: Reporter) -> Rows:
    """Read the rows of a table of any shape."""
    if settings.shape == "wide":
        return read_wide(path, settings.roles, "weight" if settings.implicit else "rating", dialect, reporter)
    if settings.shape == "lists":
        return read_lists(path, settings.roles, dialect, reporter)
    if settings.shape is None:
        refuse_undeclared_shape(path, settings.roles, dialect)
    rows = read_rows(path, settings.roles, dialect, reporter)
    if settings.shape is None:
        refuse_undeclared_lists(rows, settings.columns.item)
    return rows


def _dialect(section: DataSettings | TitleSettings, key: str) -> Dialect:
    return Dialect(section.separator, section.encoding, section.header, section.quote, section.escape, key)
