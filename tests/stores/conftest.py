"""Fixtures with a local MLflow server that the test starts and ends."""

from __future__ import annotations

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
