"""What pictures are drawn on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure_of(width: float, height: float, **margins: float) -> Figure:
    """An empty figure, in inches.

    Args:
        width: Of the figure.
        height: Likewise.
        margins: Where the axes begin and end, as `subplots_adjust` has them; by default room is made for what is
            written around them, which takes half the time again.
    """
    # the figure class itself, not pyplot: no global state, no display, safe in any thread
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=None if margins else "constrained")
    if margins:
        figure.subplots_adjust(**margins)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()
