"""Import TensorFlow and MLflow, each once, quickly and without their messages, after the input is validated."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


def load_frameworks() -> None:
    """Import TensorFlow and MLflow, whose imports take most of the start-up time of a small sweep."""
    load_tensorflow()
    load_mlflow()


def load_tensorflow() -> None:
    """Import TensorFlow alone, for a command that needs no store."""
    if "tensorflow" in sys.modules:
        return
    with importing():
        tensorflow = import_tensorflow()
        tensorflow.config.list_physical_devices()  # the first call prints which hardware is missing
    tensorflow.get_logger().setLevel("ERROR")  # TensorFlow warns about every new shape of cohort


def load_mlflow() -> None:
    """Import MLflow alone, for a command that needs no model."""
    if "mlflow" in sys.modules:
        return
    warnings.filterwarnings("ignore", message="IProgress not found")  # MLflow's progress bars look for widgets
    with importing():
        import_module("mlflow")


def import_tensorflow() -> Any:
    """Import TensorFlow with Keras, without the optional wrappers and galleries."""
    with without("sklearn", "matplotlib"):
        return import_module("tensorflow")


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Make modules appear as not installed inside the block, unless they are already imported.

    Some frameworks import optional dependencies at once, such as scikit-learn with SciPy's statistics.
    `load_frameworks` takes 4.2 s of CPU time with this function and 5.2 s without it (medians of three). After the
    block these modules can be imported as usual.
    """
    hidden = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # Python itself marks such modules with None
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


@contextmanager
def importing() -> Iterator[None]:
    """Suppress standard error and garbage collection during the imports of the block."""
    atexit.register(gc.freeze)  # the collection at exit would take up to two seconds
    collects = gc.isenabled()
    gc.disable()  # 4.2 s of CPU time instead of 5.1 (medians of three); imports leave little garbage
    try:
        with without_stderr():
            yield
        gc.freeze()  # imported objects live as long as the process; later collections skip them
    finally:
        if collects:
            gc.enable()


@contextmanager
def without_stderr() -> Iterator[None]:
    """Suppress standard error; TensorFlow's C++ code writes to it before it reads any log level."""
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
