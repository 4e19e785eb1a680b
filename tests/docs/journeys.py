"""Runs the commands of a page in order, in a folder with its own store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from not_run import BY_THE_CLOCK, reason_not_to_run
from pages import PAGES, ROOT, Block, Typed, blocks, typed
from printed import not_printed

REFUSED = 3
PORT = "5001"
"""What the pages serve at; a test takes a free one."""


class Journey:
    """A folder, and whatever is served from it."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in ("experiments", "search_spaces"):
            (folder / name).symlink_to(ROOT / name)
        tools.mkdir()
        command = tools / "recsys"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m recsys.cli "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        self.port = _free_port()
        self.servers: list[subprocess.Popen[bytes]] = []

    def follow(self, page: str) -> None:
        """Save the page's files, run its code, type its commands, and look at what they print."""
        for block in blocks(PAGES[page]):
            if block.title:
                self.save(block)
            elif block.language == "python":
                self.run([sys.executable, "-c", block.text])
            steps = [step for step in typed(block) if reason_not_to_run(step) is None]
            if block.language == "sh":
                self.script([step.line for step in steps])
            else:
                for step in steps:
                    self.type(step)

    def save(self, block: Block) -> None:
        """Save a file; one that a command has written already is what the page says it is."""
        path = self.folder / block.title
        if path.exists():
            assert not_printed(block.text.splitlines(), path.read_text(encoding="utf-8")) == [], block.title
        else:
            path.write_text(block.text, encoding="utf-8")

    def script(self, lines: list[str]) -> None:
        """Run lines that belong together, none of which may fail; what serves stays in the background."""
        for line in (line for line in lines if line.startswith("recsys serve")):
            self.serve(line)
        # curl is content with a refusal, and we are not
        kept = [line.replace("curl -s ", "curl -sf ") for line in lines if not line.startswith("recsys serve")]
        if kept:
            self.run(["bash", "-e", "-c", "\n".join(kept).replace(PORT, self.port)])

    def type(self, step: Typed) -> None:
        """Run a line, and look at what it prints."""
        refused = any(line.split()[:2] == ["promoted", "no"] for line in step.shown)
        printed = self.run(["bash", "-c", step.line], REFUSED if refused else 0)
        shown, actual = step.shown, printed
        if step.line in BY_THE_CLOCK:
            shown, actual = _heads(shown), "\n".join(_heads(printed.splitlines()))
        missing = not_printed(shown, actual)
        assert not missing, f"$ {step.line}\n{printed}\nhas not:\n" + "\n".join(missing)

    def run(self, command: list[str], code: int = 0) -> str:
        """Run a command in the folder; what it prints."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{command[-1]}\n{done.stdout}"
        return done.stdout

    def serve(self, line: str) -> None:
        """Run a server until the journey ends, and wait until it answers."""
        words = ["bash", "-c", f"exec {line.replace(PORT, self.port)}"]
        server = subprocess.Popen(words, cwd=self.folder, env=self.environment)
        self.servers.append(server)
        while server.poll() is None:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5).close()
            except (URLError, TimeoutError):
                time.sleep(0.2)
            else:
                return
        raise AssertionError(f"{line} ended with {server.returncode}")

    def end(self) -> None:
        """Stop what was served."""
        for server in self.servers:
            server.terminate()
            server.wait()


def _heads(lines: list[str]) -> list[str]:
    """The first words of lines that begin at the margin."""
    return [line.split()[0] for line in lines if line.strip() and not line.startswith(" ")]


def _free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
