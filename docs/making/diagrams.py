"""The diagrams of the explanations: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from svg import AMBER, BLUE, GREEN, INK, LINE, QUIET, VIOLET, Drawing

PICTURES = Path(__file__).parent.parent / "pictures"


def cohort() -> Drawing:
    """Members side by side in a table, gathered at once, summed by a matrix of zeros and ones."""
    picture = Drawing(760, 330, "A cohort: three members side by side in one table")
    members = [("trial 0", 6, BLUE), ("trial 1", 3, AMBER), ("trial 2", 8, GREEN)]
    cell, left = 15, 40
    picture.text(left, 24, "the users' table, all members", anchor="start", colour=QUIET)
    picture.text(left, 158, "a batch of its rows, times the items' rows", anchor="start", colour=QUIET)
    start = left
    for name, size, colour in members:
        width = cell * size
        picture.box(start, 34, width, 90, colour)
        picture.box(start, 168, width, 30, colour, str(size))
        picture.text(start + width / 2, 240, name, size=11, colour=colour)
        picture.line((start + width / 2, 250), (start + width / 2, 272), head=True)
        picture.box(start + width / 2 - 22, 274, 44, 28, colour, "r̂")
        start += width + 4
    for row in (52, 85, 107):
        picture.line((left, row), (start - 4, row), colour=INK)
        picture.line((start, row), (start + 24, row), (start + 24, 183), (start + 2, 183), head=row == 52)
    right = start + 60
    for place, (words, quiet) in enumerate(
        [
            ("One run of memory a row, whoever is in it:", False),
            ("gathered once for all members.", True),
            ("Sizes of their own, no padding:", False),
            ("a matrix of zeros and ones, (columns, members),", True),
            ("sums each member's columns into its prediction.", True),
            ("Losses are summed, so gradients stay apart;", False),
            ("rates, penalties and dropout are each member's own.", True),
        ]
    ):
        picture.text(right, 60 + 28 * place, words, anchor="start", colour=QUIET if quiet else INK)
    return picture


def sealed_test() -> Drawing:
    """Who sees which part."""
    picture = Drawing(760, 250, "Who sees which part of the ratings")
    picture.box(30, 30, 330, 44, BLUE, "train")
    picture.box(364, 30, 110, 44, GREEN, "validation")
    picture.box(510, 30, 150, 44, VIOLET, "test, sealed")
    picture.box(60, 140, 200, 54, LINE, "sweep: trials learn\nfrom train")
    picture.box(320, 140, 160, 54, LINE, "the best is chosen\nby validation")
    picture.box(540, 140, 170, 54, AMBER, "the gate, at a promotion")
    picture.line((160, 76), (160, 138), head=True)
    picture.line((419, 76), (400, 138), head=True)
    picture.line((262, 167), (318, 167), head=True)
    picture.line((482, 167), (538, 167), head=True)
    picture.line((610, 76), (620, 138), colour=VIOLET, head=True)
    picture.text(628, 108, "opened once, on record", anchor="start", size=11, colour=VIOLET)
    picture.line((100, 140), (100, 120), (495, 120), (495, 52), (508, 52), dash="4 4")
    picture.text(300, 114, "no test rating gets here", size=11, colour=QUIET)
    picture.text(625, 214, "better than the baselines? than the champion?", size=11, colour=QUIET)
    return picture


def winners_curse(models: int = 64, ratings: int = 10_000, error: float = 0.92) -> Drawing:
    """The best of n models that are equally good, over many draws: simulated."""
    draws = np.random.default_rng(0).normal(error, error / np.sqrt(2 * ratings), (4000, models))
    best = np.minimum.accumulate(draws, axis=1)
    mean, low, high = best.mean(axis=0), *np.quantile(best, [0.05, 0.95], axis=0)
    picture = Drawing(760, 260, "The best of n equal models looks better than it is")
    top, bottom = error + 0.012, error - 0.021

    def place(n: int, value: float) -> tuple[float, float]:
        return 90 + 560 * (n - 1) / (models - 1), 20 + 190 * (top - value) / (top - bottom)

    for value in (error - 0.02, error - 0.01, error, error + 0.01):
        picture.line(place(1, value), place(models, value), colour="#e5e7eb")
        picture.text(80, place(1, value)[1] + 4, f"{value:.2f}", anchor="end", colour=QUIET, size=11)
    for n in (1, 16, 32, 48, 64):
        picture.text(place(n, 0)[0], 230, str(n), colour=QUIET, size=11)
    picture.text(370, 250, "models tried", colour=QUIET, size=11)
    picture.line(place(1, error), place(models, error), colour=GREEN)
    picture.text(655, place(1, error)[1] + 4, "what each is", anchor="start", colour=GREEN, size=11)
    for curve, dash in ((low, "4 4"), (high, "4 4"), (mean, "none")):
        picture.line(*(place(n + 1, float(value)) for n, value in enumerate(curve)), colour=AMBER, dash=dash)
    picture.text(655, place(1, float(mean[-1]))[1] + 4, "the best, seen", anchor="start", colour=AMBER, size=11)
    picture.text(655, place(1, float(mean[-1]))[1] + 18, "(9 in 10 inside)", anchor="start", colour=AMBER, size=11)
    return picture


def gate() -> Drawing:
    """The differences that the promotion of `mf_top_n` shows in the README."""
    rows = [
        ("popularity", 0.2135, 0.1981, 0.2288),
        ("item_knn", 0.0518, 0.0424, 0.0613),
        ("ials", 0.0187, 0.0102, 0.0273),
        ("ease, the best", 0.0077, 0.0003, 0.0151),
    ]
    picture = Drawing(760, 230, "What a candidate gains over four baselines, with 95 % intervals")

    def x(value: float) -> float:
        return 170 + 2200 * value

    for value in (0.0, 0.05, 0.1, 0.15, 0.2):
        picture.line((x(value), 20), (x(value), 180), colour=INK if value == 0 else "#e5e7eb")
        picture.text(x(value), 198, f"{value:+.2f}" if value else "0", colour=QUIET, size=11)
    for place, (name, difference, low, high) in enumerate(rows):
        y = 40 + 40 * place
        picture.text(150, y + 4, name, anchor="end")
        picture.line((x(low), y), (x(high), y), colour=BLUE)
        picture.dot(x(difference), y, BLUE)
    picture.text(
        410, 220, "NDCG@10 of the candidate less that of the baseline, on the test part", colour=QUIET, size=11
    )
    return picture


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for draw in (cohort, sealed_test, winners_curse, gate):
        draw().write(PICTURES / f"{draw.__name__}.svg")
        sys.stdout.write(f"drew {draw.__name__}\n")
