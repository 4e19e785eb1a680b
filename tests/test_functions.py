"""The functions and types of the package, which are imported when they are first used."""

from __future__ import annotations

import ast
import subprocess
import sys
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


def test_no_function_prints_unless_it_is_asked_to() -> None:
    defaults = {
        (path.name, node.name, ast.unparse(default))
        for path in Path(recsys.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for argument, default in [
            *zip(reversed(node.args.args), reversed(node.args.defaults), strict=False),
            *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
        ]
        if argument.arg == "reporter" and default is not None
    }
    assert {default for _, _, default in defaults} == {"quiet"}, defaults
