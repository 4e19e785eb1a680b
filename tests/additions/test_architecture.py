"""Tests that ARCHITECTURE.md matches the packages, and that an addition needs no other files than it lists."""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_additions import ADDITIONS, FILES, KINDS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = {path.parent.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "recsys").rglob("__init__.py"))}


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the text's tables."""
    return [[cell.strip() for cell in line.strip("| ").split(" |")] for line in text.splitlines() if line[:1] == "|"]


def paths(text: str) -> list[str]:
    """What stands in code quotes and is a path."""
    return [name for name in re.findall(r"`([^`\s]+)`", text) if "/" in name]


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "recsys", folder / "recsys", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def changed(folder: Path) -> set[str]:
    """The files of a copy that are new in it, or other than here."""
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    _, other, new = filecmp.cmpfiles(folder, ROOT, files, shallow=False)
    return {*other, *new}


def test_every_room_stands_on_the_page_once_with_its_own_first_sentence() -> None:
    named = {cells[0].strip("`"): cells[1] for cells in rows(PAGE) if cells[0].startswith("`recsys/")}
    sentences = {
        room: re.search(r'"""(.*?)(?:\n|""")', path.read_text(encoding="utf-8"))[1]  # type: ignore[index]
        for room, path in ROOMS.items()
        if room != "recsys"
    }
    assert {room: text for room, text in named.items() if not room.endswith(".py")} == sentences


def test_the_page_says_how_to_add_one_of_every_kind() -> None:
    kinds = [cells[0] for cells in rows(PAGE.partition("## Adding one")[2])[2:]]
    assert kinds == list(ADDITIONS)


@pytest.mark.parametrize("kind", ADDITIONS)
def test_an_addition_takes_the_files_that_the_page_lists(kind: str, tmp_path: Path) -> None:
    (listed,) = [cells[1:] for cells in rows(PAGE.partition("## Adding one")[2]) if cells[0] == kind]
    ADDITIONS[kind].make(copied(tmp_path))
    assert sorted(changed(tmp_path)) == sorted(name.replace("NAME", "added") for name in paths(" ".join(listed)))


def assert_the_tracker_is_chosen_on_the_command_line(run: Callable[..., str], folder: Path) -> None:
    """A sweep is written to it as well as to the store."""
    arguments = f'tracking.mirror_arguments={{path = "{folder}/outcomes.json"}}'
    chosen = ("--set", "tracking.mirror=recsys.tracking.added:AddedTracker", "--set", arguments)
    store = ("--tracking-uri", f"sqlite:///{folder}/mlflow.db")
    swept = run(
        *("-m", "recsys.cli", "sweep", str(FILES / "mirrored.toml"), "--json"),
        *(*chosen, "--allow-custom-tracker", *store),
    )
    result, outcomes = json.loads(swept), json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
    assert len(outcomes["values"]) == result["trials"]["complete"] == 2
    assert min(outcomes["values"]) == result["best"]["value"]
    assert outcomes["stopped"] == result["stopped"]


def test_additions_by_those_files_alone_are_known_everywhere(tmp_path: Path) -> None:
    copied(tmp_path)
    for addition in ADDITIONS.values():
        addition.make(tmp_path)

    def run(*words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-c", (FILES / "program.py").read_text(encoding="utf-8"))
    assert run("-m", "recsys.cli", "greet") == "good day\n"
    assert_the_tracker_is_chosen_on_the_command_line(run, tmp_path)
    reference = run("-m", "recsys.cli", "schema", "--page")
    assert all(f"`added_{kind}`" in reference for kind in ("model", "loss", "split", "sampler"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_model_is_a_folder_and_a_line(kind: str, tmp_path: Path) -> None:
    """It is swept over, promoted, folds people in and is served."""
    KINDS[kind].make(copied(tmp_path))
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            (FILES / "kinds_program.py").read_text(encoding="utf-8"),
            kind,
            f"sqlite:///{tmp_path}/mlflow.db",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
