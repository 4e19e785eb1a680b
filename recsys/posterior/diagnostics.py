"""Convergence diagnostics: R-hat and effective sample size of a traced number (Vehtari et al. 2021).

Both split every chain into halves that count as chains of their own. A drift within a chain therefore shows, and one
chain is enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys.arrays import Float64Array

LEAST = 4
"""The fewest draws of a chain; with fewer both diagnostics are NaN."""


def r_hat(traces: npt.ArrayLike) -> float:
    """Rank-normalised split R-hat: near 1 if the chains have mixed; above 1.01 they have not.

    Args:
        traces: The draws of one number, without the burn-in, shape (chains, draws).
    """
    chains = np.asarray(traces, np.float64)
    if chains.shape[1] < LEAST:
        return float("nan")
    from scipy.special import ndtri
    from scipy.stats import rankdata

    folded = np.abs(chains - np.median(chains))  # tells chains of unlike spread apart
    ranks = (rankdata(numbers).reshape(chains.shape) for numbers in (chains, folded))
    return max(_plain_r_hat(_split(ndtri((rank - 0.375) / (chains.size + 0.25)))) for rank in ranks)


def effective_sample_size(traces: npt.ArrayLike) -> float:
    """The number of independent draws that estimate the mean as precisely as these draws do.

    Args:
        traces: The draws of one number, without the burn-in, shape (chains, draws).
    """
    chains = np.asarray(traces, np.float64)
    if chains.shape[1] < LEAST:
        return float("nan")
    split = _split(chains)
    draws = split.shape[1]
    covariances = np.mean([_autocovariances(chain) for chain in split], axis=0)
    within = covariances[0] * draws / (draws - 1)
    total = covariances[0] + split.mean(axis=1).var(ddof=1)
    if not total > 0:
        return float("nan")
    correlations = 1 - (within - covariances * draws / (draws - 1)) / total
    correlations[0] = 1
    time = _integrated(correlations)
    return float(split.size / max(time, 1 / np.log10(split.size)))


def _split(chains: Float64Array) -> Float64Array:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _plain_r_hat(chains: Float64Array) -> float:
    draws = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    between = chains.mean(axis=1).var(ddof=1)
    return float(np.sqrt((draws - 1) / draws + between / within)) if within > 0 else float("nan")


def _autocovariances(chain: Float64Array) -> Float64Array:
    """The biased autocovariance at every lag, shape (draws,)."""
    away = chain - chain.mean()
    spectrum = np.fft.rfft(away, 2 * len(chain))
    covariances: Float64Array = np.fft.irfft(spectrum * spectrum.conj())[: len(chain)] / len(chain)
    return covariances


def _integrated(correlations: Float64Array) -> float:
    """The autocorrelation time by the initial monotone sequence (Geyer 1992): sums of pairs, positive and falling."""
    pairs = correlations[: len(correlations) // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0)
    pairs = pairs[: negative[0]] if len(negative) else pairs
    return float(2 * np.minimum.accumulate(pairs).sum() - 1)
