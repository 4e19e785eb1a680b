"""Notes and tags that people give a sweep or a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.tracking.annotations import Annotations, checked_key, checked_text, tags_of
from recsys.workflows.search.stores import open_store


def note(name: str, text: str | None = None, *, remove: bool = False, tracking_uri: str | None = None) -> Annotations:
    """Write a note on a sweep or a trial, replacing the one before; MLflow shows it as the run's description.

    Args:
        name: A sweep's name or a run's id.
        text: The note; None leaves it as it is.
        remove: Remove the note.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Returns:
        Its note and tags now.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: The note is empty or too long.
    """
    checked = None if text is None else checked_text("note", text)
    store = open_store(tracking_uri)
    if remove or checked is not None:
        store.write_note(name, None if remove else checked)
    return store.words(name)


def tag(
    name: str,
    tags: Sequence[str] | Mapping[str, str] = (),
    *,
    remove: Sequence[str] = (),
    tracking_uri: str | None = None,
) -> Annotations:
    """Tag a sweep or a trial; MLflow can be searched by its tags.

    Args:
        name: A sweep's name or a run's id.
        tags: As `{"key": "value"}` or `["key=value"]`.
        remove: The keys of tags to remove.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Returns:
        Its note and tags now.

    Raises:
        NotFoundError: There is no such sweep or run.
        InputError: A tag is malformed, or its key is reserved.
    """
    words = [f"{key}={value}" for key, value in tags.items()] if isinstance(tags, Mapping) else tags
    changes = {**dict.fromkeys(map(checked_key, remove)), **tags_of(words)}
    store = open_store(tracking_uri)
    if changes:
        store.write_tags(name, changes)
    return store.words(name)
