"""Ask the champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recsys.errors import InputError, NotFoundError
from recsys.workflows.frameworks import load_frameworks


@dataclass(frozen=True)
class Item:
    """A recommended item."""

    item: Any
    title: str | None
    rating: float


@dataclass(frozen=True)
class Recommendations:
    """What a user should see next."""

    user: Any
    items: Sequence[Item]
    fallback: bool
    """Whether the user is unknown and was given the popular items."""


def recommend(
    user: str | int, *, n: int = 10, model: str | None = None, tracking_uri: str | None = None
) -> Recommendations:
    """Top-N of the champion for one user: nothing already rated.

    Args:
        user: The user's id, as in the data.
        n: How many items.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no champion.
    """
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.serving.package import load_package
    from recsys.tracking.mlflow_store import MlflowStore

    registry = MlflowRegistry(MlflowStore(tracking_uri).uri)
    recommender = load_package(registry.champion_files(model or only_model(registry.names())))
    known = recommender.user_id(user)
    given = recommender.recommend(known, n)
    return Recommendations(known, [Item(r.item, r.title, r.rating) for r in given.items], given.fallback)


def only_model(names: Sequence[str]) -> str:
    """The one registered model."""
    if not names:
        raise NotFoundError("there is no champion yet: promote a sweep first (recsys promote NAME)")
    if len(names) > 1:
        raise InputError(f"there are several models, choose one with --model: {', '.join(names)}")
    return names[0]
