"""Compiled loops over the rows of a sparse matrix. Each row's equations are built and solved in a core's cache.

A kernel works on the rows `begin` to `end`, so that threads share the rows. The result of a row depends neither on
these bounds nor on other rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recsys.algebra.compiled import compiled
from recsys.arrays import AnyArray, Float64Array, FloatArray, IntArray

CHUNK = 64
"""The number of entries whose factors are gathered for one matrix product."""


class Entries(NamedTuple):
    """The entries of all rows, in the order of rows."""

    starts: IntArray
    """The first entry of each row, and the number of entries, shape (rows + 1,)."""
    columns: IntArray
    """Shape (entries,)."""
    weights: FloatArray
    """Shape (entries,)."""
    targets: FloatArray
    """Shape (entries,)."""


class Priors(NamedTuple):
    """What is added to the matrix of each row."""

    precision: FloatArray
    """Shape (D, D)."""
    ridge: FloatArray
    """Shape (rows,)."""


@compiled
def solve(
    entries: Entries,
    factors: FloatArray,
    priors: Priors,
    normals: Float64Array,
    solutions: Float64Array,
    begin: int,
    end: int,
) -> int:
    """Compute L⁻ᵀ (L⁻¹ b + z) with A = L Lᵀ for each row.

    Args:
        entries: The entries.
        factors: q, shape (columns, D), of the dtype of weights and targets.
        priors: In float64.
        normals: z, shape (rows, D).
        solutions: The pulls of the priors at first, and then the solutions, shape (rows, D).
        begin: The first row.
        end: The row after the last.

    Returns:
        The first row whose matrix is not positive definite; -1 if there is none.
    """
    size = factors.shape[1]
    matrix, sums = np.empty((size, size)), np.empty((2, size, size), factors.dtype)
    gathered = np.empty((2, CHUNK, size), factors.dtype)
    for row in range(begin, end):
        x = solutions[row]
        _build(matrix, x, row, entries, factors, priors, sums, gathered)
        if not _factorise(matrix):
            return row
        for d in range(size):
            x[d] /= matrix[d, d]
            _add(x[d + 1 :], -x[d], matrix[d, d + 1 :])
        _add(x, 1.0, normals[row])
        for d in range(size - 1, -1, -1):
            x[d] = (x[d] - _dot(matrix[d, d + 1 :], x[d + 1 :])) / matrix[d, d]
    return -1


@compiled
def descend(
    entries: Entries,
    factors: FloatArray,
    priors: Priors,
    pulls: Float64Array,
    sweeps: int,
    tolerance: float,
    solutions: Float64Array,
    begin: int,
    end: int,
) -> None:
    """Improve non-negative solutions by cyclic coordinate descent, until a sweep changes a row by little.

    Args:
        entries: The entries.
        factors: q, shape (columns, D), of the dtype of weights and targets.
        priors: In float64.
        pulls: The pulls of the priors at first, and then b, shape (rows, D).
        sweeps: The maximal number of passes over the D coordinates.
        tolerance: The change of an entry, relative to its row's largest, up to which a sweep is the last.
        solutions: The initial solutions at first, and then the improved ones, shape (rows, D).
        begin: The first row.
        end: The row after the last.
    """
    size = factors.shape[1]
    matrix, sums = np.empty((size, size)), np.empty((2, size, size), factors.dtype)
    gathered = np.empty((2, CHUNK, size), factors.dtype)
    for row in range(begin, end):
        x, pull = solutions[row], pulls[row]
        _build(matrix, pull, row, entries, factors, priors, sums, gathered)
        for _ in range(sweeps):
            moved, largest = 0.0, 0.0
            for d in range(size):
                new = max(x[d] + (pull[d] - _dot(matrix[d], x)) / matrix[d, d], 0.0)
                moved, largest = max(moved, abs(new - x[d])), max(largest, new)
                x[d] = new
            if moved <= tolerance * largest:
                break


@compiled
def improve(
    entries: Entries,
    factors: FloatArray,
    priors: Priors,
    pulls: FloatArray,
    steps: int,
    x: FloatArray,
    begin: int,
    end: int,
) -> None:
    """Improve solutions by conjugate gradients, without building the matrices.

    Args:
        entries: The entries.
        factors: q, shape (columns, D). All arrays of numbers have the same dtype.
        priors: The priors.
        pulls: The pulls of the priors at first, and then what is left of b, shape (rows, D).
        steps: The number of steps.
        x: The initial solutions at first, and then the improved ones, shape (rows, D).
        begin: The first row.
        end: The row after the last.
    """
    size = factors.shape[1]
    direction, product = np.empty(size, factors.dtype), np.empty(size, factors.dtype)
    longest = 0
    for row in range(begin, end):
        longest = max(longest, entries.starts[row + 1] - entries.starts[row])
    gathered = np.empty((longest, size), factors.dtype)
    for row in range(begin, end):
        first, last = entries.starts[row], entries.starts[row + 1]
        q, weights, rest = gathered[: last - first], entries.weights[first:last], pulls[row]
        for entry in range(first, last):
            _copy(q[entry - first], factors[entries.columns[entry]])
            _add(rest, entries.targets[entry], q[entry - first])
        _multiply(product, x[row], q, weights, priors, row)
        _add(rest, -1, product)
        _copy(direction, rest)
        length = _dot(rest, rest)
        for _ in range(steps):
            _multiply(product, direction, q, weights, priors, row)
            curvature = _dot(direction, product)
            if not curvature > 0:  # the row has converged
                break
            _add(x[row], length / curvature, direction)
            _add(rest, -length / curvature, product)
            before, length = length, _dot(rest, rest)
            for d in range(size):
                direction[d] = rest[d] + length / before * direction[d]


@compiled
def pair_products(
    left: FloatArray, right: FloatArray, rows: IntArray, columns: IntArray, products: FloatArray, begin: int, end: int
) -> None:
    """Compute the dot products of the rows of `left` (n, D) and `right` (m, D) at the codes (N,): products (N,)."""
    for entry in range(begin, end):
        products[entry] = _dot(left[rows[entry]], right[columns[entry]])


@compiled
def _build(
    matrix: Float64Array,
    pull: Float64Array,
    row: int,
    entries: Entries,
    factors: FloatArray,
    priors: Priors,
    sums: FloatArray,
    gathered: FloatArray,
) -> None:
    """Compute A of a row (D, D), and add its Σ t q to the pull (D,).

    Args:
        matrix: A.
        pull: The pull of the prior at first, and then b.
        row: The row.
        entries: The entries.
        factors: q.
        priors: The priors.
        sums: Memory for Σ w q qᵀ and for its part of some entries, shape (2, D, D).
        gathered: Memory for the q of some entries and for w q, shape (2, CHUNK, D).
    """
    whole, part = sums[0], sums[1]
    whole[:] = 0
    size, last = len(pull), entries.starts[row + 1]
    pulls = np.zeros_like(whole[0])
    for first in range(entries.starts[row], last, CHUNK):
        count = min(CHUNK, last - first)
        for place in range(count):
            q, weighted, weight = gathered[0, place], gathered[1, place], entries.weights[first + place]
            _copy(q, factors[entries.columns[first + place]])
            for d in range(size):
                weighted[d] = weight * q[d]
            _add(pulls, entries.targets[first + place], q)
        np.dot(gathered[1, :count].T, gathered[0, :count], part)
        for d in range(size):
            _add(whole[d], 1, part[d])
    for d in range(size):
        pull[d] += pulls[d]
        for e in range(size):
            matrix[d, e] = priors.precision[d, e] + whole[d, e]
        matrix[d, d] += priors.ridge[row]


@compiled
def _factorise(matrix: Float64Array) -> bool:
    """Compute Lᵀ in the upper half of L Lᵀ, row by row; return whether the matrix is positive definite."""
    size = len(matrix)
    for d in range(size):
        own = matrix[d, d:]
        for first in range(0, d - 7, 8):
            _subtract_eight(own, matrix[first : first + 8, d:])
        for before in range(d // 8 * 8, d):
            _add(own, -matrix[before, d], matrix[before, d:])
        if not own[0] > 0:
            return False
        scale = 1 / np.sqrt(own[0])
        for place in range(len(own)):
            own[place] *= scale
    return True


@compiled
def _subtract_eight(y: Float64Array, rows: Float64Array) -> None:
    """Subtract rows[:, 0] @ rows of eight rows in one pass over y, where a loop would load and store y eight times."""
    a, b, c, d, e, f, g, h = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]
    a0, b0, c0, d0, e0, f0, g0, h0 = a[0], b[0], c[0], d[0], e[0], f[0], g[0], h[0]
    for place in range(len(y)):
        first = a0 * a[place] + b0 * b[place] + c0 * c[place] + d0 * d[place]
        y[place] -= first + e0 * e[place] + f0 * f[place] + g0 * g[place] + h0 * h[place]


@compiled
def _multiply(product: FloatArray, x: FloatArray, q: FloatArray, weights: FloatArray, priors: Priors, row: int) -> None:
    """Compute A x of a row (D,) whose entries have the factors q (L, D)."""
    for d in range(len(x)):
        product[d] = priors.ridge[row] * x[d]
    for d in range(len(x)):
        _add(product, x[d], priors.precision[d])
    for entry in range(len(q)):
        _add(product, weights[entry] * _dot(q[entry], x), q[entry])


@compiled
def _add(y: AnyArray, scale: float, x: AnyArray) -> None:
    """Add scale x to y, for vectors of one length."""
    factor = y.dtype.type(scale)
    for place in range(len(y)):
        y[place] += factor * x[place]


@compiled
def _dot(x: AnyArray, y: AnyArray) -> float:
    """The dot product of two vectors of one length."""
    total = x.dtype.type(0)
    for place in range(len(x)):
        total += x[place] * y[place]
    return total  # type: ignore[no-any-return]


@compiled
def _copy(to: AnyArray, source: AnyArray) -> None:
    """Copy a vector."""
    for place in range(len(to)):
        to[place] = source[place]
