"""Batch sources: which batches a gradient solver steps through, and the loss of each batch."""
