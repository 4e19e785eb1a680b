"""Tests that sweeps, promotions, recommendations and servers accept ids of every type like plain ids."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from servers import mlflows, ours
from written import FORMS

from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.serving.package import load_package
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend

EXPERIMENT = """
[data]
source = "ratings.parquet"

[model]
kind = "mf"

[space]
l2 = { type = "float", low = 1e-2, high = 5e-2 }

[point]
embedding_size = 2
solver = "als"

[study]
trials = 1

[training]
epochs = 2
"""
TYPES: dict[str, tuple[Any, Any]] = {
    "whole numbers": (lambda n: n, lambda n: n),
    "negative numbers": (lambda n: -n, lambda n: -n),
    "floats": (float, lambda n: n),
    "decimals": (Decimal, lambda n: n),
    "decimals with fractions": (lambda n: Decimal(n) + Decimal("0.5"), lambda n: f"{n}.5"),
    "unsigned numbers above 63 bits": (lambda n: 2**63 + n, lambda n: str(2**63 + n)),
    "text with leading zeros": (lambda n: f"{n:04d}", lambda n: f"{n:04d}"),
    "bytes of UTF-8": (lambda n: f"José {n}".encode(), lambda n: f"José {n}"),
    "categories": (lambda n: f"user, {n}", lambda n: f"user, {n}"),
}
"""From a number to the id in the file, and to the id that it is."""


def project(folder: Path, kind: str) -> Path:
    random = np.random.default_rng(0)
    pairs = random.permutation(60 * 40)[:1500]
    users, items = pairs // 40, pairs % 40
    given = pd.Series([TYPES[kind][0](int(user)) for user in users])
    if kind == "categories":
        given = given.astype("category")
    if kind.startswith("unsigned"):
        given = given.astype(np.uint64)
    frame = pd.DataFrame({"user": given, "item": items, "rating": random.integers(1, 6, len(pairs))})
    frame.to_parquet(folder / "ratings.parquet")
    (folder / "ids.toml").write_text(EXPERIMENT, encoding="utf-8")
    return folder / "ids.toml"


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
def test_it_goes_all_the_way(kind: str, tmp_path: Path, store_uri: str) -> None:
    done = sweep(project(tmp_path, kind), tracking_uri=store_uri)
    promoted = promote(done.sweep, tracking_uri=store_uri, accept_baseline_loss="a test of ids")
    assert promoted.version == 1
    user = TYPES[kind][1](7)
    top = recommend(user, n=3, tracking_uri=store_uri)
    assert (top.user, top.fallback) == (user, False)
    assert recommend(str(user), n=3, tracking_uri=store_uri) == top
    with MlflowRegistry(store_uri).champion_files(promoted.model) as folder:
        recommender = load_package(folder)
    rows = [{"user": user, "item": 3}, {"user": TYPES[kind][1](8), "item": 4}]
    for server in (ours, mlflows):
        for form, write in FORMS.items():
            status, document = server(recommender)(*write(rows))
            if status == 400 and server is mlflows and form == "text/csv":
                assert "write them in quotes" in document["message"]
                continue
            assert status == 200, (form, document)
            assert [row["user"] for row in document["predictions"]] == [row["user"] for row in rows]
            assert not any(row["fallback"] for row in document["predictions"])
