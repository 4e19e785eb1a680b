"""Program: the compiled graphs for one shape of cohort and their state, which every cohort of the shape uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import keras
import tensorflow as tf

from recsys.arrays import BoolArray, Float32Array
from recsys.evaluation.objective import ObjectiveSettings
from recsys.models.kind import ModelKind
from recsys.models.layers import MemberLayer, constants, member_layers
from recsys.models.model import named_weights
from recsys.models.plan import Plan, plan_of
from recsys.models.solvers.solver import SolverInputs
from recsys.models.training_data import TrainingData
from recsys.training.code import Code, recorded
from recsys.training.compiled import give_back
from recsys.training.measure import Measure
from recsys.training.trial import Trial


class Program:
    """A model, its solver, its measure, and the best weights of each member so far.

    The model that it is made with is a template: `load` replaces its content with another cohort of the same structure.

    Args:
        kind: The kind of the model.
        model: The template.
        data: The training and validation ratings.
        objective: The settings `[objective]`.
        plan: The plan of the cohort.
        training: The code of training. Programs of the same structure and plan share it.
        measuring: The code that does not depend on the plan. Programs of the same structure share it.
    """

    def __init__(
        self,
        kind: ModelKind,
        model: keras.Model,
        data: TrainingData,
        objective: ObjectiveSettings,
        plan: Plan,
        training: Code,
        measuring: Code,
    ) -> None:
        self.model, self.data = model, data
        # a user's own model may change weights that it does not train, such as averages of a batch normalisation
        self.weights = [v.value for v in (*model.trainable_variables, *model.non_trainable_weights)]
        self.best = [tf.Variable(v, trainable=False) for v in self.weights]
        with recorded() as own:
            inputs = SolverInputs(model, data.aged(plan.event_half_life), self._spread, training.compiled)
            self.solver = kind.solver(plan, inputs)
        training.variables = [*_variables(model), *own]
        self.cold_rows = kind.cold_rows(model, data, plan)
        self.measure = Measure(kind, model, data, objective, plan, measuring.compiled)
        self._keep = measuring.compiled(self._keep_best)
        measuring.variables = [*_variables(model), *self.best]
        self.codes = training, measuring  # other programs find the code as long as a program references it
        self.owner = model

    @property
    def members(self) -> int:
        """The number of members M."""
        return int(self.model.output_shape[-1])

    @property
    def nbytes(self) -> int:
        """The bytes of all variables that training changes."""
        return sum(4 * variable.shape.num_elements() for own in self.slots().values() for variable in own)

    def load(self, model: keras.Model, trials: Sequence[Trial]) -> None:
        """Start a cohort with a fresh solver.

        Args:
            model: The model of the cohort, whose weights and constants are copied.
            trials: The members, fillers included.
        """
        self.owner = model
        if model is not self.model:
            for mine, theirs in zip(self.model.weights, model.weights, strict=True):
                mine.assign(theirs)
            own = constants(self.model)
            for name, variable in constants(model).items():
                own[name].assign(variable)
        for variable, best in zip(self.weights, self.best, strict=True):
            best.assign(variable)
        self.solver.load(trials)
        self.solver.start_at(trials[0].first_epoch)

    def keep_best(self, improved: BoolArray) -> None:
        """Store the present weights of the members that have improved (M,) as their best."""
        self._keep(tf.constant(improved, tf.float32))

    def _spread(self, per_member: tf.Tensor) -> list[tf.Tensor]:
        """Return a value per member (M,) for each trainable variable, which broadcasts against it."""
        by_path = {
            weight.path: value
            for layer in member_layers(self.model)
            if layer.weights
            for weight, value in zip(layer.weights, layer.spread(per_member), strict=True)
        }
        return [by_path.get(variable.path, per_member[0]) for variable in self.model.trainable_variables]

    def _keep_best(self, improved: tf.Tensor) -> None:
        spread = [*self._spread(improved), *[improved[0]] * len(self.model.non_trainable_weights)]
        for variable, best, mine in zip(self.weights, self.best, spread, strict=True):
            best.assign(tf.where(mine > 0, variable, best))

    def own(self, arrays: Mapping[str, Float32Array], member: int) -> dict[str, Float32Array]:
        """Extract one member's part of arrays.

        Args:
            arrays: Arrays by weight path.
            member: The position of the member.

        Returns:
            The member's arrays by weight path, shaped as in a cohort of one.
        """
        if not member_layers(self.owner):
            return dict(arrays)
        own: dict[str, Float32Array] = {}
        for layer in _trained_layers(self.owner):
            paths = [weight.path for weight in layer.weights]
            own.update(zip(paths, layer.take([arrays[path] for path in paths], member), strict=True))
        return own

    def arrays(self, variables: Sequence[tf.Variable]) -> dict[str, Float32Array]:
        """Return the values of variables by the name of their weight.

        Args:
            variables: All weights, all best weights, or the moments of trained weights.
        """
        names = {id(variable): name for name, variable in named_weights(self.owner).items()}
        owned = [*self.owner.trainable_variables, *self.owner.non_trainable_weights][: len(variables)]
        return {names[id(own)]: variable.numpy() for own, variable in zip(owned, variables, strict=True)}

    def restore(self, kept: Sequence[Mapping[str, Mapping[str, Float32Array]]]) -> None:
        """Restore members from snapshots.

        Args:
            kept: For each member, its arrays by path for each name of `slots`.
        """
        for name, slot in self.slots().items():
            whole = self.arrays(slot)
            for member, slots in enumerate(kept):
                self._put(whole, member, slots[name])
            for variable, path in zip(slot, whole, strict=True):
                variable.assign(whole[path])

    def _put(self, whole: dict[str, Float32Array], member: int, own: Mapping[str, Float32Array]) -> None:
        if not member_layers(self.owner):
            whole.update(own)
        for layer in _trained_layers(self.owner):
            paths = [weight.path for weight in layer.weights]
            layer.put([whole[path] for path in paths], member, [own[path] for path in paths])

    def slots(self) -> dict[str, Sequence[tf.Variable]]:
        """Return all variables that training changes, by name."""
        return {"weights": self.weights, "best": self.best, **self.solver.slots()}


MOST_IDLE = 2**30
"""The most bytes of the tables of idle programs. TensorFlow keeps the compiled code of a dropped program, so few
programs are dropped. For large tables a new compilation takes little time compared with an epoch."""


class Programs:
    """The compiled programs of a process. The least recently used idle program is dropped first.

    Args:
        data: The training and validation ratings.
        objective: The settings `[objective]`.
    """

    def __init__(self, data: TrainingData, objective: ObjectiveSettings) -> None:
        self.data, self.objective = data, objective
        self._idle: list[tuple[Any, Program]] = []
        self._codes: WeakValueDictionary[Any, Code] = WeakValueDictionary()
        """The code of each structure, as long as a program of it is in use or idle."""
        self._lock = Lock()

    @contextmanager
    def lent(self, kind: ModelKind, model: keras.Model, trials: Sequence[Trial]) -> Iterator[Program]:
        """Lend a program that is loaded with the cohort, for one thread.

        It is compiled only if no program of the structure is idle.

        Args:
            kind: The kind of the model.
            model: The model of the cohort.
            trials: The members, fillers included.

        Yields:
            The program.
        """
        plan = plan_of(trials[0].point)
        ours = bool(member_layers(model))  # the structure of a user's own layers is unknown
        key = ((kind.name, *_structure(model)) if ours else object(), plan)
        with self._lock:
            taken = self._taken(key)
            program = taken or self._program(kind, model, plan, key)
        program.load(model, trials)
        yield program
        if not taken:
            give_back()
        if ours:
            self._put_back(key, program)

    def _program(self, kind: ModelKind, model: keras.Model, plan: Plan, key: Any) -> Program:
        codes = self._code(_without_age(key)), self._code(key[:1])
        return Program(kind, model, self.data, self.objective, plan, *codes)

    def _put_back(self, key: Any, program: Program) -> None:
        program.owner = program.model
        with self._lock:
            if _without_age(key) != key:  # no other trial has its weights of positives: keep one, for its code
                self._idle = [idle for idle in self._idle if _without_age(idle[0]) != _without_age(key)]
            self._idle.append((key, program))
            while len(self._idle) > 1 and sum(idle.nbytes for _, idle in self._idle) > MOST_IDLE:
                self._idle.pop(0)

    def _taken(self, key: Any) -> Program | None:
        place = next((place for place, (other, _) in enumerate(self._idle) if other == key), None)
        return None if place is None else self._idle.pop(place)[1]

    def _code(self, key: Any) -> Code:
        code = Code(like=self._codes.get(key))
        self._codes.setdefault(key, code)
        return code


def _without_age(key: tuple[Any, Plan]) -> tuple[Any, Plan]:
    """Return the key of a program with equal weights of positives, which has the same code over other data."""
    structure, plan = key
    return structure, replace(plan, event_half_life=0.0)


def _variables(model: keras.Model) -> list[tf.Variable]:
    """Return all variables that a call of the model reads or writes, in an order that its structure determines."""
    steps = [counter for layer in member_layers(model) for counter in layer.counters]
    return [*(variable.value for variable in model.variables), *constants(model).values(), *steps]


def _trained_layers(model: keras.Model) -> list[MemberLayer]:
    return [layer for layer in member_layers(model) if layer.weights]


def _structure(model: keras.Model) -> tuple[Any, ...]:
    layers = tuple(
        (
            layer.name,
            type(layer).__name__,
            tuple(tuple(w.shape) for w in layer.weights),
            getattr(layer, "structure", ()),
        )
        for layer in model.layers
    )
    shapes = tuple((name, tuple(variable.shape)) for name, variable in constants(model).items())
    return layers, shapes
