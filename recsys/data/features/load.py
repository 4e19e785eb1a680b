"""Load the features that `[data.items]` and `[data.users]` name, and add them to the ratings' catalogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from recsys.data.features.align import Side, align
from recsys.data.features.build import Building, build_features
from recsys.data.features.encoders.base import Notation
from recsys.data.features.feature_table import FeatureTable
from recsys.data.features.giveaway import totals
from recsys.data.features.movielens_tables import movielens_source
from recsys.data.features.settings import FeatureSettings
from recsys.data.features.source import read_source
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.reporter import Reporter


def with_features(ratings: Ratings, settings: DataSettings, folder: Path, reporter: Reporter) -> Ratings:
    """Return the ratings over a catalogue with the features that the settings name.

    Args:
        ratings: All ratings.
        settings: `[data]`.
        folder: The folder of relative paths.
        reporter: Receives what was inferred, left out or missing.

    Raises:
        InputError: A table cannot be read, or does not fit the ratings.
    """
    catalogue, columns = ratings.catalogue, settings.columns
    if settings.items is not None:
        side = Side("items", "item", str(columns.item))
        made = _features(settings.items, side, catalogue.item_ids, ratings, settings, folder, reporter)
        catalogue = replace(catalogue, item_features=made)
    if settings.users is not None:
        side = Side("users", "user", str(columns.user))
        made = _features(settings.users, side, catalogue.user_ids, ratings, settings, folder, reporter)
        catalogue = replace(catalogue, user_features=made)
    return replace(ratings, catalogue=catalogue)


def _features(
    section: FeatureSettings,
    side: Side,
    ids: pd.Index[Any],
    ratings: Ratings,
    settings: DataSettings,
    folder: Path,
    reporter: Reporter,
) -> FeatureTable:
    key = f"data.{side.key}"
    if section.path is None:
        source = movielens_source(settings.source, side.key, section, reporter)
    else:
        source = read_source(folder / section.path, section, key, reporter)
    table = align(source, ids, side, reporter)
    if section.chosen is not None:
        table = replace(table, columns=[column for column in table.columns if column.name in section.chosen])
    notation = Notation(
        decimal=settings.decimal, thousands=settings.thousands, time_format=section.time_format or settings.time_format
    )
    building = Building(key, source.chosen, source.types or {}, notation, totals(ratings, side.key), reporter)
    return build_features(table, building)
