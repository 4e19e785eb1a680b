"""Tests that the imports of the frameworks are quick and leave no side effects."""

from __future__ import annotations

import gc
import subprocess
import sys
from contextlib import suppress

import pytest

from recsys.frameworks import importing, without


def test_what_is_left_out_is_not_installed_within_and_as_ever_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with without("this"), pytest.raises(ImportError):
        __import__("this")
    assert "this" not in sys.modules


def test_what_was_imported_already_is_not_left_out() -> None:
    with without("gc"):
        assert __import__("gc") is gc
    assert sys.modules["gc"] is gc


def test_garbage_is_collected_again_after_an_import_that_fails() -> None:
    collected = []
    with suppress(ImportError), importing():
        collected.append(gc.isenabled())
        raise ImportError
    assert [*collected, gc.isenabled()] == [False, True]


def test_scikit_learn_can_be_imported_after_the_frameworks_which_leave_it_out() -> None:
    code = (
        "import sys; from recsys.frameworks import load_frameworks; load_frameworks(); "
        "import recsys.studies.importances; assert not {'sklearn', 'matplotlib'} & set(sys.modules); "
        "import sklearn.ensemble, matplotlib.figure, keras; keras.layers.Dense(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
