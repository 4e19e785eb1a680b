"""Promote a model: refit it, open the test part once, pass the gate, and register the champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.evaluation.objective import ObjectiveSettings
from recsys.frameworks import load_frameworks
from recsys.registry.names import checked_name, name_after
from recsys.reporter import Reporter, quiet
from recsys.store.address import registry_uri
from recsys.training.recipe import AnyRecipe, Recipe
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.candidate import Candidate, baseline_candidate, candidate_of
from recsys.workflows.comparison.comparable_sweeps import one_or_more
from recsys.workflows.comparison.importances import Importances, importances_of
from recsys.workflows.comparison.refit import refit
from recsys.workflows.promotion.card import Card
from recsys.workflows.promotion.gate import Gate, Verdict
from recsys.workflows.promotion.promotion import Promotion, Rules
from recsys.workflows.promotion.register import register_champion, rehearse
from recsys.workflows.promotion.remade_champion import check_same_data, remade
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stores import open_access_log, open_registry, open_store
from recsys.workflows.search.test_access import open_test
from recsys.workflows.search.with_data import Data, file_of

if TYPE_CHECKING:
    from recsys.evaluation.baselines.tuning import TunedBaselines
    from recsys.registry.history import Version
    from recsys.registry.protocols import Registry
    from recsys.serving.scorer import AnyScorer
    from recsys.tracking.store import Store


def promote(
    names: str | Sequence[str],
    *,
    data: Data | None = None,
    name: str | None = None,
    ensemble: int | None = None,
    baseline: str | None = None,
    prefer: str | None = None,
    replace: str | None = None,
    accept_baseline_loss: str | None = None,
    dry_run: bool = False,
    final_refit: bool = True,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Promotion:
    """Promote the best trial of sweeps, the trial of a run, an ensemble, or a baseline.

    The function trains the point again on train and validation for its best number of epochs, and opens the test part
    once to score it. The gate rejects a candidate that does not beat the best baseline of its objective
    (`recsys.baselines`). The baselines are fitted to the same ratings, with the settings that perform best on
    validation. The gate also rejects a candidate that does not beat the champion by more than `promotion.margin` in a
    paired test clustered by user, one-sided at 1 %. The champion is trained again from its own recipe on the same train
    and validation parts, so that it has not seen the test ratings. After the gate the function trains the model on all
    data for serving, unless `final_refit` is false.

    Args:
        names: Sweeps and runs of trials with one fingerprint. The best trial of all is promoted.
        data: A table or a file with the same content, if the file of the sweeps' data has moved.
        name: The name of the registered model; `promotion.name` by default, or the name of the data set.
        ensemble: Build a greedy ensemble of at most this many picks and promote it as one model.
        baseline: Promote this baseline of the sweep's experiment instead of its trials. It has to beat the other
            baselines.
        prefer: A rule that chooses the trial, such as `ndcg>=0.37, max coverage`, by validation values. It chooses from
            the Pareto front if a sweep has several objectives. The rule is recorded.
        replace: The reason to replace the champion without a comparison.
        accept_baseline_loss: The reason to promote a model that does not beat the baselines. The reason is recorded.
        dry_run: Decide, but register nothing.
        final_refit: Whether to train on all ratings for serving.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        reporter: Receives messages, such as those of downloads.

    Returns:
        The decision of the gate, with the test values.

    Raises:
        NotFoundError: There is no such sweep or run, or it has no complete trial.
        InputError: There is no such baseline, or it cannot be measured on the data; the model cannot be registered, or
            cannot be loaded for serving; or, without a reason to replace it, the champion uses other data or cannot be
            refitted.
    """
    if name is not None:
        checked_name(name)
    load_frameworks()

    names, store = one_or_more(names), open_store(tracking_uri, reporter=reporter)
    file = None if data is None else file_of(data, tracking_uri)
    if baseline is None:
        allow = allow_custom_factory
        candidate = candidate_of(
            store, names, data=file, ensemble=ensemble, prefer=prefer, allow_custom_factory=allow, reporter=reporter
        )
        choices = chosen_baselines(candidate.prepared, reporter)
    else:
        _check_alone(ensemble, prefer)
        candidate, choices = baseline_candidate(store, names, baseline, reporter, data=file)
    rules = Rules(replace, accept_baseline_loss, dry_run, final_refit, allow_custom_factory, reporter)
    return promote_candidate(store, candidate, choices, _in_words(names, baseline, prefer), rules, name)


def promote_candidate(
    store: Store, candidate: Candidate, baselines: TunedBaselines, words: str, rules: Rules, name: str | None = None
) -> Promotion:
    """Promote a candidate as `promote` does.

    Args:
        store: The store of its sweeps.
        candidate: The candidate.
        baselines: The baselines of its objective, tuned on validation.
        words: The candidate in words, for the record of access to the test part.
        rules: The options of the promotion.
        name: The name of the registered model; None for the one of `promote`.
    """
    prepared = candidate.prepared
    model = name or prepared.experiment.promotion.name or name_after(prepared.split.train.name)
    registry = open_registry(registry_uri(store.uri), create=True)
    with registry.lock(model):
        promotion = _Promoter(registry, store.uri, candidate, baselines, model, rules).promote(words)
    is_trial = len(promotion.run_ids) == 1 and not isinstance(candidate.recipes[0], Baseline)
    if is_trial and not rules.dry_run:
        store.log_test(promotion.run_ids[0], {**promotion.test, **promotion.described})
    return promotion


def _check_alone(ensemble: int | None, prefer: str | None) -> None:
    """Raise for options that choose among trials if a baseline is promoted."""
    if prefer is not None:
        raise InputError("baseline and prefer: a rule chooses among trials")
    if ensemble is not None:
        raise InputError("ensemble and baseline: a baseline is promoted alone")


def _in_words(names: Sequence[str], baseline: str | None, prefer: str | None) -> str:
    """Return the arguments as on a command line, for the record of access to the test part."""
    options = {"--baseline": baseline, "--prefer": prefer}
    given = ((option, value) for option, value in options.items() if value is not None)
    return " ".join([*names, *chain.from_iterable(given)])


@dataclass(frozen=True, eq=False)
class _Promoter:
    """Tests a candidate at the gate, and registers it as the champion of a model."""

    registry: Registry
    store: str
    """The address of the store, where access to the test part is recorded."""
    candidate: Candidate
    baselines: TunedBaselines
    model: str
    rules: Rules

    @property
    def prepared(self) -> Prepared:
        """Return the candidate's data."""
        return self.candidate.prepared

    @property
    def objective(self) -> ObjectiveSettings:
        """Return the objective of the comparison."""
        return self.prepared.experiment.objective

    @cached_property
    def development(self) -> Ratings:
        """Return the train and validation parts, on which all compared models are trained."""
        return self.prepared.split.train.join(self.prepared.split.validation)

    def promote(self, names: str) -> Promotion:
        """Score the candidate on the test part, decide, and register it or record the refusal."""
        champion = self.registry.champion(self.model)
        remade = None if champion is None or self.rules.replace else self._remade(champion)
        fitted = refit(self.candidate.recipes, self.development, self.objective)
        registry = None if self.rules.dry_run else self.registry
        rehearse(registry, self.model, fitted, self.development, self.candidate)
        gate = self._gate(replaces=champion is not None and remade is None)
        why = f"promote {names}" + (" --dry-run" if self.rules.dry_run else "")
        test = open_test(self.store, self.prepared, self.candidate.run_ids[0], why)
        verdict = gate.judge(fitted, remade, test)
        return Promotion(
            self.model,
            None if self.rules.dry_run else self._conclude(verdict, fitted, test, champion),
            verdict.decision.promoted,
            verdict.decision.reason,
            verdict.scored.values,
            verdict.baselines,
            self.baselines.left_out,
            verdict.champion.value if verdict.champion else None,
            len(self.candidate.recipes),
            self.candidate.run_ids,
            verdict.decision.accepted_loss,
            str(verdict.cold_start) if verdict.cold_start else "",
            verdict.scored.warm,
            verdict.scored.cold,
            verdict.descriptions,
            verdict.gaps,
        )

    def _gate(self, *, replaces: bool) -> Gate:
        others = [each.baseline for each in self.baselines.chosen.values()]
        fitted = {each.name: each.fit(self.development) for each in others if each not in self.candidate.recipes}
        margin = self.prepared.experiment.promotion.margin
        return Gate(self.development, self.objective, fitted, margin, self.rules.accept_baseline_loss, replaces)

    def _remade(self, champion: Version) -> AnyScorer:
        """Refit the champion on the candidate's train and validation parts."""
        check_same_data(self.registry, champion, self.prepared, self.development)
        return remade(self.registry, champion, self.development, self.objective, self._allow)

    def _allow(self, recipe: AnyRecipe) -> None:
        if isinstance(recipe, Baseline):
            return
        if recipe.model.factory and not self.rules.allow_custom_factory:
            raise InputError(f"its factory {recipe.model.factory!r} needs --allow-custom-factory")
        if recipe.model.factory:
            self.rules.reporter(f"running code of the champion's own: {recipe.model.factory}")

    def _conclude(self, verdict: Verdict, fitted: AnyScorer, test: Ratings, champion: Version | None) -> int | None:
        """Register the candidate as the champion and return the new version, or record the refusal and return None."""
        decision = verdict.decision
        if not decision.promoted:
            self.registry.note(self.model, "refused", champion, decision.reason, decision.numbers)
            return None
        final_refit = self.rules.final_refit
        everything = self.development.join(test)
        served = refit(self.candidate.recipes, everything, self.objective) if final_refit else fitted
        card = Card(
            self.candidate,
            verdict,
            self.baselines,
            self.development,
            test,
            final_refit,
            self._times_opened(),
            self._importances(verdict, fitted, test),
        )
        return register_champion(
            self.registry, self.model, served, card, champion=champion, replace=self.rules.replace
        ).version

    def _importances(self, verdict: Verdict, fitted: AnyScorer, test: Ratings) -> Importances | None:
        """Measure the importance of the features on the test part; return None for a baseline."""
        if isinstance(fitted, LinearScores):
            return None
        recipes = [recipe for recipe in self.candidate.recipes if isinstance(recipe, Recipe)]
        parts = self.development, test
        return importances_of(fitted, recipes, parts, "test", verdict.scored, self.objective)

    def _times_opened(self) -> int:
        return len(open_access_log(self.store).openings(self.prepared.test_fingerprint))
