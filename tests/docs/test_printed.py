"""Tests of the comparison between printed output and a page."""

from __future__ import annotations

import pytest
from printed import alike, not_printed

SHOWN = "best     0.9124 (trial 54, run 18218307282442839609f55906ec9a1c)"


@pytest.mark.parametrize(
    ("shown", "actual"),
    [
        (SHOWN, "best     0.9130 (trial 46, run 00000000000000000000000000000000)"),
        (
            "32 of 64 trials, best rmse 0.9133 (trial 30), 24 s elapsed",
            "32 of 64 trials, best rmse 0.9133 (trial 1), 9 s elapsed",
        ),
        ("point  embedding_size=46, loss=log_cosh", "point  embedding_size=47, loss=huber"),
        ("-0.0404 to -0.0305, p 7.6e-38)", "-0.0405 to -0.0305, p 2.1e-37)"),
        ("global_mean  1.1236      0.0", "global_mean  1.1236      0.2"),
        ("ease  0.3854  0.3290 to 0.4415  0.4806    0.4", "ease  0.3854  0.3290 to 0.4415  0.4806    6.5"),
        ("2026-11-25 13:42  promoted", "2026-12-01 09:00  promoted"),
    ],
)
def test_a_line_is_alike_that_differs_by_what_may(shown: str, actual: str) -> None:
    assert alike(shown, actual)


@pytest.mark.parametrize(
    ("shown", "actual"),
    [
        ("best 0.9124", "best 0.9424"),
        ("64 complete, 0 failed", "63 complete, 1 failed"),
        ("promoted  yes", "promoted  no"),
        ("p 7.6e-38", "p 7.6e-20"),
        ("p 7.6e-38", "p 0.5"),
        ("opened 0 times", "opened 1 times"),
        ("rmse 0.9", "rmse 0.9 mae 0.7"),
        ("ease  0.3854  0.3290 to 0.4415  0.4806    0.4", "ease  0.3854  0.3290 to 0.4415  0.5806    0.4"),
    ],
)
def test_a_line_is_not_alike_that_says_something_else(shown: str, actual: str) -> None:
    assert not alike(shown, actual)


def test_lines_may_be_left_out_but_neither_made_up_nor_moved() -> None:
    printed = "one\ntwo\nthree\n"
    assert not_printed(["one", "three"], printed) == []
    assert not_printed(["one", "four"], printed) == ["four"]
    assert not_printed(["three", "one"], printed) == ["one"]
