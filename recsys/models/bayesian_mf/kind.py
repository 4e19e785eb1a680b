"""Bayesian matrix factorisation: the mean prediction of K draws from the posterior (Salakhutdinov and Mnih 2008).

    r(u, i) = mean + 1/K · Σ_k (p_ku · q_ki + b_ku + b_ki)

One table for each side has the K draws side by side, so that their mean is a single dot product. Another table has the
uncertainty of each draw. For ordinal ratings, a draw predicts a latent value, and the mean is that of the ratings which
the draws expect. `recsys.posterior` has the distribution and its sampler.
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
    from scipy.sparse import csr_array

    from recsys.models.distribution import RatingDistribution
    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.inputs import DataShape
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
    together = False  # chains gain nothing from other members

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - there is one posterior
        """Return a `GibbsSampling` of the training ratings."""
        from recsys.models.bayesian_mf.gibbs import GibbsSampling

        return GibbsSampling(inputs)


GIBBS = Gibbs()


class BayesianMatrixFactorisation(ModelKind):
    """Draws of factorisations given ratings, by Gibbs sampling (Salakhutdinov and Mnih 2008)."""

    name = "bayesian_mf"
    title = "Bayesian matrix factorisation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            10,
            COUNT,
            "The number of factors of a draw. It has little influence, because the posterior weighs the factors.",
            search={"rating": {"type": "choice", "values": [8, 12, 16]}},
        ),
        Hyperparameter(
            "implicit_features",
            True,  # noqa: FBT003 - a default
            TRUTH,
            "Learn from which items each user has rated in the training part, in addition to the ratings.",
            source="who rated which item, whatever the rating",
            search={"rating": {"type": "choice", "values": [False, True]}},
        ),
        Hyperparameter(
            "time_features",
            False,  # noqa: FBT003 - a default
            TRUTH,
            "Learn from the periods of a user's and of an item's ratings in the training part. Needs timestamps.",
            source="in which periods each user rated and each item was rated",
            needs_timestamps=True,
        ),
        Hyperparameter(
            "likelihood",
            "normal",
            one_of(("normal", "ordinal")),
            "`normal`: ratings are numbers; `ordinal`: only the order of the stars counts (ordered probit).",
        ),
        Hyperparameter("chains", 2, COUNT, "The number of chains. An epoch is one draw of each."),
        Hyperparameter(
            "burn_in",
            20,
            COUNT_OR_NONE,
            "The number of draws to leave out at the start of a chain.",
        ),
        Hyperparameter(
            "kept_draws",
            100,
            COUNT,
            "The largest number of draws that the model averages. A longer chain keeps every second or fourth draw.",
        ),
        solver_parameter(GIBBS),
    )
    options = ()
    included = "they are part of what bayesian_mf draws"
    solvers = (GIBBS,)
    rounds = "draws"
    sampled = True
    unread_features = "they act through the prior of its rows, and permuting them later changes no row"

    def fillers(self, points: Sequence[Point]) -> list[Point]:  # noqa: ARG002 - each is a cohort of its own
        """Return no fillers, because each member is a cohort of its own."""
        return []

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build one model of M points: see `build_bayesian_mf`."""
        from recsys.models.bayesian_mf.build import build_bayesian_mf

        del options
        return build_bayesian_mf(shape, points, seeds)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """Return no cold rows, because ids without a rating have correct draws from the prior."""
        from recsys.models.parts.cold_rows import ColdRows

        del data, plan
        return ColdRows.none(model)

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """Return scores (M, B, N): see `draws_scores`."""
        from recsys.models.bayesian_mf.scores import draws_scores

        return draws_scores(model, users, items, whole=whole, training=training)

    def distribution(self, model: keras.Model) -> RatingDistribution | None:
        """Return the predictive distribution over the draws; None for a cohort."""
        from recsys.models.bayesian_mf.distribution import DrawsDistribution

        return DrawsDistribution.of(model)

    def with_items(self, model: keras.Model, features: csr_array) -> keras.Model:
        """Return a model with further items, whose rows each draw draws from its prior."""
        from recsys.models.bayesian_mf.more_items import with_drawn_items

        return with_drawn_items(model, features)

    def fold_in(self, model: keras.Model, point: Point, items: int, added: int = 0) -> FoldIn:
        """Return the fold-in by each draw's own posterior of a user."""
        from recsys.models.bayesian_mf.fold_in import DrawsFoldIn

        del point, added
        return DrawsFoldIn(model, items)


BAYESIAN_MF = BayesianMatrixFactorisation()
