"""Tests of the rows of a sparse matrix and their normal equations, against plain loops and dense solutions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from recsys.algebra import threads
from recsys.algebra.conjugate_gradients import improve_rows
from recsys.algebra.kernels import CHUNK
from recsys.algebra.non_negative import solve_non_negative
from recsys.algebra.normal_equations import NormalEquations, Prior
from recsys.algebra.products import pair_products
from recsys.algebra.side import Side
from recsys.algebra.solve import solve_rows
from recsys.errors import InputError, RecsysError


class Problem:
    """A small random matrix of some density, with weights, values, factors and a prior of every part."""

    def __init__(self, seed: int, rows: int = 9, columns: int = 7, size: int = 3, entries: int = 30) -> None:
        rng = np.random.default_rng(seed)
        self.shape, self.size = (rows, columns), size
        self.rows = rng.integers(0, rows - 1, entries)  # so that the last row has no entry
        self.columns = rng.integers(0, columns, entries)
        self.weights = rng.uniform(0.1, 2.0, entries)
        self.values = rng.normal(size=entries)
        self.factors = rng.normal(size=(columns, size))
        root = rng.normal(size=(size, size))
        self.prior = Prior(root @ root.T + 0.1 * np.eye(size), rng.normal(size=size), rng.uniform(0.5, 2.0, rows))
        self.side = Side.of(self.rows, self.columns, self.shape)

    def by_loops(self) -> tuple[np.ndarray, np.ndarray]:
        matrices = np.empty((*self.shape[:1], self.size, self.size))
        targets = np.empty((self.shape[0], self.size))
        for row in range(self.shape[0]):
            matrices[row] = self.prior.precision + self.prior.ridge[row] * np.eye(self.size)
            targets[row] = self.prior.pull
        for row, column, weight, value in zip(self.rows, self.columns, self.weights, self.values, strict=True):
            q = self.factors[column]
            matrices[row] += weight * np.outer(q, q)
            targets[row] += weight * value * q
        return matrices, targets

    def equations(self, prior=None, factors=None) -> NormalEquations:
        q = self.factors if factors is None else factors
        return NormalEquations(self.side, q, self.weights, self.weights * self.values, prior or self.prior)

    def solved(self, normals=None, **others) -> np.ndarray:
        return solve_rows(self.equations(**others), normals)


seeds = st.integers(0, 2**32 - 1)
sizes = st.sampled_from([1, 3, 8, 9, 40])


@pytest.fixture
def many_blocks(monkeypatch):
    """As many threads as blocks, and as many blocks as rows."""
    monkeypatch.setattr(threads, "cores", lambda: 3)
    monkeypatch.setattr(threads, "WORTH_SHARING", 1)
    return threads


class TestASideOfAMatrix:
    @given(seeds, st.integers(0, 200))
    def test_has_every_row_and_every_entry_once(self, seed, entries):
        problem = Problem(seed, entries=entries)
        side = problem.side
        assert side.rows == problem.shape[0]
        assert sorted(side.order) == list(range(entries))
        np.testing.assert_array_equal(np.repeat(np.arange(side.rows), np.diff(side.starts)), problem.rows[side.order])
        np.testing.assert_array_equal(side.columns, problem.columns[side.order])

    def test_refuses_an_entry_outside_its_shape(self):
        with pytest.raises(InputError, match="a column of the entries is outside 0…2"):
            Side.of(np.array([0]), np.array([3]), (1, 3))


class TestConjugateGradients:
    def improved(self, problem, start, steps):
        return improve_rows(problem.equations(), start, steps)

    @given(seeds, st.sampled_from([1, 3, 6]))
    def test_solve_exactly_in_as_many_steps_as_there_are_dimensions(self, seed, size):
        problem = Problem(seed, size=size, entries=60)
        start = np.random.default_rng(seed).normal(size=(problem.shape[0], size))
        np.testing.assert_allclose(self.improved(problem, start, size), problem.solved(), rtol=1e-5, atol=1e-6)

    @given(seeds)
    def test_come_nearer_with_each_step(self, seed):
        problem = Problem(seed, size=6, entries=60)
        start, goal = np.zeros((problem.shape[0], 6)), problem.solved()
        matrices, _ = problem.by_loops()
        far = [self.improved(problem, start, steps) - goal for steps in range(4)]
        apart = np.array([np.einsum("rd,rde,re->r", each, matrices, each) for each in far])
        assert np.all(np.diff(apart, axis=0) <= 1e-9 * (1 + apart[:-1]))

    def test_stay_where_a_row_has_arrived(self):
        problem = Problem(3)
        goal = problem.solved()
        np.testing.assert_allclose(self.improved(problem, goal, 5), goal, rtol=1e-10, atol=1e-12)
        problem.values = np.zeros_like(problem.values)
        without = problem.equations(Prior(problem.prior.precision))
        assert not improve_rows(without, np.zeros_like(goal)).any()

    def test_are_in_the_precision_of_the_start(self):
        problem = Problem(2, entries=200)
        start = np.zeros((problem.shape[0], problem.size), np.float32)
        single = self.improved(problem, start, 3)
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, self.improved(problem, start.astype(np.float64), 3), rtol=1e-4, atol=1e-5)
        assert not start.any()


class TestNormalEquations:
    def test_take_a_pull_for_each_row(self):
        problem = Problem(7)
        means = np.random.default_rng(7).normal(size=(problem.shape[0], problem.size))
        prior = Prior(problem.prior.precision, means @ problem.prior.precision)
        nothing = np.zeros(len(problem.values))
        solution = solve_rows(NormalEquations(problem.side, problem.factors, nothing, nothing, prior))
        np.testing.assert_allclose(solution, means, rtol=1e-8)

    def test_take_one_weight_for_all(self):
        problem = Problem(1)
        one, each = (
            solve_rows(NormalEquations(problem.side, problem.factors, weights, problem.values, problem.prior))
            for weights in (0.7, np.full(len(problem.values), 0.7))
        )
        np.testing.assert_allclose(one, each, rtol=1e-12)

    def test_keep_to_the_precision_of_the_factors(self):
        problem = Problem(2)
        single = problem.solved(factors=problem.factors.astype(np.float32))
        assert single.dtype == np.float64
        np.testing.assert_allclose(single, problem.solved(), rtol=1e-4, atol=1e-5)


class TestASolution:
    @given(seeds, sizes)
    def test_is_numpys(self, seed, size):
        problem = Problem(seed, size=size)
        matrices, targets = problem.by_loops()
        np.testing.assert_allclose(problem.solved(), np.linalg.solve(matrices, targets[..., None])[..., 0], rtol=1e-8)

    @given(seeds)
    def test_does_not_depend_on_the_order_of_the_entries(self, seed):
        problem = Problem(seed)
        order = np.random.default_rng(seed).permutation(len(problem.rows))
        side = Side.of(problem.rows[order], problem.columns[order], problem.shape)
        weights, values = problem.weights[order], problem.values[order]
        shuffled = solve_rows(NormalEquations(side, problem.factors, weights, weights * values, problem.prior))
        np.testing.assert_allclose(shuffled, problem.solved(), rtol=1e-9, atol=1e-12)

    @given(seeds)
    def test_of_a_row_without_weight_is_the_priors_mean(self, seed):
        problem = Problem(seed)
        mean = np.random.default_rng(seed).normal(size=problem.size)
        prior = Prior(problem.prior.precision, problem.prior.precision @ mean)
        nothing = np.zeros(len(problem.values))
        solution = solve_rows(NormalEquations(problem.side, problem.factors, nothing, nothing, prior))
        np.testing.assert_allclose(solution, np.tile(mean, (problem.shape[0], 1)), rtol=1e-6, atol=1e-8)

    @pytest.mark.parametrize("size", [2, 20])
    def test_of_equations_without_one_is_an_error_that_says_what_to_do(self, size):
        side = Side.of(np.array([0]), np.array([0]), (1, 1))
        with pytest.raises(RecsysError, match="give its prior more precision"):
            solve_rows(NormalEquations(side, np.ones((1, size)), 1.0, np.ones(1), Prior(np.zeros((size, size)))))


class TestADraw:
    def test_has_the_mean_and_the_covariance_of_its_gaussian(self):
        problem, n = Problem(3, rows=4, entries=12), 20_000
        matrices, targets = problem.by_loops()
        rng = np.random.default_rng(0)
        normals = rng.normal(size=(n, *targets.shape))
        draws = np.array([problem.solved(z) for z in normals])
        for row, (matrix, target) in enumerate(zip(matrices, targets, strict=True)):
            covariance = np.linalg.inv(matrix)
            error = np.sqrt(np.diag(covariance) / n)
            assert np.all(np.abs(draws[:, row].mean(axis=0) - covariance @ target) < 5 * error)
            scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
            assert np.all(np.abs(np.cov(draws[:, row].T) - covariance) < 5 * scale * np.sqrt(2 / n))

    def test_of_a_row_depends_on_its_own_normals_only(self):
        problem = Problem(4)
        normals = np.random.default_rng(0).normal(size=(problem.shape[0], problem.size))
        changed = normals.copy()
        changed[1:] += 1
        first, second = problem.solved(normals), problem.solved(changed)
        np.testing.assert_array_equal(first[0], second[0])
        assert np.all(np.any(first[1:] != second[1:], axis=1))

    def test_from_zeros_is_the_mean(self):
        problem = Problem(5)
        np.testing.assert_array_equal(problem.solved(np.zeros((9, 3))), problem.solved())

    @given(seeds, sizes)
    def test_whitened_by_the_cholesky_factor_is_its_normals(self, seed, size):
        problem = Problem(seed, size=size)
        normals = np.random.default_rng(seed).normal(size=(problem.shape[0], size))
        factors = np.linalg.cholesky(problem.by_loops()[0])
        away = problem.solved(normals) - problem.solved()
        np.testing.assert_allclose(np.einsum("red,re->rd", factors, away), normals, rtol=1e-6, atol=1e-7)


class TestANonNegativeSolution:
    @given(seeds)
    def test_is_scipys(self, seed):
        problem = Problem(seed)
        matrices, targets = problem.by_loops()
        solution = solve_non_negative(problem.equations(), np.zeros((9, 3)), sweeps=10_000, tolerance=1e-12)
        for row, (matrix, target) in enumerate(zip(matrices, targets, strict=True)):
            root = np.linalg.cholesky(matrix)  # |Lᵀx - L⁻¹b|² is xᵀAx - 2bᵀx and a constant
            best, _ = nnls(root.T, np.linalg.solve(root, target))
            np.testing.assert_allclose(solution[row], best, rtol=1e-5, atol=1e-7)

    def test_is_never_worse_after_one_more_sweep(self):
        problem = Problem(6)
        matrices, targets = problem.by_loops()

        def loss(sweeps: int) -> np.ndarray:
            x = solve_non_negative(problem.equations(), np.ones((9, 3)), sweeps=sweeps)
            return np.einsum("rd,rde,re->r", x, matrices, x) / 2 - np.einsum("rd,rd->r", x, targets)

        losses = np.array([loss(sweeps) for sweeps in range(5)])
        assert np.all(np.diff(losses, axis=0) <= 1e-12)
        assert np.all(losses[1] < losses[0])


class TestRowsOverThreads:
    """Threads share the rows; what comes out of a row does not depend on who else is solved, nor where."""

    @pytest.mark.parametrize("entries", [0, 5, 500])
    @pytest.mark.parametrize("kind", [np.float32, np.float64])
    def test_are_the_same_to_the_bit(self, entries, kind, many_blocks, monkeypatch):
        problem = Problem(8, rows=40, size=9, entries=entries)
        equations = problem.equations(factors=problem.factors.astype(kind))
        start = np.ones((40, 9), kind)
        solvers = (
            lambda: solve_rows(equations),
            lambda: improve_rows(equations, start),
            lambda: solve_non_negative(equations, start),
        )
        shared = [solver() for solver in solvers]
        monkeypatch.setattr(many_blocks, "cores", lambda: 1)
        for solver, expected in zip(solvers, shared, strict=True):
            np.testing.assert_array_equal(solver(), expected)

    def test_are_the_same_to_the_bit_alone(self):
        problem = Problem(9, rows=4, size=9, entries=3 * CHUNK)
        own = problem.rows == 1
        prior = Prior(problem.prior.precision, problem.prior.pull, problem.prior.ridge[1:2])
        side = Side.of(np.zeros(own.sum(), int), problem.columns[own], (1, 7))
        weights, values = problem.weights[own], problem.values[own]
        alone = NormalEquations(side, problem.factors, weights, weights * values, prior)
        for solver in (solve_rows, lambda each: improve_rows(each, np.zeros(each.shape))):
            np.testing.assert_array_equal(solver(alone)[0], solver(problem.equations())[1])

    def test_of_which_one_has_no_solution_are_an_error(self, many_blocks):
        side = Side.of(np.arange(30), np.zeros(30, int), (30, 1))
        ridge = np.where(np.arange(30) == 17, 0.0, 1.0)
        with pytest.raises(RecsysError, match="not positive definite"):
            solve_rows(NormalEquations(side, np.ones((1, 2)), 1.0, np.ones(30), Prior(np.zeros((2, 2)), ridge=ridge)))


@given(seeds, st.integers(0, 60), st.integers(1, 20))
def test_products_of_pairs_are_einsums(seed, pairs, size):
    rng = np.random.default_rng(seed)
    left, right = (rng.normal(size=(count, size)).astype(np.float32) for count in (5, 7))
    rows, columns = rng.integers(0, 5, pairs), rng.integers(0, 7, pairs)
    expected = np.einsum("nd,nd->n", left[rows], right[columns])
    np.testing.assert_allclose(pair_products(left, right, rows, columns), expected, rtol=1e-4, atol=1e-5)
