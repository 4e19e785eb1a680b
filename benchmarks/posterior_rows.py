"""Rows on posteriors: draws of Bayesian matrix factorization against myFM, with ids only and rank 10."""

from __future__ import annotations

from typing import Any

from benchmarks.environment import Bench
from benchmarks.rows import Row, row

_RANK, _DRAWS, _BURN_IN = 10, 300, 20
_OURS = """
import json, sys, time
import numpy as np
from recsys.posterior.chain import Chain, Source
from recsys.posterior.moments import Moments
from recsys.posterior.sampler import GibbsSampler
rows = np.load(sys.argv[1])
rank, draws, burn_in = map(int, sys.argv[2:])
users, items, values = (rows[f"train_{name}"] for name in ("users", "items", "values"))
mean = values.mean(dtype=np.float64)
began = time.perf_counter()
sampler = GibbsSampler(users, items, (int(rows["users"]), int(rows["items"])))
chain = Chain(Source(sampler, (values - mean).astype(np.float32)), rank, seed=0)
moments = Moments(len(rows["validation_values"]))
for _ in range(draws):
    state = chain.advance()
    if chain.rounds > burn_in:
        moments.add(mean + state.predict(rows["validation_users"], rows["validation_items"]))
seconds = (time.perf_counter() - began) / draws
errors = np.clip(moments.mean, 1, 5) - rows["validation_values"]
print(json.dumps({"per_draw": seconds, "rmse": float(np.sqrt(np.mean(errors**2)))}))
"""


def _both(bench: Bench) -> tuple[Any, Any]:
    words = (_RANK, _DRAWS, _BURN_IN)
    ours, _ = bench.python(_OURS, bench.rows, *words)
    return ours, bench.peer("myfm_draws.py", *words)


@row
def draws_against_myfm(bench: Bench) -> Row:
    """Measure the time of a draw; this project also predicts the validation part at every draw."""
    ours, theirs = (1e3 * each["per_draw"] for each in _both(bench))
    what = f"a draw of rank {_RANK} / myFM"
    return Row(
        "draws_against_myfm", what, f"{ours:.3g} ms", f"{theirs:.3g} ms", ours / theirs, "≤ 1", met=ours <= theirs
    )


@row
def posterior_against_myfm(bench: Bench) -> Row:
    """Measure the validation RMSE of the mean of all draws."""
    ours, theirs = (each["rmse"] for each in _both(bench))
    what = f"RMSE after {_DRAWS} draws of rank {_RANK} / myFM"
    bar = theirs + 0.001
    return Row(
        "posterior_against_myfm", what, f"{ours:.4f}", f"{theirs:.4f}", ours / theirs, "+ 0.001", met=ours <= bar
    )
