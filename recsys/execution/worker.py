"""How a worker sets TensorFlow up, before anything else imports it."""

from __future__ import annotations

import os

from recsys.frameworks import import_tensorflow, importing


def start_tensorflow(cores: int) -> None:
    """Import TensorFlow, without its greetings, on this worker's share of the machine.

    Args:
        cores: Threads that it may compute with.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["OMP_NUM_THREADS"] = str(cores)
    with importing():
        tf = import_tensorflow()
        tf.config.threading.set_intra_op_parallelism_threads(cores)
        tf.config.threading.set_inter_op_parallelism_threads(cores)
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)  # noqa: FBT003 - TensorFlow's; workers share a GPU
    tf.get_logger().setLevel("ERROR")
