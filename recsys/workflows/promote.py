"""Promote: refit on train and validation, open the test once, pass the gate, register, crown."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.errors import InputError, RecsysError
from recsys.evaluation.baselines import Biases, GlobalMean, Popularity
from recsys.evaluation.scoring import Predictor, Scored, score
from recsys.evaluation.significance import PairedTest, paired_test
from recsys.registry.rule import Decision, decide
from recsys.training.recipe import from_json, to_json
from recsys.workflows.candidate import Candidate, candidate_of
from recsys.workflows.card import Card, numbers_of, write_card
from recsys.workflows.contest import one_or_more
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Say, quiet
from recsys.workflows.refit import refit
from recsys.workflows.testing import opened

if TYPE_CHECKING:
    from recsys.registry.mlflow_registry import MlflowRegistry, Version
    from recsys.serving.recommender import Recommender
    from recsys.serving.scorer import Scorer


@dataclass(frozen=True)
class Promotion:
    """What a promotion came to."""

    model: str
    version: int | None
    """The new champion; None where the candidate was refused, or in a dry run."""
    promoted: bool
    reason: str
    test: Mapping[str, float]
    baselines: Mapping[str, float]
    champion: float | None
    """The present champion's objective on the same test part; None where there is none to compare with."""
    members: int
    """Models in the candidate; more than one in an ensemble."""
    run_ids: Sequence[str]
    """The trials that were promoted."""


@dataclass(frozen=True)
class Rules:
    """How a promotion is to be done."""

    replace: str | None = None
    """A reason to replace the champion without comparing with it."""
    dry_run: bool = False
    """Decide, but change nothing; the look at the test part is recorded all the same."""
    final_refit: bool = True
    """Train on all ratings for serving, once the gate is passed."""
    allow_custom_factory: bool = False
    say: Say = quiet


def promote(
    names: str | Sequence[str],
    *,
    ensemble: int | None = None,
    replace: str | None = None,
    dry_run: bool = False,
    final_refit: bool = True,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Promotion:
    """Promote the best trial of sweeps, the trial of a run, or an ensemble.

    The point is trained again on train and validation for its best number of epochs, and the test part is opened once
    to score it. It is refused if it does not beat the global mean (for a ranking metric: the popular items) and the
    biases-only baseline, or if it does not beat the champion by more than `promotion.margin` in a paired test clustered
    by user, one-sided at 1 %. The champion is trained again from its own recipe on the same train and validation part,
    so that it has not seen the test ratings whatever it was promoted on. After the gate the point is trained on all
    ratings for serving.

    Args:
        names: Sweeps and trials' runs, of one fingerprint; the best trial of them all is meant.
        ensemble: Build a greedy ensemble of at most so many picks and promote it as one model.
        replace: A reason to replace the champion without comparing with it.
        dry_run: Decide, but register nothing.
        final_refit: Whether to train on all ratings for serving.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep or run, or it has no complete trial.
        InputError: The model could not be loaded where it is served; or the champion cannot be made again to compare
            with, and there is no reason to replace it.
    """
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.tracking.mlflow_store import MlflowStore

    names = one_or_more(names)
    store = MlflowStore(tracking_uri)
    candidate = candidate_of(store, names, ensemble=ensemble, allow_custom_factory=allow_custom_factory, say=say)
    experiment = candidate.prepared.experiment
    model = experiment.promotion.name or candidate.prepared.split.train.name
    rules = Rules(replace, dry_run, final_refit, allow_custom_factory, say)
    registry = MlflowRegistry(store.uri)
    with registry.lock(model):
        return _Gate(registry, candidate, model, rules).pass_through(" ".join(names))


class _Gate:
    """One candidate before one model's champion."""

    def __init__(self, registry: MlflowRegistry, candidate: Candidate, model: str, rules: Rules) -> None:
        self.registry, self.candidate, self.model, self.rules = registry, candidate, model, rules
        self.prepared = candidate.prepared
        self.objective = self.prepared.experiment.objective
        self.development = self.prepared.split.train.join(self.prepared.split.validation)

    def pass_through(self, names: str) -> Promotion:
        champion = self.registry.champion(self.model)
        contender = None if champion is None or self.rules.replace else self._contender(champion)
        fitted = refit(self.candidate.recipes, self.development, self.objective)
        self._rehearse(fitted)
        why = f"promote {names}" + (" --dry-run" if self.rules.dry_run else "")
        test = opened(self.registry.uri, self.prepared, self.candidate.run_ids[0], why)
        scored = self._score(fitted, test)
        baselines = {name: self._score(each, test).values[self.metric] for name, each in self._baselines()}
        against = None if contender is None else self._against(scored, self._score(contender, test))
        margin = self.prepared.experiment.promotion.margin
        decision = decide(self.prepared.metric, scored.values[self.metric], baselines, against, margin)
        version = None
        if decision.promoted and not self.rules.dry_run:
            version = self._crown(fitted, scored, test, decision, champion)
        elif not self.rules.dry_run:
            number = champion.version if champion else None
            self.registry.note(self.model, "refused", number, decision.reason, decision.numbers)
        theirs = None if against is None else scored.values[self.metric] - against.difference
        return Promotion(
            self.model,
            version,
            decision.promoted,
            decision.reason,
            scored.values,
            baselines,
            theirs,
            len(self.candidate.recipes),
            self.candidate.run_ids,
        )

    def _rehearse(self, fitted: Scorer) -> None:
        """Save and load the model before the test part is opened for one that could not be served."""
        from recsys.serving.package import check_package, save_package

        recommender = self._recommender(fitted, self.development)
        with tempfile.TemporaryDirectory() as folder:
            save_package(recommender, Path(folder))
            check_package(Path(folder), recommender)

    def _recommender(self, scorer: Scorer, known: Ratings) -> Recommender:
        from recsys.serving.recommender import Recommender, known_items

        return Recommender(scorer, known.catalogue, known_items(known))

    def _baselines(self) -> list[tuple[str, Predictor]]:
        """What the candidate has to beat; ratings that are all the mean would rank items by nothing."""
        biases = ("biases_only", Biases().fit(self.development))
        if self.prepared.metric.family == "rating":
            return [("global_mean", GlobalMean().fit(self.development)), biases]
        return [("popularity", Popularity().fit(self.development)), biases]

    @property
    def metric(self) -> str:
        return self.prepared.metric.name

    def _contender(self, champion: Version) -> Scorer:
        """The champion, made again from its recipes on the candidate's train and validation part."""
        try:
            recipes = from_json(self.registry.file(champion, "recipes.json"))
            for recipe in recipes:
                if recipe.model.factory and not self.rules.allow_custom_factory:
                    raise InputError(f"its factory {recipe.model.factory!r} needs --allow-custom-factory")
                if recipe.model.factory:
                    self.rules.say(f"running code of the champion's own: {recipe.model.factory}")
            return refit(recipes, self.development, self.objective)
        except (RecsysError, ValueError, KeyError) as error:
            raise InputError(
                f"the champion {self.model} version {champion.version} cannot be made again to compare with: {error}; "
                'replace it without a comparison by --replace "reason"'
            ) from error

    def _score(self, predictor: Predictor, test: Ratings) -> Scored:
        return score(predictor, self.development, test, self.objective)

    def _against(self, candidate: Scored, champion: Scored) -> PairedTest:
        mine, theirs = candidate.losses[self.metric], champion.losses[self.metric]
        return paired_test(
            mine.values,
            theirs.values,
            mine.users,
            root=mine.root,
            direction=self.prepared.metric.direction,
            margin=self.prepared.experiment.promotion.margin,
        )

    def _crown(
        self, fitted: Scorer, scored: Scored, test: Ratings, decision: Decision, champion: Version | None
    ) -> int:
        from recsys.registry.mlflow_openings import MlflowOpenings
        from recsys.serving.mlflow_model import PACKAGE, save_model
        from recsys.serving.package import check_package

        everything = self.development.join(test)
        served = refit(self.candidate.recipes, everything, self.objective) if self.rules.final_refit else fitted
        openings = len(MlflowOpenings(self.registry.uri).openings(self.prepared.test_fingerprint))
        card = Card(self.candidate, decision, scored, self.development, test, self.rules.final_refit, openings)
        files = {"recipes.json": to_json(self.candidate.recipes), "card.md": write_card(card, self.model)}
        tags = {
            "recsys.trial_run": ",".join(self.candidate.run_ids)[:5000],
            "recsys.fingerprint": self.prepared.fingerprint,
            **numbers_of(scored),
        }
        with tempfile.TemporaryDirectory() as folder:
            recommender = self._recommender(served, everything)
            save_model(recommender, Path(folder) / "model", files)
            check_package(Path(folder) / "model" / PACKAGE, recommender)
            version = self.registry.register(self.model, Path(folder) / "model", tags, files["card.md"])
        if self.registry.champion(self.model) != champion:
            raise InputError(f"{self.model} has got another champion meanwhile; run the promotion again")
        reason = f"replaced: {self.rules.replace}; {decision.reason}" if self.rules.replace else decision.reason
        self.registry.crown(version, reason, decision.numbers, "replaced" if self.rules.replace else "promoted")
        return version.version
