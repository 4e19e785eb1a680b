"""What README and docs show is true: commands exist with their options, Python blocks run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from recsys.cli import app
from recsys.workflows.reference import reference

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, *languages: str) -> list[str]:
    found = re.findall(r"```(\w*)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [text for language, text in found if language in languages]


def commands(page: Path) -> list[list[str]]:
    """Every `recsys …` line of the page's shell blocks."""
    lines = [line.removeprefix("$ ") for text in blocks(page, "sh", "console") for line in text.splitlines()]
    lines = [re.sub(r"^\w+=\S+ ", "", line) for line in lines]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("recsys ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    group = typer.main.get_command(app)
    for words in commands(page):
        command = group.commands[words[0]]  # type: ignore[attr-defined]
        options = {option for parameter in command.params for option in parameter.opts}
        for word in words[1:]:
            assert not word.startswith("-") or word in options, (words, word)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for name in re.findall(r"(?:experiments|search_spaces)/\w+\.toml", text):
        assert (ROOT / name).exists(), name


def test_the_reference_of_the_experiment_file_is_what_the_settings_say() -> None:
    page = (ROOT / "docs" / "experiment_file.md").read_text(encoding="utf-8")
    assert page == reference(), "recsys schema --page > docs/experiment_file.md"


@pytest.mark.slow
@pytest.mark.parametrize(
    "code", [text for page in PAGES for text in blocks(page, "python")], ids=lambda code: code.split()[1]
)
def test_python_blocks_run_as_they_stand(code: str, tmp_path: Path) -> None:
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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
