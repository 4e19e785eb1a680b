"""Add items to a champion, which it knows by their features alone: a new version of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import NotFoundError, shown
from recsys.registry.names import checked_name
from recsys.reporter import Reporter, quiet
from recsys.workflows.promotion.champions import registry_of
from recsys.workflows.promotion.remade_champion import IDENTITY

if TYPE_CHECKING:
    from recsys.registry.history import Version
    from recsys.registry.protocols import Registry
    from recsys.serving.more_items import MoreItems
    from recsys.serving.recommender import Recommender

_CARD = "card.md"
_FILES = ("recipes.json", _CARD, IDENTITY)
"""The files of a package that a version with more items has too."""
_SHOWN = 10
"""The most ids in a card."""


@dataclass(frozen=True)
class AddedItems:
    """The version that knows further items."""

    model: str
    version: int
    """The new version, which is the champion."""
    extends: int
    """The version before."""
    items: int
    """The number of items that were added."""
    described: int
    """The number of these of which something is known."""

    @property
    def sentence(self) -> str:
        """What the version does."""
        return sentence(self.items, self.extends)


def sentence(items: int, version: int) -> str:
    """Return what a version does that adds items to another one."""
    return f"adds {items:,} {'item' if items == 1 else 'items'} to version {version}"


def add_items(
    name: str,
    items: str | Path,
    *,
    id_column: str | None = None,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> AddedItems:
    """Register a version of a champion that knows further items by their features, and make it the champion.

    Nothing is trained: all other items keep their scores. An added item has the scores of one that was in the data
    without ratings before it was released. `rollback` returns to the version without the items.

    Args:
        name: The registered model.
        items: A table of the items, with the columns of the features that the champion was trained with, a column of
            ids and, if there are titles, `title`.
        id_column: The column of ids; found by its name by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. `MLFLOW_REGISTRY_URI` has precedence.
        reporter: Receives notes on columns and categories that are not known or missing.

    Returns:
        The new version.

    Raises:
        NotFoundError: There is no such champion, or no such file.
        InputError: The champion does not know items by features, the table cannot be read, or some of its items are in
            the catalogue already.
    """
    registry, path = registry_of(tracking_uri, reporter), Path(items)
    if not path.exists():
        raise NotFoundError(f"{shown(path, 200)}: no such file or folder")
    from recsys.serving.more_items import item_encoder, with_more_items
    from recsys.serving.package import load_package
    from recsys.workflows.promotion.item_table import read_items

    with registry.lock(checked_name(name)):
        champion = registry.required_champion(name)
        with registry.champion_files(name) as folder:
            recommender = load_package(folder)
            files = {each: (folder / each).read_text(encoding="utf-8") for each in _FILES if (folder / each).exists()}
            more = read_items(path, recommender.catalogue.item_ids, item_encoder(recommender), id_column, reporter)
            extended = with_more_items(recommender, more)
        version = _register(registry, champion, extended, more, files)
    described = int((more.features.indptr[1:] > more.features.indptr[:-1]).sum())
    return AddedItems(name, version.version, champion.version, len(more.ids), described)


def _register(
    registry: Registry, champion: Version, recommender: Recommender, more: MoreItems, files: dict[str, str]
) -> Version:
    from recsys.serving.mlflow_model import PACKAGE, save_model
    from recsys.serving.package import check_package

    reason = sentence(len(more.ids), champion.version)
    card = _card(files.get(_CARD, f"# {champion.model}\n"), reason, more)
    tags = {**champion.tags, "recsys.extends": str(champion.version), "recsys.added_items": str(len(more.ids))}
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "model"
        save_model(recommender, folder, {**files, _CARD: card})
        check_package(folder / PACKAGE, recommender)
        version = registry.register(champion.model, folder, tags, card)
    registry.register_champion(version, reason, {"added_items": float(len(more.ids))}, "extended")
    return version


def _card(card: str, reason: str, more: MoreItems) -> str:
    """Return a card that says first, below its title, which items were added."""
    title, _, rest = card.partition("\n")
    listed = ", ".join(shown(each) for each in more.ids[:_SHOWN].tolist())
    others = f", and {len(more.ids) - _SHOWN:,} more" if len(more.ids) > _SHOWN else ""
    note = (
        f"This version {reason}, which it knows by their features alone: {listed}{others}. Nothing was trained. All "
        "figures below are those of the model without them."
    )
    return f"{title}\n\n{note}\n{rest}"
