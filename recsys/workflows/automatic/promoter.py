"""Promote the result of an automatic search: the ensemble of all sweeps, or else the best baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.reporter import Reporter
from recsys.store.address import registry_uri
from recsys.workflows.automatic.plan import Plan
from recsys.workflows.automatic.search import SearchedSweep
from recsys.workflows.comparison.candidate import Candidate, candidate_of
from recsys.workflows.promotion.promote import promote_candidate
from recsys.workflows.promotion.promotion import Promotion, Rules
from recsys.workflows.promotion.register import origin_of
from recsys.workflows.search.stores import open_registry
from recsys.workflows.search.tables import Tables

if TYPE_CHECKING:
    from recsys.evaluation.baselines.baseline import Baseline
    from recsys.evaluation.baselines.tuning import TunedBaselines
    from recsys.registry.history import Version
    from recsys.tracking.store import Store


@dataclass(frozen=True, eq=False)
class Promoter:
    """Promotes what an automatic search has found."""

    store: Store
    plan: Plan
    baselines: TunedBaselines
    tables: Tables
    """The tables that the command has read so far."""
    reporter: Reporter

    def promote(self, sweeps: Sequence[SearchedSweep], picks: int) -> tuple[Promotion | None, int | None]:
        """Promote the ensemble of the sweeps if it passes the gate, or the best baseline if there is no champion.

        Args:
            sweeps: The sweeps.
            picks: The most picks of the ensemble.

        Returns:
            The promotion, None if an earlier call made the champion; and the version of the champion.

        Raises:
            InputError: No sweep has a complete trial.
        """
        names = [each.sweep for each in sweeps if each.value is not None]
        if not names:
            raise InputError(f"{self.plan.name}: no trial was completed; recsys show {sweeps[0].sweep} has the reasons")
        ensemble = candidate_of(self.store, names, ensemble=picks, reporter=self.reporter, tables=self.tables)
        baseline = self._best_baseline(ensemble, names[0])
        champion = self._champion()
        if champion is not None and any(_is_of(champion, each) for each in (ensemble, baseline)):
            return None, champion.version
        self.reporter(f"the ensemble has {len(ensemble.recipes)} models; the test part is opened")
        promotion = self._promote(ensemble, Rules(reporter=self.reporter))
        if not promotion.promoted and champion is None:
            why = f"no model passed the gate, and {self._best.name} is the best baseline on validation"
            self.reporter(
                f"{promotion.reason}; {self._best.name}, the best baseline on validation, is promoted instead"
            )
            promotion = self._promote(baseline, Rules(accept_baseline_loss=why, reporter=self.reporter))
        now = self._champion()
        return promotion, None if now is None else now.version

    def _promote(self, candidate: Candidate, rules: Rules) -> Promotion:
        words = f"auto {self.plan.name}"
        return promote_candidate(self.store, candidate, self.baselines, words, rules, self.plan.name)

    @property
    def _best(self) -> Baseline:
        """The best baseline on validation."""
        metric = self.plan.metric
        tuned = self.baselines.chosen.values()
        return min(tuned, key=lambda each: metric.sort_key(each.scored.values[metric.name])).baseline

    def _best_baseline(self, ensemble: Candidate, sweep: str) -> Candidate:
        """The best baseline as a candidate, on the data of the ensemble."""
        return Candidate(ensemble.prepared, [self._best], [self.store.find(sweep).run_id], ensemble.spaces)

    def _champion(self) -> Version | None:
        return open_registry(registry_uri(self.store.uri), create=True).champion(self.plan.name)


def _is_of(champion: Version, candidate: Candidate) -> bool:
    """Whether a champion was made of a candidate's trials under the same protocol."""
    return origin_of(candidate).items() <= champion.tags.items()
