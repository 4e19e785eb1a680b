"""Running somebody else's server in the foreground, so that it ends when the command ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress


def run_in_foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a server until it ends or this call is interrupted; its exit code.

    It is given a process group of its own, because MLflow starts its servers as further processes, which have to end
    with it.
    """
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 - our own command line
    try:
        return process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
