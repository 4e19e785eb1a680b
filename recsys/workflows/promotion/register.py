"""Crown: the package of what is served, with its card and recipes, as a registered version that bears the alias."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.fallback import Fallback
from recsys.training.recipe import recipes_to_json
from recsys.workflows.promotion.card import Card, tags_of, write_card
from recsys.workflows.promotion.challenger import IDENTITY, identity_of

if TYPE_CHECKING:
    from recsys.registry.history import Version
    from recsys.registry.protocols import Registry
    from recsys.serving.scorer import AnyScorer
    from recsys.workflows.comparison.candidate import Candidate


def rehearse(registry: Registry | None, model: str, scorer: AnyScorer, known: Ratings, candidate: Candidate) -> None:
    """Do all that crowning does but for the version, so that the test part is not opened for what cannot be crowned.

    Args:
        registry: Where the champion would be; None where nothing is to be written there.
        model: The registered model.
        scorer: The candidate, as it will be tested.
        known: What it was trained on.
        candidate: Its recipes and data.

    Raises:
        InputError: It could not be loaded where it is served.
        StoreError: It could not be registered.
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
    """Register what is served and give it the alias.

    Args:
        registry: Where champions are.
        model: The registered model.
        served: What the recommender asks.
        card: What the model card is written from.
        champion: Who bore the alias when the candidate was compared.
        replace: Why the champion is replaced without a comparison; None where there was one.

    Raises:
        InputError: The model has got another champion meanwhile, or cannot be loaded.
    """
    candidate, decision = card.candidate, card.verdict.decision
    everything = card.development.join(card.test)
    files = {
        "recipes.json": recipes_to_json(candidate.recipes),
        "card.md": write_card(card, model),
        IDENTITY: identity_of(candidate.prepared, everything),
    }
    tags = {
        "recsys.trial_run": ",".join(candidate.run_ids)[:5000],
        "recsys.fingerprint": candidate.prepared.fingerprint,
        **tags_of(card.verdict),
    }
    trained_on = everything if card.final_refit else card.development
    with _saved(served, trained_on, everything, candidate, files) as folder:
        version = registry.register(model, folder, tags, files["card.md"])
    if registry.champion(model) != champion:
        raise InputError(f"{model} has got another champion meanwhile; run the promotion again")
    if replace is None or champion is None:  # without a champion there is none to replace
        registry.register_champion(version, decision.reason, decision.numbers, "promoted")
    else:
        registry.register_champion(version, f"replaced: {replace}; {decision.reason}", decision.numbers, "replaced")
    return version


@contextmanager
def _saved(
    scorer: AnyScorer, trained_on: Ratings, known: Ratings, candidate: Candidate, files: Mapping[str, str]
) -> Iterator[Path]:
    """A folder with the MLflow model, which was loaded from there as it will be where it is served."""
    from recsys.serving.feedback import feedback_of
    from recsys.serving.mlflow_model import PACKAGE, save_model
    from recsys.serving.package import check_package
    from recsys.serving.recommender import Recommender, known_items

    feedback = feedback_of(known, candidate.prepared.experiment.data.weight_scale)
    recommender = Recommender(scorer, known.catalogue, known_items(known), feedback, Fallback.of(trained_on))
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "model"
        save_model(recommender, folder, files)
        check_package(folder / PACKAGE, recommender)
        yield folder
