"""Champions: who bears the alias, who bore it, and giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.frameworks import load_frameworks

if TYPE_CHECKING:
    from recsys.registry.history import Event, Version
    from recsys.registry.mlflow_registry import MlflowRegistry


def history(*, model: str | None = None, tracking_uri: str | None = None) -> list[Event]:
    """Who was champion when and why, the oldest first; refusals too.

    Args:
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There never was a champion.
    """
    registry = registry_of(tracking_uri)
    return registry.history(registry.chosen(model, past=True))


def rollback(reason: str, *, model: str | None = None, tracking_uri: str | None = None) -> Version:
    """Return the alias to the champion before; gives that version.

    Args:
        reason: Why, for the history.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no champion.
        InputError: There was none before.
    """
    registry = registry_of(tracking_uri)
    return registry.rollback(registry.chosen(model, past=True), reason)


def registry_of(tracking_uri: str | None) -> MlflowRegistry:
    """The registry of a store."""
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.tracking.mlflow.store import MlflowStore

    return MlflowRegistry(MlflowStore(tracking_uri).uri)
