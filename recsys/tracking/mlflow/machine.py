"""MLflow's system metrics of the coordinator's machine, logged to the sweep's run."""

from __future__ import annotations

import logging
import tomllib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError
from recsys.tracking.tracker import Header

if TYPE_CHECKING:
    from mlflow import MlflowClient

INTERVAL = 5.0
"""Seconds between two samples; MLflow's environment variable for it takes precedence."""


def is_measured(header: Header) -> bool:
    """Whether `[tracking] system_metrics` is set.

    Raises:
        InputError: It is, and psutil is not installed.
    """
    asked = bool(tomllib.loads(header.experiment).get("tracking", {}).get("system_metrics"))
    if asked and find_spec("psutil") is None:
        raise InputError("tracking.system_metrics needs the extra: pip install 'recsweep[system-metrics]'")
    return asked


class Machine:
    """Logs the use of processors, memory, disk, network and GPUs to a run, in a thread of MLflow, until `end`."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

        logging.getLogger("mlflow.system_metrics").setLevel(logging.CRITICAL)
        monitor: Any = SystemMetricsMonitor  # it is untyped
        self._monitor = monitor(
            run_id, sampling_interval=INTERVAL, resume_logging=True, tracking_uri=client.tracking_uri
        )
        self._monitor.start()

    def end(self) -> None:
        """Stop measuring."""
        self._monitor.finish()
