"""Commands about the model in use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.group import Group
from recsys.cli.negative import TakesNegative
from recsys.cli.options import Access, Champion, Output
from recsys.cli.output import echo, out, print_json
from recsys.cli.views.champions import show_history, show_promotion, show_recommendations, show_rollback
from recsys.errors import InputError
from recsys.serving.ask import By

app = Group("Champions")


@app.command()
def promote(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME_OR_RUN…", help="A sweep, whose best trial is meant, or a trial's run."),
    ],
    *,
    name: Annotated[
        str | None, typer.Option(help=r"The model's name; \[promotion] name by default, else the data set's.")
    ] = None,
    ensemble: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="A greedy ensemble of at most N picks from the sweeps.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Promote a baseline of the sweep's experiment instead, such as ease."),
    ] = None,
    prefer: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Which trial instead of the best, such as 'ndcg>=0.37, max coverage'."),
    ] = None,
    replace: Annotated[
        str | None, typer.Option(metavar="REASON", help="Replace the champion without comparing with it.")
    ] = None,
    accept_baseline_loss: Annotated[
        str | None, typer.Option(metavar="REASON", help="Promote what does not beat the baselines; it is recorded.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide, but change nothing.")] = False,
    no_final_refit: Annotated[
        bool, typer.Option("--no-final-refit", help="Serve what was tested, not one trained on all ratings.")
    ] = False,
    access: Access,
    output: Output,
) -> None:
    """Refit on train and validation, open the test once, beat baselines and champion, set the alias `champion`."""
    from recsys.workflows.promotion.promote import promote as run

    result = run(
        names,
        name=name,
        ensemble=ensemble,
        baseline=baseline,
        prefer=prefer,
        replace=replace,
        accept_baseline_loss=accept_baseline_loss,
        dry_run=dry_run,
        final_refit=not no_final_refit,
        **access.arguments,
    )
    output.give(result, show_promotion)
    if not result.promoted:
        sys.exit(3)


@app.command()
def history(*, champion: Champion, output: Output) -> None:
    """Who was champion when and why; refusals too."""
    from recsys.workflows.promotion.champions import history as run

    output.give(run(**champion.arguments), show_history)


@app.command()
def rollback(
    *,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "rolled back by hand",
    champion: Champion,
    output: Output,
) -> None:
    """Return the alias `champion` to the champion before."""
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
        str | None, typer.Option(metavar="ITEM,…", help="Items that a person likes, who need not be in the data.")
    ] = None,
    values: Annotated[
        str | None, typer.Option(metavar="NUMBER,…", help="With --history: their ratings, or weights of implicit data.")
    ] = None,
    by: Annotated[
        By, typer.Option(help="Rank by the rating, the lower end of its interval, or one draw from the posterior.")
    ] = "mean",
    seed: Annotated[int | None, typer.Option(min=0, help="With --by draw: which draw; any by default.")] = None,
    stars: Annotated[bool, typer.Option("--stars", help="Show the chance of each star.")] = False,
    everyone: Annotated[bool, typer.Option("--all", help="For every user, into a file.")] = False,
    file: Annotated[Path | None, typer.Option("--output", help="With --all: a .parquet or .csv file.")] = None,
    champion: Champion,
    output: Output,
) -> None:
    """What the champion would have a user see next: titles and predicted ratings or scores, nothing had before."""
    if everyone == (user is not None or history is not None) or everyone != (file is not None):
        raise InputError("give a user, or a --history; or --all with --output FILE")
    if everyone and stars:
        raise InputError("--stars: they are shown for one user; a file has none")
    if file is not None:
        from recsys.workflows.serving.recommend import recommend_all

        rows = recommend_all(file, n=n, by=by, seed=seed, **champion.arguments)
        print_json({"rows": rows, "output": str(file)}) if output.as_json else echo(f"wrote {rows:,} rows to {file}")
        return
    from recsys.workflows.serving.recommend import recommend as run

    items, numbers = None if history is None else history.split(","), _numbers(values)
    ranked = run(user, n=n, history=items, values=numbers, by=by, seed=seed, stars=stars, **champion.arguments)
    output.give(ranked, show_recommendations)


def _numbers(words: str | None) -> list[float] | None:
    try:
        return None if words is None else [float(word) for word in words.split(",")]
    except ValueError:
        raise InputError(f"--values {words}: expected numbers with commas between them") from None


@app.command()
def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 5001,
    allow_unknown_keys: Annotated[
        bool,
        typer.Option(
            "--allow-unknown-keys",
            envvar="RECSYS_ALLOW_UNKNOWN_KEYS",
            help="Ignore what requests say beside the known keys, such as what a proxy adds.",
        ),
    ] = False,
    champion: Champion,
) -> None:
    """The champion behind MLflow's scoring protocol, loopback only."""
    from recsys.workflows.serving.serve import serve as run

    run(port, allow_unknown_keys=allow_unknown_keys, **champion.arguments)
