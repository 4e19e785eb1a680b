"""Import the frameworks once, side by side, without their greetings; after the input was found right."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Thread


def load_frameworks() -> None:
    """Import TensorFlow and MLflow, which together take most of a small sweep's start."""
    if "tensorflow" in sys.modules:
        return
    warnings.filterwarnings("ignore", message="IProgress not found")  # MLflow's own progress bars would like widgets
    other = Thread(target=import_module, args=("mlflow",), name="import mlflow")
    other.start()
    with without_stderr():
        tensorflow = import_module("tensorflow")
        tensorflow.config.list_physical_devices()  # says at its first call what hardware it misses
    tensorflow.get_logger().setLevel("ERROR")  # it warns of every new shape of cohort
    other.join()
    gc.freeze()  # what they have made stays as long as the process; a later collection need not look at it


@contextmanager
def without_stderr() -> Iterator[None]:
    """TensorFlow's C++ code writes to standard error before it reads any log level."""
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "0") < "2":
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
