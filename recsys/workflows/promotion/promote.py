"""Promote: refit on train and validation, open the test once, pass the gate, register, crown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.baselines.baseline import Baseline
from recsys.frameworks import load_frameworks
from recsys.registry.settings import checked_name, name_after
from recsys.reporter import Reporter, quiet
from recsys.store.address import registry_uri
from recsys.training.recipe import AnyRecipe
from recsys.workflows.comparison.baseline_candidate import baseline_candidate
from recsys.workflows.comparison.baselines import chosen_baselines
from recsys.workflows.comparison.candidate import Candidate, candidate_of
from recsys.workflows.comparison.comparable_sweeps import one_or_more
from recsys.workflows.comparison.refit import refit
from recsys.workflows.promotion.card import Card
from recsys.workflows.promotion.challenger import check_same_data, remade
from recsys.workflows.promotion.gate import Gate, Verdict
from recsys.workflows.promotion.promotion import Promotion, Rules
from recsys.workflows.promotion.register import register_champion, rehearse
from recsys.workflows.search.test_access import open_test
from recsys.workflows.search.with_data import Data, file_of

if TYPE_CHECKING:
    from recsys.evaluation.baselines.tuning import TunedBaselines
    from recsys.registry.history import Version
    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.serving.scorer import AnyScorer


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

    The point is trained again on train and validation for its best number of epochs, and the test part is opened once
    to score it. It is refused if it does not beat the best baseline of its objective (`recsys.baselines`), fitted to
    the same ratings at the settings that do best on validation; or if it does not beat the champion by more than
    `promotion.margin` in a paired test clustered by user, one-sided at 1 %. The champion is trained again from its own
    recipe on the same train and validation part, so that it has not seen the test ratings whatever it was promoted on.
    After the gate the point is trained on all ratings for serving.

    Args:
        names: Sweeps and trials' runs, of one fingerprint; the best trial of them all is meant.
        data: The sweeps' data, where their file is no longer where it was: a table or a file of the same content.
        name: The registered model's name; `promotion.name` by default, else the data set's.
        ensemble: Build a greedy ensemble of at most so many picks and promote it as one model.
        baseline: Promote this baseline of the sweep's experiment in place of its trials; it has to beat the others.
        prefer: A rule that chooses the trial in place of the best, such as `ndcg>=0.37, max coverage`, in the values of
            validation; of the front, where a sweep has several objectives. It is recorded.
        replace: A reason to replace the champion without comparing with it.
        accept_baseline_loss: A reason to promote what does not beat the baselines; it is recorded.
        dry_run: Decide, but register nothing.
        final_refit: Whether to train on all ratings for serving.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep or run, or it has no complete trial.
        InputError: There is no such baseline, or the data are too large for it; the model could not be registered, or
            loaded where it is served; or the champion is of other data or cannot be made again to compare with, and
            there is no reason to replace it.
    """
    if name is not None:
        checked_name(name)
    load_frameworks()

    from recsys.registry.mlflow_registry import MlflowRegistry
    from recsys.tracking.mlflow.store import MlflowStore

    names = one_or_more(names)
    store = MlflowStore(tracking_uri, reporter=reporter)
    file = None if data is None else file_of(data, tracking_uri)
    if baseline is None:
        candidate = candidate_of(
            store,
            names,
            data=file,
            ensemble=ensemble,
            prefer=prefer,
            allow_custom_factory=allow_custom_factory,
            reporter=reporter,
        )
        choices = chosen_baselines(candidate.prepared, reporter)
    elif prefer is not None:
        raise InputError("baseline and prefer: a rule chooses among trials")
    elif ensemble is None:
        candidate, choices = baseline_candidate(store, names, baseline, reporter, data=file)
    else:
        raise InputError("ensemble and baseline: a baseline is promoted alone")
    prepared = candidate.prepared
    model = name or prepared.experiment.promotion.name or name_after(prepared.split.train.name)
    rules = Rules(replace, accept_baseline_loss, dry_run, final_refit, allow_custom_factory, reporter)
    registry = MlflowRegistry(registry_uri(store.uri), create=True)
    asked = {"--baseline": baseline, "--prefer": prefer}
    words = [*names, *chain.from_iterable((option, value) for option, value in asked.items() if value is not None)]
    with registry.lock(model):
        promotion = _Promoter(registry, store.uri, candidate, choices, model, rules).promote(" ".join(words))
    if not dry_run and baseline is None and len(promotion.run_ids) == 1:
        store.log_test(promotion.run_ids[0], promotion.test)
    return promotion


class _Promoter:
    """One candidate on its way to one model's crown."""

    def __init__(
        self,
        registry: MlflowRegistry,
        store: str,
        candidate: Candidate,
        baselines: TunedBaselines,
        model: str,
        rules: Rules,
    ) -> None:
        self.store = store
        self.registry, self.candidate, self.model, self.rules = registry, candidate, model, rules
        prepared = candidate.prepared
        self.prepared, self.objective = prepared, prepared.experiment.objective
        self.development = prepared.split.train.join(prepared.split.validation)
        self.baselines = baselines

    def promote(self, names: str) -> Promotion:
        """Compare and decide; crown or note the refusal."""
        champion = self.registry.champion(self.model)
        contender = None if champion is None or self.rules.replace else self._contender(champion)
        fitted = refit(self.candidate.recipes, self.development, self.objective)
        registry = None if self.rules.dry_run else self.registry
        rehearse(registry, self.model, fitted, self.development, self.candidate)
        gate = self._gate(replaces=champion is not None and contender is None)
        why = f"promote {names}" + (" --dry-run" if self.rules.dry_run else "")
        test = open_test(self.store, self.prepared, self.candidate.run_ids[0], why)
        verdict = gate.judge(fitted, contender, test)
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
        )

    def _gate(self, *, replaces: bool) -> Gate:
        others = [each.baseline for each in self.baselines.chosen.values()]
        fitted = {each.name: each.fit(self.development) for each in others if each not in self.candidate.recipes}
        margin = self.prepared.experiment.promotion.margin
        return Gate(self.development, self.objective, fitted, margin, self.rules.accept_baseline_loss, replaces)

    def _contender(self, champion: Version) -> AnyScorer:
        """The champion, made again on the candidate's train and validation part."""
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
        """Crown the candidate, or write down that it was refused; the new version."""
        decision = verdict.decision
        if not decision.promoted:
            self.registry.note(self.model, "refused", champion, decision.reason, decision.numbers)
            return None
        final_refit = self.rules.final_refit
        everything = self.development.join(test)
        served = refit(self.candidate.recipes, everything, self.objective) if final_refit else fitted
        card = Card(self.candidate, verdict, self.baselines, self.development, test, final_refit, self._times_opened())
        return register_champion(
            self.registry, self.model, served, card, champion=champion, replace=self.rules.replace
        ).version

    def _times_opened(self) -> int:
        from recsys.registry.mlflow_access_log import MlflowAccessLog

        return len(MlflowAccessLog(self.store).openings(self.prepared.test_fingerprint))
