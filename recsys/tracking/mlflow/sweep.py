"""The artifacts of a sweep's run: experiment, data set, warm start, and the summary with its pictures."""

from __future__ import annotations

import json
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from recsys.store.artifacts import download, upload
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.pictures.axes import axes_of
from recsys.tracking.tracker import Header, Recorded, best_of
from recsys.tracking.warm_start import LEARNED, WarmStart, warm_start_from_json

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_LEARNED = "recsys.learned"
_MOST = 5000
"""Characters of a tag that every MLflow server takes."""


def log_description(client: MlflowClient, run: Run, header: Header) -> None:
    """Log the effective experiment, the space and the data set for people to read; may be repeated."""
    from mlflow.entities import Dataset, DatasetInput, InputTag, Param

    with upload(client, run) as folder:
        (folder / "experiment.toml").write_text(header.experiment, encoding="utf-8")
        (folder / "space.toml").write_text(tomlkit.dumps(space_of(header)), encoding="utf-8")
    profile = {"ratings": header.ratings, "users": header.users, "items": header.items}
    data = Dataset(
        name=header.data_name,
        digest=header.data_digest,
        source_type="local",
        source=json.dumps({"name": header.data_name}),
        profile=json.dumps(profile),
    )
    client.log_inputs(run.info.run_id, [DatasetInput(data, [InputTag("mlflow.data.context", "sweep")])])
    params = {"metric": header.metric, "direction": header.direction}
    client.log_batch(run.info.run_id, params=[Param(name, value) for name, value in params.items()])


def space_of(header: Header) -> dict[str, Any]:
    """The search space of the effective experiment, without the parameters that it fixes."""
    document = tomllib.loads(header.experiment)
    fixed = document.get("point", {})
    return {name: parameter for name, parameter in document.get("space", {}).items() if name not in fixed}


def log_summary(
    client: MlflowClient,
    run: Run,
    header: Header,
    records: Sequence[Recorded],
    importances: Mapping[str, float],
    extras: Mapping[str, bytes],
) -> None:
    """Write `summary.json`, the pictures of the whole sweep, and the extras."""
    from mlflow.entities import Metric, RunTag

    summary = summarise(header, records)
    with upload(client, run) as folder:
        files = {"summary.json": _json(summary), **_pictures(header, records, importances), **extras}
        for path, content in files.items():
            _write(folder, path, content)
    best = summary["best"]
    if best is not None:
        tags = {"recsys.best_trial": str(best["trial"]), "recsys.best_run_id": best["run_id"]}
        now = time.time_ns() // 1_000_000
        metrics = [Metric(f"best_{name}", value, now, 0) for name, value in best["values"].items()]
        client.log_batch(run.info.run_id, metrics, tags=[RunTag(key, value) for key, value in tags.items()])


def summarise(header: Header, records: Sequence[Recorded]) -> dict[str, Any]:
    """The counts by state, the best trial, and the front of several objectives."""
    states = Counter(record.finished.state.lower() for record in records if record.finished)
    best = best_of(records, header.direction)[:1]
    return {
        "sweep": header.name,
        "metric": header.metric,
        "trials": {state: states[state] for state in ("complete", "pruned", "failed")},
        "best": _best(best[0]) if best else None,
        **({"front": [_best(record) for record in front_of(records, goals_of(header))]} if header.further else {}),
        "seconds": sum(record.seconds for record in records),
    }


def _best(record: Recorded) -> dict[str, Any]:
    return {
        "trial": record.number,
        "run_id": record.run_id,
        "value": record.finished.value if record.finished else None,
        "epoch": record.best_epoch,
        "values": dict(record.values),
        "params": dict(record.point),
    }


def _pictures(header: Header, records: Sequence[Recorded], importances: Mapping[str, float]) -> dict[str, bytes]:
    from recsys.tracking.pictures import figures
    from recsys.tracking.pictures.png import png

    ordered = sorted(records, key=lambda record: record.number)
    history = figures.optimisation_history(ordered, header.metric, header.direction)
    files = {"pictures/history.png": png(history, "optimisation history")}
    logarithmic = {name: parameter.get("scale") == "log" for name, parameter in space_of(header).items()}
    axes = axes_of(ordered, logarithmic, header.metric)
    if len(axes) > 1:
        lines = figures.parallel_coordinates(axes)
        files["pictures/parallel_coordinates.png"] = png(lines, "parallel coordinates")
        files["pictures/parallel_coordinates.html"] = figures.page(lines)
    if header.further:
        files["pictures/front.png"] = png(figures.front(ordered, goals_of(header)), "front")
    if importances:
        files["importances.json"] = _json(dict(importances))
        files["pictures/importances.png"] = png(figures.importances(importances), "parameter importances")
    return files


def _json(document: object) -> bytes:
    return json.dumps(document, indent=2).encode()


def _write(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def log_warm_start(client: MlflowClient, run: Run, warm_start: WarmStart) -> None:
    """Log the trials of other sweeps that a sweep begins with, as a file and, in short, as a tag."""
    with upload(client, run) as folder:
        (folder / LEARNED).write_text(warm_start.to_json(), encoding="utf-8")
    client.set_tag(run.info.run_id, _LEARNED, str(warm_start)[:_MOST])


def read_warm_start(client: MlflowClient, run: Run) -> WarmStart | None:
    """Read what `log_warm_start` wrote; None if there is nothing."""
    with download(client, run, LEARNED) as folder:
        file = folder / LEARNED
        return warm_start_from_json(file.read_text(encoding="utf-8")) if file.exists() else None
