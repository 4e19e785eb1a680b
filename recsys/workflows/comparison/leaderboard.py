"""The leaderboard: trials of one or several sweeps, the best first, with intervals and tests against the best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.formatting import format_metric, interval_text
from recsys.evaluation.intervals import COVERAGE
from recsys.evaluation.metrics.table import at_other_lengths, metric_of
from recsys.spaces.formatting import format_point
from recsys.spaces.parameter import Value
from recsys.tracking.annotations import NO_WORDS, Annotations

_TIED = (
    "= cannot be told apart from the best at 5 % (paired test by user, Holm over all pairs shown, since the best was "
    "found in the same data). "
)


@dataclass(frozen=True)
class Row:
    """A trial on the leaderboard."""

    rank: int
    sweep: str
    trial: int
    run_id: str
    value: float
    """The validation objective of the trial."""
    interval: tuple[float, float] | None
    """The 95 % bootstrap interval, clustered by user; None beyond the compared top, without stored weights, and for
    fewer than two users."""
    p_value: float | None
    """The p value of a paired test against the best, Holm-corrected for all pairs of the top; None without an
    interval."""
    tied: bool | None
    """Whether the test finds no difference from the best at 5 %; None without an interval."""
    seconds: float
    """The training time of the trial."""
    values: Mapping[str, float]
    """Every validation metric at the best epoch, including list metrics at other lengths, such as `ndcg_at_5`."""
    params: Mapping[str, Value]
    words: Annotations = NO_WORDS
    """The note and the tags of the trial."""
    front: bool = False
    """Whether the trial is on the Pareto front of several objectives."""
    warm: float | None = None
    """The objective over what is warm, see `EvaluationResult.warm`; None if nothing is cold, and without stored
    weights."""
    cold: float | None = None
    """The objective over what is cold; None if nothing is, and without stored weights."""


@dataclass(frozen=True)
class Leaderboard:
    """Trials, ordered by the objective of the first sweep, the best first."""

    metric: str
    direction: str
    fingerprint: str
    openings: int
    """The number of accesses to the test part of this split."""
    rows: Sequence[Row]
    words: Mapping[str, Annotations] = field(default_factory=dict)
    """The notes and tags of sweeps, by the name of the sweep."""
    further: Sequence[str] = ()
    """The first sweep's other objectives. If there are any, trials on the Pareto front precede all others."""

    @property
    def heads(self) -> Sequence[str]:
        """Return the columns between `p` and `point` for which the trials have values.

        They are `warm` and `cold` (the objective where training saw the user and the item, and where it did not), the
        other objectives, the objective at other lengths of lists, the share of validation ratings that the 90 %
        intervals cover, and `front`.
        """
        return [*self._divided, *self._beside, *(["front"] if self.further else [])]

    def columns(self, *, sweep: bool = True) -> list[str]:
        """Return the names of the columns, with or without the column of the sweep."""
        return ["", *(["sweep"] if sweep else []), "trial", self.metric, "95 % interval", "p", *self.heads, "point"]

    def cells(self, row: Row, *, sweep: bool = True, shared: Collection[str] = ()) -> list[str]:
        """Return a row as text, one cell for each column; `=` after the rank marks a tie with the best.

        Args:
            row: One of `rows`.
            sweep: Whether to include a cell for the sweep.
            shared: Parameters to omit from the point.
        """
        divided = [getattr(row, name) for name in self._divided]
        beside = [format_metric(name, row.values[name]) if name in row.values else "" for name in self._beside]
        return [
            f"{row.rank}{'=' if row.tied else ''}",
            *([row.sweep] if sweep else []),
            str(row.trial),
            f"{row.value:.4f}",
            interval_text(row.interval),
            "" if row.p_value is None else f"{row.p_value:.3f}",
            *("" if value is None else format_metric(self.metric, value) for value in divided),
            *beside,
            *(["yes" if row.front else ""] if self.further else []),
            format_point({name: value for name, value in row.params.items() if name not in shared}),
        ]

    @property
    def about(self) -> str:
        """Return the explanation of the columns `warm`, `cold` and `front`, if the board has them."""
        goals = " and ".join([self.metric, *self.further])
        of_ratings = metric_of(self.metric).family == "rating"
        one, every = ("the item", "the item") if of_ratings else ("a relevant item", "every relevant item")
        words = {
            "warm": f"warm: {self.metric} where training saw the user and {one}. ",
            "cold": f"cold: {self.metric} where the user, or {every}, is new to training. ",
        }
        front = f"front: no trial is better in {goals} at once. " if self.further else ""
        return "".join(words[name] for name in self._divided) + front

    @property
    def note(self) -> str:
        """Return the text below the table: its signs and columns, and the protocol."""
        tied = _TIED if any(row.tied is not None for row in self.rows) else ""
        times = "time" if self.openings == 1 else "times"
        opened = f"Protocol {self.fingerprint}; its test part has been opened {self.openings} {times}."
        return f"{tied}{self.about}{opened}"

    @property
    def _divided(self) -> Sequence[str]:
        return [name for name in ("warm", "cold") if any(getattr(row, name) is not None for row in self.rows)]

    @property
    def _beside(self) -> Sequence[str]:
        lengths = at_other_lengths(self.metric, self.rows[0].values) if self.rows else []
        return [*self.further, *lengths, *([COVERAGE] if any(COVERAGE in row.values for row in self.rows) else [])]

    def _repr_html_(self) -> str:
        return notebook.table(self.columns(), map(self.cells, self.rows), self.note)
