"""The experiment: one TOML file, validated. It composes the sections that the layers below define."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import tomlkit
from pydantic import BeforeValidator, PrivateAttr, model_validator

from recsys.data.settings import DataSettings
from recsys.documents import PARAMETER_TYPES, read_toml, validate
from recsys.errors import InputError, shown
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.hyperparameters import both
from recsys.models.kinds import KINDS, kind_of
from recsys.models.parameters import complaint, parameters_of, with_whole_numbers
from recsys.models.points import Points
from recsys.models.settings import ModelSettings
from recsys.overrides import Overrides, as_mapping, override
from recsys.registry.settings import PromotionSettings
from recsys.settings import Settings
from recsys.shipped.examples import experiment_file
from recsys.spaces.enqueued import enqueued_points
from recsys.spaces.kind_tables import KIND, flattened, own_name
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space
from recsys.splitting.settings import SplitSettings
from recsys.studies.samplers import SAMPLERS
from recsys.studies.study import StudySettings
from recsys.tracking.settings import TrackingSettings
from recsys.training.settings import TrainingSettings


class Experiment(Settings):
    """An experiment file: what `recsys sweep` and `recsys train` run."""

    data: DataSettings
    model: ModelSettings = ModelSettings()
    split: SplitSettings = SplitSettings()
    # experiment_from reads the file of a path before it validates the rest; editors validate the unchanged file
    space: Annotated[Space, BeforeValidator(lambda given: given, json_schema_input_type=Space | str)] = Space({})
    """The parameters to search; in a file also the path of a search-space file, relative to the experiment file."""
    point: dict[str, Value] = {}
    """Fixed values of parameters; those neither here nor in the space have the model's defaults."""
    study: StudySettings = StudySettings()
    training: TrainingSettings = TrainingSettings()
    objective: ObjectiveSettings = ObjectiveSettings()
    tracking: TrackingSettings = TrackingSettings()
    promotion: PromotionSettings = PromotionSettings()

    _folder: Path = PrivateAttr(default_factory=Path.cwd)
    _name: str = PrivateAttr(default="experiment")

    @model_validator(mode="before")
    @classmethod
    def _read_whole_numbers(cls, given: Any) -> Any:
        """Read 16.0 as 16 in points and choices if the parameter is a whole number."""
        if not isinstance(given, dict):
            return given
        found = dict(given)
        if isinstance(found.get("point"), dict):
            found["point"] = with_whole_numbers(found["point"])
        if isinstance(study := found.get("study"), dict) and isinstance(study.get("try"), (list, tuple)):
            tries = (with_whole_numbers(point) if isinstance(point, dict) else point for point in study["try"])
            found["study"] = {**study, "try": tuple(tries)}
        if isinstance(space := found.get("space"), dict):
            found["space"] = {name: _with_whole_choices(name, parameter) for name, parameter in space.items()}
        return found

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if KIND in self.point:
            raise ValueError(f"point.{KIND}: [model] names the kind, or [space] searches it")
        if self.model.searches_kind and KIND not in self.space:
            raise ValueError(
                f"model.kind: expected {' | '.join(map(repr, KINDS))}, or factory = 'package.module:function', or a "
                f"space that searches it: {KIND} = {{ type = 'choice', values = [...] }}"
            )
        if not self.model.searches_kind and KIND in self.space and self.model.factory is None:
            raise ValueError(f"space.{KIND}: model.kind = {self.model.kind!r} fixes it; leave one of them out")
        for kind in self.space[KIND].ends if self.model.searches_kind else ():
            if wanted := complaint(KIND, kind):
                raise ValueError(f"space.{KIND}: expected {wanted}, not {shown(repr(kind))}")
        return self

    @model_validator(mode="after")
    def _check_parameters(self) -> Self:
        if self.model.factory is not None:  # only the user's own factory knows its parameters
            return self
        known = list(dict.fromkeys(name for model in self.models for name in parameters_of(model) or ()))
        known += [KIND] if self.model.searches_kind else []
        kinds = [str(model.kind) for model in self.models]
        whose = (
            f"{both(kinds)} have no such parameter; they have"
            if kinds[1:]
            else f"{kinds[0]} has no such parameter; it has"
        )
        for section, names in (("point", self.point), ("space", self.space)):
            for name in names:
                if own_name(name) not in known:
                    raise ValueError(f"{section}.{name}: {whose} {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _check_folds(self) -> Self:
        if "fold" in (self.split.kind, self.split.validation.kind) and self.data.source != "ml-100k":
            raise ValueError(
                f"split.kind: 'fold' is one of the official folds of ml-100k, and data.source is "
                f"{shown(repr(self.data.source))}: expected random, user_random, temporal or leave_last"
            )
        return self

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        split, column = self.split, self.data.columns.split
        wanted = "column" in (split.kind, split.validation.kind)
        if column is not None and split.test is not None:
            raise ValueError("split.test: data.columns.split says which rows are the test part; leave one of them out")
        if column is not None and not wanted:
            raise ValueError(f"data.columns.split does nothing here: split.kind is {split.kind!r}, not 'column'")
        if wanted and column is None and split.test is None:
            raise ValueError(
                "split.kind: 'column' needs data.columns.split, the column that says train, valid or test, or "
                "split.test, a file of the test part"
            )
        if split.test is not None and not self.data.is_file:
            raise ValueError(f"split.test: data.source = {shown(repr(self.data.source))} is no file")
        return self

    @model_validator(mode="after")
    def _check_feedback(self) -> Self:
        if self.data.implicit and metric_of(self.objective.metric).family == "rating":
            raise ValueError(
                f"objective.metric: {self.objective.metric!r} is of ratings, and implicit data have none: expected "
                "'ndcg' or another ranking metric"
            )
        place = f"space.{KIND}" if self.model.searches_kind else "model.kind"
        for kind in map(kind_of, self.models):
            if kind.only_ranks and metric_of(self.objective.metric).family == "rating":
                raise ValueError(
                    f"{place}: {kind.name!r} ranks items, and objective.metric = {self.objective.metric!r} is of "
                    "ratings: expected 'ndcg' or another ranking metric"
                )
            if self.data.implicit and kind.sampled:
                raise ValueError(f"{place}: {kind.name!r} is drawn from ratings, and implicit data have none")
        if self.data.implicit or self.data.positive_from not in (None, self.objective.threshold):
            why = "every pair of implicit data is relevant" if self.data.implicit else "data.positive_from says it"
            self.objective.refuse(("threshold",), why)
        return self

    @model_validator(mode="after")
    def _check_baselines(self) -> Self:
        if self.promotion.baselines and metric_of(self.objective.metric).family == "rating":
            raise ValueError(
                f"promotion.baselines: {self.promotion.baselines[0]!r} makes lists, and objective.metric = "
                f"{self.objective.metric!r} is of ratings: leave it out"
            )
        return self

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        given = [("point", name, value) for name, value in self.point.items()]
        for name, parameter in self.space.items():
            if strange := [each for each in parameter.when or () if each not in {*self.space, *self.points.unsearched}]:
                raise ValueError(
                    f"space.{name}.when.{strange[0]}: no parameter of that name, in the space or beside it"
                )
        given += [("space", name, value) for name, parameter in self.space.items() for value in parameter.ends]
        for section, name, value in given:
            if wanted := complaint(own_name(name), value):
                raise ValueError(f"{section}.{name}: expected {wanted}, not {shown(repr(value))}")
        return self

    @model_validator(mode="after")
    def _check_purpose(self) -> Self:
        for complaint_ in self.points.complaints():
            name = complaint_.partition(":")[0]
            section = "point" if name in self.point or name not in self.space else "space"
            raise ValueError(f"{section}.{complaint_}")
        return self

    @model_validator(mode="after")
    def _check_objectives(self) -> Self:
        study, goals = self.study, self.objective.objectives
        if len(goals) == 1:
            if study.pruner == "dominated":
                raise ValueError("study.pruner: 'dominated' is for several objectives; give objective.metrics")
            return self
        if study.engine != "optuna":
            raise ValueError("objective.metrics: KerasTuner searches for one objective; study.engine = 'optuna' can")
        if not study.multi_objective:
            raise ValueError(
                f"objective.metrics: {study.sampler} searches for one objective; expected study.sampler = "
                f"{', '.join(each.name for each in SAMPLERS.values() if each.multi_objective)}"
            )
        if study.pruner not in ("none", "dominated"):
            raise ValueError(
                f"study.pruner: {study.pruner!r} knows one objective; with objective.metrics expected 'dominated'"
            )
        costs = [goal.name for goal in goals if goal.family == "cost"]
        if costs and study.pruner == "dominated":
            raise ValueError(f"study.pruner: 'dominated' looks at every epoch, after which {costs[0]} is not known")
        for name, value in (("target", study.target), ("stop_when_flat", study.stop_when_flat)):
            if value is not None:
                raise ValueError(f"study.{name}: none of several objectives is enough alone; leave it out")
        if study.learn_from:
            raise ValueError("study.learn_from: a sweep for several objectives cannot be told of other trials")
        return self

    @model_validator(mode="after")
    def _check_tries(self) -> Self:
        study, tries = self.study, self.known_points
        if len(tries) > study.trials:
            raise ValueError(f"study.try: {len(tries)} points, which are more than study.trials = {study.trials}")
        for number, point in enumerate(tries):
            missing = [name for name in self.search_space.active(point) if name not in point]
            if missing and not study.completes_partial_points:
                raise ValueError(
                    f"study.try[{number}]: lacks {', '.join(missing)}, and {study.engine}'s {study.sampler} proposes "
                    "whole points only: give a value for each"
                )
        return self

    @property
    def models(self) -> list[ModelSettings]:
        """The settings of the model, or those of each kind if the kind is searched."""
        if not self.model.searches_kind:
            return [self.model]
        return [self.model.at({KIND: kind}) for kind in self.space[KIND].ends]

    @property
    def known_points(self) -> list[dict[str, Value]]:
        """The points of `study.try` to train first, restricted to the searched parameters."""
        points = self.points
        every = [parameters_of(model) for model in self.models]
        known = None if None in every else [name for each in every for name in each or ()]
        return enqueued_points(self.study.try_, points.searched, points.beside, known, "study.try")

    @property
    def first_points(self) -> list[dict[str, Value]]:
        """The default point of every kind, if the kind is searched; a grid has its own first points."""
        return [] if self.study.sampler == "grid" else self.points.default_points

    @property
    def points(self) -> Points:
        """The points that the experiment admits."""
        ranks = metric_of(self.objective.metric).family != "rating"
        return Points(self.model, self.space, self.point, ranks, self.data.implicit, self.data.has_features)

    @property
    def name(self) -> str:
        """The name of the file without its ending, which is the default name of its sweep."""
        return self._name

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the file start from."""
        return self._folder

    @property
    def search_space(self) -> Space:
        """The parameters to search.

        It excludes the parameters that `[point]` fixes, and those whose condition cannot hold for the fixed values.
        """
        return self.points.searched

    @property
    def default_point(self) -> dict[str, Value]:
        """The model's defaults, with the fixed values of `[point]` in their place."""
        return self.points.default

    def replaced(self, overrides: Overrides) -> Experiment:
        """Return the same experiment with overrides applied.

        Args:
            overrides: Values by `section.key`.

        Raises:
            InputError: A key or a value is wrong. The message names it.
        """
        document = self.document
        override(document, overrides)
        return experiment_from(document, source=self.name, folder=self.folder, name=self.name)

    @property
    def anchored(self) -> Experiment:
        """The same experiment with absolute paths of its files.

        It can be run again from any working directory.
        """
        changes: dict[str, Any] = {}
        if self.data.is_file:
            changes["source"] = str(self.folder / self.data.source)
        for key in ("titles", "items", "users"):
            table = getattr(self.data, key)
            if table is not None and table.path is not None:
                changes[key] = table.model_copy(update={"path": str(self.folder / table.path)})
        data = self.data.model_copy(update=changes)
        return self.model_copy(update={"data": data, "split": self.split.anchored(self.folder)})

    @property
    def document(self) -> dict[str, Any]:
        """A copy of the effective experiment as a document, with its space and its defaults.

        `experiment_from` reads it. Callers may change the copy.
        """
        plain: dict[str, Any] = _plain(self.model_dump(exclude_none=True, by_alias=True))
        return plain

    def to_toml(self) -> str:
        """Return the document as TOML."""
        return tomlkit.dumps(self.document)


def _with_whole_choices(name: str, parameter: Any) -> Any:
    if not isinstance(parameter, dict) or "values" not in parameter:
        return parameter
    own = own_name(name)
    return {**parameter, "values": with_whole_numbers({own: parameter["values"]})[own]}


def load_experiment(path: str | Path, overrides: Overrides = ()) -> Experiment:
    """Read and validate an experiment file.

    Args:
        path: The TOML file, or the name of a shipped one.
        overrides: Values that replace those of the file.

    Raises:
        InputError: The file cannot be read, or a key or value is wrong. The message names it.
    """
    path = experiment_file(path)
    document, folder = read_toml(path), path.resolve().parent
    if any(key.startswith("space.") for key in as_mapping(overrides)):
        document = _with_space(document, folder)
    override(document, overrides)
    return experiment_from(document, source=str(path), folder=folder, name=path.stem)


def experiment_from(document: dict[str, Any], *, source: str, folder: Path, name: str) -> Experiment:
    """Validate an experiment document.

    Args:
        document: The sections, as TOML reads them.
        source: The name of the document in error messages.
        folder: The folder that its relative paths start from.
        name: The default name of its sweep.

    Raises:
        InputError: A key or a value is wrong. The message names it.
    """
    document = _with_space(document, folder)
    if "space" in document:
        document = {**document, "space": flattened(document["space"])}
    experiment = validate(Experiment, document, source)
    experiment._folder, experiment._name = folder, name  # noqa: SLF001 - this is its loader
    return experiment


def _with_space(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the document with the parameters of its search-space file in place of the file's name."""
    space = document.get("space")
    if not isinstance(space, str):
        return document
    return {**document, "space": _named_space(folder / space).model_dump(exclude_none=True)}


def _named_space(path: Path) -> Space:
    """Read the space that an experiment names.

    If the file is not a space, the error message does not repeat its content.
    """
    document = flattened(read_toml(path))
    if not all(isinstance(value, dict) and value.get("type") in PARAMETER_TYPES for value in document.values()):
        raise InputError(f"{shown(path, 200)}: no search space: expected parameters of type int, float or choice")
    return validate(Space, document, str(path))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
