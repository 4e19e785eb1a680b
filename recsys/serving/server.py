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


def scoring_app(recommender: Recommender, *, allow_unknown: bool = False) -> Starlette:
    """A scoring server on a recommender; it answers requests made to this machine's own names only.

    What is stored with the model is not run: the answers are given by the code that is installed.

    Args:
        recommender: What answers.
        allow_unknown: Leave keys of a request out that mean nothing here, in place of refusing them.
    """
    reader = Reader(recommender.catalogue, recommender.feedback)

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
        # a page of another site could be made to resolve to this machine
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def run_server(recommender: Recommender, taken: socket.socket, *, allow_unknown: bool = False) -> None:
    """Serve a recommender until interrupted.

    Args:
        recommender: What answers.
        taken: Listens on loopback (see `recsys.serving.ports.listening`).
        allow_unknown: As for `scoring_app`.
    """
    config = uvicorn.Config(scoring_app(recommender, allow_unknown=allow_unknown), log_level="warning")
    uvicorn.Server(config).run(sockets=[taken])
