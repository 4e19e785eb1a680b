"""Notes and tags on sweeps and trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.tracking.annotations import Annotations, checked_key, checked_text, tags_of
from recsys.workflows.search.stores import open_store


def note(name: str, text: str | None = None, *, remove: bool = False, tracking_uri: str | None = None) -> Annotations:
    """Write a note on a sweep or a trial, which replaces the previous one. MLflow shows it as the run's description.

    Args:
        name: The name of a sweep or the id of a run.
        text: The note; None keeps the current note.
        remove: Remove the note.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Returns:
        The current note and tags.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: The note is empty or too long.
    """
    checked = None if text is None else checked_text("note", text)
    store = open_store(tracking_uri)
    if remove or checked is not None:
        store.write_note(name, None if remove else checked)
    return store.annotations(name)


def tag(
    name: str,
    tags: Sequence[str] | Mapping[str, str] = (),
    *,
    remove: Sequence[str] = (),
    tracking_uri: str | None = None,
) -> Annotations:
    """Set and remove tags of a sweep or a trial. MLflow's search uses them.

    Args:
        name: The name of a sweep or the id of a run.
        tags: Tags to set, as `{"key": "value"}` or `["key=value"]`.
        remove: The keys of tags to remove.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Returns:
        The current note and tags.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: A tag is malformed, or its key is reserved.
    """
    words = [f"{key}={value}" for key, value in tags.items()] if isinstance(tags, Mapping) else tags
    changes = {**dict.fromkeys(map(checked_key, remove)), **tags_of(words)}
    store = open_store(tracking_uri)
    if changes:
        store.write_tags(name, changes)
    return store.annotations(name)
