"""Small ratings that the tests share."""

from __future__ import annotations

import os

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
