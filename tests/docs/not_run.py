"""The commands of the pages that no test runs, by prefix, with the reason; tests check their options."""

from __future__ import annotations

from pages import Typed

NOT_RUN = {
    "make demo": "`make` is what runs the tests; its commands are the README's",
    "make test": "it would run itself",
    "make bench": "half an hour, beside other frameworks",
    "python3 -m venv": "installing is tested from the wheel, in tests/test_shipped.py",
    "source .venv/bin/activate": "likewise",
    "pip install": "likewise",
    "recsys auto ratings.csv": "half an hour; tests/workflows/automatic/test_auto.py has smaller data",
    "recsys sweep mf_top_n": "minutes; tests/test_functions.py promotes lists of smaller data",
    "recsys promote mf_top_n": "of a sweep that takes minutes",
    "recsys sweep experiments/mf_top_n.toml": "minutes",
    "recsys baselines experiments/mf_top_n.toml": "the same baselines are measured in tests/evaluation/baselines",
    "recsys sweep experiments/bayesian_mf.toml": "minutes",
    "recsys promote bayesian_mf": "of a sweep that takes minutes",
    "recsys recommend 196 --by lower": "of a champion of draws; tests/serving/test_predictive_distribution.py has one",
    "recsys recommend 196 --stars": "likewise",
    "recsys sweep experiments/mf.toml": "a variant of the README's sweep, a minute each",
    "recsys evaluate mf": "five sweeps",
    "recsys evaluate films.toml": "tests/workflows/comparison/test_evaluate_windows.py has smaller data",
    "recsys baselines experiments/next_sequential_mf.toml": "a minute; tests/evaluation/baselines measures them",
    "recsys sweep experiments/next_sequential_mf.toml": "minutes; tests/workflows/test_next_items.py has smaller data",
    "recsys promote next_sequential_mf": "of a sweep that takes minutes",
    "recsys recommend 196 -n 3 --model ml-100k-next": "of the champion of a sweep that takes minutes",
    "recsys recommend 196 --history 50,172": "likewise",
    "recsys recommend --history 50,172 -n 3": "likewise",
    "recsys sweep experiments/cold_items.toml": "minutes; the page trains one model of its own",
    "recsys sweep experiments/mf_features.toml": "likewise",
    "recsys recommend --user-features": "of a champion that reads users; workflows/promotion/test_add_items.py has one",
    "recsys recommend 196 --user-features": "likewise",
    "recsys add-items books": "likewise",
    "recsys rollback --model books": "likewise",
    "recsys relocate /home/me": "of a project that was moved; tests/stores/test_moves.py moves some",
    "recsys resume films --set": "likewise",
    "recsys export mf_keras_tuner": "of a sweep of a minute",
    "optuna-dashboard": "a server of another project",
    "export MLFLOW_TRACKING_URI": "the addresses are made up",
    "cd docs/own_factory": "the model of one's own is swept and promoted by both engines in test_named.py",
    "PYTHONPATH=. recsys": "likewise",
    "recsys recommend 196 -n 10": "the README asks for three",
    "recsys recommend --history 50,172,181 -n 5": "serving.md asks for ten",
    "recsys promote two": "lists of drawn tastes are no better than bestsellers; test_several_objectives.py promotes",
    "recsys compare losses": "the sweep is of the space above it, made for the page",
}
BY_THE_CLOCK = {
    "recsys sweep experiments/smoke.toml --trials 10000 --minutes 0.25": "how many trials there is time for",
    "recsys list --tag team --sort value": "the same sweep",
    "recsys watch smoke --once": "the same sweep",
}
"""Commands of whose lines only the first words are compared: how far they come is up to the machine."""


def reason_not_to_run(step: Typed) -> str | None:
    """Why a line is not run; None where it is."""
    return next((reason for start, reason in NOT_RUN.items() if step.line.startswith(start)), None)
