"""The models of a saved scorer, of which each is loaded when it is needed: most answers need no Keras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, overload

from recsys.frameworks import load_tensorflow
from recsys.models.factors import Factors
from recsys.models.kind import ModelKind
from recsys.models.kinds import KINDS, kind_of_model
from recsys.models.own.kind import OwnFactory

if TYPE_CHECKING:
    import keras


class StoredModels(Sequence["keras.Model"]):
    """Models of a folder, with what is known of them without Keras.

    Args:
        folder: The folder, which has to stay until the models are loaded.
        kinds: The names of their kinds; of another name for a model of the user's own factory.
    """

    def __init__(self, folder: Path, kinds: Sequence[str]) -> None:
        self.kinds: Sequence[ModelKind] = [KINDS.get(name, OwnFactory()) for name in kinds]
        self.factors = [_factors(_path(folder, number)) for number in range(len(kinds))]
        self._folder = folder
        self._loaded: dict[int, keras.Model] = {}
        self._loading = Lock()  # the threads of a server share the models

    def __len__(self) -> int:
        return len(self.kinds)

    @overload
    def __getitem__(self, place: int) -> keras.Model: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[keras.Model]: ...

    def __getitem__(self, place: int | slice) -> keras.Model | Sequence[keras.Model]:
        """Return a model, which the first access loads."""
        if isinstance(place, slice):
            return [self[number] for number in range(len(self))[place]]
        number = range(len(self))[place]
        with self._loading:
            if number not in self._loaded:
                load_tensorflow()
                self._loaded[number] = self.kinds[number].load(_path(self._folder, number))
            return self._loaded[number]


def kinds_of(models: Sequence[keras.Model]) -> Sequence[ModelKind]:
    """Return the kinds of models; stored models are not loaded."""
    return models.kinds if isinstance(models, StoredModels) else [kind_of_model(model) for model in models]


def factors_of(models: Sequence[keras.Model]) -> Sequence[Factors | None]:
    """Return the factors that models are served by; None for models that are in memory, and for those without."""
    return models.factors if isinstance(models, StoredModels) else [None] * len(models)


def save_models(models: Sequence[keras.Model], folder: Path) -> list[str]:
    """Write models and their factors into a folder, and return the names of their kinds."""
    kinds = kinds_of(models)
    for number, (kind, model) in enumerate(zip(kinds, models, strict=True)):
        kind.save(model, _path(folder, number))
        factors = kind.factors(model)
        if factors is not None:
            factors.save(_factors_path(_path(folder, number)))
    return [kind.name for kind in kinds]


def _path(folder: Path, number: int) -> Path:
    return folder / f"model-{number}"


def _factors_path(path: Path) -> Path:
    return path.with_name(f"{path.name}-factors.npz")


def _factors(path: Path) -> Factors | None:
    """Read the factors of a model; None in a package of an earlier version, and if the model has none."""
    return Factors.load(_factors_path(path)) if _factors_path(path).exists() else None
