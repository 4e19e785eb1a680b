"""The functions and types of the package, which are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys

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
