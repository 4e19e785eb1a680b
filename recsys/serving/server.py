"""The champion behind MLflow's scoring protocol, in this process and for this machine alone."""

from __future__ import annotations

import asyncio
import json
import socket

import mlflow
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from recsys.errors import InputError
from recsys.serving.answers import answers
from recsys.serving.protocol import json_of, rows_of_body
from recsys.serving.reading import Reader
from recsys.serving.recommender import Recommender

_JSON = "application/json"


def scoring_app(recommender: Recommender) -> Starlette:
    """A scoring server on a recommender; it answers requests made to this machine's own names only.

    What is stored with the model is not run: the answers are given by the code that is installed.
    """
    reader = Reader(recommender.catalogue, recommender.feedback)

    def answered(body: bytes, content_type: str) -> Response:
        try:
            asks = reader.asks(rows_of_body(body, content_type))
            return Response(json_of(answers(recommender, asks)), media_type=_JSON)
        except InputError as error:
            refusal = {"error_code": "INVALID_PARAMETER_VALUE", "message": str(error)}
            return Response(json.dumps(refusal), status_code=400, media_type=_JSON)

    async def invocations(request: Request) -> Response:
        content_type = request.headers.get("content-type", _JSON)
        return await asyncio.to_thread(answered, await request.body(), content_type)

    async def ping(_request: Request) -> Response:
        return Response("\n", media_type=_JSON)

    async def version(_request: Request) -> Response:
        return Response(mlflow.__version__, media_type=_JSON)

    return Starlette(
        routes=[
            Route("/invocations", invocations, methods=["POST"]),
            Route("/ping", ping),
            Route("/health", ping),
            Route("/version", version),
        ],
        # a page of another site could be made to resolve to this machine
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


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
