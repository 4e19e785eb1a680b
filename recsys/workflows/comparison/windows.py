"""Test a trial on periods before the test part, which stays sealed: does its value hold over time?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.errors import InputError, write_whole
from recsys.evaluation.scoring import score
from recsys.experiment import Experiment
from recsys.frameworks import load_frameworks
from recsys.reporter import Reporter
from recsys.splitting.windows import Window, windows
from recsys.workflows.comparison.candidate import Candidate
from recsys.workflows.comparison.refit import refit
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recsys.workflows.comparison.evaluate import Evaluation


def windows_of(
    experiment: Experiment, count: int, tables: Tables, reporter: Reporter, *, allow: bool
) -> Sequence[Window]:
    """Return the windows of an experiment, each as long as the test part.

    Raises:
        InputError: There are fewer than two, the split is not temporal, or the ratings do not reach back so far.
    """
    if count < 2:
        raise InputError(f"windows = {count}: expected 2 or more, for there is no deviation of one")
    if experiment.split.kind != "temporal":
        raise InputError(f"split.kind = {experiment.split.kind!r} has no windows: expected temporal")
    prepared = prepare(experiment, allow_custom_factory=allow, reporter=reporter, tables=tables)
    found = windows(prepared.split, count)
    if chosen_on := sum(window.validates for window in found):
        reporter(f"the trial is chosen on validation, which {chosen_on} of {count} windows overlap")
    return found


def values_on(candidate: Candidate, found: Sequence[Window]) -> Iterator[Mapping[str, float]]:
    """Train a candidate on the ratings before each window, and yield its values on the window."""
    objective = candidate.prepared.experiment.objective
    for window in found:
        fitted = refit(candidate.recipes, window.seen, objective)
        yield score(fitted, window.seen, window.held_out, objective).values


def draw_windows(evaluation: Evaluation, file: Path) -> None:
    """Draw the objective on each window, with the mean, as a PNG.

    Args:
        evaluation: An evaluation on windows.
        file: The file to write.

    Raises:
        InputError: The folder of `file` does not exist.
    """
    if not file.parent.is_dir():
        raise InputError(f"--picture {file}: there is no folder {file.parent}")
    load_frameworks()

    from recsys.tracking.pictures.figures import over_time
    from recsys.tracking.pictures.png import png

    values = {fold.begins: fold.test[evaluation.metric] for fold in evaluation.folds}
    write_whole(file, png(over_time(values, evaluation.metric), evaluation.experiment))
