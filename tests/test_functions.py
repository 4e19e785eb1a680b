"""Tests of the functions and types of the package, which are imported on first use."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import recsys


def test_dir_lists_them_and_imports_none() -> None:
    code = "import sys, recsys; print(*dir(recsys)); print([m for m in ('numpy', 'mlflow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    names, heavy = done.stdout.splitlines()
    assert names.split() == sorted(recsys.__all__)
    assert heavy == "[]"


@pytest.mark.parametrize("name", recsys.__all__)
def test_each_can_be_called_and_says_what_it_does(name: str) -> None:
    found = getattr(recsys, name)
    assert callable(found)
    assert found.__doc__


def test_what_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(recsys, "unheard_of")


def reporter_defaults() -> Iterator[tuple[str, str]]:
    """Each function of the package that has a `reporter` with a default, and that default."""
    package = Path(recsys.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args]
                defaults = [None] * (len(arguments) - len(node.args.defaults)) + list(node.args.defaults)
                pairs = zip([*arguments, *node.args.kwonlyargs], [*defaults, *node.args.kw_defaults], strict=True)
                for argument, default in pairs:
                    if argument.arg == "reporter" and default is not None:
                        yield f"{path.relative_to(package)}: {node.name}", ast.unparse(default)


def test_every_function_is_silent_unless_it_is_given_a_reporter() -> None:
    found = dict(reporter_defaults())
    assert len(found) > 20
    assert {name: default for name, default in found.items() if default != "quiet"} == {}


def test_a_table_is_loaded_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from recsys.data.load import load_ratings
    from recsys.data.settings import DataSettings

    (tmp_path / "r.csv").write_text("user,item,rating\n1,1,4\n1,2,0\n2,1,3\n2,2,5\n3,2,1\n", encoding="utf-8")
    settings = DataSettings.model_validate({"source": "r.csv", "min_user_ratings": 2})
    said: list[str] = []
    load_ratings(settings, tmp_path, said.append)
    load_ratings(settings, tmp_path)
    assert said
    assert capsys.readouterr() == ("", "")
