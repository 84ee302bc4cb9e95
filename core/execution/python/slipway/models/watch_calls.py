"""Sees which rows a model is fitted on and asked about. Methods are replaced on the classes, so objects keep
their class, their state and their pickles; only the outermost call counts."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

from ..observation.after_import import after_import
from .rows import own_copy

ANSWERS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score")
_FITS = ("fit", "fit_transform", "fit_predict")
_Note = Callable[[Any, Any], None]


class Calls:
    def __init__(self) -> None:
        self._models: dict[int, list[Any]] = {}
        self._fits: dict[int, tuple[weakref.ref[Any], Any]] = {}
        self._active = False
        self._is_waiting = False
        self._base: type | None = None
        self._watched: set[type] = set()

    def start(self, models: list[Any]) -> None:
        """models: the inputs of the step whose calls are collected. Fits are noted of every estimator."""
        self._active = True
        self._models = {id(model): [] for model in models}
        for model in models:
            for method in ANSWERS:
                _replace(type(model), method, self._note_answer)
        if not self._is_waiting:
            self._is_waiting = True
            after_import("sklearn.base", self._watch_estimators)
        elif self._base is not None:
            # A class may keep what it is told of its own subclasses to itself.
            self._watch_fits_of(self._base)

    def watch_ahead(self) -> None:
        """For processes that are forked from this one: in each, changing some hundred classes would copy their pages."""
        module = sys.modules.get("sklearn.base")
        if module is not None and not self._is_waiting:
            self._is_waiting = True
            self._watch_estimators(module)

    def stop(self) -> None:
        self._active = False

    def rows_asked(self, model: Any) -> list[Any]:
        return self._models.get(id(model), [])

    def rows_fitted(self, model: Any) -> Any:
        """What the model, or the search that chose it, was fitted on; null when that was not seen."""
        for reference, rows in self._fits.values():
            fitted = reference()
            if fitted is model or (fitted is not None and getattr(fitted, "best_estimator_", None) is model):
                return rows
        return None

    def _note_answer(self, model: Any, rows: Any) -> None:
        if self._active and id(model) in self._models:
            self._models[id(model)].append(own_copy(rows))

    def _note_fit(self, model: Any, rows: Any) -> None:
        if self._active:
            self._fits = {key: pair for key, pair in self._fits.items() if pair[0]() is not None}
            self._fits[id(model)] = (weakref.ref(model), rows)

    def _watch_estimators(self, module: Any) -> None:
        base = self._base = module.BaseEstimator
        self._watch_fits_of(base)
        before = base.__init_subclass__

        def __init_subclass__(cls: type, **named: Any) -> None:
            before.__func__(cls, **named)
            self._watch_fits(cls)

        base.__init_subclass__ = classmethod(__init_subclass__)

    def _watch_fits_of(self, base: type) -> None:
        for known in _subclasses(base) - self._watched:
            self._watch_fits(known)

    def _watch_fits(self, cls: type) -> None:
        self._watched.add(cls)
        for method in _FITS:
            if method in cls.__dict__:
                _replace(cls, method, self._note_fit)


calls = Calls()
_depth = threading.local()


def _subclasses(base: type) -> set[type]:
    found: set[type] = {base}
    children: list[type] = base.__subclasses__()
    for child in children:
        if child not in found:
            found |= _subclasses(child)
    return found


def _replace(cls: type, method: str, note: _Note) -> None:
    try:
        original = inspect.getattr_static(cls, method)
    except AttributeError:
        return
    if getattr(original, "_slipway_noted", False) or isinstance(original, (property, staticmethod, classmethod)):
        return
    replacement = _noting(original, note) if inspect.isfunction(original) else _NotingDescriptor(original, note)
    try:
        setattr(cls, method, replacement)
    except TypeError:
        pass  # a compiled class keeps its own


def _noting(original: Callable[..., Any], note: _Note) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        return _call(self, lambda: original(self, *arguments, **named), arguments, named, note)

    method._slipway_noted = True  # type: ignore[attr-defined]
    return method


class _NotingDescriptor:
    """For methods that exist only for some objects, such as those of a scikit-learn Pipeline."""

    _slipway_noted = True

    def __init__(self, original: Any, note: _Note) -> None:
        self._original = original
        self._note = note
        functools.update_wrapper(self, original)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        bound = self._original.__get__(instance, owner)
        if instance is None:
            return bound

        @functools.wraps(bound)
        def method(*arguments: Any, **named: Any) -> Any:
            return _call(instance, lambda: bound(*arguments, **named), arguments, named, self._note)

        return method


def _call(model: Any, call: Callable[[], Any], arguments: tuple[Any, ...], named: dict[str, Any], note: _Note) -> Any:
    depths = _depth.__dict__.setdefault("of", {})
    # A fit hides the fits inside it; a call to a model hides the calls that this model makes to itself.
    key = "fit" if note.__name__ == "_note_fit" else id(model)
    depths[key] = depths.get(key, 0) + 1
    try:
        result = call()
    finally:
        depths[key] -= 1
        outermost = not depths[key]
    rows = arguments[0] if arguments else named.get("X")
    if outermost and rows is not None:
        note(model, rows)
    return result
