"""Dot products of pairs of rows of two tables."""

from __future__ import annotations

import numpy as np

from recsys.algebra.threads import over_rows
from recsys.arrays import Float32Array, IntArray


def pair_products(left: Float32Array, right: Float32Array, rows: IntArray, columns: IntArray) -> Float32Array:
    """Compute left[rows] · right[columns] without gathering the rows: shape (N,).

    Args:
        left: Shape (n, D).
        right: Shape (m, D).
        rows: Shape (N,).
        columns: Shape (N,).
    """
    from recsys.algebra import kernels

    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    products = np.empty(len(rows), np.float32)
    over_rows(
        lambda begin, end: kernels.pair_products(left, right, rows, columns, products, begin, end),
        np.arange(len(rows) + 1),
    )
    return products
