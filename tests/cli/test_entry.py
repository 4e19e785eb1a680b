"""Tests of the command line, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, SMOKE, recsys

from recsys import DISTRIBUTION
from recsys.cli.entry import GROUPS


class TestWrongInput:
    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["swep"], "No such command 'swep'"),
            (["sweep"], "(see recsys sweep --help)"),
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

    def test_the_commands_alone_import_neither_arrays_nor_validation(self) -> None:
        heavy = "('numpy', 'pandas', 'pydantic', 'tensorflow', 'mlflow', 'optuna')"
        code = f"import sys, recsys.cli; print([m for m in {heavy} if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "[]", done.stderr

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


class TestHelp:
    def test_every_group_has_its_panel_in_the_order_of_the_table(self, tmp_path: Path) -> None:
        text = recsys("--help", cwd=tmp_path).stdout
        panels = [text.index(f"─ {import_module(f'recsys.cli.{name}').app.rich_help_panel} ─") for name in GROUPS]
        assert panels == sorted(panels)

    def test_no_module_of_commands_is_left_out(self) -> None:
        modules = {file.stem for file in (ROOT / "recsys/cli").glob("*.py") if "\napp = Group(" in file.read_text()}
        assert set(GROUPS) == modules

    def test_sections_of_a_file_are_shown_as_they_are_written(self, tmp_path: Path) -> None:
        assert "Allow [model] factory to name" in recsys("sweep", "--help", cwd=tmp_path).stdout


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert recsys("--version", cwd=tmp_path).stdout == f"recsys {version(DISTRIBUTION)}\n"


class TestWhoIsAsked:
    @pytest.mark.parametrize("words", [[], ["7", "--all"], ["--all", "--history", "1"], ["--output", "x.csv"]])
    def test_it_is_a_user_a_history_or_everybody(self, words: list[str], tmp_path: Path) -> None:
        done = recsys("recommend", *words, cwd=tmp_path)
        assert "give a user, a --history or --user-features; or --all with --output FILE" in done.stderr

    def test_values_are_numbers(self, tmp_path: Path) -> None:
        done = recsys("recommend", "--history", "1,2", "--values", "5,much", cwd=tmp_path)
        assert "--values 5,much: expected numbers with commas between them" in done.stderr

    @pytest.mark.parametrize("given", ["young", "[1]", '"F"'])
    def test_features_are_a_json_object(self, given: str, tmp_path: Path) -> None:
        done = recsys("recommend", "--user-features", given, cwd=tmp_path)
        assert done.returncode == 2
        assert f"--user-features {given}: expected a JSON object, such as '{{\"age\": 30}}'" in done.stderr

    def test_a_share_is_from_0_to_1(self, tmp_path: Path) -> None:
        done = recsys("recommend", "7", "--new-share", "1.2", cwd=tmp_path)
        assert done.returncode == 2
        assert "Invalid value for '--new-share': Input should be less than or equal to 1" in done.stderr


class TestNegativeIds:
    def test_a_negative_number_is_a_user(self, tmp_path: Path) -> None:
        done = recsys("recommend", "-7", "-n", "3", cwd=tmp_path)
        assert "there is no champion yet" in done.stderr

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["-7", "--modle", "x"], "unexpected extra argument(s) (--modle x)"),
            (["--modle", "x"], "No such option: --modle"),
            (["-x"], "No such option: -x"),
            (["-7", "-n", "-3"], "'-n': Input should be greater than or equal to 1"),
        ],
    )
    def test_a_wrong_option_is_still_refused(self, words: list[str], message: str, tmp_path: Path) -> None:
        done = recsys("recommend", *words, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr


def test_a_storage_with_a_password_need_not_stand_in_the_command_line(tmp_path: Path) -> None:
    done = recsys("export", "nothing", cwd=tmp_path, OPTUNA_STORAGE="postgresql://me:s3cret@127.0.0.1:1/none")
    assert "there is no store at" in done.stderr
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
    somebody = ask("recommend", "--history", "1,2,3", "--values", "5,4,1", "-n", "3")
    assert (somebody["user"], somebody["fallback"], len(somebody["items"])) == (None, False, 3)
    trained = ask("train", SMOKE, "--open-test", "--set", "point.embedding_size=2", "--set", "point.dropout=0.0")
    assert trained["parameters"] == (201 + 101) * 3
    assert {"rmse", "mae", "rounded_mae"} <= trained["test"].keys()
    assert recsys("delete", "smoke", "--yes", cwd=tmp_path).returncode == 0
    assert [s["name"] for s in ask("list")] == ["smoke-2"] or [s["kind"] for s in ask("list")] == ["train"]
    assert ask("recommend", "7", "-n", "3")["items"] == top["items"]
