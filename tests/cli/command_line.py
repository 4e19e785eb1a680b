"""Functions that run the command as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SMOKE = str(ROOT / "experiments" / "smoke.toml")


def recsys(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(command(*words), cwd=cwd, env=environment(more), capture_output=True, text=True, check=False)


def command(*words: str) -> list[str]:
    """The command in this Python."""
    return [sys.executable, "-m", "recsys.cli", *words]


def environment(more: dict[str, str]) -> dict[str, str]:
    """The environment without the address of a store, and with more."""
    kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return {**kept, "COLUMNS": "200", "PYTHONPATH": str(ROOT), **more}
