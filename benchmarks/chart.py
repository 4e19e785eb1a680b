"""Charts: the time of a trial-epoch by cohort size, and the best RMSE or NDCG by wall-clock time."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from matplotlib.figure import Figure

from benchmarks.environment import Bench
from benchmarks.judge import Standing
from benchmarks.training import seconds_per_epoch

_MEMBERS = (1, 2, 4, 8, 16)


def cohort_chart(bench: Bench) -> bytes:
    """Return a PNG with the milliseconds of a trial-epoch by cohort size, and `model.fit` as a line."""
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
    """Return a PNG with the best validation RMSE by wall-clock time, measured from the start of each search.

    Args:
        bench: The environment.
        seconds: The time limit of the Optuna search.
    """
    ours = bench.sweep().path
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


def lists_chart(standings: Sequence[Standing], split_seed: int) -> bytes:
    """Return a PNG with the best validation NDCG@10 by wall-clock time, measured from the start of each search.

    The legend shows the test values.

    Args:
        standings: The results of the comparison of lists.
        split_seed: The seed of the split, for the title.
    """
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for place, standing in enumerate(sorted(standings, key=lambda standing: -standing.test)):
        seconds, values = zip(*standing.path, strict=True)
        label = f"{standing.who.replace('`', '')}: test {standing.test:.3f}"
        look: dict[str, Any] = {"where": "post", "color": f"C{place % 10}", "linestyle": ("-", "--")[place // 10]}
        axes.step([*seconds, standing.seconds], [*values, values[-1]], label=label, **look)
        axes.plot(standing.seconds, values[-1], "o", color=look["color"], markersize=4)
    axes.set(xlabel="seconds", ylabel="best validation NDCG@10", xscale="log")
    axes.set_title(f"What to show next: MovieLens-100K, random split, seed {split_seed}")
    axes.legend(fontsize=7, loc="lower right")
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
