"""What a promotion is asked to do, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from recsys import notebook
from recsys.evaluation.formatting import format_metrics
from recsys.registry.rule import Against
from recsys.reporter import Reporter, quiet


@dataclass(frozen=True)
class Promotion:
    """What a promotion came to."""

    model: str
    version: int | None
    """The new champion; None where the candidate was refused, or in a dry run."""
    promoted: bool
    reason: str
    test: Mapping[str, float]
    baselines: Mapping[str, Against]
    """By name: those that the candidate had to beat, with the paired difference to each."""
    left_out: Mapping[str, str]
    """Why, by name: the baselines that the data are too large for."""
    champion: float | None
    """The present champion's objective on the same test part; None where there is none to compare with."""
    members: int
    """Models in the candidate; more than one in an ensemble."""
    run_ids: Sequence[str]
    """The trials that were promoted; the sweep where a baseline was."""
    accepted_loss: str | None
    """Why a candidate was promoted that does not beat the baselines; None where it does."""
    cold_start: str = ""
    """How much of the test part is of users and items that training never saw, in words; empty where nothing is."""
    warm: Mapping[str, float] = field(default_factory=dict)
    """The test values without them: see `Scored.warm`."""

    @property
    def lines(self) -> Mapping[str, str]:
        """What it came to, by name, for people to read."""
        said = {
            "model": self.model,
            "promoted": self._outcome,
            "reason": self.reason,
            "test": format_metrics(self.test),
        }
        if self.cold_start:
            said["cold start"] = self.cold_start
        if self.warm:
            said["without them"] = format_metrics(self.warm)
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
    """How a promotion is to be done."""

    replace: str | None = None
    """A reason to replace the champion without comparing with it."""
    accept_baseline_loss: str | None = None
    """A reason to promote a candidate that does not beat the baselines."""
    dry_run: bool = False
    """Decide, but change nothing; the look at the test part is recorded all the same."""
    final_refit: bool = True
    """Train on all ratings for serving, once the gate is passed."""
    allow_custom_factory: bool = False
    reporter: Reporter = quiet
