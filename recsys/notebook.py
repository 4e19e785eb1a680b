"""Output in notebooks: tables as HTML, and cell output that is updated while code runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

from recsys.errors import shown

_LONGEST = 10_000


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], below: str = "") -> str:
    """Return an HTML table with a row of headings, and a sentence below it. All text is escaped."""
    lines = [_row("th", map(_text, columns)), *(_row("td", map(_text, cells)) for cells in rows)]
    return f"<table>{''.join(lines)}</table>" + (f"<p>{_text(below)}</p>" if below else "")


def pairs(named: Mapping[str, object]) -> str:
    """Return an HTML table with one name and one value in each row. All text is escaped."""
    lines = (_row("td", [f"<b>{_text(name)}</b>", _text(value)]) for name, value in named.items())
    return f"<table>{''.join(lines)}</table>"


def is_here() -> bool:
    """Return whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _Html(str):
    """A string that a notebook displays as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def put(html: str, name: str, *, again: bool) -> None:
    """Display HTML below the running cell.

    Args:
        html: The HTML.
        name: The name of the output.
        again: Whether to replace the earlier output with this name.
    """
    from IPython.display import display, update_display

    show: Callable[..., object] = update_display if again else display
    show(_Html(html), display_id=name)


@contextmanager
def nothing_shown() -> Iterator[None]:
    """Suppress displayed output inside the block; libraries that capture output leave an empty box below the cell."""
    if not is_here():
        yield
        return
    from IPython.utils.capture import capture_output

    with capture_output(stdout=False, stderr=False):
        yield


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{cell}</{tag}>' for cell in cells) + "</tr>"


def _text(value: object) -> str:
    return escape(shown(f"{value:.4g}" if isinstance(value, float) else value, _LONGEST))
