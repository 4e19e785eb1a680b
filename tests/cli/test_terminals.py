"""Tests with unusual terminals: narrow encodings, full disks, closed streams, no width, and a read-only home."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SMOKE, command, environment, recsys

JAPANESE = "千と千尋の神隠し"


def run(line: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command line of a shell, in which `recsys` is the command."""
    words = " ".join(command())
    return subprocess.run(
        ["bash", "-c", line.replace("recsys", words, 1)],
        cwd=cwd,
        env=environment(more),
        capture_output=True,
        text=True,
        check=False,
    )


def one_line(stderr: str) -> str:
    """What is said of a failure."""
    assert "Traceback" not in stderr
    (line,) = stderr.splitlines()
    return line


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    """Ratings whose ids are in Japanese."""
    rows = [f"{user},{JAPANESE}{item},{1 + (user * item) % 5}" for user in range(12) for item in range(9)]
    (tmp_path / "r.csv").write_text("\n".join(["user,item,rating", *rows]), encoding="utf-8")
    return tmp_path


NARROW = [
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]


class TestEncodings:
    @pytest.mark.parametrize("more", NARROW, ids=str)
    def test_what_an_encoding_lacks_is_written_by_its_number(self, more: dict[str, str], titles: Path) -> None:
        wide = recsys("data", "describe", "r.csv", cwd=titles)
        narrow = recsys("data", "describe", "r.csv", cwd=titles, **more)
        assert (wide.returncode, narrow.returncode, narrow.stderr) == (0, 0, "")
        assert "█" in wide.stdout
        assert "#" in narrow.stdout
        assert [line.split() for line in narrow.stdout.splitlines()] == [
            line.replace("█", "#").split() for line in wide.stdout.splitlines()
        ]

    @pytest.mark.parametrize("more", NARROW, ids=str)
    def test_so_it_is_in_tables_and_messages(self, more: dict[str, str], tmp_path: Path) -> None:
        code = (
            "import sys; from recsys.cli.terminal import open_streams; open_streams()\n"
            "from recsys.cli.output import out, tell\n"
            "from recsys.cli.views.champions import show_recommendations\n"
            "from recsys.serving.lists import Recommendation, Recommendations\n"
            f"title = {JAPANESE!a}\n"
            "show_recommendations(out, Recommendations('x', [Recommendation(1, title, 4.5)], fallback=True))\n"
            "sys.exit(tell(title, 3))"
        )
        environ = environment(more)
        done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 3
        written = JAPANESE.encode("ascii", "backslashreplace").decode()
        assert written in done.stdout
        assert one_line(done.stderr) == f"recsys: {written}"

    def test_wide_letters_stand_in_columns(self) -> None:
        from io import StringIO

        from rich.cells import cell_len
        from rich.console import Console

        from recsys.cli.views.champions import show_recommendations
        from recsys.serving.lists import Recommendation, Recommendations

        console = Console(file=StringIO(), width=100)
        items = [Recommendation(1, JAPANESE, 4.5), Recommendation(2, "a", 4.25)]
        show_recommendations(console, Recommendations("x", items, fallback=False))
        assert isinstance(console.file, StringIO)
        assert len({cell_len(line) for line in console.file.getvalue().splitlines()}) == 1


class TestFullDisks:
    @pytest.mark.parametrize("words", ["examples", "examples --json", "schema", "--version"])
    def test_a_result_that_cannot_be_written_is_an_error(self, words: str, tmp_path: Path) -> None:
        done = run(f"recsys {words} > /dev/full", tmp_path)
        assert done.returncode == 1
        assert one_line(done.stderr) == "recsys: standard output: No space left on device"

    @pytest.mark.parametrize("words", ["--help", "sweep --help"])
    def test_so_is_help(self, words: str, tmp_path: Path) -> None:
        done = run(f"recsys {words} > /dev/full", tmp_path)
        assert done.returncode == 1
        assert "No space left on device" in one_line(done.stderr)

    def test_an_error_that_cannot_be_written_keeps_its_code(self, tmp_path: Path) -> None:
        assert run("recsys sweep nothing.toml 2> /dev/full", tmp_path).returncode == 2

    def test_a_file_is_written_whole_or_not_at_all(self, tmp_path: Path) -> None:
        done = run("ulimit -f 0; recsys examples --to .", tmp_path)
        assert done.returncode == 1
        assert "cannot be written: File too large" in one_line(done.stderr)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_a_folder_is_no_file_to_write(self, titles: Path) -> None:
        (titles / "folder.toml").mkdir()
        done = recsys("init", "r.csv", "--output", "folder.toml", cwd=titles)
        assert done.returncode == 2
        assert "is there already" in one_line(done.stderr)


class TestPipes:
    @pytest.mark.parametrize(
        "line", ["recsys schema | true", "recsys examples | head -n 1", "recsys --help | head -n 1"]
    )
    def test_whoever_reads_no_more_ends_the_command_quietly(self, line: str, tmp_path: Path) -> None:
        assert run(line, tmp_path).stderr == ""

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    def test_closed_streams_are_no_reason_to_fail(self, closed: str, tmp_path: Path) -> None:
        done = run(f"recsys examples {closed}", tmp_path)
        assert (done.returncode, done.stderr) == (0, "")

    def test_an_input_that_has_ended_answers_no_question(self, tmp_path: Path) -> None:
        done = run("recsys delete mf < /dev/null", tmp_path)
        assert done.returncode == 1
        assert "standard input has ended, and there was a question: --yes answers it" in done.stderr

    def test_no_is_an_answer(self, tmp_path: Path) -> None:
        done = run("recsys delete mf <<< n", tmp_path)
        assert done.returncode == 1
        assert "recsys: nothing was done" in done.stderr


class TestWidths:
    @pytest.mark.parametrize("columns", ["0", "-5", "1", "x", "", "99999999", "٣٠"])
    def test_what_is_no_width_is_not_believed(self, columns: str, tmp_path: Path) -> None:
        expected = recsys("examples", cwd=tmp_path, COLUMNS="80").stdout
        assert expected
        assert recsys("examples", cwd=tmp_path, COLUMNS=columns).stdout == expected

    @pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"TERM": ""}], ids=str)
    def test_a_terminal_that_can_do_little_shows_the_same(self, more: dict[str, str], tmp_path: Path) -> None:
        assert recsys("examples", cwd=tmp_path, **more).stdout == recsys("examples", cwd=tmp_path).stdout

    def test_help_of_an_immense_width_is_none(self, tmp_path: Path) -> None:
        assert len(recsys("--help", cwd=tmp_path, COLUMNS="10000000").stdout) < 20_000


class TestHomesThatCannotBeWritten:
    @pytest.fixture
    def home(self, tmp_path: Path) -> dict[str, str]:
        """A home that nobody can write, root neither; with a folder for the time being that can be."""
        (tmp_path / "home").write_text("no folder")
        (tmp_path / "time").mkdir()
        return {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": "", "TMPDIR": str(tmp_path / "time")}

    def test_a_data_set_that_has_to_be_kept_names_the_way_out(self, home: dict[str, str], tmp_path: Path) -> None:
        done = recsys("data", "fetch", "ml-100k", cwd=tmp_path, **home)
        assert done.returncode == 1
        assert "home/.cache/recsys: Not a directory; RECSYS_CACHE names another folder" in one_line(done.stderr)

    def test_a_sweep_goes_on_without(self, home: dict[str, str], tmp_path: Path) -> None:
        few = ["--trials", "2", "--set", "study.batch=2", "--set", "training.epochs=1"]
        done = recsys("sweep", SMOKE, *few, cwd=tmp_path, **home)
        assert done.returncode == 0, done.stderr
        assert "2 complete" in done.stdout

    def test_where_no_lock_can_be_the_way_out_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        code = "from recsys.locks import locked\nwith locked('x', wait=False): pass"
        environ = environment({"RECSYS_CACHE": str(tmp_path / "file" / "cache"), "TMPDIR": "/proc"})
        code = f"import tempfile; tempfile.tempdir = '/proc'\n{code}"
        done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
        assert "Not a directory; RECSYS_CACHE names another folder" in done.stderr.splitlines()[-1]


class TestStores:
    @pytest.mark.parametrize("words", [["list"], ["show", "mf"]])
    def test_one_that_is_locked_is_named_with_what_to_do(
        self, words: list[str], fresh_database: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "mlflow.db"
        path.write_bytes(fresh_database.read_bytes())
        with sqlite3.connect(path, isolation_level=None) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            done = recsys(*words, "--tracking-uri", f"sqlite:///{path}", cwd=tmp_path)
        assert done.returncode == 1
        line = one_line(done.stderr)
        assert f"{path} is locked by another process: wait for it or end it" in line
        assert "OperationalError" not in line

    @pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 2000])
    def test_one_that_is_no_database_is_named(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "mlflow.db").write_bytes(content)
        done = recsys("list", "--tracking-uri", f"sqlite:///{tmp_path}/mlflow.db", cwd=tmp_path)
        assert done.returncode == 1
        assert f"{tmp_path}/mlflow.db is " in one_line(done.stderr)


def test_a_port_that_is_taken_is_told_before_any_address(fresh_database: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(fresh_database.read_bytes())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = recsys("ui", "--port", str(port), "--tracking-uri", f"sqlite:///{tmp_path}/mlflow.db", cwd=tmp_path)
    assert done.returncode == 2
    assert one_line(done.stderr) == f"recsys: --port {port}: Address already in use; name another with --port"


def test_an_interruption_while_the_command_is_imported_is_one_line(tmp_path: Path) -> None:
    code = """
import sys
from importlib.abc import MetaPathFinder

class Interrupted(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "rich.console":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
from recsys.cli import main
main()
"""
    environ = environment({})
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "recsys: interrupted\n")
