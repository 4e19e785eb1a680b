"""All pages of what an MLflow store lists by pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mlflow.store.entities import PagedList

T = TypeVar("T")


def all_pages(page_after: Callable[[str | None], PagedList[T]]) -> list[T]:
    """Everything, whatever its number; `page_after` gives the page after a token, the first one after None."""
    found: list[T] = []
    token: str | None = None
    while True:
        page = page_after(token)
        found += page
        token = page.token
        if not token:
            return found
