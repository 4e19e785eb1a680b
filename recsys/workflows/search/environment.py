"""What a sweep ran on: versions, commit, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from recsys import DISTRIBUTION

_PACKAGES = (DISTRIBUTION, "tensorflow", "keras", "optuna", "keras-tuner", "mlflow", "numpy", "pandas", "scikit-learn")


def environment() -> dict[str, str]:
    """Versions of the libraries, the git commit of the current folder, the machine; by the tags they become."""
    tags = {f"recsys.version.{package}": version(package) for package in _PACKAGES}
    tags["recsys.version.python"] = platform.python_version()
    tags["recsys.machine"] = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if commit := _commit():
        tags["mlflow.source.git.commit"] = commit
    return tags


def _commit() -> str | None:
    command = ["git", "-C", str(Path.cwd()), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
