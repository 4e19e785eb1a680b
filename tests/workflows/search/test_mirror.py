"""Tests of a mirror, the second tracker that `[tracking] mirror` names and that also gets every trial."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from
from recsys.tracking.mirror import METHODS
from recsys.tracking.settings import TrackingSettings
from recsys.workflows.search.resume import resume
from recsys.workflows.search.stores import open_store
from recsys.workflows.search.sweep import sweep
from recsys.workflows.search.train import train

ROOT = Path(__file__).parent.parent.parent.parent
FOLDER = ROOT / "docs" / "own_factory"
LINES = "json_lines:JsonLines"
DOCUMENT: Mapping[str, Any] = {
    "data": {"source": "synthetic", "synthetic": {"users": 30, "items": 20, "ratings": 400}},
    "model": {"kind": "mf"},
    "space": {"learning_rate": {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"}},
    "point": {"batch_size": 64},
    "study": {"sampler": "random", "trials": 3, "batch": 1},
    "training": {"epochs": 2},
}
BROKEN = """
from json_lines import JsonLines

class Absent:
    pass

MADE = JsonLines(None, None, "trials.jsonl")

class Unmade(JsonLines):
    def __init__(self, header, catalogue):
        raise RuntimeError("no network")

class FailsOnce(JsonLines):
    def finish(self, result):
        mark = self.path.with_name("failed")
        if result.trial.number == 1 and not mark.exists():
            mark.touch()
            raise OSError("disk full")
        super().finish(result)

    def close(self, importances, *, finished, extras=None):
        self.path.with_name("closed").write_text(f"{finished}")
"""


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the mirror writes, with its modules importable."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "broken", raising=False)
    return tmp_path / "trials.jsonl"


def mirrored(lines: Path, mirror: str = LINES, **study: Any) -> Experiment:
    tracking = {"mirror": mirror, "mirror_arguments": {"path": str(lines)}}
    document = {**DOCUMENT, "study": {**DOCUMENT["study"], **study}, "tracking": tracking}
    return experiment_from(document, source="document", folder=lines.parent, name="mirrored")


def written(lines: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]


def recorded(uri: str, name: str) -> list[dict[str, Any]]:
    """What the store has of a sweep, as the mirror writes it."""
    store = open_store(uri)
    metric = store.header(name).metric
    return [
        {
            "sweep": name,
            "trial": record.number,
            "seed": record.seed,
            "state": str(record.finished.state) if record.finished else None,
            "point": dict(record.point),
            "values": dict(record.values),
            "curve": store.history(record.run_id)[metric],
        }
        for record in store.open_sweep(name).records()
    ]


@pytest.mark.slow
def test_a_mirror_is_selected_on_the_command_line_and_has_every_trial_as_the_store_has_it(
    store_uri: str, tmp_path: Path
) -> None:
    experiment, lines = tmp_path / "tiny.toml", tmp_path / "trials.jsonl"
    experiment.write_text(mirrored(lines).replaced({"tracking": {}}).to_toml(), encoding="utf-8")
    mirror = ("--set", f"tracking.mirror={LINES}", "--set", f'tracking.mirror_arguments={{path = "{lines}"}}')

    def recsys(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": f"{FOLDER}:{ROOT}"}
        command = [sys.executable, "-m", "recsys.cli", *words, "--tracking-uri", store_uri]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    refused = recsys("sweep", str(experiment), *mirror)
    assert refused.returncode == 2
    assert f"tracking.mirror = '{LINES}' runs code of its own; allow it with --allow-custom-tracker" in refused.stderr
    swept = recsys("sweep", str(experiment), *mirror, "--allow-custom-tracker")
    assert swept.returncode == 0, swept.stderr
    assert f"running code of the experiment's own: {LINES}" in swept.stderr
    assert len(written(lines)) == 3
    assert written(lines) == recorded(store_uri, "tiny")
    resumed = recsys("resume", "tiny", "--trials", "4", "--allow-custom-tracker")
    assert resumed.returncode == 0, resumed.stderr
    assert len(written(lines)) == 4
    assert written(lines) == recorded(store_uri, "tiny")


def test_a_single_training_is_mirrored_too(store_uri: str, lines: Path) -> None:
    with pytest.raises(InputError, match="--allow-custom-tracker"):
        train(mirrored(lines), tracking_uri=store_uri)
    train(mirrored(lines), tracking_uri=store_uri, name="one", allow_custom_tracker=True)
    assert written(lines) == recorded(store_uri, "one")


@pytest.mark.parametrize(
    ("mirror", "why"),
    [
        ("nowhere:Tracker", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("json_lines:Nothing", "cannot be imported: AttributeError"),
        ("broken:Absent", f"expected a class with the methods of .*Tracker; it has no {', '.join(METHODS)}"),
        ("broken:MADE", "expected a class with the methods of .*Tracker$"),
        ("broken:Unmade", "cannot be made: TypeError"),
    ],
)
def test_what_cannot_be_a_mirror_is_refused_before_there_is_a_sweep(
    mirror: str, why: str, store_uri: str, lines: Path
) -> None:
    with pytest.raises(InputError, match=f"tracking.mirror = '{mirror}'.*{why}"):
        sweep(mirrored(lines, mirror), tracking_uri=store_uri, allow_custom_tracker=True)
    assert open_store(store_uri).names() == set()


def test_arguments_of_no_mirror_are_refused() -> None:
    with pytest.raises(InputError, match="mirror_arguments does nothing here"):
        experiment_from(
            {**DOCUMENT, "tracking": {"mirror_arguments": {"path": "x"}}}, source="d", folder=Path(), name="d"
        )


@pytest.mark.slow
def test_a_mirror_that_fails_is_reported_once_ends_alone_and_catches_up_when_the_sweep_is_resumed(
    store_uri: str, lines: Path
) -> None:
    said: list[str] = []
    result = sweep(
        mirrored(lines, "broken:FailsOnce"),
        tracking_uri=store_uri,
        name="first",
        allow_custom_tracker=True,
        reporter=said.append,
    )
    assert result.trials["complete"] == 3
    (reported,) = [line for line in said if "failed" in line]
    assert reported == (
        "tracking.mirror = 'broken:FailsOnce' failed: OSError: disk full; the sweep goes on without it, and "
        "recsys resume first gives it the trials that it lacks"
    )
    assert [line["trial"] for line in written(lines)] == [0]
    assert lines.with_name("closed").read_text(encoding="utf-8") == "False"
    with pytest.raises(InputError, match="--allow-custom-tracker"):
        resume("first", tracking_uri=store_uri)
    resume("first", tracking_uri=store_uri, allow_custom_tracker=True)
    assert written(lines) == recorded(store_uri, "first")
    assert lines.with_name("closed").read_text(encoding="utf-8") == "True"


def test_a_mirror_is_named_as_a_class_of_a_module() -> None:
    with pytest.raises(ValueError, match="pattern"):
        TrackingSettings(mirror="json_lines.JsonLines")
