"""Tests of an MLflow tracking server over HTTP as a store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from backends import SMOKE, TrackingServer, recsys


@pytest.mark.slow
def test_a_sweep_over_http_is_tracked_resumed_and_promoted(server: TrackingServer, tmp_path: Path) -> None:
    def answer(*words: str) -> Any:
        process = recsys(*words, "--json", "--tracking-uri", server.address, cwd=tmp_path)
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        return json.loads(output)

    assert answer("sweep", SMOKE, "--trials", "4")["trials"]["complete"] == 4
    assert answer("resume", "smoke", "--trials", "6")["trials"]["complete"] == 6
    assert len(answer("compare", "smoke")["rows"]) == 6
    assert answer("promote", "smoke")["version"] == 1
    assert len(answer("recommend", "7", "-n", "3")["items"]) == 3
    assert not (tmp_path / "mlruns").exists()
