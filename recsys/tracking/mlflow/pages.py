"""What MLflow's pages show of a sweep: descriptions, default columns, and a saved view of its trials."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recsys.evaluation.formatting import format_metric
from recsys.spaces.formatting import format_point
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.mlflow.tags import MARK, NOTE, read_header
from recsys.tracking.tracker import Header, Recorded, best_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

EXPERIMENT = {
    "mlflow.experimentKind": "custom_model_development",  # training runs, not traces of language models
    NOTE: (
        "Sweeps over recommender models. A run of this experiment is a sweep; **open it with the arrow** to see its "
        "trials, or print a link to them, sorted by the objective and with their parameters as columns, by "
        "`recsys ui SWEEP`. `best_…` is a trial's validation value at its best epoch, and a sweep's that of its best "
        "trial; `test_…` is there once a promotion has opened the test part. Trials whose `recsys.fingerprint` "
        "agrees were measured alike: `recsys compare SWEEP …` says which of them luck cannot explain."
    ),
}
"""Tags of an MLflow experiment of sweeps."""

_VIEW = "recsys"
"""The key of the saved view, which is a tag of the experiment."""


def origin() -> dict[str, str]:
    """Tags for source and user, which MLflow's default columns show."""
    return {"mlflow.source.name": "recsys", "mlflow.source.type": "LOCAL", "mlflow.user": getpass.getuser()}


def describe(header: Header, records: Sequence[Recorded]) -> str:
    """The suite's part of a sweep's description in Markdown: data, best trials, and commands to continue with."""
    best = best_of(records, header.direction)[:5]
    finished = sum(record.finished is not None for record in records)
    size = f"{header.users:,} users, {header.items:,} items, {header.ratings:,} ratings"
    lines = [
        MARK,
        "",
        f"**{header.name}**: {finished} of {header.trials} trials on {header.data_name} ({size}),",
        f"judged by `{header.metric}` on validation, protocol `{header.fingerprint}`.",
    ]
    if header.further:
        best = front_of(records, goals_of(header))
        lines += ["", f"No trial is better in {' and '.join(goals_of(header))} at once than these:"]
    if best:
        heads = ["trial", *goals_of(header), "epoch", "point"]
        lines += ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *(_row(each, header) for each in best)]
    words = ("compare", "report", "promote" if finished >= header.trials else "resume")
    lines += ["", "How to go on:", "", *(f"    recsys {word} {header.name}" for word in words)]
    return "\n".join(lines)


def _row(record: Recorded, header: Header) -> str:
    values = (format_metric(name, record.values[name]) if name in record.values else "" for name in goals_of(header))
    return f"| {record.number} | {' | '.join(values)} | {record.best_epoch} | {format_point(record.point)} |"


def save_view(client: MlflowClient, sweep: Run, parameters: Sequence[str]) -> str:
    """Save a view of a sweep's trials: sorted by the objective, with it and the parameters as columns.

    Returns:
        The path of the view, to append to the address of MLflow's pages.
    """
    header = read_header(sweep.data.tags)
    objective = f"metrics.`best_{header.metric}`"
    view: Mapping[str, object] = {
        "selectedColumns": [objective, "metrics.`best_epoch`", *(f"params.`{name}`" for name in parameters)],
        "searchFilter": f"tags.`mlflow.parentRunId` = '{sweep.info.run_id}'",
        "orderByKey": objective,
        "orderByAsc": header.direction == "minimize",
        "startTime": "ALL",
    }
    experiment = sweep.info.experiment_id
    client.set_experiment_tag(experiment, f"mlflow.sharedViewState.{_VIEW}", json.dumps(view))
    return f"/#/experiments/{experiment}/runs?workflowType=machine_learning&viewStateShareKey={_VIEW}"
