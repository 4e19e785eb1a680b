"""The picture of a sweep, recorded off the real command's views, and that of its report: `make pictures`.

Chromium takes the second; without it the first alone is made.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from PIL import Image
from rich.console import Console, RenderableType
from rich.terminal_theme import MONOKAI

import recsys
from recsys.cli.views.live import SweepView
from recsys.cli.views.sweeps import show_sweep
from recsys.workflows.search.progress import Progress

PICTURES = Path(__file__).parent.parent / "pictures"
EXPERIMENT = "mf"
_SHORTER = "<style>.modebar, tbody tr:nth-child(n+5) { display: none !important }</style>"
"""The first rows of the leaderboard will do for a picture, and nobody can click on a button in it."""


class Recorder(SweepView):
    """The live table of a sweep, kept as it was when half of the trials were done."""

    def __init__(self) -> None:
        super().__init__(Console(), quiet=True)
        self.kept: RenderableType | None = None

    def watch(self, progress: Progress) -> None:
        """Take the latest progress, and keep the table half way."""
        super().watch(progress)
        if self.kept is None and 2 * progress.done >= progress.total:
            self.kept = self._table()


def main() -> None:
    """Run the sweep in a store of its own, and draw."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/mlflow.db"
        recorder = Recorder()
        result = recsys.sweep(EXPERIMENT, tracking_uri=store, watch=recorder.watch)
        console = Console(record=True, force_terminal=True, width=104, file=StringIO())
        console.print(f"[bold green]$[/] recsys sweep {EXPERIMENT}", highlight=False)
        console.print(recorder.kept)
        console.print("\n[dim]…[/]\n")
        show_sweep(console, result)
        console.print()  # the picture cuts its last line short
        svg = console.export_svg(title=f"recsys sweep {EXPERIMENT}", theme=MONOKAI)
        # rich's own fonts are fetched; a reader's will do
        svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "ui-monospace")
        (PICTURES / "sweep.svg").write_text(svg, encoding="utf-8")
        page = Path(folder) / "report.html"
        recsys.report(result.sweep, output=page, tracking_uri=store)
        page.write_text(page.read_text(encoding="utf-8") + _SHORTER, encoding="utf-8")
        photograph(page, PICTURES / "report.png")


def photograph(page: Path, picture: Path) -> None:
    """What a browser shows of the page's beginning."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stdout.write(f"no chromium: {picture.name} stays as it is\n")
        return
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1650"]
    settle = "--virtual-time-budget=8000"
    subprocess.run(
        [chromium, *words, settle, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True
    )
    Image.open(picture).quantize(64).save(picture, optimize=True)  # a quarter of the size, and nobody sees it


if __name__ == "__main__":
    main()
