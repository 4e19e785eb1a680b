"""The blocks of self-attention over a history."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from recsys.models.layers import HistoryDropout, MemberAttention, MemberDense, MemberNormalization, MemberPositions


def attention_states(
    rows: keras.KerasTensor,
    history: keras.KerasTensor,
    seeds: Sequence[int],
    rates: Sequence[float],
    width: int,
    *,
    blocks: int,
    heads: int,
    padding: int,
) -> keras.KerasTensor:
    """Return symbolic states (M, B, L, D) after each place of histories.

    Each block adds attention and then a feed-forward layer to its input, each after a normalisation.

    Args:
        rows: The symbolic rows of the items (B, L, M·D).
        history: Their codes (B, L), the newest last.
        seeds: One seed for each member.
        rates: The dropout rate of each member.
        width: The dimensions D.
        blocks: The number of blocks.
        heads: The number of heads of an attention, which divides D.
        padding: The code of a place without an item.
    """
    members = len(seeds)

    def dropped(values: keras.KerasTensor, name: str) -> keras.KerasTensor:
        return HistoryDropout([width] * members, rates, seeds, name=name)(values) if any(rates) else values

    states = MemberPositions(seeds, history.shape[1], width, name="positions")(rows)
    for number in range(blocks):
        normal = MemberNormalization(members, width, name=f"normal_{number}")(states)
        query, key, value = (
            MemberDense(width, width, seeds, name=f"{name}_{number}")(normal) for name in ("query", "key", "value")
        )
        attended = MemberAttention(heads, padding, name=f"attention_{number}")(query, key, value, history)
        states = keras.layers.Add(name=f"attended_{number}")([states, dropped(attended, f"drop_a{number}")])
        normal = MemberNormalization(members, width, name=f"normal_forward_{number}")(states)
        hidden = MemberDense(width, width, seeds, "relu", name=f"inner_{number}")(normal)
        forward = MemberDense(width, width, seeds, name=f"outer_{number}")(dropped(hidden, f"drop_h{number}"))
        states = keras.layers.Add(name=f"forwarded_{number}")([states, dropped(forward, f"drop_f{number}")])
    return MemberNormalization(members, width, name="normal")(states)
