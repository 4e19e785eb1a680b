"""Ids that the serving tests share."""

USERS = [f"u{n:02d}" for n in range(12)]
ITEMS = [10 * n for n in range(1, 21)]
POINT = {"embedding_size": 4, "dropout": 0.0, "l2": 0.01, "bias_l2": 0.01, "loss": "mean_squared_error"}
