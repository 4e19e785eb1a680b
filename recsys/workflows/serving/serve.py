"""Serve the champion."""

from __future__ import annotations

from recsys.reporter import Reporter, quiet
from recsys.workflows.promotion.champions import registry_of


def serve(
    port: int,
    *,
    allow_unknown_keys: bool = False,
    model: str | None = None,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> None:
    """Serve the champion by MLflow's scoring protocol, on the loopback address, until interrupted.

    The installed code answers; the code that is stored with the model is not run.

    Args:
        port: The port to listen on.
        allow_unknown_keys: Answer requests with unknown keys, such as those that a proxy adds, instead of refusing
            them.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. MLFLOW_REGISTRY_URI goes before.
        reporter: Receives the address.

    Raises:
        NotFoundError: There is no champion.
        InputError: The port is not available.
    """
    registry = registry_of(tracking_uri, reporter)
    chosen = registry.chosen(model)

    from recsys.serving.package import load_package
    from recsys.serving.ports import listening
    from recsys.serving.server import run_server

    with listening(port) as taken, registry.champion_files(chosen) as folder:
        recommender = load_package(folder)
        recommender.warm_up()
        reporter(f"{chosen} at http://127.0.0.1:{port}/invocations; Ctrl-C ends it")
        run_server(recommender, taken, allow_unknown=allow_unknown_keys)
