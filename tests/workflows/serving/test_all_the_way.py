"""Tests from a user's file to a recommendation, with `init` and without settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from recsys.workflows.promotion.champions import history
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend
from recsys.workflows.setup.init import init

DRAW = Random(0)  # noqa: S311 - ratings, no secrets
PAIRS = DRAW.sample([(user, item) for user in range(30) for item in range(20)], 400)
FRAME = pd.DataFrame(
    [(user, item, DRAW.randint(1, 10), 1_400_000_000 + 977 * row) for row, (user, item) in enumerate(PAIRS)],
    columns=["user", "item", "rating", "time"],
)


def books(folder: Path) -> Path:
    """Semicolons, quotes, Latin-1, ids with leading zeros, and a comma before the fraction."""
    ids = FRAME["user"].map("José {}".format), FRAME["item"].map("{:010d}".format)
    frame = pd.DataFrame({"User-ID": ids[0], "ISBN": ids[1], "Book-Rating": FRAME["rating"] / 2})
    frame.to_csv(folder / "books.CSV", sep=";", index=False, quoting=2, decimal=",", encoding="latin-1")
    return folder / "books.CSV"


def thumbs(folder: Path) -> Path:
    """True and false, in JSON lines."""
    frame = FRAME[["user", "item"]].assign(liked=FRAME["rating"] > 5)
    frame.to_json(folder / "thumbs.jsonl", orient="records", lines=True)
    return folder / "thumbs.jsonl"


def plays(folder: Path) -> Path:
    """Events in parts, with users who are not known."""
    (folder / "plays").mkdir()
    frame = FRAME.rename(columns={"rating": "plays"}).astype({"user": "Int64"})
    frame.loc[::50, "user"] = None
    for number, part in enumerate((frame[:100], frame[100:])):
        part.to_parquet(folder / "plays" / f"part-{number}.parquet")
    return folder / "plays"


def alone(folder: Path) -> Path:
    """One user."""
    random = Random(0)  # noqa: S311 - ratings, no secrets
    frame = pd.DataFrame({"user": 7, "item": range(200), "rating": [random.randint(1, 5) for _ in range(200)]})
    frame.to_csv(folder / "alone.csv", index=False)
    return folder / "alone.csv"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "user", "metric", "left"),
    [(books, "José 7", "rmse", 2), (thumbs, "7", "ndcg", 2), (plays, "7", "ndcg", 2), (alone, "7", "rmse", 0)],
)
def test_from_a_file_to_a_recommendation(
    write: Callable[[Path], Path], user: str, metric: str, left: int, tmp_path: Path, store_uri: str
) -> None:
    started = init(write(tmp_path), output=tmp_path / "mine.toml")
    changes: dict[str, Any] = {"training.epochs": 2, "study.trials": 1, "objective.metric": metric}
    done = sweep(started.path, tracking_uri=store_uri, overrides=changes)
    assert done.trials["complete"] == 1
    result = promote(done.sweep, tracking_uri=store_uri, accept_baseline_loss="a test of reading")
    assert result.promoted
    assert result.test[metric] > 0
    top = recommend(user, n=2, tracking_uri=store_uri)
    assert (top.fallback, len(top.items)) == (False, left)
    assert [event.action for event in history(tracking_uri=store_uri)] == ["promoted"]
