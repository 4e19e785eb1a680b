"""Batch sources: the batches that a gradient solver steps through, and the loss of each batch."""
