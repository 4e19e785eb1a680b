"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from rich.console import Console

from recsys.cli import _json, _sweeping
from recsys.cli_views import SweepView
from recsys.evaluation.metric import METRICS
from recsys.training.trial import State
from recsys.workflows.progress import Progress

ROOT = Path(__file__).parent.parent
SMOKE = str(ROOT / "experiments" / "smoke.toml")


def recsys(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        _command(*words), cwd=cwd, env=_environment(environment), capture_output=True, text=True, check=False
    )


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "recsys.cli", *words]


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return {**kept, "COLUMNS": "200", "PYTHONPATH": str(ROOT), **more}


class TestWrongInput:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["swep"], "No such command 'swep'"),
            (["sweep"], "Missing argument"),
            (["sweep", "nothing.toml"], "nothing.toml: no such file"),
            (["sweep", SMOKE, "--set", "study.trails=3"], "study.trails: unknown key; did you mean trials?"),
            (["sweep", SMOKE, "--set", "study.trials=0"], "study.trials: Input should be greater than or equal to 1"),
            (["sweep", SMOKE, "--set", "split.seed"], "expected section.key=value"),
            (["sweep", SMOKE, "--set", "study.sampler=bayesian"], "optuna has tpe, random, grid"),
            (["sweep", SMOKE, "--set", "objective.metric=accuracy"], "rmse"),
            (["sweep", SMOKE, "--set", "space.l3={type='int', low=1, high=2}"], "space.l3: mf has no such parameter"),
            (["sweep", SMOKE, "--set", "space.l2={type='int', low=3, high=2}"], "low 3 is above high 2"),
            (["sweep", SMOKE, "--set", "point.loss=x"], "point.loss: expected one of mean_squared_error"),
            (["sweep", SMOKE, "--set", "space.dropout.high=1.0"], "space.dropout: expected a number from 0 up to"),
            (["data", "describe", "nothing"], "data.source = 'nothing'"),
            (["data", "fetch", "ml-1b"], "ml-1b"),
        ],
    )
    def test_it_is_one_clear_line_and_exit_code_2(self, words: list[str], message: str, tmp_path: Path) -> None:
        done = recsys(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""
        assert not list(tmp_path.iterdir())

    def test_help_and_input_errors_import_nothing_heavy(self, tmp_path: Path) -> None:
        code = (
            "import sys, recsys.cli\n"
            "from recsys.experiment import load_experiment\n"
            f"load_experiment({SMOKE!r})\n"
            "print([m for m in ('tensorflow', 'keras', 'mlflow', 'optuna', 'keras_tuner') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "[]", done.stderr

    @pytest.mark.parametrize(("kind", "key"), [("experiment", "properties"), ("space", "additionalProperties")])
    def test_one_schema_alone_is_a_document_that_an_editor_can_point_at(
        self, kind: str, key: str, tmp_path: Path
    ) -> None:
        assert key in json.loads(recsys("schema", kind, cwd=tmp_path).stdout)

    def test_the_schema_names_every_section(self, tmp_path: Path) -> None:
        schema = json.loads(recsys("schema", cwd=tmp_path).stdout)
        assert {"data", "split", "model", "space", "study", "training"} <= schema["experiment"]["properties"].keys()


def test_a_storage_with_a_password_need_not_stand_in_the_command_line(tmp_path: Path) -> None:
    done = recsys("export", "nothing", cwd=tmp_path, OPTUNA_STORAGE="postgresql://me:s3cret@127.0.0.1:1/none")
    assert "'nothing': not in the store" in done.stderr
    assert "Missing option '--optuna'" in recsys("export", "nothing", cwd=tmp_path).stderr


@pytest.mark.slow
def test_the_tour_from_sweep_to_recommendation(tmp_path: Path) -> None:
    """One store, every command that reports, each with one JSON document on standard output."""

    def ask(*words: str) -> Any:
        done = recsys(*words, "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    swept = ask("sweep", SMOKE, "--trials", "4")
    assert {"sweep", "run_id", "trials", "best", "seconds"} <= swept.keys()
    assert swept["trials"] == {"complete": 4, "pruned": 0, "failed": 0}
    assert {"trial", "run_id", "value", "params"} <= swept["best"].keys()
    assert (tmp_path / "mlruns" / "mlflow.db").exists()
    assert [s["name"] for s in ask("list")] == ["smoke"]
    assert ask("show", "smoke")["kind"] == "sweep"
    assert "[point]" in ask("show", swept["best"]["run_id"])["toml"]
    board = ask("compare", "smoke")
    assert board["rows"][0]["run_id"] == swept["best"]["run_id"]
    promoted = ask("promote", "smoke")
    assert (promoted["model"], promoted["version"], promoted["promoted"]) == ("synthetic", 1, True)
    assert {"rmse", "mae", "rounded_mae"} <= promoted["test"].keys()
    assert ask("compare", "smoke")["openings"] == 1
    top = ask("recommend", "7", "-n", "3")
    assert top["user"] == 7
    assert [set(item) for item in top["items"]] == [{"item", "title", "rating"}] * 3
    trained = ask("train", SMOKE, "--open-test", "--set", "point.embedding_size=2", "--set", "point.dropout=0.0")
    assert trained["parameters"] == (201 + 101) * 3
    assert {"rmse", "mae", "rounded_mae"} <= trained["test"].keys()
    assert recsys("delete", "smoke", "--yes", cwd=tmp_path).returncode == 0
    assert [s["name"] for s in ask("list")] == ["smoke-2"] or [s["kind"] for s in ask("list")] == ["train"]
    assert ask("recommend", "7", "-n", "3")["items"] == top["items"]


def test_numbers_that_are_none_are_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    _json({"a": float("nan"), "b": (1.5, np.float32(np.inf)), "c": {"d": np.int64(2)}, "e": Path("f")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1.5, None], "c": {"d": 2}, "e": "f"}


def test_the_time_that_remains_is_of_the_sweep_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    view, now = SweepView(Console(quiet=True), quiet=True), iter([0.0, 100.0, 110.0])
    monkeypatch.setattr("recsys.cli_views.time.monotonic", lambda: next(now))
    metric = METRICS["rmse"]
    view.watch(Progress("fold1", metric, 4))
    second = Progress("fold2", metric, 4, states={0: State.COMPLETE})
    view.watch(second)
    assert view._times(second) == "10 s elapsed, 30 s remaining"


@pytest.mark.parametrize("again", ["recsys resume {}", "the same command, which resumes {}"])
def test_an_interruption_says_how_to_go_on(again: str, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with _sweeping(quiet=True, again=again) as view:
            view.watch(Progress("mf", METRICS["rmse"], 4))
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        interrupted()
    assert ended.value.code == 130
    assert again.format("mf") in capsys.readouterr().err


def _begin(tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    """A sweep that has finished a batch and is in the middle of the next."""
    words = ["sweep", SMOKE, "--trials", "24", "--set", "study.batch=4", "--set", "training.epochs=20", *more]
    process = subprocess.Popen(
        _command(*words), cwd=tmp_path, env=_environment({}), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if int(line.split(": ")[1].split()[0]) >= 8:
            time.sleep(0.05)
            return process
    raise AssertionError("the sweep never got to its eighth trial")


def _record(tmp_path: Path) -> Any:
    from recsys.tracking.mlflow_store import MlflowStore

    return MlflowStore(f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}").open_sweep("smoke").records()


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_is_resumed_to_its_total(tmp_path: Path, signum: int) -> None:
    process = _begin(tmp_path)
    process.send_signal(signum)
    _, message = process.communicate(timeout=60)
    if signum != signal.SIGKILL:
        assert process.returncode == 130
        assert "recsys resume smoke" in message
    done = recsys("resume", "smoke", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["trials"] == {"complete": 24, "pruned": 0, "failed": 0}
    records = _record(tmp_path)
    assert [r.number for r in records] == list(range(24))
    assert all(r.told is not None for r in records)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["here", "workers"])
def test_ten_seconds_after_sigterm_a_sweep_has_stopped(tmp_path: Path, workers: list[str]) -> None:
    endless = ["--set", "training.epochs=100000", "--set", "training.patience=0"]
    command = _command("sweep", SMOKE, *endless, *workers)
    process = subprocess.Popen(
        command, cwd=tmp_path, env=_environment({}), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("smoke: 0 of 8 trials")  # from then on the store is there to be asked
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlruns' / 'mlflow.db'}")
    while len(client.search_runs(["1"])) < 1 + 8:
        assert process.poll() is None
        time.sleep(1)
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)  # as a service manager does it
    _, message = process.communicate(timeout=60)
    assert time.monotonic() - started < 30
    assert process.returncode == 130
    assert "recsys resume smoke" in message
    statuses = [run.info.status for run in client.search_runs(["1"])]
    assert set(statuses) == {"KILLED"}


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["random", "bayesian", "hyperband", "grid"])
def test_every_oracle_of_keras_tuner_is_resumed_after_a_kill(tmp_path: Path, sampler: str) -> None:
    process = _begin(tmp_path, "--set", "study.engine=keras_tuner", "--set", f"study.sampler={sampler}")
    process.kill()
    process.communicate(timeout=60)
    done = recsys("resume", "smoke", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["trials"] == {"complete": 24, "pruned": 0, "failed": 0}
    records = _record(tmp_path)
    assert [r.number for r in records] == list(range(24))
    assert all(r.told is not None for r in records)


@pytest.mark.slow
def test_a_sweep_that_runs_cannot_be_resumed_beside_itself(tmp_path: Path) -> None:
    process = _begin(tmp_path, "--set", "training.epochs=2000", "--set", "training.patience=0")
    try:
        done = recsys("resume", "smoke", cwd=tmp_path)
        assert done.returncode == 2
        assert "running in another process" in done.stderr
    finally:
        process.kill()
        process.wait(timeout=30)
