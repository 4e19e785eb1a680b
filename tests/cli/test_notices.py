"""Tests of notifications at the end of a sweep, whose errors never end the sweep."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from recsys.cli.notices import Notices
from recsys.cli.views.live import SweepView
from recsys.errors import InputError, StoreError

KEEP = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"


@pytest.fixture
def view() -> SweepView:
    found = SweepView(Console(quiet=True), quiet=True)
    found.sweep = "mf"
    return found


def command(*words: str) -> str:
    return shlex.join([sys.executable, "-c", *words])


class Hearer:
    """A server on this machine that keeps what is posted to it."""

    def __init__(self, answer: int) -> None:
        heard: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(answer)
                self.send_header("Location", "https://example.invalid/")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self.heard, self.server = heard, HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/secret"


@pytest.fixture
def hearer(request: pytest.FixtureRequest) -> Iterator[Hearer]:
    found = Hearer(getattr(request, "param", 200))
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_a_result_is_told_to_a_command_and_to_an_address(tmp_path: Path, view: SweepView, hearer: Hearer) -> None:
    heard = tmp_path / "it's heard; really $HOME"
    with Notices(command(KEEP, str(heard)), hearer.url).telling(view) as tell:
        tell({"sweep": "mf", "best": float("nan")})
    expected = {"event": "finished", "sweep": "mf", "error": "", "result": {"sweep": "mf", "best": None}}
    assert json.loads(heard.read_text()) == expected
    assert hearer.heard == [("/hook/secret", expected)]


@pytest.mark.parametrize(
    ("error", "event", "said"),
    [
        (KeyboardInterrupt(), "interrupted", ""),
        (
            StoreError("the store at postgresql://u:word@host is gone"),
            "failed",
            "the store at postgresql://***@host is gone",
        ),
    ],
)
def test_an_end_before_its_time_is_told_and_goes_on_being_one(
    error: BaseException, event: str, said: str, view: SweepView, hearer: Hearer
) -> None:
    with pytest.raises(type(error)), Notices(None, hearer.url).telling(view):
        raise error
    assert hearer.heard[0][1] == {"event": event, "sweep": "mf", "error": said, "result": None}


def test_a_command_that_fails_is_said(view: SweepView, capsys: pytest.CaptureFixture[str]) -> None:
    with Notices(command("raise SystemExit(7)")).telling(view) as tell:
        tell({})
    assert "nobody was notified by" in (said := capsys.readouterr().err)
    assert "it ended with exit code 7" in said


@pytest.mark.parametrize(("hearer", "code"), [(500, "500"), (302, "302")], indirect=["hearer"])
def test_an_address_that_refuses_is_said_without_what_may_be_secret(
    hearer: Hearer, code: str, view: SweepView, capsys: pytest.CaptureFixture[str]
) -> None:
    with Notices(None, hearer.url).telling(view) as tell:
        tell({})
    said = capsys.readouterr().err
    assert f"nobody was notified by http://127.0.0.1: it answered {code}" in said
    assert "secret" not in said


def test_an_address_where_nobody_is_is_said(view: SweepView, capsys: pytest.CaptureFixture[str]) -> None:
    with Notices(None, "http://127.0.0.1:9/hook/secret").telling(view) as tell:
        tell({})
    said = capsys.readouterr().err
    assert "nobody was notified by http://127.0.0.1: ConnectionError" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"notify": "no-such-command-anywhere x"}, "there is no such command"),
        ({"notify": "echo 'half"}, "No closing quotation"),
        ({"notify": ""}, "there is no such command"),
        ({"notify_url": "http://example.com/hook/secret"}, "--notify-url http://example.com: expected https"),
        ({"notify_url": "http://127.0.0.1.example.com/"}, "expected https"),
        ({"notify_url": "file:///etc/passwd"}, "expected https"),
        ({"notify_url": "nonsense"}, "expected https"),
    ],
)
def test_what_cannot_be_told_is_refused_before_anything_runs(given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        Notices(**given)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://localhost:8080", "http://[::1]:80/x"])
def test_https_and_this_machine_are_fine(url: str) -> None:
    assert Notices(None, url).notify_url == url
