"""What the objective hung on."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.tracking.pictures.canvas import figure_of, png


def importances_picture(importances: Mapping[str, float]) -> bytes:
    """The parameters' importances as bars, the largest on top."""
    figure = figure_of(8, 0.8 + 0.4 * max(1, len(importances)))
    axes = figure.subplots()
    ordered = sorted(importances.items(), key=lambda pair: pair[1])
    bars = axes.barh([name for name, _ in ordered], [share for _, share in ordered])
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set(title="parameter importances", xlabel="share of the objective's variance")
    axes.margins(x=0.12)
    return png(figure)
