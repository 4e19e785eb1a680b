"""The charts: what a trial-epoch costs by members trained together, and who has which RMSE when."""

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
    return _png(figure)


def race_chart(bench: Bench, seconds: int = 120) -> bytes:
    """A PNG: best validation RMSE against wall-clock time, each from its own start."""
    _, ours = bench.sweep()
    grid = bench.peer("surprise_svd.py", "grid")
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.step(*zip(*ours, strict=True), where="post", label="recsys sweep, TPE, with start-up and tracking")
    glued = bench.peer("optuna_fit.py", 1024, 30, seconds)
    axes.step(*zip(*glued, strict=True), where="post", label="Optuna's TPE around model.fit, batch 1024")
    axes.plot(grid["seconds"], grid["rmse"], "D", color="0.3", label="Surprise's grid search, 30 points, at its end")
    axes.set(xlabel="seconds", ylabel="best validation RMSE", title="MovieLens-100K, the same rows for all")
    axes.legend()
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
