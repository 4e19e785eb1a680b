"""Recommend items with the champion, to one user or to all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, writing
from recsys.reporter import Reporter, quiet
from recsys.serving.ask import DEFAULT_N, By
from recsys.serving.lists import Recommendations
from recsys.workflows.promotion.champions import registry_of

if TYPE_CHECKING:
    import pandas as pd

    from recsys.serving.recommender import Recommender


def recommend(
    user: str | int | None = None,
    *,
    n: int = DEFAULT_N,
    history: Sequence[str | int] | None = None,
    values: Sequence[float] | None = None,
    user_features: Mapping[str, Any] | None = None,
    new_share: float = 0.0,
    by: By = "mean",
    seed: int | None = None,
    stars: bool = False,
    model: str | None = None,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> Recommendations:
    """The best items for one user by the champion, without items that the user had before.

    With `split.repeats` the items that the user had before are included. A champion that is drawn from a posterior
    gives the uncertainty of each rating too.

    Args:
        user: The user's id, as in the data.
        n: How many items.
        history: Ids of the items that a person has rated or chosen, the oldest first. They follow the stored history of
            the user; without a user they stand alone.
        values: The ratings of these items, or their weights for implicit data; by default the person likes them.
        user_features: What is known of the person, by column of the table of users, for a champion that reads it. It
            replaces what is stored of the user.
        new_share: The least share of the list that is new items, which nobody in the data has rated or chosen: the best
            of them, at evenly spaced places. The list then says which items are new.
        by: What the list is ranked by: the predicted rating (`mean`), the `lower` end of its 90 % interval, or one
            `draw` from the posterior (Thompson sampling).
        seed: The seed of the draw; a new draw each time by default.
        stars: Whether to give the chance of each star.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. `MLFLOW_REGISTRY_URI` has
            precedence.
        reporter: Is called if the store was moved, and for categories that are not known.

    Raises:
        InputError: Neither a user nor a history nor features are given, a value is out of range, `n` is below 1, `by`,
            `seed` or `stars` need a posterior that the champion does not have, or it does not know such features.
        NotFoundError: There is no champion.
    """
    _check_length(n)
    row: dict[str, Any] = {"n": n, "by": by, "stars": stars, "new_share": new_share}
    row |= {} if user is None else {"user": user}
    row |= {} if history is None else {"history": list(history)}
    row |= {} if seed is None else {"seed": seed}
    row |= {} if user_features is None else {"user_features": dict(user_features)}
    with _champion(model, tracking_uri, reporter) as recommender:
        from recsys.serving.reading import reader_of

        row |= {} if values is None else {recommender.feedback.words[0]: list(values)}
        (given,) = recommender.recommend_each([reader_of(recommender, reporter).ask(row)])
    return given


def recommend_all(
    output: str | Path,
    *,
    n: int = DEFAULT_N,
    by: By = "mean",
    seed: int | None = None,
    new_share: float = 0.0,
    model: str | None = None,
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> int:
    """Write the best items for every user by the champion to a file, in chunks.

    Args:
        output: A `.parquet` or `.csv` file. Its columns are `user`, `rank`, `item`, `title` (if the items have titles)
            and `rating` or `score`; a champion that is drawn from a posterior adds `deviation`, `low` and `high`, and a
            share of new items `new`.
        n: How many items a user.
        by: What lists are ranked by, as in `recommend`.
        seed: The seed of the draw, the same for all users.
        new_share: The least share of new items in each list, as in `recommend`.
        model: The registered model; the only one by default.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default. `MLFLOW_REGISTRY_URI` has
            precedence.
        reporter: Is called if the store was moved.

    Returns:
        The number of rows.

    Raises:
        InputError: The file's name does not end in `.parquet` or `.csv`, or `by` or `seed` need a posterior that the
            champion does not have.
        NotFoundError: There is no champion.
    """
    _check_length(n)
    output = Path(output)
    writers = {".parquet": _write_parquet, ".csv": _write_csv}
    if output.suffix not in writers:
        raise InputError(f"--output {output}: the name must end in .parquet or .csv")
    if not output.parent.is_dir():
        raise InputError(f"--output {output}: there is no folder {output.parent}")
    from recsys.serving.new_items import checked_share
    from recsys.serving.reading import ranked_by

    share = checked_share(new_share)
    by, seed = ranked_by({"by": by} if seed is None else {"by": by, "seed": seed})
    part = output.with_name(output.name + ".part")
    try:
        with _champion(model, tracking_uri, reporter) as recommender, writing(output):
            from recsys.serving.everybody import lists_of_all

            rows = writers[output.suffix](part, lists_of_all(recommender, n, by=by, seed=seed, new_share=share))
            part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return rows


def _check_length(n: int) -> None:
    if n < 1:
        raise InputError(f"n = {n}: expected 1 or more")


def _write_parquet(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    tables = (pa.Table.from_pandas(chunk, preserve_index=False) for chunk in chunks)
    first = next(tables)
    rows = int(first.num_rows)
    with parquet.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
            rows += int(table.num_rows)
    return rows


def _write_csv(path: Path, chunks: Iterator[pd.DataFrame]) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in chunks:
            chunk.to_csv(file, index=False, header=rows == 0)
            rows += len(chunk)
    return rows


@contextmanager
def _champion(model: str | None, tracking_uri: str | None, reporter: Reporter) -> Iterator[Recommender]:
    """The champion, which may load parts of itself as long as the block lasts."""
    registry = registry_of(tracking_uri, reporter)

    from recsys.serving.package import load_package

    with registry.champion_files(registry.chosen(model)) as folder:
        yield load_package(folder)
