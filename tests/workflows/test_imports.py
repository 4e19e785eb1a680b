"""Tests that a command imports the packages that the documentation says, and no other heavy one.

Seconds depend on the machine and on who else is on it; what is imported does not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.table import BASELINES
from recsys.evaluation.fallback import Fallback
from recsys.models.inputs import DataShape
from recsys.models.model import build_model
from recsys.models.settings import ModelSettings
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.serving.feedback import feedback_of
from recsys.serving.package import save_package
from recsys.serving.recommender import Recommender, known_items
from recsys.serving.scorer import Scorer
from recsys.workflows.search.run_study import SweepResult

PACKAGES = {
    "NumPy": "numpy",
    "SciPy": "scipy",
    "pandas": "pandas",
    "PyArrow": "pyarrow",
    "SQLAlchemy": "sqlalchemy",
    "MLflow": "mlflow",
    "TensorFlow": "tensorflow",
    "Keras": "keras",
    "Optuna": "optuna",
    "KerasTuner": "keras_tuner",
    "scikit-learn": "sklearn",
    "Plotly": "plotly",
    "matplotlib": "matplotlib",
}
"""The packages of the table, by the name that it gives them, and what Python imports."""
COMMANDS = {
    "`recsys --help`": ["--help"],
    "`recsys list`": ["list"],
    "`recsys history`": ["history", "--model", "factors"],
    "`recsys note`": ["note", "small"],
    "`recsys show`": ["show", "small"],
    "`recsys recommend`, factors": ["recommend", "1", "--model", "factors"],
    "`recsys recommend`, a baseline": ["recommend", "1", "--model", "judge"],
    "`recsys recommend --history`, factors by least squares": ["recommend", "--history", "1,2", "--model", "factors"],
    "`recsys recommend`, other models": ["recommend", "1", "--model", "older"],
    "`recsys baselines`": ["baselines", "small.toml"],
    "`recsys compare`": ["compare", "small"],
    "`recsys report`": ["report", "small"],
}
"""The commands of the table, as the test runs them."""
CODE = """
import json, sys
from recsys.cli import main
try:
    main()
except SystemExit as ended:
    packages = json.loads(sys.stdin.read())
    sys.stderr.write("\\n" + json.dumps([ended.code, [name for name in packages if name in sys.modules]]))
"""


def rows() -> dict[str, set[str]]:
    """What each command imports, as the documentation says."""
    page = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
    section = page.partition("## What a command imports")[2]
    cells = re.findall(r"^\| (`recsys[^|]*?) \| ([^|]*?) \| [^|]* \|$", section, re.MULTILINE)
    return {command: {PACKAGES[name] for name in packages.split(", ") if name != "none"} for command, packages in cells}


@pytest.fixture(scope="module")
def folder(swept: SweepResult, swept_folder: Path, ratings: Ratings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that has a sweep and champions."""
    point = {"embedding_size": 4, "l2": 0.01, "bias_l2": 0.01, "loss": "mean_squared_error"}
    shape = DataShape(ratings.catalogue.users, ratings.catalogue.items, ratings.mean)
    model = Scorer([build_model(ModelSettings(kind="mf"), shape, point, 5)], [1.0], (1.0, 5.0), points=[point])
    judge = BASELINES["biases_only"]().fit(ratings)
    registry = MlflowRegistry(f"sqlite:///{swept_folder}/mlflow.db")
    rest = ratings.catalogue, known_items(ratings), feedback_of(ratings), Fallback.of(ratings)
    for name, scorer in (("factors", model), ("older", model), ("judge", judge)):
        champion = tmp_path_factory.mktemp(name)
        save_package(Recommender(scorer, *rest), champion / "artifacts" / "package")
        if name == "older":
            (champion / "artifacts" / "package" / "model-0-factors.npz").unlink()
        registry.register_champion(registry.register(name, champion, {}), "it is the first", {})
    assert swept.sweep == "small"
    return swept_folder


def imported(command: list[str], folder: Path) -> set[str]:
    """Which of the packages a process of the command has imported at its end."""
    code = CODE.replace("main()", f"sys.argv[1:] = {command!r}; main()", 1)
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(list(PACKAGES.values())),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"},
        check=True,
    )
    code_, found = json.loads(done.stderr.splitlines()[-1])
    assert not code_, done.stderr
    return set(found)


def test_the_table_has_these_commands() -> None:
    assert list(rows()) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_what_the_table_says(command: str, folder: Path) -> None:
    assert imported(COMMANDS[command], folder) == rows()[command]
