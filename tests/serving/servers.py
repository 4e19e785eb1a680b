"""The two servers of a champion, called without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import mlflow
import pandas as pd
import pytest
from mlflow.pyfunc import scoring_server

from recsys.serving.mlflow_model import signature_of
from recsys.serving.pyfunc import RecommenderModel
from recsys.serving.recommender import Recommender
from recsys.serving.server import scoring_app

Ask = Callable[[bytes, str], tuple[int, Any]]
"""From a body and its content type to the status and the document of a response."""
JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


def ours(recommender: Recommender) -> Ask:
    """`recsys serve`."""
    return asked(scoring_app(recommender))


def mlflows(recommender: Recommender) -> Ask:
    """`mlflow models serve`: MLflow's own server, on what the registered model is."""

    class Loaded:
        def __init__(self) -> None:
            self.model = RecommenderModel()
            self.model.recommender = recommender

        def predict(self, model_input: pd.DataFrame, params: Any = None) -> Any:
            return self.model.predict(None, model_input, params)

    loader = {"python_function": {"loader_module": __name__}}
    described = mlflow.models.Model(signature=signature_of(recommender), flavors=loader)
    return asked(scoring_server.init(mlflow.pyfunc.PyFuncModel(described, Loaded())))


def strict(body: bytes) -> Any:
    """A document that any JSON parser reads."""
    return json.loads(body, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def asked(app: Any) -> Ask:
    """Whoever asks a server."""

    def ask(body: bytes, content_type: str) -> tuple[int, Any]:
        status, answer = asyncio.run(_respond(app, body, content_type))
        return status, strict(answer)

    return ask


async def _respond(app: Any, body: bytes, content_type: str) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", content_type.encode("latin-1", "replace"))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/invocations",
        "raw_path": b"/invocations",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
