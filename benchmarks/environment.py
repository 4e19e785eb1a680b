"""What the benchmarks run in: the peers' environment, the ratings they share, subprocesses with their memory."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from recsys.experiment import Experiment, load_experiment
from recsys.training.data import TrainingData
from recsys.workflows.prepare import prepare

HERE = Path(__file__).parent
ROOT = HERE.parent
RESULTS = HERE / "results"
SEED = "split.seed=1"
"""Not the split that results are reported on."""


@dataclass
class Bench:
    """Everything a row needs; what is slow to make is made once."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="recsys-bench-")))

    @cached_property
    def peers(self) -> Path:
        """The Python of the peers' environment, made where there is none."""
        python = HERE / ".venv-peers" / "bin" / "python"
        if not (HERE / ".venv-peers" / ".ready").exists():
            subprocess.run([sys.executable, "-m", "venv", HERE / ".venv-peers"], check=True)
            wanted = HERE / "requirements-peers.txt"
            subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
            (HERE / ".venv-peers" / ".ready").touch()
        return python

    @cached_property
    def data(self) -> TrainingData:
        """MovieLens-100K, train and validation."""
        split = prepare(self.experiment("mf")).split
        return TrainingData(split.train, split.validation)

    @cached_property
    def rows(self) -> Path:
        """The same rows as a file for the peers."""
        path = self.folder / "rows.npz"
        arrays: dict[str, Any] = {"users": self.data.shape.users, "items": self.data.shape.items}
        for name, part in (("train", self.data.train), ("validation", self.data.validation)):
            arrays |= {f"{name}_users": part.users, f"{name}_items": part.items, f"{name}_values": part.values}
        np.savez(path, **arrays)
        return path

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

    def sweep(self, *words: str) -> tuple[float, list[tuple[float, float]]]:
        """`recsys sweep mf` as a process: its seconds, and when it had which best value."""
        store = f"sqlite:///{tempfile.mkdtemp(dir=self.folder)}/mlflow.db"
        experiment = str(ROOT / "experiments" / "mf.toml")
        command = [sys.executable, "-m", "recsys.cli", "sweep", experiment, "--tracking-uri", store, "--set", SEED]
        began = time.perf_counter()
        process = subprocess.Popen([*command, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        path = [
            (time.perf_counter() - began, float(line.split("best rmse ")[1].split()[0]))
            for line in process.stderr or ()
            if "best rmse " in line
        ]
        if process.wait():
            raise RuntimeError("the sweep failed")
        return time.perf_counter() - began, path


def machine() -> str:
    """The machine in a line."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, Python {platform.python_version()}"
