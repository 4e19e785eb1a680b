"""Tests of the shipped experiments: by name, as copies, and in the wheel without a checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from recsys.errors import InputError, NotFoundError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.shipped.examples import copy_examples, examples, experiment_file
from recsys.workflows.search.sweep import sweep

ROOT = Path(__file__).parent.parent
SHIPPED = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))


def test_every_shipped_experiment_is_listed_with_what_it_is_about() -> None:
    assert sorted(examples()) == SHIPPED
    assert all(about.endswith(".") and "#" not in about for about in examples().values())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_name_means_the_shipped_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_experiment(name) == load_experiment(ROOT / "experiments" / f"{name}.toml")


def test_a_file_of_ones_own_comes_before_a_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mf").write_text("", encoding="utf-8")
    for mine in ("mf", "mf.toml", "other/mf", str(tmp_path / "mf")):
        assert experiment_file(mine) == Path(mine)


def test_a_word_that_is_neither_is_refused_with_what_is_near() -> None:
    with pytest.raises(NotFoundError, match="did you mean mf_top_n"):
        experiment_file("mf_topn")


def drawn(name: str) -> Experiment:
    """A shipped experiment, on drawn ratings and drawn features where it reads MovieLens and its features."""
    experiment = load_experiment(name)
    document = tomllib.loads(experiment.to_toml())
    data = document["data"]
    if data["source"] == "ml-100k":
        data["source"] = "synthetic"
        if data.pop("items", None) or data.pop("users", None):
            data["synthetic"] = {"item_features": 3}
        data.pop("users", None)
    return experiment_from(document, source=name, folder=ROOT, name=name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SHIPPED if not name.startswith("reference_")])
def test_each_sweeps_in_small_as_it_stands(name: str, store_uri: str) -> None:
    """On a few drawn ratings in place of what it would fetch, two trials of two rounds."""
    small = ["study.trials=2", "study.batch=2", "training.epochs=2"]
    done = sweep(drawn(name), overrides=small, tracking_uri=store_uri)
    assert done.trials["complete"] == 2
    assert done.best is not None


class TestCopies:
    def test_load_as_the_shipped_ones_do(self, tmp_path: Path) -> None:
        paths = copy_examples(SHIPPED, tmp_path)
        assert [path.stem for path in paths] == SHIPPED
        for path in paths:
            assert load_experiment(path).to_toml() == load_experiment(path.stem).to_toml()

    def test_bring_the_spaces_that_are_named_and_no_others(self, tmp_path: Path) -> None:
        copy_examples(["mf_keras_tuner"], tmp_path)
        assert [path.name for path in (tmp_path / "search_spaces").iterdir()] == ["mf.toml"]

    def test_replace_nothing_that_differs(self, tmp_path: Path) -> None:
        (path,) = copy_examples(["mf"], tmp_path)
        copy_examples(["mf"], tmp_path)
        path.write_text("mine", encoding="utf-8")
        with pytest.raises(InputError, match="is there already"):
            copy_examples(["nnmf", "mf"], tmp_path)
        assert path.read_text(encoding="utf-8") == "mine"
        assert not path.with_name("nnmf.toml").exists()

    def test_of_an_unknown_name_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError, match="there are als_top_n"):
            copy_examples(["mine"], tmp_path)


@pytest.mark.slow
def test_a_wheel_runs_without_a_checkout(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    for part in ("recsys", "experiments", "search_spaces"):
        shutil.copytree(ROOT / part, clean / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clean)
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, clean]
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
        names = set(archive.namelist())
    for folder in ("experiments", "search_spaces"):
        assert {f"recsys/shipped/{folder}/{path.name}" for path in (ROOT / folder).glob("*.toml")} <= names
    assert "recsys/workflows/comparison/report.html.j2" in names
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    for words in (["sweep", "smoke"], ["report", "smoke"]):
        subprocess.run([sys.executable, "-m", "recsys.cli", *words], cwd=tmp_path, env=environment, check=True)
