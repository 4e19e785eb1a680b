"""Ids that the serving tests share."""

USERS = [f"u{n:02d}" for n in range(12)]
ITEMS = [10 * n for n in range(1, 21)]
