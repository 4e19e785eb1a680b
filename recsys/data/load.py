"""Load ratings: MovieLens by name, synthetic ones, or a file; then leave out whom `[data]` leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from recsys.credentials import masked
from recsys.data.core import cored
from recsys.data.files import NO_FILES, file_ratings
from recsys.data.movielens import ARCHIVES, movielens_ratings
from recsys.data.ratings import Ratings
from recsys.data.reading.content import path_exists
from recsys.data.reading.formats import ENDINGS, format_of
from recsys.data.settings import DataSettings
from recsys.data.synthetic import synthetic_events, synthetic_ratings
from recsys.errors import InputError, shown
from recsys.reporter import Reporter, quiet


def load_ratings(
    settings: DataSettings, folder: Path, reporter: Reporter = quiet, parts: Mapping[str, str] = NO_FILES
) -> Ratings:
    """The ratings that `[data]` names.

    Args:
        settings: The section.
        folder: Where relative paths start: the experiment file's folder.
        reporter: Hears of downloads, and of ratings left out.
        parts: Files of their own that parts of a split have, as `split.files`.

    Raises:
        InputError: There is no such source, or its content is wrong.
    """
    ratings = replace(_read(settings, folder, reporter, parts), positive_from=settings.positive_from)
    if not len(ratings.positives):
        highest = float(ratings.values.max())
        raise InputError(f"data.positive_from = {settings.positive_from:g}: the highest rating is {highest:g}")
    ratings = cored(ratings, settings.min_user_ratings, settings.min_item_ratings, reporter)
    if not ratings.implicit and ratings.values.min() == ratings.values.max():
        raise InputError(
            f"{ratings.name}: every rating is {ratings.values[0]:g}, so that there is nothing to learn; where a row "
            "only says that something was done, say data.feedback = 'implicit'"
        )
    return ratings


def _read(settings: DataSettings, folder: Path, reporter: Reporter, parts: Mapping[str, str]) -> Ratings:
    source = settings.source
    if source in ARCHIVES:
        return movielens_ratings(source, settings, reporter)
    if source == "synthetic":
        return synthetic_events(settings) if settings.implicit else synthetic_ratings(settings.synthetic)
    if "://" in source:
        raise InputError(f"data.source = {shown(masked(source))}: expected a name or a file, not an address")
    path = folder / source
    if format_of(path) is None and not path_exists(path):
        known = ", ".join([*ARCHIVES, "synthetic"])
        files = f"a file that ends in {ENDINGS} or is one of these by its content, or a folder of such files"
        raise InputError(f"data.source = {shown(repr(source))}: expected {known}, {files}")
    return file_ratings(path, settings, folder, reporter, parts)
