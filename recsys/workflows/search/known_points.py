"""Known points to train first, from a sweep, a trial or a file: what `--try` names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys.documents import read_toml
from recsys.errors import InputError, NotFoundError, shown
from recsys.experiment import Experiment
from recsys.spaces.kind_tables import named
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space
from recsys.workflows.search.stores import open_store

Known = str | Path | Mapping[str, Value]
"""A sweep's name or run, for its best point; a trial's run; a TOML or JSON file of points; or a point."""
_FILES = (".toml", ".json")


def with_known(experiment: Experiment, known: Sequence[Known], tracking_uri: str | None) -> Experiment:
    """The experiment with more points to train first, before those that it names itself.

    Raises:
        NotFoundError: There is no such file, sweep or run.
        InputError: A file has no points, a sweep has no complete trial, or a point does not fit the space.
    """
    if not known:
        return experiment
    points = [point for each in known for point in _points(each, tracking_uri, experiment.search_space)]
    return experiment.replaced({"study.try": [*points, *experiment.study.try_]})


def _points(known: Known, tracking_uri: str | None, space: Space) -> list[Mapping[str, Any]]:
    if isinstance(known, Mapping):
        return [known]
    path = Path(known)
    if path.suffix.lower() in _FILES:
        return _of_file(path)
    point = named(_of_run(str(known), tracking_uri), space.root)
    active = space.active(point)
    return [{name: value for name, value in point.items() if name in active or name not in space}]


def _of_file(path: Path) -> list[Mapping[str, Any]]:
    """The points of a file: one point or a list; in TOML, a list has the key `try`."""
    document = _json(path) if path.suffix.lower() == ".json" else read_toml(path)
    if isinstance(document, dict) and set(document) == {"try"}:
        document = document["try"]
    points = document if isinstance(document, list) else [document]
    if not points or not all(isinstance(point, dict) for point in points):
        raise InputError(
            f"--try {shown(path, 200)}: expected a point such as l2 = 0.03, or a list of them, try = [{{…}}]"
        )
    return points


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"--try {shown(path, 200)}: no such file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"--try {shown(path, 200)}: not valid JSON: {shown(error)}") from None


def _of_run(name: str, tracking_uri: str | None) -> Mapping[str, Value]:
    """The point of a trial, or of a sweep's best one."""
    from recsys.tracking.tracker import best_of

    store = open_store(tracking_uri)
    found = store.find(name)
    if found.kind == "trial":
        return store.recorded(found.run_id).point
    best = best_of(store.open_sweep(found.sweep).records(), store.header(found.sweep).direction)
    if not best:
        raise InputError(f"--try {name}: the sweep has no complete trial")
    return best[0].point
