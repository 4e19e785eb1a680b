"""An MLflow store's errors in our words, and without credentials."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow.exceptions import MlflowException

from recsys.credentials import masked
from recsys.errors import NotFoundError, RecsysError, StoreError


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn whatever a store raises into one sentence without credentials."""
    try:
        yield
    except RecsysError:
        raise
    except MlflowException as error:
        kind = NotFoundError if error.error_code == "RESOURCE_DOES_NOT_EXIST" else StoreError
        raise kind(f"tracking store {masked(uri)}: {_first_line(error)}") from None
    except Exception as error:  # noqa: BLE001 - SQLAlchemy, drivers, requests, disks: each raises its own
        raise StoreError(f"tracking store {masked(uri)}: {type(error).__name__}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    lines = (line for line in masked(error).splitlines() if not line.startswith("(raised as a result of"))
    return next(lines, "")[:500]  # SQLAlchemy begins some of its errors with advice to the programmer
