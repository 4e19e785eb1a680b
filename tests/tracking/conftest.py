"""Fixtures with a fresh store for each test, and one sweep for each tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from tracking_samples import ITEMS, USERS, make_header

from recsys.data.ratings import Catalogue
from recsys.tracking.background_tracker import BackgroundTracker
from recsys.tracking.memory_tracker import MemoryTracker
from recsys.tracking.mirror import Mirror, MirroredTracker
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.settings import TrackingSettings
from recsys.tracking.tracker import Tracker


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    titles = np.array(["Alpha (1990)", "Beta\tGamma", "Delta", "Épsilon", "Zeta"])
    return Catalogue(pd.Index(range(10, 10 + USERS)), pd.Index([f"i{k}" for k in range(ITEMS)]), titles)


@pytest.fixture
def store(store_uri: str) -> MlflowStore:
    return MlflowStore(store_uri)


@dataclass
class Sweep:
    """A tracker of a new sweep, and a way to open the same sweep again as another process would."""

    tracker: Tracker
    reopen: Callable[[], Tracker]


@pytest.fixture(
    params=["memory", "mirrored", "mlflow", "background", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def sweep(request: pytest.FixtureRequest, store_uri: str, catalogue: Catalogue) -> Iterator[Sweep]:
    if request.param == "memory":
        memory = MemoryTracker(make_header())
        yield Sweep(memory, lambda: memory)
        return
    if request.param == "mirrored":
        settings = TrackingSettings(mirror="recsys.tracking.memory_tracker:MemoryTracker")
        mirror = Mirror(settings, make_header(), catalogue, pytest.fail)
        mirrored = MirroredTracker(MemoryTracker(make_header()), mirror)
        yield Sweep(mirrored, lambda: mirrored)
        return
    uri = request.getfixturevalue("postgresql") if request.param == "postgresql" else store_uri
    store = MlflowStore(uri, create=True)
    tracker: Tracker = store.create_sweep(make_header(), catalogue)
    if request.param == "background":
        tracker = BackgroundTracker(tracker, capacity=4)
    yield Sweep(tracker, lambda: MlflowStore(store.uri).open_sweep("first", catalogue))
