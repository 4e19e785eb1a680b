"""Tests that the commands, options, files, keys and functions that README and docs name exist."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
import typer.main
from pages import PAGES, ROOT, blocks, typed

import recsys
from recsys.cli import app
from recsys.documents import validate
from recsys.experiment import Experiment, load_experiment
from recsys.losses.table import RANKING_LOSSES
from recsys.models.kinds import KINDS
from recsys.spaces.kind_tables import KIND
from recsys.spaces.space import Space
from recsys.workflows.setup.reference import reference


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    group = typer.main.get_command(app)
    for words in (step.words for block in blocks(page) for step in typed(block)):
        if words[:1] != ["recsys"]:
            continue
        command, given = group, words[1:]
        while given and given[0] in getattr(command, "commands", ()):
            command, given = command.commands[given[0]], given[1:]  # type: ignore[attr-defined]
        options = {option for parameter in command.params for option in parameter.opts}
        assert command is not group or given == ["--version"], words
        for word in given:
            assert not word.startswith("-") or word in options, (words, word)


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for name in re.findall(r"(?:experiments|search_spaces)/\w+\.toml", text):
        assert (ROOT / name).exists(), name


def test_the_reference_of_the_experiment_file_is_what_the_settings_say() -> None:
    page = (ROOT / "docs" / "experiment_file.md").read_text(encoding="utf-8")
    assert page == reference(), "recsys schema --page > docs/experiment_file.md"


def test_the_reference_of_python_has_every_function_that_the_package_gives() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    written = re.findall(r"^::: recsys\.workflows\.([\w.]+)$", page, flags=re.MULTILINE)
    assert {f"{module}.{name}" for name, module in recsys._FUNCTIONS.items()} <= set(written)


@pytest.mark.parametrize(
    ("page", "text"),
    [(name, b.text) for name, page in PAGES.items() for b in blocks(page) if b.language == "toml"],
)
def test_what_a_page_shows_of_an_experiment_file_is_valid(page: str, text: str, tmp_path: Path) -> None:
    document = tomllib.loads(text)
    if not set(document) <= set(Experiment.model_fields):
        validate(Space, document, page)
        return
    (tmp_path / "search_spaces").symlink_to(ROOT / "search_spaces")
    data = {"source": "synthetic", **document.get("data", {})}
    only_lists = [*RANKING_LOSSES, *(kind.name for kind in KINDS.values() if kind.only_ranks)]
    of_lists = data.get("feedback") == "implicit" or any(f'"{name}"' in text for name in only_lists)
    rest: dict[str, Any] = {"objective": {"metric": "ndcg" if of_lists else "rmse"}}
    if KIND not in document.get("space", {}):
        rest["model"] = {"kind": "mf"}
    if "study" in document:
        rest["space"] = "search_spaces/mf.toml"
    filled = {**rest, **document, "data": data}
    (tmp_path / "shown.toml").write_text(tomlkit.dumps(filled), encoding="utf-8")
    load_experiment(tmp_path / "shown.toml")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["optuna/tpe", "keras_tuner/random"])
def test_a_model_of_ones_own_is_swept_and_promoted_by_both_engines(engine: str, tmp_path: Path) -> None:
    name, sampler = engine.split("/")
    folder = ROOT / "docs" / "own_factory"
    store = ["--tracking-uri", f"sqlite:///{tmp_path / 'mlflow.db'}"]
    engine_words = ["--set", f"study.engine={name}", "--set", f"study.sampler={sampler}"]

    def recsys(*words: str, path: str = f"{folder}:{ROOT}") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "recsys.cli", *words, *store]
        environment = {"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    allowed = "--allow-custom-factory"
    swept = recsys("sweep", str(folder / "two_towers.toml"), "--trials", "3", allowed, *engine_words)
    assert swept.returncode == 0, swept.stderr
    promoted = recsys("promote", "two_towers", allowed)
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    served = recsys("recommend", "7", "--json", path=str(ROOT))
    assert served.returncode == 0, served.stderr
