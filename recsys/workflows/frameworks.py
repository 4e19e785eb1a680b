"""Import the frameworks once, side by side, without their greetings; after the input was found right."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from threading import Thread

from recsys.quiet import without_stderr


def load_frameworks() -> None:
    """Import TensorFlow and MLflow, which together take most of a small sweep's start."""
    if "tensorflow" in sys.modules:
        return
    other = Thread(target=import_module, args=("mlflow",), name="import mlflow")
    other.start()
    with without_stderr():
        tensorflow = import_module("tensorflow")
        tensorflow.config.list_physical_devices()  # says at its first call what hardware it misses
    tensorflow.get_logger().setLevel("ERROR")  # it warns of every new shape of cohort
    other.join()
    gc.freeze()  # what they have made stays as long as the process; a later collection need not look at it
