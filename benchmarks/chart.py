"""The chart: what a trial-epoch costs against the number of members trained together."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

from benchmarks.environment import Bench
from benchmarks.training import seconds_per_epoch

_MEMBERS = (1, 2, 4, 8, 16)


def cohort_chart(bench: Bench) -> bytes:
    """A PNG: milliseconds a trial-epoch, ours by members, and `model.fit` as a line."""
    experiment = bench.experiment("mf")
    ours = [1e3 * seconds_per_epoch(experiment, bench.data, [16] * n, epochs=6) / n for n in _MEMBERS]
    fit = 1e3 * bench.peer("keras_fit.py", 16, 1024, 6)["per_epoch"]
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.axhline(fit, color="0.5", linestyle="--", label="model.fit, one execution an epoch")
    axes.plot(_MEMBERS, ours, marker="o", color="C0", label="recsys")
    axes.set(xlabel="members trained together", ylabel="ms a trial-epoch", xscale="log", yscale="log")
    axes.set_xticks(_MEMBERS, [str(n) for n in _MEMBERS])
    axes.set_title("MF of size 16 on MovieLens-100K, batch 1024")
    axes.legend()
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
