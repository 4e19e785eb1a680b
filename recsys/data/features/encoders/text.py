"""Texts: words and pairs of words, hashed and weighed by TF-IDF."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy.sparse import csr_array

from recsys.data.features.encoders.base import SEEN, ColumnEncoder, Fitting
from recsys.data.features.encoders.column import SourceColumn
from recsys.reporter import Reporter, quiet


class TextEncoder(ColumnEncoder):
    """A feature for each bucket of words and pairs of words that several ids have. Rows have length 1."""

    type: Literal["text"] = "text"
    buckets: int
    """The number of buckets that words are hashed into."""
    kept: tuple[int, ...]
    """The buckets that are features, ascending."""
    frequencies: tuple[float, ...]
    """The inverse document frequency of each kept bucket."""

    @property
    def names(self) -> list[str]:
        """One name for each bucket, as `title#17`."""
        return [f"{self.column}#{bucket}" for bucket in self.kept]

    def encode(self, column: SourceColumn, reporter: Reporter = quiet) -> csr_array:  # noqa: ARG002 - of the protocol
        """Return the rows (N, F)."""
        if not self.kept:
            return csr_array((len(column), 0), dtype=np.float32)
        from sklearn.feature_extraction.text import TfidfTransformer

        transformer = TfidfTransformer(sublinear_tf=True)
        transformer.idf_ = np.array(self.frequencies)
        rows = csr_array(transformer.transform(_counts(column, self.buckets)[:, list(self.kept)])).astype(np.float32)
        rows.eliminate_zeros()
        rows.sort_indices()
        return rows


def fit_texts(column: SourceColumn, how: Fitting) -> TextEncoder:
    """Return the encoder of a column of texts."""
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = _counts(column, how.type.buckets)
    known = np.diff(counts.indptr) > 0
    seen = np.bincount(counts.indices, minlength=how.type.buckets)
    kept = np.flatnonzero(seen >= SEEN)
    frequencies = TfidfTransformer().fit(counts[known][:, kept]).idf_ if len(kept) else np.empty(0)
    return TextEncoder(
        column=column.name,
        known=int(known.sum()),
        buckets=how.type.buckets,
        kept=tuple(kept.tolist()),
        frequencies=tuple(frequencies.tolist()),
    )


def _counts(column: SourceColumn, buckets: int) -> Any:
    """How often each row has each bucket, a matrix of SciPy (N, buckets)."""
    from sklearn.feature_extraction.text import HashingVectorizer

    codes, texts = column.texts
    hashed = HashingVectorizer(n_features=buckets, ngram_range=(1, 2), alternate_sign=False, norm=None)
    return csr_array(hashed.transform([*texts, ""]))[codes]  # the last one answers to -1
