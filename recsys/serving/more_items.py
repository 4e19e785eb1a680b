"""Further items of a champion, which it knows by their features alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from recsys.data.features.encoder import FeatureEncoder
from recsys.data.features.feature_table import FeatureTable
from recsys.data.ratings import Catalogue
from recsys.errors import InputError, shown
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.recommender import Recommender
from recsys.serving.scorer import AnyScorer
from recsys.serving.stored_models import kinds_of

_SHOWN = 3
"""The number of ids that a message shows."""


@dataclass(frozen=True, eq=False)
class MoreItems:
    """Items that are not in a catalogue."""

    ids: pd.Index[Any]
    """Their ids (n,)."""
    titles: Sequence[str]
    """Their titles (n,); empty for an item without one."""
    features: csr_array
    """What is known of them (n, F)."""


def item_encoder(recommender: Recommender) -> FeatureEncoder:
    """Return the encoder of the features of items.

    Raises:
        InputError: The champion has none.
    """
    encoder: FeatureEncoder = _feature_table(recommender).encoder
    return encoder


def _feature_table(recommender: Recommender) -> FeatureTable:
    table = recommender.catalogue.item_features
    if table is None or not isinstance(table.encoder, FeatureEncoder):
        raise InputError(
            "the champion has no features of items: train with a table of items ([data.items]) and promote a model "
            "that reads it"
        )
    return table


def with_more_items(recommender: Recommender, more: MoreItems) -> Recommender:
    """Return a recommender that knows further items after its own.

    Args:
        recommender: The recommender, which the function does not change.
        more: The items.

    Raises:
        InputError: Its scorer does not know items by their features, or it has some of the items already.
    """
    table = _feature_table(recommender)
    table = replace(table, rows=csr_array(vstack([table.rows, more.features], format="csr")))
    catalogue, count = _catalogue(recommender.catalogue, table, more), len(more.ids)
    known, popularity = recommender.known.copy(), recommender.fallback.popularity
    known.resize((catalogue.users, catalogue.items))
    return replace(
        recommender,
        scorer=_scorer(recommender.scorer, table.with_spare),
        catalogue=catalogue,
        known=known,
        fallback=replace(recommender.fallback, popularity=np.append(popularity, np.zeros(count, popularity.dtype))),
        added=recommender.added + count,
    )


def _catalogue(old: Catalogue, table: FeatureTable, more: MoreItems) -> Catalogue:
    """Return a catalogue with further items at its end, and the features of all its items."""
    twice = more.ids[more.ids.isin(old.item_ids)].tolist()
    if twice:
        names = ", ".join(shown(repr(each)) for each in twice[:_SHOWN])
        raise InputError(
            f"{len(twice):,} of {len(more.ids):,} items are in the catalogue already, such as {names}: leave them out"
        )
    return replace(
        old,
        item_ids=old.item_ids.append(more.ids),
        titles=None if old.titles is None else np.concatenate([old.titles, np.array(more.titles, np.str_)]),
        item_features=table,
    )


def _scorer(scorer: AnyScorer, features: csr_array) -> AnyScorer:
    """Return a scorer that knows the items with these features, the spare one included (I + 1, F)."""
    if isinstance(scorer, LinearScores):
        raise InputError("the champion is a baseline and takes no items: promote a model that reads features of items")
    kinds = kinds_of(scorer.models)
    return replace(
        scorer, models=[kind.with_items(each, features) for kind, each in zip(kinds, scorer.models, strict=True)]
    )
