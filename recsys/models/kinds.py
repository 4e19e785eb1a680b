"""Every kind of model: a new one is a file beside this and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.models.bayesian_mf.build import BAYESIAN_MF
from recsys.models.kind import ModelKind
from recsys.models.mf.build import MF
from recsys.models.mlp.build import MLP
from recsys.models.nnmf.build import NNMF

KINDS: Mapping[str, ModelKind] = {kind.name: kind for kind in (MF, NNMF, MLP, BAYESIAN_MF)}
