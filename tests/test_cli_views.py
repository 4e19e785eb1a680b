"""What comes from data is shown as it is: neither markup nor a terminal's commands."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from recsys import cli, cli_views
from recsys.registry.mlflow_registry import Event
from recsys.tracking.summary import SweepSummary
from recsys.workflows.recommend import Item, Recommendations
from recsys.workflows.show import Shown

OBEYED = "\x1b]0;owned\x07"
HOSTILE = {text: text for text in ("[/x]", "[bold]x[/bold]", "[link=http://evil.example]x[/link]")}
HOSTILE[OBEYED] = r"\x1b]0;owned\x07"


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=200)


def output(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_and_titles(text: str, console: Console) -> None:
    cli_views.show_recommendations(console, Recommendations(text, [Item(text, text, 4.5)], fallback=True))
    assert output(console).count(HOSTILE[text]) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_store_holds(text: str, console: Console) -> None:
    now = datetime.now(UTC)
    summary = SweepSummary(text, "run", "sweep", "FINISHED", text, "rmse", 0.9, 1, 0, 0, 1, now, 1.0)
    cli_views.show_sweeps(console, [summary])
    cli_views.show_shown(console, Shown("sweep", text, "run", "FINISHED", {"data": text}, {}, {}, f"# {text}\nx = 1"))
    cli_views.show_history(console, [Event(now, "promoted", 1, text, {})])
    assert output(console).count(HOSTILE[text]) == 6


def test_a_failure_is_one_line_without_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli._fail(f"http://me:s3cret@host\n{OBEYED}", 1)
    line = capsys.readouterr().err
    assert "s3cret" not in line
    assert OBEYED not in line
    assert len(line.splitlines()) == 1
