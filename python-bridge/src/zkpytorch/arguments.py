"""The arguments of a model: tensors, alone or in tuples, lists and dictionaries, under the names that zkc gives its inputs.

An input that stands inside an argument is named by its path, `batch.ids` or `states.0`, as in the archives of torch.export.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree

from . import model_checks
from .errors import ExportError
from .results import ArrayLike

_CONSTANTS = (bool, int, float, str, type(None))


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Example arguments of a model.

    Attributes:
        names: of the tensors, in the order of zkc's inputs.
        tensors: the tensors in that order.
        plain: whether each argument is a tensor that is given by position.
    """

    names: list[str]
    tensors: list[torch.Tensor]
    plain: bool
    _leaves: list[Any]
    _structure: Any

    def of(self, tensors: Sequence[torch.Tensor]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The positional and the named arguments with copies of these tensors, as a model may write into its input."""
        left = iter(tensors)
        leaves = [next(left).clone() if isinstance(leaf, torch.Tensor) else leaf for leaf in self._leaves]
        positional, named = _pytree.tree_unflatten(leaves, self._structure)
        return tuple(positional), named

    def call(self, function: Callable[..., Any], tensors: Sequence[torch.Tensor]) -> Any:
        """What a function gives for these tensors in the places of the example's."""
        positional, named = self.of(tensors)
        return function(*positional, **named)


def examples(model: nn.Module, given: Any) -> Arguments:
    """Example inputs, as the user gives them: a tensor, the arguments of forward in order, or a dictionary of them by name.

    Raises:
        ExportError: forward does not take them, or zkc does not.
    """
    positional, named = _by_place(model, given)
    if not positional and not named:
        raise ExportError("example_inputs is empty; give one tensor for each argument of forward, or None to script the model.")
    arguments = inspect.signature(model.forward).parameters if not isinstance(model, torch.jit.ScriptModule) else {}
    names = parameters(model)
    rest = [p.name for p in arguments.values() if p.kind is p.VAR_POSITIONAL]
    if rest:
        names += [f"{rest[0]}_{k}" for k in range(len(positional) - len(names))]
    if len(positional) > len(names):
        raise ExportError(
            f"{len(positional)} example inputs for a forward of {len(names)} arguments ({', '.join(names)})."
            + (f" An argument that is a list of tensors stands inside a tuple: ([x, y],)." if len(names) == 1 else "")
        )
    leaves, structure = _pytree.tree_flatten((positional, named))
    paths: list[str] = []
    tensors: list[torch.Tensor] = []
    kept: list[Any] = []
    for path, value in zip(_paths(positional, named, names), leaves):
        if isinstance(value, (torch.Tensor, np.ndarray)):
            tensor = torch.as_tensor(value).detach()
            model_checks.check_input(tensor, f"example input '{path}'")
            paths.append(path)
            tensors.append(tensor)
            kept.append(tensor)
        elif isinstance(value, _CONSTANTS):
            kept.append(value)
        else:
            raise ExportError(
                f"example input '{path}' is a {type(value).__name__}; expected a tensor, a NumPy array, or a tuple, list or dictionary of them."
            )
    if not tensors:
        first = (positional or list(named.values()))[0]
        raise ExportError(f"example input '{names[0] if names else ''}' is a {type(first).__name__}; expected a tensor or a NumPy array.")
    plain = not named and all(isinstance(value, (torch.Tensor, np.ndarray)) for value in positional)
    return Arguments(paths, tensors, plain, kept, structure)


def parameters(model: nn.Module) -> list[str]:
    """The names of the arguments that forward takes by position."""
    if isinstance(model, torch.jit.ScriptModule):
        schema: Any = getattr(model.forward, "schema")
        return [argument.name for argument in schema.arguments[1:]]
    known = inspect.signature(model.forward).parameters.values()
    return [p.name for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _by_place(model: nn.Module, given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(given, (torch.Tensor, np.ndarray)):
        return (given,), {}
    if not isinstance(given, Mapping):
        return tuple(given), {}
    names = parameters(model)
    others = {} if isinstance(model, torch.jit.ScriptModule) else inspect.signature(model.forward).parameters
    anything = any(p.kind is p.VAR_KEYWORD for p in others.values())
    unknown = [str(name) for name in given if name not in names and name not in others and not anything]
    if unknown:
        raise ExportError(
            f"example_inputs is a dictionary with '{unknown[0]}', and forward has no such argument ({', '.join(names)}); an argument"
            " that is a dictionary itself stands inside a tuple: ({...},)."
        )
    # torch.export and TorchScript keep the order of forward's arguments, whatever that of the dictionary is.
    ordered = {name: given[name] for name in [*others, *names] if name in given}
    return (), {**ordered, **{str(name): value for name, value in given.items()}}


def _paths(positional: tuple[Any, ...], named: dict[str, Any], names: Sequence[str]) -> list[str]:
    paths = []
    for name, value in [*zip(names, positional), *named.items()]:
        try:
            below = _pytree.tree_flatten_with_path(value)[0]
        except (ValueError, TypeError) as e:  # a class that was registered without the names of its parts
            raise ExportError(f"example input '{name}' holds a class whose parts have no names ({e}); pass a dictionary.") from e
        paths += [".".join([name, *map(_step, path)]) for path, _ in below]
    return paths


def _step(key: Any) -> str:
    for attribute in ("idx", "key", "name"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)


def flattened(inputs: Sequence[Any], names: Callable[[], Sequence[str]]) -> list[ArrayLike]:
    """Inputs, as the user gives them to `run`, `prove` and `verify`, one by one.

    Args:
        inputs: arguments of forward in order, or one dictionary of them by name.
        names: gives the names of the model's inputs; asked where there is a dictionary, whose order says nothing.

    Returns:
        The tensors and arrays in the order of the model's inputs.

    Raises:
        TypeError: the names in a dictionary are not those of the model's inputs.
    """
    if not any(_holds_mapping(value) for value in inputs):
        nested = any(isinstance(value, (tuple, list)) and _holds_tensor(value) for value in inputs)
        return [leaf for leaf in _pytree.tree_leaves(list(inputs)) if not isinstance(leaf, _CONSTANTS)] if nested else list(inputs)
    known = list(names())
    first = list(dict.fromkeys(name.split(".")[0] for name in known))
    # An argument that holds constants alone is no input.
    whole = {str(name): value for name, value in inputs[0].items() if _holds_tensor(value)} if isinstance(inputs[0], Mapping) else {}
    if len(inputs) == 1 and whole and all(name in first for name in whole):
        paths = list(whole.items())
    else:
        paths = list(zip(first, inputs))
        if len(inputs) > len(first):
            raise TypeError(f"{len(inputs)} inputs for a model of {len(first)} arguments ({', '.join(first)})")
    found = {}
    for name, value in paths:
        plain = dict(value) if isinstance(value, Mapping) else value
        for path, leaf in _pytree.tree_flatten_with_path(plain)[0]:
            if not isinstance(leaf, _CONSTANTS):
                found[".".join([name, *map(_step, path)])] = leaf
    if set(found) != set(known):
        odd = sorted(set(found) ^ set(known))
        raise TypeError(f"the inputs given are {', '.join(found)}, the model's are {', '.join(known)}; they differ in {', '.join(odd)}")
    return [found[name] for name in known]


def _holds_mapping(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, (tuple, list)) and any(_holds_mapping(part) for part in value)


def _holds_tensor(value: Any) -> bool:
    return any(isinstance(leaf, (torch.Tensor, np.ndarray)) for leaf in _pytree.tree_leaves(value))
