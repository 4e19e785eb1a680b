"""The options and the result of a promotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.formatting import format_metrics
from recsys.evaluation.group_gaps import GroupGap
from recsys.registry.rule import Against
from recsys.reporter import Reporter, quiet


@dataclass(frozen=True)
class Promotion:
    """The result of a promotion."""

    model: str
    """The name of the registered model."""
    version: int | None
    """The version of the new champion; None after a refusal or a dry run."""
    promoted: bool
    reason: str
    test: Mapping[str, float]
    """The test values of the candidate, by metric."""
    baselines: Mapping[str, Against]
    """The baselines that the candidate had to beat, by name, with the paired difference to each."""
    left_out: Mapping[str, str]
    """The baselines that cannot be measured on these data, with the reason."""
    champion: float | None
    """The current champion's objective on the same test part; None without a comparison."""
    members: int
    """The number of models in the candidate; more than one for an ensemble."""
    run_ids: Sequence[str]
    """The runs of the promoted trials; the sweep's run for a baseline."""
    accepted_loss: str | None
    """The reason to promote a candidate that does not beat the baselines; None if it beats them."""
    cold_start: str = ""
    """The share of the test part with users or items that training never saw, in words; empty if there are none."""
    warm: Mapping[str, float] = field(default_factory=dict)
    """The test values over what is warm, see `EvaluationResult.warm`. The gate compares all, cold ones included."""
    cold: Mapping[str, float] = field(default_factory=dict)
    """The test values over what is cold."""
    descriptions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """The descriptive metrics of the lists of `candidate`, `champion` and each baseline; see `Verdict.descriptions`."""
    gaps: Sequence[GroupGap] = ()
    """The differences of the candidate's objective between groups of users."""

    @property
    def described(self) -> Mapping[str, float]:
        """The descriptive metrics of the candidate's lists; empty for an objective of ratings."""
        return self.descriptions.get("candidate", {})

    @property
    def lines(self) -> Mapping[str, str]:
        """Return the result as text by name."""
        said = {
            "model": self.model,
            "promoted": self._outcome,
            "reason": self.reason,
            "test": format_metrics(self.test),
        }
        if self.described:
            said["lists"] = format_metrics(self.described)
        if self.cold_start:
            said["cold start"] = self.cold_start
        said |= {n: format_metrics(each) for n, each in {"warm": self.warm, "cold": self.cold}.items() if each}
        for name, other in self.baselines.items():
            said[name] = f"{other.value:.4f}, difference {other.test.difference:+.4f} ({other.test.in_words})"
        said |= {name: f"left out: {reason}" for name, reason in self.left_out.items()}
        if self.champion is not None:
            said["champion"] = f"{self.champion:.4f} on the same test part"
        if self.members > 1:
            said["ensemble"] = f"{self.members} models"
        return said

    @property
    def _outcome(self) -> str:
        if not self.promoted:
            return "no"
        return "it would be (dry run)" if self.version is None else f"yes, version {self.version} is the champion"

    def _repr_html_(self) -> str:
        return notebook.pairs(self.lines)


@dataclass(frozen=True)
class Rules:
    """The options of a promotion."""

    replace: str | None = None
    """The reason to replace the champion without a comparison."""
    accept_baseline_loss: str | None = None
    """The reason to promote a candidate that does not beat the baselines."""
    dry_run: bool = False
    """Whether to decide only, and change nothing. The access to the test part is recorded anyway."""
    final_refit: bool = True
    """Whether to train on all ratings for serving, after the gate."""
    allow_custom_factory: bool = False
    """Whether `[model] factory` may run code of the user."""
    reporter: Reporter = quiet
