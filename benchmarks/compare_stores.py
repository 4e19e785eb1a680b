"""Whether two stores hold the same results: `python -m benchmarks.compare_stores BEFORE AFTER`.

For sweeps of the same name it compares the point, the state and the values of every trial, the curves of all metrics,
and the values of the sweep. For registered models of the same name it compares the numbers of every version and the
lists that the champion gives to a few users. Everything but seconds must be equal to the last digit. It prints a line
for each sweep and model, and exits with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

import recsys
from recsys.store.client import all_pages

_TIMES = ("seconds",)
"""The metrics that depend on the machine."""
_USERS = 5
"""The number of users whose lists are compared."""
Values = Mapping[str, Any]
"""The compared values, by name."""


def sweeps_of(client: MlflowClient) -> dict[str, Values]:
    """Return the values of each sweep of a store."""
    runs = [run for experiment in client.search_experiments() for run in _runs(client, experiment.experiment_id)]
    children: dict[str, list[Run]] = {}
    for run in runs:
        children.setdefault(run.data.tags.get("mlflow.parentRunId", ""), []).append(run)
    return {
        run.data.tags["recsys.sweep"]: dict(_values_of(client, run, children.get(run.info.run_id, [])))
        for run in runs
        if "recsys.sweep" in run.data.tags
    }


def models_of(client: MlflowClient, uri: str) -> dict[str, Values]:
    """Return the numbers of each registered model's versions, and the lists of its champion."""
    return {model.name: dict(_numbers_of(client, model.name, uri)) for model in client.search_registered_models()}


def _runs(client: MlflowClient, experiment: str) -> list[Run]:
    return list(
        all_pages(lambda token: client.search_runs([experiment], "", ViewType.ACTIVE_ONLY, 500, page_token=token))
    )


def _values_of(client: MlflowClient, sweep: Run, trials: list[Run]) -> Iterator[tuple[str, Any]]:
    for name, value in sweep.data.metrics.items():
        yield f"sweep {name}", value
    for trial in trials:
        tags, place = trial.data.tags, f"trial {trial.data.tags.get('recsys.trial')}"
        yield f"{place} point", tags.get("recsys.point")
        yield f"{place} state", tags.get("recsys.state")
        for name in trial.data.metrics:
            if name not in _TIMES:
                history = client.get_metric_history(trial.info.run_id, name)
                yield f"{place} {name}", sorted((point.step, repr(point.value)) for point in history)  # nan is nan


def _numbers_of(client: MlflowClient, name: str, uri: str) -> Iterator[tuple[str, Any]]:
    for version in client.search_model_versions(f"name = '{name}'"):
        for key, value in version.tags.items():
            if key.startswith(("recsys.test", "recsys.baseline", "recsys.fingerprint")):
                yield f"version {version.version} {key}", value
    for user in range(1, _USERS + 1):
        given = recsys.recommend(user, n=10, model=name, tracking_uri=uri)
        yield f"list of {user}", [(item.item, item.value) for item in given.items]


def differences(before: Values, after: Values) -> list[str]:
    """Return the names of the values that differ."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def main() -> int:
    """Compare two stores, print the result, and return 0 if all values are equal, otherwise 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before")
    parser.add_argument("after")
    given = parser.parse_args()
    stores = [MlflowClient(uri, uri) for uri in (given.before, given.after)]
    same = True
    for what, (before, after) in {
        "sweep": [sweeps_of(client) for client in stores],
        "model": [models_of(client, uri) for client, uri in zip(stores, (given.before, given.after), strict=True)],
    }.items():
        for name in sorted({*before, *after}):
            if name not in before or name not in after:
                print(f"{what} {name}: only {'after' if name in after else 'before'}")
                continue
            found = differences(before[name], after[name])
            same = same and not found
            verdict = f"{len(found)} differ, such as {', '.join(found[:3])}" if found else "the same"
            print(f"{what} {name}: {len(before[name]):,} values, {verdict}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
