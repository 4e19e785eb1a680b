"""Import the frameworks once, quickly and without their greetings; after the input was found right."""

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
    """Import TensorFlow and MLflow, which together take most of a small sweep's start."""
    if "tensorflow" in sys.modules:
        return
    warnings.filterwarnings("ignore", message="IProgress not found")  # MLflow's own progress bars would like widgets
    with importing():
        tensorflow = import_tensorflow()
        tensorflow.config.list_physical_devices()  # says at its first call what hardware it misses
        import_module("mlflow")
    tensorflow.get_logger().setLevel("ERROR")  # it warns of every new shape of cohort


def import_tensorflow() -> Any:
    """TensorFlow with Keras, whose wrappers and galleries nobody needs here."""
    with without("sklearn", "matplotlib"):
        return import_module("tensorflow")


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """What is imported in the block finds these modules not installed, unless they are imported already.

    For frameworks that import at once what a part of theirs may need, such as scikit-learn with SciPy's statistics:
    `load_frameworks` takes 4.2 s of CPU time with it and 5.2 without it (medians of three). Whoever imports such a
    module afterwards does so as ever.
    """
    hidden = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python itself says so
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


@contextmanager
def importing() -> Iterator[None]:
    """What is imported in the block says nothing, and is not looked through for garbage again and again."""
    atexit.register(gc.freeze)  # nor at the end, which may come soon: that look takes up to two seconds
    collects = gc.isenabled()
    gc.disable()  # 4.2 s of CPU time in place of 5.1 (medians of three), and imports leave next to nothing to collect
    try:
        with without_stderr():
            yield
        gc.freeze()  # what they have made stays as long as the process; a later collection need not look at it
    finally:
        if collects:
            gc.enable()


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
