"""The history of a registered model, and rollback to the previous champion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.errors import NotFoundError
from recsys.reporter import Reporter, quiet
from recsys.store.address import registry_uri, store_uri
from recsys.workflows.search.stores import open_registry, open_store

if TYPE_CHECKING:
    from recsys.registry.history import Event, Version
    from recsys.registry.protocols import Registry


def history(*, model: str | None = None, tracking_uri: str | None = None, reporter: Reporter = quiet) -> list[Event]:
    """List the promotions, refusals and rollbacks of a model with their reasons, the oldest first.

    Args:
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. `MLFLOW_REGISTRY_URI` takes precedence.
        reporter: Receives a message if the store was moved.

    Raises:
        NotFoundError: The model never had a champion.
    """
    registry = registry_of(tracking_uri, reporter)
    return registry.history(registry.chosen(model, past=True))


def rollback(
    reason: str, *, model: str | None = None, tracking_uri: str | None = None, reporter: Reporter = quiet
) -> Version:
    """Make the previous champion the champion again, and return its version.

    Args:
        reason: The reason, for the history.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. `MLFLOW_REGISTRY_URI` takes precedence.
        reporter: Receives a message if the store was moved.

    Raises:
        NotFoundError: There is no champion.
        InputError: There is no previous champion.
    """
    registry = registry_of(tracking_uri, reporter)
    return registry.rollback(registry.chosen(model, past=True), reason)


def registry_of(tracking_uri: str | None, reporter: Reporter = quiet) -> Registry:
    """Open the registry in use: the one of `MLFLOW_REGISTRY_URI`, or the one of the store of the sweeps.

    Args:
        tracking_uri: The store of the sweeps; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Receives a message if the store was moved.

    Raises:
        NotFoundError: There is no such store.
    """
    try:
        store = open_store(registry_uri(store_uri(tracking_uri)), reporter=reporter)
    except NotFoundError as error:
        raise NotFoundError(f"there is no champion yet: {error}") from None
    return open_registry(store.uri)
