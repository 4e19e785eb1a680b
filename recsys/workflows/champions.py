"""Champions: who bears the alias, who bore it, and serving the one who does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Say, quiet
from recsys.workflows.recommend import only_model

if TYPE_CHECKING:
    from recsys.registry.mlflow_registry import Event, MlflowRegistry, Version


def history(*, model: str | None = None, tracking_uri: str | None = None) -> list[Event]:
    """Who was champion when and why, the oldest first; refusals too.

    Args:
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no champion.
    """
    registry = _registry(tracking_uri)
    return registry.history(model or only_model(registry.names()))


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
    registry = _registry(tracking_uri)
    return registry.rollback(model or only_model(registry.names()), reason)


def serve(port: int, *, model: str | None = None, tracking_uri: str | None = None, say: Say = quiet) -> None:
    """Serve the champion by MLflow's own scoring server, on loopback, until interrupted.

    It is run by the installed code: the code that is stored with the model is not.

    Args:
        port: Where it listens.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        say: Hears where to ask.

    Raises:
        NotFoundError: There is no champion.
        InputError: The port cannot be had.
    """
    registry = _registry(tracking_uri)
    chosen = model or only_model(registry.names())

    from recsys.serving.package import load_package
    from recsys.serving.server import run_server

    with registry.champion_files(chosen) as folder:
        recommender = load_package(folder)
    say(f"{chosen} at http://127.0.0.1:{port}/invocations; Ctrl-C ends it")
    run_server(recommender, port)


def _registry(tracking_uri: str | None) -> MlflowRegistry:
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.tracking.mlflow_store import MlflowStore

    return MlflowRegistry(MlflowStore(tracking_uri).uri)
