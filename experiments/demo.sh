#!/usr/bin/env bash
# What `make demo` runs: sweep, compare, promote and recommend on MovieLens-100K, in a new store.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
store=$(mktemp -d "${TMPDIR:-/tmp}/recsys-demo.XXXXXX")
export MLFLOW_TRACKING_URI="sqlite:///$store/mlflow.db"

run() {
  printf '\n$ recsys %s\n' "$*"
  recsys "$@"
}

say() {
  printf '\n# %s\n' "$*"
}

run data fetch ml-100k
run data describe ml-100k

say "Predict ratings"
run sweep experiments/mf.toml
run compare mf --top 10
run promote mf
run recommend 196 -n 5 --model ml-100k

say "Recommend items"
run sweep experiments/als_top_n.toml
run compare als_top_n --top 5
run promote als_top_n
run recommend 196 -n 5 --model ml-100k-top-n

cat <<END

Open the trials in the MLflow UI at http://127.0.0.1:5000 with:

  .venv/bin/recsys ui --tracking-uri $MLFLOW_TRACKING_URI

To remove this store: rm -r $store
END
