"""Leaderboard: trials of one or several sweeps, the best first, and how sure it is that they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.formatting import format_metric
from recsys.evaluation.intervals import COVERAGE
from recsys.evaluation.metrics.table import at_other_lengths
from recsys.spaces.formatting import format_point
from recsys.spaces.parameter import Value
from recsys.tracking.annotations import NO_WORDS, Annotations


@dataclass(frozen=True)
class Row:
    """A trial on the leaderboard."""

    rank: int
    sweep: str
    trial: int
    run_id: str
    value: float
    interval: tuple[float, float] | None
    """95 % bootstrap interval clustered by user; None below the compared top, where no weights are kept, and for fewer
    than two users."""
    p_value: float | None
    """Paired test against the best, Holm-corrected for all pairs of the top; None where there is no interval."""
    tied: bool | None
    """Whether it cannot be told apart from the best at 5 %; None where there is no interval."""
    seconds: float
    values: Mapping[str, float]
    """Every validation metric of the trial at its best epoch, `ndcg_at_5` and the like among them."""
    params: Mapping[str, Value]
    words: Annotations = NO_WORDS
    """What people say of it."""
    front: bool = False
    """Whether no other trial is better in all objectives at once, where there are several."""
    warm: float | None = None
    """The objective without users and items that training never saw, see `Scored.warm`; None where there are none, and
    for trials without weights."""


@dataclass(frozen=True)
class Leaderboard:
    """Trials by the objective of the first sweep, the best first."""

    metric: str
    direction: str
    fingerprint: str
    openings: int
    """How often the test part of this split has been opened."""
    rows: Sequence[Row]
    words: Mapping[str, Annotations] = field(default_factory=dict)
    """What people say of the sweeps, of which they do."""
    further: Sequence[str] = ()
    """The first sweep's other objectives; then the trials on the front stand before all others."""

    @property
    def about(self) -> str:
        """What the columns `warm` and `front` say of a trial, where there are such."""
        goals = " and ".join([self.metric, *self.further])
        warm = f"warm: {self.metric} without users and items that training never saw. " if self._has_warm else ""
        return warm + (f"front: no trial is better in {goals} at once. " if self.further else "")

    @property
    def heads(self) -> Sequence[str]:
        """What stands beside the metric: other objectives, and itself at other lengths of lists, where there are any.

        Before them the metric without users and items that training never saw, where there are such.

        And how much of the validation ratings the 90 % intervals cover, where a trial has any; and who is on the front.
        """
        return [*(["warm"] if self._has_warm else []), *self._beside, *(["front"] if self.further else [])]

    def cells(self, row: Row) -> list[str]:
        """What a row has there."""
        values = [format_metric(name, row.values[name]) if name in row.values else "" for name in self._beside]
        warm = ["" if row.warm is None else format_metric(self.metric, row.warm)] if self._has_warm else []
        return [*warm, *values, *(["yes" if row.front else ""] if self.further else [])]

    @property
    def _has_warm(self) -> bool:
        return any(row.warm is not None for row in self.rows)

    @property
    def _beside(self) -> Sequence[str]:
        lengths = at_other_lengths(self.metric, self.rows[0].values) if self.rows else []
        return [*self.further, *lengths, *([COVERAGE] if any(COVERAGE in row.values for row in self.rows) else [])]

    def _repr_html_(self) -> str:
        columns = ["", "sweep", "trial", self.metric, "95 % interval", "p", *self.heads, "point"]
        rows = [
            (
                f"{row.rank}{'=' if row.tied else ''}",
                row.sweep,
                row.trial,
                f"{row.value:.4f}",
                "" if row.interval is None else "{:.4f} to {:.4f}".format(*row.interval),
                "" if row.p_value is None else f"{row.p_value:.3f}",
                *self.cells(row),
                format_point(row.params),
            )
            for row in self.rows
        ]
        opened = f"the test part has been opened {self.openings} {'time' if self.openings == 1 else 'times'}"
        tied = "= cannot be told apart from the best at 5 %. "
        return notebook.table(columns, rows, f"{tied}{self.about}Protocol {self.fingerprint}; {opened}.")
