"""The HTTP server of a champion, with MLflow's scoring protocol, on loopback only."""

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
from recsys.serving.reading import reader_of
from recsys.serving.recommender import Recommender

_JSON = "application/json"


def scoring_app(recommender: Recommender, *, allow_unknown: bool = False) -> Starlette:
    """Return the scoring server of a recommender.

    The server accepts requests to this machine's own host names only. It runs the installed code, and no code that is
    stored with the model.

    Args:
        recommender: The recommender that answers requests.
        allow_unknown: Ignore unknown keys of a request instead of raising.
    """
    reader = reader_of(recommender)

    def answered(body: bytes, content_type: str) -> Response:
        try:
            asks = reader.asks(rows_of_body(body, content_type, allow_unknown=allow_unknown))
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
        # prevents DNS rebinding, by which a page of another site can send requests to this machine
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def run_server(recommender: Recommender, taken: socket.socket, *, allow_unknown: bool = False) -> None:
    """Serve a recommender until the process is interrupted.

    Args:
        recommender: The recommender that answers requests.
        taken: A socket that listens on loopback, see `recsys.serving.ports.listening`.
        allow_unknown: As for `scoring_app`.
    """
    config = uvicorn.Config(scoring_app(recommender, allow_unknown=allow_unknown), log_level="warning")
    uvicorn.Server(config).run(sockets=[taken])
