"""The champion behind MLflow's own scoring server, in this process and for this machine alone."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import mlflow
import pandas as pd
import uvicorn
from mlflow.pyfunc import scoring_server
from starlette.middleware.trustedhost import TrustedHostMiddleware

from recsys.errors import InputError
from recsys.serving.mlflow_model import signature_of
from recsys.serving.pyfunc import RecommenderModel
from recsys.serving.recommender import Recommender

if TYPE_CHECKING:
    from fastapi import FastAPI


class _Installed:
    """The registered model's answers, given by the code that is installed: what is stored with it is not run."""

    def __init__(self, recommender: Recommender) -> None:
        self._model = RecommenderModel()
        self._model.recommender = recommender

    def predict(self, model_input: pd.DataFrame, params: Any = None) -> Any:
        return self._model.predict(None, model_input, params)


def scoring_app(recommender: Recommender) -> FastAPI:
    """MLflow's scoring server on a recommender; it answers requests made to this machine's own names only."""
    loader = {"python_function": {"loader_module": __name__}}
    described = mlflow.models.Model(signature=signature_of(recommender), flavors=loader)
    app: FastAPI = scoring_server.init(mlflow.pyfunc.PyFuncModel(described, _Installed(recommender)))
    # a page of another site could be made to resolve to this machine
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return app


def run_server(recommender: Recommender, port: int) -> None:
    """Serve a recommender on loopback until interrupted.

    Raises:
        InputError: The port cannot be had.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise InputError(f"--port {port}: {error.strerror}") from None
        config = uvicorn.Config(scoring_app(recommender), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])
