"""Open the store, the registry and the access log: only this file names the classes that have MLflow behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.reporter import Reporter, quiet
from recsys.tracking.mlflow.beginning import store_begun

if TYPE_CHECKING:
    from recsys.registry.protocols import AccessLog, Registry
    from recsys.tracking.store import Store

__all__ = ["open_access_log", "open_registry", "open_store", "store_begun"]


def open_store(uri: str | None = None, *, create: bool = False, reporter: Reporter = quiet) -> Store:
    """The store of sweeps and trials.

    Args:
        uri: Its address; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        create: Whether to make the store where there is none.
        reporter: Gets a line where the store was moved.

    Raises:
        InputError: The address is of no known kind.
        NotFoundError: There is no store, and none is to be made.
        StoreError: The store does not answer.
    """
    from recsys.tracking.mlflow.store import MlflowStore

    return MlflowStore(uri, create=create, reporter=reporter)


def open_registry(uri: str, *, create: bool = False) -> Registry:
    """The registry of champions.

    Args:
        uri: The address of its store; see `recsys.store.address.registry_uri`.
        create: Whether to make the store where there is none.

    Raises:
        NotFoundError: There is no store, and none is to be made.
    """
    from recsys.registry.mlflow_registry import MlflowRegistry

    return MlflowRegistry(uri, create=create)


def open_access_log(uri: str) -> AccessLog:
    """The record of accesses to test parts.

    Args:
        uri: The address of the store of sweeps.

    Raises:
        NotFoundError: There is no store.
    """
    from recsys.registry.mlflow_access_log import MlflowAccessLog

    return MlflowAccessLog(uri)
