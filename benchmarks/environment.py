"""The environment of the benchmarks: the peers' packages, the shared ratings, and subprocesses."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

from recsys.data.ratings import Ratings
from recsys.experiment import Experiment, load_experiment
from recsys.models.training_data import TrainingData
from recsys.workflows.search.prepare import prepare

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = HERE / "results"
_PACKAGES = ("tensorflow", "keras", "keras-tuner", "optuna", "mlflow", "numpy")
SEED = "split.seed=1"
"""The split of the benchmarks, which differs from the split of the reported results."""


class Swept(NamedTuple):
    """The result of a sweep in its own process."""

    seconds: float
    """The seconds of the whole process, including start-up and tracking."""
    path: list[tuple[float, float]]
    """The best validation value so far, as (seconds, value)."""
    store: str
    """The URI of the store, which contains only this sweep."""


@dataclass
class Bench:
    """The shared environment of all rows; slow parts are created once."""

    split_seed: int = 0
    """The seed of the split for the comparison of lists, which opens the test part; other rows use `SEED`."""
    trials: int | None = None
    """The number of trials of each method in the comparison of lists. None uses the numbers of the experiment files and
    of `PEERS`."""
    environment: Path = HERE / ".venv-peers"
    """The folder of the peers' virtual environment."""
    requirements: str = "requirements-peers.txt"
    """The file with the packages of that environment."""
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="recsys-bench-")))

    @cached_property
    def peers(self) -> Path:
        """Return the Python of the peers' environment; create the environment and install the peers if necessary."""
        python = self.environment / "bin" / "python"
        if not (self.environment / ".ready").exists():
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            wanted = HERE / self.requirements
            subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
            (self.environment / ".ready").touch()
        return python

    @cached_property
    def data(self) -> TrainingData:
        """Return the train and validation parts of MovieLens-100K."""
        return self._data_of("mf")

    @cached_property
    def lists(self) -> TrainingData:
        """Return the same parts with ratings of 4 or more as positives."""
        return self._data_of("mf_top_n")

    def _data_of(self, name: str) -> TrainingData:
        split = prepare(self.experiment(name)).split
        return TrainingData(split.train, split.validation)

    @cached_property
    def rows(self) -> Path:
        """Return the path of a file with the same rows for the peers."""
        return save_rows(self.folder / "rows.npz", self.data.train, self.data.validation)

    def experiment(self, name: str, *overrides: str) -> Experiment:
        """Load a shipped experiment with the split of the benchmarks."""
        return load_experiment(ROOT / "experiments" / f"{name}.toml", [SEED, *overrides])

    def peer(self, script: str, *words: object) -> Any:
        """Run a peer's script on the shared rows, and parse the last line of its output.

        Raises:
            RuntimeError: The script failed.
        """
        command = [self.peers, HERE / "peers" / script, self.rows, *words]
        done = subprocess.run([str(w) for w in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{script}: {done.stderr.strip().splitlines()[-1]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def python(self, code: str, *words: object) -> tuple[Any, int]:
        """Run code of this project in its own process.

        Returns:
            The parsed last line of its output, and its peak memory in bytes.

        Raises:
            RuntimeError: The code failed.
        """
        command = [sys.executable, "-c", code, *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        peak, watched = 0, psutil.Process(process.pid)
        while process.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.05)
        output, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(errors.strip().splitlines()[-1])
        return json.loads(output.strip().splitlines()[-1]), peak

    def sweep(self, *words: str, name: str = "mf", split: str = SEED) -> Swept:
        """Run `recsys sweep` on a shipped experiment in its own process.

        Raises:
            RuntimeError: The sweep failed.
        """
        store = f"sqlite:///{tempfile.mkdtemp(dir=self.folder)}/mlflow.db"
        experiment = str(ROOT / "experiments" / f"{name}.toml")
        command = [sys.executable, "-m", "recsys.cli", "sweep", experiment, "--tracking-uri", store, "--set", split]
        began = time.perf_counter()
        process = subprocess.Popen([*command, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        finished = [(time.perf_counter() - began, line) for line in process.stderr or ()]
        if process.wait():
            raise RuntimeError(f"the sweep failed: {finished[-1][1].strip() if finished else 'it said nothing'}")
        seconds, best = time.perf_counter() - began, re.compile(r"best \w+ (\S+)")
        path = [(after, float(found[1])) for after, line in finished if (found := best.search(line))]
        return Swept(seconds, path, store)


def save_rows(path: Path, train: Ratings, validation: Ratings) -> Path:
    """Save two parts of a split as a file that the peers can read without this project.

    The file contains codes, ratings, the least positive rating, and the features of items in compressed sparse rows.

    Args:
        path: The file to write.
        train: The train part.
        validation: The validation part.

    Returns:
        The path.
    """
    arrays: dict[str, Any] = {"users": train.catalogue.users, "items": train.catalogue.items}
    if train.positive_from is not None:
        arrays["positive_from"] = train.positive_from
    if train.catalogue.item_features is not None:
        rows = train.catalogue.item_features.rows
        arrays |= {f"features_{name}": getattr(rows, name) for name in ("data", "indices", "indptr", "shape")}
    for name, part in (("train", train), ("validation", validation)):
        arrays |= {f"{name}_users": part.users, f"{name}_items": part.items, f"{name}_values": part.values}
    np.savez(path, **arrays)
    return path


def choose_device(*, gpu: bool) -> None:
    """Hide the GPUs from TensorFlow, or check that there is one.

    Raises:
        SystemExit: `gpu` is true, and TensorFlow finds no GPU.
    """
    if not gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    elif not _gpus():
        raise SystemExit("--gpu: TensorFlow sees no GPU here; see tensorflow.org/install for the drivers that it needs")


def machine() -> str:
    """Return one line about the machine, its load and the versions of packages."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    devices = [f"{psutil.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", f"{memory:.0f} GiB", *_gpus()]
    return f"{', '.join(devices)}, {platform.machine()}, Python {platform.python_version()}, {versions}"


def _gpus() -> list[str]:
    import tensorflow as tf

    details = (tf.config.experimental.get_device_details(each) for each in tf.config.list_physical_devices("GPU"))
    return [str(each.get("device_name", "a GPU")) for each in details]
