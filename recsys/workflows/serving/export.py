"""Export a sweep to where other tools can open it."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.frameworks import load_frameworks
from recsys.workflows.search.stored import stored_experiment
from recsys.workflows.search.stores import open_store


@dataclass(frozen=True)
class Export:
    """The study that was written."""

    sweep: str
    study: str
    trials: int


def export(name: str, optuna: str, *, study: str | None = None, tracking_uri: str | None = None) -> Export:
    """Write a sweep, of whichever engine, as a study in an Optuna storage.

    Args:
        name: The sweep's.
        optuna: The storage's URL, as `sqlite:///studies.db` or `postgresql://…`.
        study: The study's name; the sweep's by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The storage cannot be opened, holds something other than studies, or has a study of that name.
    """
    load_frameworks()

    from recsys.studies.optuna_export import write_study
    from recsys.studies.optuna_space import frozen_trial

    store = open_store(tracking_uri)
    header = store.header(name)
    space = stored_experiment(header).search_space
    records = [record for record in store.open_sweep(name).records() if record.finished is not None]
    trials = [
        frozen_trial(
            space,
            record.point,
            record.finished.state,
            record.finished.value,
            record.finished.history,
            {"trial": str(record.number), "mlflow_run": record.run_id, "training_seconds": f"{record.seconds:.3f}"},
        )
        for record in records
        if record.finished is not None
    ]
    attributes = {"metric": header.metric, "fingerprint": header.fingerprint, "data": header.data_name}
    write_study(optuna, study or name, header.direction, trials, attributes)
    return Export(name, study or name, len(trials))
