"""Register a champion: save its package with card and recipes as a version with the champion alias."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.data.histories import Histories
from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.fallback import Fallback
from recsys.training.recipe import recipes_to_json
from recsys.workflows.promotion.card import Card, tags_of, write_card
from recsys.workflows.promotion.remade_champion import IDENTITY, identity_of

if TYPE_CHECKING:
    from recsys.registry.history import Version
    from recsys.registry.protocols import Registry
    from recsys.serving.scorer import AnyScorer
    from recsys.workflows.comparison.candidate import Candidate


def rehearse(registry: Registry | None, model: str, scorer: AnyScorer, known: Ratings, candidate: Candidate) -> None:
    """Build and load the package without registering a version, to find errors before the test part is opened.

    Args:
        registry: The registry to check; None in a dry run, which writes nothing.
        model: The name of the registered model.
        scorer: The candidate to test.
        known: The ratings that the candidate was trained on.
        candidate: The recipes and data of the candidate.

    Raises:
        InputError: The package cannot be loaded for serving.
        StoreError: The package cannot be registered.
    """
    files = {"recipes.json": recipes_to_json(candidate.recipes), IDENTITY: identity_of(candidate.prepared, known)}
    with _saved(scorer, known, known, candidate, files) as folder:
        if registry is not None:
            registry.rehearse(model, folder)


def register_champion(
    registry: Registry,
    model: str,
    served: AnyScorer,
    card: Card,
    *,
    champion: Version | None,
    replace: str | None,
) -> Version:
    """Register the served model and give it the champion alias.

    Args:
        registry: The registry of champions.
        model: The name of the registered model.
        served: The scorer of the recommender.
        card: The content of the model card.
        champion: The champion that the candidate was compared with.
        replace: The reason to replace the champion without a comparison; None after a comparison.

    Returns:
        The new version.

    Raises:
        InputError: The champion has changed since the comparison, or the package cannot be loaded.
    """
    candidate, decision = card.candidate, card.verdict.decision
    everything = card.development.join(card.test)
    files = {
        "recipes.json": recipes_to_json(candidate.recipes),
        "card.md": write_card(card, model),
        IDENTITY: identity_of(candidate.prepared, everything),
    }
    tags = {
        **origin_of(candidate),
        **tags_of(card.verdict),
    }
    trained_on = everything if card.final_refit else card.development
    with _saved(served, trained_on, everything, candidate, files) as folder:
        version = registry.register(model, folder, tags, files["card.md"])
    if registry.champion(model) != champion:
        raise InputError(f"{model} has got another champion meanwhile; run the promotion again")
    if replace is None or champion is None:  # there may be no champion to replace
        registry.register_champion(version, decision.reason, decision.numbers, "promoted")
    else:
        registry.register_champion(version, f"replaced: {replace}; {decision.reason}", decision.numbers, "replaced")
    return version


def origin_of(candidate: Candidate) -> Mapping[str, str]:
    """The tags of a version that name the trials and the protocol of its candidate."""
    return {
        "recsys.trial_run": ",".join(candidate.run_ids)[:5000],
        "recsys.fingerprint": candidate.prepared.fingerprint,
    }


@contextmanager
def _saved(
    scorer: AnyScorer, trained_on: Ratings, known: Ratings, candidate: Candidate, files: Mapping[str, str]
) -> Iterator[Path]:
    """Yield a folder with the MLflow model, after it was loaded as a serving process loads it."""
    from recsys.serving.feedback import feedback_of
    from recsys.serving.mlflow_model import PACKAGE, save_model
    from recsys.serving.package import check_package
    from recsys.serving.recommender import Recommender, known_items
    from recsys.serving.scorer import Scorer

    feedback = feedback_of(known, candidate.prepared.experiment.data.weight_scale)
    histories = Histories.of(known)
    if isinstance(scorer, Scorer) and scorer.reads_histories:
        scorer = replace(scorer, histories=histories)  # people go on where the data end
    recommender = Recommender(scorer, known.catalogue, known_items(known), feedback, Fallback.of(trained_on), histories)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "model"
        save_model(recommender, folder, files)
        check_package(folder / PACKAGE, recommender)
        yield folder
