"""The Pareto front of a sweep for several objectives: the trials that no other is better than in all of them."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.evaluation.metrics.metric import pareto_front
from recsys.evaluation.objective import objective_metric
from recsys.tracking.tracker import Header, Recorded, best_of


def goals_of(header: Header) -> Sequence[str]:
    """The names of a sweep's objectives, the leading one first."""
    return [header.metric, *header.further]


def front_of(records: Sequence[Recorded], goals: Sequence[str]) -> list[Recorded]:
    """The complete trials on the front, the best by the leading objective first; no front of one objective alone."""
    if len(goals) == 1:
        return []
    directions = [objective_metric(name).direction for name in goals]
    complete = [record for record in best_of(records, directions[0]) if all(name in record.values for name in goals)]
    return [
        complete[place] for place in pareto_front([[r.values[name] for name in goals] for r in complete], directions)
    ]
