"""Compares the output of a command with the output on a page.

A page may omit lines, but each of its lines must occur in the output, in the same order. Words and whole numbers must
be equal. Figures may differ by 2 %, or by three units of their last digit. The exponents of p values may differ by a
tenth. The comparison ignores values that vary between runs: run ids, dates, seconds, and the best trial among near ties
with its point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_NOT_COMPARED = (
    (r"\b[0-9a-f]{32}\b", "RUN"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b", "DATE"),
    (r"\b\d+ s (elapsed|remaining)\b", r"SECONDS \1"),
    (r"\bseconds +[\d.]+, of which [\d.]+ asking", "SECONDS"),
    (r"^([a-z_]+ +[\d.]+ +[\d.]+ to [\d.]+ .*\S) +[\d.]+ *$", r"\1 SECONDS"),  # a row of recsys baselines
    (r"\btrial \d+\b", "trial N"),
    (r"\b(\w+)=[\w.+-]+", r"\1=VALUE"),
)
_TOKEN = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?|[^\s\d]+")


def not_printed(shown: Iterable[str], printed: str) -> list[str]:
    """The lines of the page that were not printed, or not in their place."""
    actual = [line for line in printed.splitlines() if line.strip()]
    missing, place = [], 0
    for line in shown:
        if not line.strip():
            continue
        found = next((at for at in range(place, len(actual)) if alike(line, actual[at])), None)
        if found is None:
            missing.append(line)
        else:
            place = found + 1
    return missing


def alike(shown: str, actual: str) -> bool:
    """Whether two lines say the same, within what is allowed."""
    ours, theirs = _tokens(shown), _tokens(actual)
    return len(ours) == len(theirs) and all(map(_same, ours, theirs))


def _tokens(line: str) -> list[str]:
    for pattern, name in _NOT_COMPARED:
        line = re.sub(pattern, name, line)
    return _TOKEN.findall(line)


def _same(shown: str, actual: str) -> bool:
    if shown == actual:
        return True
    if not (_is_figure(shown) and _is_figure(actual)):
        return False
    a, b = float(shown.replace(",", "")), float(actual.replace(",", ""))
    if "e" in shown + actual:
        return min(a, b) > 0 and math.isclose(math.log10(a), math.log10(b), rel_tol=0.1, abs_tol=0.5)
    digits = len(shown.partition(".")[2])
    return abs(a - b) <= max(0.02 * abs(a), 3.0001 * 10**-digits)


def _is_figure(token: str) -> bool:
    """A number with a fraction or an exponent: whole numbers are compared as words are."""
    return bool(re.fullmatch(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?", token)) and bool(re.search(r"[.e]", token))
