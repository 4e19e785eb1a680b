"""Just enough of SVG for a diagram: boxes, arrows, words."""

from __future__ import annotations

from html import escape
from pathlib import Path

INK, QUIET, LINE = "#1f2937", "#6b7280", "#9ca3af"
BLUE, AMBER, GREEN, VIOLET = "#1d4ed8", "#b45309", "#047857", "#7c3aed"
PALE = {BLUE: "#dbeafe", AMBER: "#fef3c7", GREEN: "#d1fae5", VIOLET: "#ede9fe", LINE: "#f3f4f6"}


class Drawing:
    """A white sheet of so many points; what is drawn later lies above."""

    def __init__(self, width: int, height: int, about: str) -> None:
        self.width, self.height, self.about = width, height, about
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, colour: str, words: str = "") -> None:
        """A rounded box, its words in the middle, a line each."""
        self._add(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" fill="{PALE[colour]}" '
            f'stroke="{colour}"/>'
        )
        lines = words.split("\n") if words else []
        for place, line in enumerate(lines):
            self.text(x + width / 2, y + height / 2 + 5 + 17 * (place - (len(lines) - 1) / 2), line)

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "middle", colour: str = INK, size: int = 13
    ) -> None:
        """Words on a line."""
        self._add(
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">'
            f"{escape(words)}</text>"
        )

    def line(self, *points: tuple[float, float], colour: str = LINE, dash: str = "none", head: bool = False) -> None:
        """A path through points, with an arrow's head or without."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        end = ' marker-end="url(#head)"' if head else ""
        self._add(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5" '
            f'stroke-dasharray="{dash}"{end}/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """A point of a chart."""
        self._add(f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{colour}"/>')

    def write(self, path: Path) -> None:
        """Write the file."""
        head = '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'font-family="system-ui, sans-serif"><title>{escape(self.about)}</title>\n'
            f'<defs>{head}<path d="M0,0 L8,4 L0,8 z" fill="{LINE}"/></marker></defs>\n'
            f'<rect width="{self.width}" height="{self.height}" fill="white"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n",
            encoding="utf-8",
        )

    def _add(self, part: str) -> None:
        self._parts.append(part)
