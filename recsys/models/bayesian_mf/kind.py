"""Bayesian matrix factorisation: a rating is the mean of what many draws from the posterior predict.

    r(u, i) = mean + 1/K · Σ_k (p_ku · q_ki + b_ku + b_ki)

The K draws stand side by side in one table a side, so that their mean is a single dot product; how sure each of them is
stands beside. Where stars are only ordered, a draw's is no rating but what lies behind one, and the mean is that of the
stars which the draws expect. How they are drawn, and from which distribution, is in `recsys.posterior`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recsys.models.hyperparameters import COUNT, COUNT_OR_NONE, TRUTH, Hyperparameter, one_of
from recsys.models.kind import ModelKind
from recsys.models.parts.parameters import solver_parameter
from recsys.models.solvers.method import SolverMethod
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from recsys.models.distribution import RatingDistribution
    from recsys.models.factory import DataShape
    from recsys.models.fold_in.fold import FoldIn
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.solvers.solver import Solver, SolverInputs
    from recsys.models.training_data import TrainingData


class Gibbs(SolverMethod):
    """Gibbs sampling: an epoch is a draw of each chain."""

    name = "gibbs"
    solves = "draws from a posterior, that"
    gradient_free = "does nothing with solver = 'gibbs', which draws from a posterior"
    together = False  # chains gain nothing by company

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - there is one posterior
        """See `GibbsSampling`."""
        from recsys.models.bayesian_mf.gibbs import GibbsSampling

        return GibbsSampling(inputs)


GIBBS = Gibbs()


class BayesianMatrixFactorisation(ModelKind):
    """Draws of factorisations, by Gibbs sampling, given ratings."""

    name = "bayesian_mf"
    title = "Bayesian matrix factorisation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            10,
            COUNT,
            "Factors of a draw. It hardly matters: the posterior weighs what is likely.",
            search={"rating": {"type": "choice", "values": [8, 12, 16]}},
        ),
        Hyperparameter(
            "implicit_features",
            True,  # noqa: FBT003 - a default
            TRUTH,
            "Learn of taste from who has rated what, too, in the training part.",
            search={"rating": {"type": "choice", "values": [False, True]}},
        ),
        Hyperparameter(
            "time_features",
            False,  # noqa: FBT003 - a default
            TRUTH,
            "Learn from when was rated, by the user and of the item, in the training part; needs timestamps.",
        ),
        Hyperparameter(
            "likelihood",
            "normal",
            one_of(("normal", "ordinal")),
            "`normal`: ratings are numbers; `ordinal`: of stars only the order is known (ordered probit).",
        ),
        Hyperparameter("chains", 2, COUNT, "Drawn side by side; an epoch is a draw of each."),
        Hyperparameter(
            "burn_in", 20, COUNT_OR_NONE, "Draws of a chain that are left out, as they depend on where it started."
        ),
        Hyperparameter(
            "kept_draws",
            100,
            COUNT,
            "Draws that the model is the mean of, at most: every one, then every second, every fourth.",
        ),
        solver_parameter(GIBBS),
    )
    options = ()
    included = "they are part of what bayesian_mf draws"
    solvers = (GIBBS,)
    rounds = "draws"
    sampled = True

    def fillers(self, points: Sequence[Point]) -> list[Point]:  # noqa: ARG002 - each is a cohort of its own
        """None."""
        return []

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """See `build_bayesian_mf`."""
        from recsys.models.bayesian_mf.build import build_bayesian_mf

        del options
        return build_bayesian_mf(shape, points, seeds)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """None: those whom no rating touches have draws from the prior, which are right."""
        from recsys.models.parts.cold_rows import ColdRows

        del data, plan
        return ColdRows.none(model)

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """See `draws_scores`."""
        from recsys.models.bayesian_mf.scores import draws_scores

        return draws_scores(model, users, items, whole=whole, training=training)

    def distribution(self, model: keras.Model) -> RatingDistribution | None:
        """That of the draws."""
        from recsys.models.bayesian_mf.distribution import DrawsDistribution

        return DrawsDistribution.of(model)

    def fold_in(self, model: keras.Model, point: Point, items: int) -> FoldIn:
        """By each draw's own posterior of a person."""
        from recsys.models.bayesian_mf.fold_in import DrawsFoldIn

        del point
        return DrawsFoldIn(model, items)


BAYESIAN_MF = BayesianMatrixFactorisation()
