"""A rule that chooses one trial of a Pareto front."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from recsys.errors import InputError, shown
from recsys.evaluation.metrics.metric import sort_key
from recsys.tracking.tracker import Recorded

_WITHIN = {">=": operator.ge, "<=": operator.le}
_LIMIT = re.compile(r"(\w+)\s*(>=|<=)\s*(\S+)")
_BEST = re.compile(r"(max|min)\s+(\w+)")


@dataclass(frozen=True)
class Preference:
    """Limits on the values of a trial, and the value to optimize among the trials within the limits."""

    rule: str
    limits: Sequence[tuple[str, str, float]]
    """The limits, as (name, `>=` or `<=`, bound)."""
    best: tuple[str, str] | None
    """The direction and the name of the value to optimize; None for the leading objective."""

    @classmethod
    def of(cls, rule: str) -> Self:
        """Parse a rule such as `ndcg>=0.37, max coverage`.

        Raises:
            InputError: The rule is not valid.
        """
        limits: list[tuple[str, str, float]] = []
        best: list[tuple[str, str]] = []
        for part in (each.strip() for each in rule.split(",")):
            if found := _LIMIT.fullmatch(part):
                limits.append((found[1], found[2], _number(found[3], rule)))
            elif found := _BEST.fullmatch(part):
                best.append(("maximize" if found[1] == "max" else "minimize", found[2]))
            else:
                raise _complaint(rule, f"{shown(repr(part))} is no condition")
        if len(best) > 1:
            raise _complaint(rule, "only one can be the largest or the smallest")
        return cls(rule, limits, best[0] if best else None)

    def choose(self, records: Sequence[Recorded]) -> Recorded:
        """Return the trial that the rule chooses; the first of several equal ones.

        Args:
            records: The trials, ordered by the leading objective, the best first.

        Raises:
            InputError: No trial is within the limits, or the trials have no such value.
        """
        for name in [*(name for name, _, _ in self.limits), *([self.best[1]] if self.best else [])]:
            if not any(name in record.values for record in records):
                raise _complaint(self.rule, f"the trials have no {name}; they have {', '.join(records[0].values)}")
        kept = [record for record in records if all(self._keeps(record, *limit) for limit in self.limits)]
        if not kept:
            has = "; ".join(self._range(name, records) for name, _, _ in self.limits)
            raise InputError(f"--prefer {shown(repr(self.rule))}: none of {len(records)} trials keeps it: {has}")
        if self.best is None:
            return kept[0]
        direction, name = self.best
        return min(kept, key=lambda record: sort_key(record.values.get(name, math.nan), direction))

    @staticmethod
    def _keeps(record: Recorded, name: str, sign: str, bound: float) -> bool:
        return name in record.values and bool(_WITHIN[sign](record.values[name], bound))

    @staticmethod
    def _range(name: str, records: Sequence[Recorded]) -> str:
        values = [record.values[name] for record in records if name in record.values]
        return f"{name} is from {min(values):.4g} to {max(values):.4g}"


def _number(text: str, rule: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _complaint(rule, f"{shown(repr(text))} is no number") from None


def _complaint(rule: str, what: str) -> InputError:
    return InputError(
        f"--prefer {shown(repr(rule))}: {what}: expected limits such as ndcg>=0.37 and one of max or min, such as max "
        "coverage, with commas between"
    )
