"""The commands that promote, list, roll back and serve champions."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from recsys.cli.group import Group
from recsys.cli.negative import TakesNegative
from recsys.cli.options import Access, Champion, Output, TrackingUri
from recsys.cli.output import echo, out, print_json
from recsys.cli.views.champions import show_added, show_history, show_promotion, show_recommendations, show_rollback
from recsys.errors import InputError, shown
from recsys.serving.ask import By

app = Group("Champions")


@dataclass(frozen=True)
class Gate:
    """The options that relax the rules of a promotion, or end it early."""

    replace: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Replace the champion without a comparison. The reason is recorded."),
    ] = None
    accept_baseline_loss: Annotated[
        str | None,
        typer.Option(
            metavar="REASON", help="Promote a model that does not beat the baselines. The reason is recorded."
        ),
    ] = None
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Test and decide, but register nothing. The opening of the test part is recorded."
        ),
    ] = False
    no_final_refit: Annotated[
        bool, typer.Option("--no-final-refit", help="Serve the tested model instead of one trained on all data.")
    ] = False


@app.command()
def promote(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME_OR_RUN…", help="Sweeps, for their best trial, or runs of trials."),
    ],
    *,
    name: Annotated[
        str | None,
        typer.Option(help=r"The name of the model. Default: \[promotion] name, else the name of the data set."),
    ] = None,
    ensemble: Annotated[
        int | None,
        typer.Option(min=2, metavar="N", help="Promote a greedy ensemble of at most N picks from the sweeps."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Promote this baseline, such as ease, instead of a trial."),
    ] = None,
    prefer: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Choose the trial by this rule, such as 'ndcg>=0.37, max coverage'."),
    ] = None,
    gate: Gate,
    access: Access,
    output: Output,
) -> None:
    """Test the best trial against baselines and champion, and make it the champion if it is better."""
    from recsys.workflows.promotion.promote import promote as run

    result = run(
        names,
        name=name,
        ensemble=ensemble,
        baseline=baseline,
        prefer=prefer,
        replace=gate.replace,
        accept_baseline_loss=gate.accept_baseline_loss,
        dry_run=gate.dry_run,
        final_refit=not gate.no_final_refit,
        **access.arguments,
    )
    output.give(result, show_promotion)
    if not result.promoted:
        sys.exit(3)


@app.command()
def add_items(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The registered model.")],
    items: Annotated[
        Path, typer.Argument(metavar="FILE", help="A table of the items: ids, titles and the features of training.")
    ],
    *,
    id_column: Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="The column of ids.")] = None,
    tracking_uri: TrackingUri = None,
    output: Output,
) -> None:
    """Add items to the champion, which it then knows by their features alone, as a new version."""
    from recsys.workflows.promotion.add_items import add_items as run

    output.give(run(name, items, id_column=id_column, tracking_uri=tracking_uri, reporter=echo), show_added)


@app.command()
def history(*, champion: Champion, output: Output) -> None:
    """List promotions, refusals and rollbacks, with the reason for each."""
    from recsys.workflows.promotion.champions import history as run

    output.give(run(**champion.arguments), show_history)


@app.command()
def rollback(
    *,
    reason: Annotated[str, typer.Option(help="The reason, for the history.")] = "rolled back by hand",
    champion: Champion,
    output: Output,
) -> None:
    """Make the previous champion the champion again."""
    from recsys.workflows.promotion.champions import rollback as run

    version = run(reason, **champion.arguments)
    if output.as_json:
        print_json({"model": version.model, "version": version.version})
    else:
        show_rollback(out, version)


@app.command(cls=TakesNegative)
def recommend(
    user: Annotated[str | None, typer.Argument(help="A user's id, as in the data.")] = None,
    *,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items.")] = 10,
    history: Annotated[
        str | None,
        typer.Option(
            metavar="ITEM,…",
            help="What a person likes or rated, the oldest first. It follows what is stored of the user.",
        ),
    ] = None,
    values: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER,…", help="With --history: the ratings of these items, or the weights for implicit data."
        ),
    ] = None,
    user_features: Annotated[
        str | None,
        typer.Option(
            metavar="JSON",
            help="What is known of the person, by column, such as '{\"age\": 30}'. Replaces what is stored.",
        ),
    ] = None,
    new_share: Annotated[
        float,
        typer.Option(min=0, max=1, help="The least share of items that nobody has rated or chosen yet, marked as new."),
    ] = 0.0,
    by: Annotated[
        By, typer.Option(help="Rank by the mean, the lower end of the interval, or one draw from the posterior.")
    ] = "mean",
    seed: Annotated[
        int | None, typer.Option(min=0, help="With --by draw: choose the draw. Default: a random one.")
    ] = None,
    stars: Annotated[bool, typer.Option("--stars", help="Show the probability of each star.")] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Recommend to all users, into a file.")] = False,
    file: Annotated[Path | None, typer.Option("--output", help="With --all: a .parquet or .csv file.")] = None,
    champion: Champion,
    output: Output,
) -> None:
    """Recommend items to a user, with predicted ratings or scores, without items that the user already has."""
    one = user is not None or history is not None or user_features is not None
    if everyone == one or everyone != (file is not None):
        raise InputError("give a user, a --history or --user-features; or --all with --output FILE")
    if everyone and stars:
        raise InputError("--stars: they are shown for one user; a file has none")
    if file is not None:
        from recsys.workflows.serving.recommend import recommend_all

        rows = recommend_all(file, n=n, by=by, seed=seed, new_share=new_share, **champion.arguments)
        print_json({"rows": rows, "output": str(file)}) if output.as_json else echo(f"wrote {rows:,} rows to {file}")
        return
    from recsys.workflows.serving.recommend import recommend as run

    ranked = run(
        user,
        n=n,
        history=None if history is None else history.split(","),
        values=_numbers(values),
        user_features=_object(user_features),
        new_share=new_share,
        by=by,
        seed=seed,
        stars=stars,
        **champion.arguments,
    )
    output.give(ranked, show_recommendations)


def _numbers(words: str | None) -> list[float] | None:
    try:
        return None if words is None else [float(word) for word in words.split(",")]
    except ValueError:
        raise InputError(f"--values {words}: expected numbers with commas between them") from None


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    raise InputError(f"--user-features {shown(text)}: expected a JSON object, such as '{{\"age\": 30}}'")


@app.command()
def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5001,
    allow_unknown_keys: Annotated[
        bool,
        typer.Option(
            "--allow-unknown-keys",
            envvar="RECSYS_ALLOW_UNKNOWN_KEYS",
            help="Ignore unknown keys in requests, such as those that a proxy adds.",
        ),
    ] = False,
    champion: Champion,
) -> None:
    """Serve the champion over HTTP by MLflow's scoring protocol, on loopback only."""
    from recsys.workflows.serving.serve import serve as run

    run(port, allow_unknown_keys=allow_unknown_keys, **champion.arguments)
