"""The MLflow store in use: which sweeps it has, and the way to each of them and to every trial."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from recsys.credentials import masked
from recsys.data.ratings import Catalogue
from recsys.errors import InputError, NotFoundError, StoreError
from recsys.locks import locked
from recsys.store.address import database_file, identity
from recsys.store.mlflow_errors import store_errors
from recsys.tracking.lease import Lease, listen
from recsys.tracking.mlflow_client import alone, children, connect, delete_files, search, upload
from recsys.tracking.mlflow_sweep import log_description
from recsys.tracking.mlflow_tracker import MlflowTracker
from recsys.tracking.mlflow_trial import log_trial_pictures, record_is_final, run_history, run_weights
from recsys.tracking.record import STATE, SWEEP, TRIAL, header_tags, read_header, read_record
from recsys.tracking.summary import RunInfo, SweepSummary
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import Weights

PARENT = "mlflow.parentRunId"


def store_uri(uri: str | None = None, *, root: Path | None = None) -> str:
    """The address of the store: `uri`, else MLFLOW_TRACKING_URI, else SQLite under `mlruns/` of `root`."""
    default = f"sqlite:///{(root or Path.cwd()).resolve() / 'mlruns' / 'mlflow.db'}"
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or default


class MlflowStore:
    """Sweeps and trials in an MLflow tracking store.

    Args:
        uri: The store's address; None for the one in use (see `store_uri`).
        root: The folder whose `mlruns/` holds the default store, and the artifacts of a database store; the current
            one by default.

    Raises:
        InputError: The address is of no known kind.
        StoreError: The store does not answer.
    """

    def __init__(self, uri: str | None = None, *, root: Path | None = None) -> None:
        self.uri = store_uri(uri, root=root)
        self._root = (root or Path.cwd()).resolve()
        self._client: MlflowClient = connect(self.uri)

    def create_sweep(self, header: Header, catalogue: Catalogue) -> MlflowTracker:
        """Begin a sweep.

        Raises:
            InputError: There is one of that name already, or the name is not one.
        """
        if not re.fullmatch(r"[\w][\w .+@-]{0,199}", header.name):
            raise InputError(f"sweep name {header.name!r}: expected letters, digits, spaces and . _ + @ - only")
        with store_errors(self.uri), alone(self.uri):
            if self._named(header.name):
                raise _taken(header.name)
            run = self._client.create_run(
                self._experiment(header.data_name), tags=header_tags(header), run_name=header.name
            )
            # on a server another may have begun at the same moment; whoever sees another gives way, so never are two
            if len(self._named(header.name)) > 1:
                self._remove(run)
                raise _taken(header.name)
            log_description(self._client, run, header)
            return MlflowTracker(self._client, run, catalogue, self._lease(run))

    def open_sweep(self, name: str, catalogue: Catalogue | None = None) -> MlflowTracker:
        """A sweep that exists: to go on with it (needs the catalogue), or to read its records."""
        with store_errors(self.uri):
            run = self._sweep(name)
            if catalogue is None:
                return MlflowTracker(self._client, run, None)
            lease = self._lease(run)
            log_description(self._client, run, read_header(run.data.tags))
            return MlflowTracker(self._client, run, catalogue, lease)

    @contextmanager
    def held(self, name: str, say: Callable[[str], None] = lambda _line: None) -> Iterator[None]:
        """Hold the sweep while it runs here; a process that ends, in whatever way, lets go.

        Args:
            name: The sweep's.
            say: Hears why it takes a while, where another machine has held the sweep.

        Raises:
            InputError: Another process runs it, on this machine or another.
        """
        with ExitStack() as held:
            try:
                held.enter_context(locked(f"sweep {name} in {identity(self.uri)}", wait=False))
            except BlockingIOError:
                raise InputError(f"sweep {name!r} is running in another process") from None
            with store_errors(self.uri):
                for run in self._named(name):
                    listen(self._client, run, name, say)
            yield

    def _lease(self, run: Run) -> Lease | None:
        if self.uri.startswith("sqlite"):
            return None  # a file of this machine, whose locks are enough
        lease = Lease(self._client, run.info.run_id)
        lease.begin()
        return lease

    def raise_budget(self, name: str, trials: int) -> None:
        """Give the sweep a higher total budget."""
        with store_errors(self.uri):
            run = self._sweep(name)
            for key, value in header_tags(replace(read_header(run.data.tags), trials=trials)).items():
                self._client.set_tag(run.info.run_id, key, value)

    def header(self, name: str) -> Header:
        """What was written down of the sweep before its first trial."""
        with store_errors(self.uri):
            return read_header(self._sweep(name).data.tags)

    def sweeps(self) -> list[SweepSummary]:
        """All sweeps, the latest first."""
        with store_errors(self.uri):
            return [_summary(run) for run in sorted(self._parents(), key=_age, reverse=True)]

    def find(self, name_or_run_id: str) -> RunInfo:
        """The sweep of that name, or the sweep or trial of that run id.

        Raises:
            NotFoundError: There is neither; the message names what comes close.
        """
        with store_errors(self.uri):
            if re.fullmatch(r"[0-9a-f]{32}", name_or_run_id):
                return self._info(self._run(name_or_run_id))
            return self._info(self._sweep(name_or_run_id))

    def delete(self, name: str) -> None:
        """Remove the sweep, its trials and all their artifacts for good.

        Raises:
            InputError: It is running.
        """
        with self.held(name), store_errors(self.uri):
            parent = self._sweep(name)
            for run in children(self._client, parent):
                self._remove(run)
            self._remove(parent)

    def recorded(self, run_id: str) -> Recorded:
        """A trial's record."""
        with store_errors(self.uri):
            run = self._trial(run_id)
            return read_record(run_id, run.data.tags, terminated=record_is_final(run))

    def weights(self, run_id: str) -> Weights:
        """A trial's weights at its best epoch, exactly as they were."""
        with store_errors(self.uri):
            return run_weights(self._client, self._trial(run_id))

    def history(self, run_id: str) -> dict[str, list[float]]:
        """A trial's training loss and validation metrics by epoch."""
        with store_errors(self.uri):
            return run_history(self._client, self._trial(run_id))

    def log_pictures(self, run_id: str, catalogue: Catalogue | None = None) -> None:
        """Add learning curves and Projector files to a trial's run; item titles come from the catalogue."""
        with store_errors(self.uri):
            log_trial_pictures(self._client, self._trial(run_id), catalogue)

    def attach(self, name: str, file: str, content: bytes) -> None:
        """Add a file to the sweep's own run."""
        with store_errors(self.uri), upload(self._client, self._sweep(name)) as folder:
            (folder / file).write_bytes(content)

    def _experiment(self, name: str) -> str:
        name = name or "recsys"
        experiment = self._client.get_experiment_by_name(name)
        if experiment is None:
            with suppress(MlflowException):  # another process was first
                return self._client.create_experiment(name, artifact_location=self._artifacts(name))
            experiment = self._client.get_experiment_by_name(name)
        if experiment is None:
            raise StoreError(f"tracking store {masked(self.uri)}: cannot create the MLflow experiment {name!r}")
        if experiment.lifecycle_stage == "deleted":
            self._client.restore_experiment(experiment.experiment_id)
        return str(experiment.experiment_id)

    def _artifacts(self, name: str) -> str | None:
        if self.uri.startswith("http"):
            return None  # the server says where
        home = self._root / "mlruns"
        if self.uri.startswith("sqlite"):
            home = database_file(self.uri).parent
        return (home / "artifacts" / re.sub(r"[^\w.-]", "_", name)).as_uri()

    def _parents(self) -> list[Run]:
        return search(self._client, "tags.`recsys.kind` != ''")

    def _named(self, name: str) -> list[Run]:
        return search(self._client, f"tags.`{SWEEP}` = '{name}'")

    def _sweep(self, name: str) -> Run:
        found = self._named(name) if "'" not in name else []
        if not found:
            known = [run.data.tags[SWEEP] for run in self._parents()]
            raise NotFoundError(f"sweep {name!r}: not in the store{_hint(name, known)}")
        return min(found, key=_age)

    def _run(self, run_id: str) -> Run:
        try:
            run = self._client.get_run(run_id)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            run = None
        if run is None or run.info.lifecycle_stage == "deleted":
            raise NotFoundError(f"run {run_id}: not in the store; recsys list names its sweeps")
        return run

    def _trial(self, run_id: str) -> Run:
        run = self._run(run_id)
        if TRIAL not in run.data.tags:
            raise InputError(f"run {run_id}: not a trial; recsys show lists the trials of a sweep")
        return run

    def _info(self, run: Run) -> RunInfo:
        tags, data = run.data.tags, run.data
        if SWEEP in tags:
            return RunInfo(
                "sweep", run.info.run_id, tags[SWEEP], tags[SWEEP], run.info.status, data.params, data.metrics, tags
            )
        if TRIAL not in tags:
            raise NotFoundError(f"run {run.info.run_id}: not made by recsys")
        sweep = self._client.get_run(tags[PARENT]).data.tags[SWEEP]
        state = tags.get(STATE, "RUNNING") if run.info.status != "RUNNING" else "RUNNING"
        return RunInfo("trial", run.info.run_id, run.info.run_name, sweep, state, data.params, data.metrics, tags)

    def _remove(self, run: Run) -> None:
        delete_files(self._client, run)
        self._client.delete_run(run.info.run_id)
        # a tracking server only marks a run as deleted; its owner's `mlflow gc` then removes it
        store = self._client._tracking_client.store  # noqa: SLF001 - MLflow offers this to its own gc only
        if hasattr(store, "_hard_delete_run"):
            store._hard_delete_run(run.info.run_id)  # noqa: SLF001 - the same


def _age(run: Run) -> tuple[int, str]:
    return run.info.start_time, run.info.run_id


def _taken(name: str) -> InputError:
    return InputError(f"sweep {name!r}: there is one of that name already; resume or delete it, or give another --name")


def _hint(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=3)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; it has {', '.join(sorted(known)[:10])}" if known else "; it has no sweep yet"


def _summary(run: Run) -> SweepSummary:
    header, metrics = read_header(run.data.tags), run.data.metrics
    complete, pruned, failed = (int(metrics.get(state, 0)) for state in ("complete", "pruned", "failed"))
    end = run.info.end_time if run.info.status != "RUNNING" and run.info.end_time else time.time() * 1000
    return SweepSummary(
        name=header.name,
        run_id=run.info.run_id,
        kind=header.kind,
        state=run.info.status,
        data=header.data_name,
        metric=header.metric,
        best=metrics.get("best_so_far"),
        complete=complete,
        pruned=pruned,
        failed=failed,
        total=header.trials,
        started=datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        seconds=(end - run.info.start_time) / 1000,
    )
