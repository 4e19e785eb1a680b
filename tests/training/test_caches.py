"""Tests that the limit of table sizes is measured once per machine, and stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.training import caches
from recsys.training.caches import SIZES, numbers_in_reach


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path))
    return tmp_path / "caches.json"


def never() -> int:
    raise AssertionError("measured again")


def test_what_was_measured_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    size = numbers_in_reach()
    assert size in SIZES
    monkeypatch.setattr(caches, "measured", never)
    assert numbers_in_reach() == size


def test_another_machine_with_the_same_home_is_measured_too(monkeypatch: pytest.MonkeyPatch) -> None:
    machines = {"one": SIZES[1], "another": SIZES[3]}
    for machine, size in machines.items():
        monkeypatch.setattr(caches, "_processor", lambda machine=machine: machine)
        monkeypatch.setattr(caches, "measured", lambda size=size: size)
        assert numbers_in_reach() == size
    monkeypatch.setattr(caches, "measured", never)
    assert numbers_in_reach() == machines["another"]
    monkeypatch.setattr(caches, "_processor", lambda: "one")
    assert numbers_in_reach() == machines["one"]


@pytest.mark.parametrize("damaged", ["", "{", "[1]", "7", '{"a": "b"}'])
def test_a_damaged_file_is_measured_anew(damaged: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_text(damaged, encoding="utf-8")
    monkeypatch.setattr(caches, "measured", lambda: SIZES[2])
    assert numbers_in_reach() == SIZES[2]
    monkeypatch.setattr(caches, "measured", never)
    assert numbers_in_reach() == SIZES[2]


def test_a_full_disk_ends_no_sweep(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.mkdir()
    monkeypatch.setattr(caches, "measured", lambda: SIZES[2])
    assert numbers_in_reach() == SIZES[2]


def test_tables_up_to_the_first_that_is_slower_are_in_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = dict(zip(SIZES, [1.0, 1.1, 1.2, 1.5, 1.1, 2, 2, 2], strict=True))
    monkeypatch.setattr(caches, "_seconds_a_number", seconds.__getitem__)
    assert caches.measured() == SIZES[2]
