"""One addition of each kind that ARCHITECTURE.md describes: its new files, and its entries in existing files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Addition:
    """What a person would write."""

    files: Mapping[str, str] = field(default_factory=dict)
    """New files: the path of each, and the one in `files` that it is a copy of."""
    edits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By path, what is written behind each place, which occurs once; where it ends a line, before it."""

    def make(self, folder: Path) -> None:
        """Make it in a copy of the repository."""
        for path, source in self.files.items():
            assert not (folder / path).exists(), path
            (folder / path).parent.mkdir(exist_ok=True)
            shutil.copy(FILES / source, folder / path)
        for path, places in self.edits.items():
            text = (folder / path).read_text(encoding="utf-8")
            for place, more in places.items():
                assert text.count(place) == 1, (path, place)
                text = text.replace(place, more + place if more.endswith("\n") else place + more)
            (folder / path).write_text(text, encoding="utf-8")


def imported(line: str) -> dict[str, str]:
    """The edit that imports a name."""
    return {"from __future__ import annotations\n": f"\n{line}"}


QUARTIC = '''\
def quartic_error(truth, predicted, by):
    """(r - r̂)⁴."""
    return by.square(by.square(predicted - truth))


'''
MAKE_ADDED = """\
def _added(task, execution, report):
    from recsys.execution.added import AddedExecutor

    return AddedExecutor(task, report)


"""


def kind_of_model(source: str) -> Addition:
    """A folder, and a line in the table of kinds."""
    return Addition(
        {"recsys/models/added/kind.py": source, "recsys/models/added/__init__.py": "model_room.py"},
        {
            "recsys/models/kinds.py": {
                **imported("from recsys.models.added.kind import ADDED"),
                "kind.name: kind for kind in (": "ADDED, ",
            }
        },
    )


ADDITIONS = {
    "model": kind_of_model("model.py"),
    "loss": Addition(
        {"recsys/losses/added.py": "loss.py"},
        {
            "recsys/losses/table.py": {
                **imported("from recsys.losses.added import ADDED"),
                "_ALL: tuple[Loss, ...] = (": "ADDED, ",
            }
        },
    ),
    "metric": Addition(
        edits={
            "recsys/evaluation/metrics/rating.py": {
                "def squared_error(": QUARTIC,
                "RATING_METRICS = by_name(": '\n    RatingMetric("added_metric", "minimize", "rating", quartic_error),',
            }
        }
    ),
    "baseline": Addition(
        {"recsys/evaluation/baselines/added.py": "baseline.py"},
        {
            "recsys/evaluation/baselines/table.py": {
                **imported("from recsys.evaluation.baselines.added import Middle"),
                "RATING_BASELINES: tuple[type[Baseline], ...] = (": "Middle, ",
            }
        },
    ),
    "split": Addition(
        {"recsys/splitting/added.py": "split.py"},
        {
            "recsys/splitting/kinds.py": {
                **imported("from recsys.splitting.added import ADDED"),
                "kind.name: kind for kind in (": "ADDED, ",
            }
        },
    ),
    "sampler": Addition(
        edits={
            "recsys/studies/samplers.py": {
                "_ALL = (": '\n    SamplerTraits("optuna", "added_sampler", uses_results=False),'
            },
            "recsys/studies/optuna_sampler.py": {
                "optuna.samplers.BaseSampler]] = {": '\n    "added_sampler": lambda seed: '
                "optuna.samplers.QMCSampler(seed=seed, warn_independent_sampling=False),"
            },
        }
    ),
    "tracker": Addition({"recsys/tracking/added.py": "tracker.py"}),
    "executor": Addition(
        {"recsys/execution/added.py": "executor.py"},
        {
            "recsys/execution/make.py": {
                "def _local(": MAKE_ADDED,
                "Callable[[Task, Execution, Report | None], Executor]] = {": '"added_executor": _added, ',
            }
        },
    ),
    "group of commands": Addition(
        {"recsys/cli/added.py": "commands.py"}, {"recsys/cli/entry.py": {"GROUPS = (": '"added", '}}
    ),
}
KINDS = {
    "added_model": ADDITIONS["model"],
    "added_history": kind_of_model("history_model.py"),
    "added_features": kind_of_model("features_model.py"),
}
"""Kinds of models: like one that there is, with a history input, with features."""
