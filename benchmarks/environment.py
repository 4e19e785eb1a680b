"""What the benchmarks run in: the peers' environment, the ratings they share, subprocesses with their memory."""

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
"""Not the split that results are reported on."""


class Swept(NamedTuple):
    """A sweep that ran as a process."""

    seconds: float
    """The whole process, start-up and tracking included."""
    path: list[tuple[float, float]]
    """When it had which best validation value."""
    store: str
    """The URI of the store that it is alone in."""


@dataclass
class Bench:
    """Everything a row needs; what is slow to make is made once."""

    split_seed: int = 0
    """Of the race of lists, whose test part is opened; all else is measured on `SEED`."""
    trials: int | None = None
    """How many each in the race of lists has; None leaves ours to their files, and gives peers 40 or less."""
    environment: Path = HERE / ".venv-peers"
    """The peers'."""
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="recsys-bench-")))

    @cached_property
    def peers(self) -> Path:
        """The Python of the peers' environment, made where there is none, filled where it is not."""
        python = self.environment / "bin" / "python"
        if not (self.environment / ".ready").exists():
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            wanted = HERE / "requirements-peers.txt"
            subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
            (self.environment / ".ready").touch()
        return python

    @cached_property
    def data(self) -> TrainingData:
        """MovieLens-100K, train and validation."""
        return self._data_of("mf")

    @cached_property
    def lists(self) -> TrainingData:
        """The same with ratings from 4 up as positives."""
        return self._data_of("mf_top_n")

    def _data_of(self, name: str) -> TrainingData:
        split = prepare(self.experiment(name)).split
        return TrainingData(split.train, split.validation)

    @cached_property
    def rows(self) -> Path:
        """The same rows as a file for the peers."""
        return save_rows(self.folder / "rows.npz", self.data.train, self.data.validation)

    def experiment(self, name: str, *overrides: str) -> Experiment:
        """A shipped experiment on the benchmarks' split."""
        return load_experiment(ROOT / "experiments" / f"{name}.toml", [SEED, *overrides])

    def peer(self, script: str, *words: object) -> Any:
        """Run a peer's script on the shared rows and read its last line."""
        command = [self.peers, HERE / "peers" / script, self.rows, *words]
        done = subprocess.run([str(w) for w in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{script}: {done.stderr.strip().splitlines()[-1]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def python(self, code: str, *words: object) -> tuple[Any, int]:
        """Run code of ours in a process of its own; gives its last line and its peak memory in bytes."""
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
        """`recsys sweep` of a shipped experiment as a process."""
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
    """Two parts of a split as a file that needs no code of ours: codes, ratings, and from which on one is positive."""
    arrays: dict[str, Any] = {"users": train.catalogue.users, "items": train.catalogue.items}
    if train.positive_from is not None:
        arrays["positive_from"] = train.positive_from
    for name, part in (("train", train), ("validation", validation)):
        arrays |= {f"{name}_users": part.users, f"{name}_items": part.items, f"{name}_values": part.values}
    np.savez(path, **arrays)
    return path


def choose_device(*, gpu: bool) -> None:
    """Hide the GPUs from everything that runs from here on, or make sure that there is one.

    Raises:
        SystemExit: TensorFlow sees none.
    """
    if not gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    elif not _gpus():
        raise SystemExit("--gpu: TensorFlow sees no GPU here; see tensorflow.org/install for the drivers that it needs")


def machine() -> str:
    """The machine, how busy it is at the time, and the versions, in a line."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    devices = [f"{psutil.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", f"{memory:.0f} GiB", *_gpus()]
    return f"{', '.join(devices)}, {platform.machine()}, Python {platform.python_version()}, {versions}"


def _gpus() -> list[str]:
    import tensorflow as tf

    details = (tf.config.experimental.get_device_details(each) for each in tf.config.list_physical_devices("GPU"))
    return [str(each.get("device_name", "a GPU")) for each in details]
