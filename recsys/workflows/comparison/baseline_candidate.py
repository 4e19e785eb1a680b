"""A baseline as the candidate of a promotion: who has the best list wins, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.evaluation.baselines.table import baseline_named
from recsys.evaluation.baselines.tuning import TunedBaselines
from recsys.reporter import Reporter
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.candidate import Candidate
from recsys.workflows.search.prepare import prepare_data
from recsys.workflows.search.stored import require_same_data, require_same_protocol, stored_with

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore


def baseline_candidate(
    store: MlflowStore, names: Sequence[str], baseline: str, reporter: Reporter, *, data: Path | None = None
) -> tuple[Candidate, TunedBaselines]:
    """The baseline on the data, split and objective of a sweep, and all baselines of that objective.

    Args:
        store: Where the sweep is.
        names: The sweep, one alone.
        baseline: The baseline's name.
        reporter: Hears of downloads, and of each baseline when it is done.
        data: A file in the place of the sweep's own, with the same content.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: There is no such baseline of the objective, or the data are too large for it.
    """
    baseline_named(baseline)
    if len(names) > 1:
        raise InputError(f"{' '.join(names)}: a baseline is promoted on the data of one sweep")
    found = store.find(names[0])
    header = store.header(found.sweep)
    prepared = prepare_data(stored_with(header, data), sealed=False, reporter=reporter)
    if data is not None:
        require_same_data(header, prepared, data)
    require_same_protocol(header, prepared)
    choices = chosen_baselines(prepared, reporter)
    if baseline in choices.left_out:
        raise InputError(f"{baseline} cannot be promoted: {choices.left_out[baseline]}")
    if baseline not in choices.chosen:
        raise InputError(f"{baseline} is no baseline of {prepared.metric.name}; its are {', '.join(choices.chosen)}")
    choice = choices.chosen[baseline]
    spaces = [f"{found.sweep}: no trial of it; {baseline}, the best of {choice.fits} settings on validation"]
    return Candidate(prepared, [choice.baseline], [found.run_id], spaces), choices
