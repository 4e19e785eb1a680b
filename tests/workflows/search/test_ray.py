"""Tests of a sweep on a Ray cluster of three local nodes, one of which is lost during the sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.execution.make import Execution
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.search.progress import Progress
from recsys.workflows.search.sweep import sweep

TRIALS = 24


@pytest.mark.slow
@pytest.mark.parametrize(("pruner", "metric"), [("none", "rmse"), ("median", "rmse"), ("none", "ndcg")])
def test_a_sweep_that_loses_a_node_ends_with_its_total(
    experiment: Path, store_uri: str, pruner: str, metric: str
) -> None:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]

    def lose_a_node(progress: Progress) -> None:
        if progress.done and nodes:
            cluster.remove_node(nodes.pop(), allow_graceful=False)

    changes = [f"study.trials={TRIALS}", f"study.pruner={pruner}", "training.epochs=40", "training.patience=0"]
    changes.append(f"objective.metric={metric}")
    try:
        result = sweep(
            experiment,
            overrides=changes,
            tracking_uri=store_uri,
            execution=Execution("ray", address=cluster.address),
            watch=lambda progress: lose_a_node(progress) if len(nodes) == 2 else None,
        )
    finally:
        cluster.shutdown()
    assert len(nodes) == 1
    assert result.trials["complete"] + result.trials["pruned"] == TRIALS
    assert result.trials["failed"] == 0
    assert (pruner == "none") == (result.trials["pruned"] == 0)
    records = MlflowStore(store_uri).open_sweep("small").records()
    assert [record.number for record in records] == list(range(TRIALS))
    assert all(record.finished for record in records)
