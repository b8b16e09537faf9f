"""Finds Python code whose course depends on the values of a model's inputs.

Tracing records the operators that one call ran. Where the model's Python code looks at a value of a tensor, by `if`,
`int()`, `.item()`, a boolean mask, the trace holds the branch or the number that the example happened to give, and a
proof would be about another function than the model's. PyTorch only warns, and it warns alike for shapes, which zkc
fixes anyway, and for constants of the model. So the model runs once, eagerly, under a mode that follows which storages
derive from the inputs and stops at the first operator that hands one of their values to Python.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from .errors import ExportError
from .model_checks import names_library

_aten = torch.ops.aten

# Operators that give a value, or a shape that is a function of values, to Python.
_REVEALING = {
    _aten._local_scalar_dense.default: "its value is taken as a Python number or truth value",
    _aten.equal.default: "its values are compared and the answer is a Python truth value",
    _aten.nonzero.default: "the number of its non-zero elements becomes a shape",
    _aten.masked_select.default: "the number of selected elements becomes a shape",
    _aten._unique2.default: "the number of its distinct elements becomes a shape",
    _aten.unique_dim.default: "the number of its distinct elements becomes a shape",
    _aten.unique_consecutive.default: "the number of its distinct elements becomes a shape",
    _aten.repeat_interleave.Tensor: "its values become a shape",
    _aten.bincount.default: "its largest value becomes a shape",
}

# The variables that torch.export sets for the functions of `torch.compiler`.
_FLAGS = ("_is_compiling_flag", "_is_exporting_flag")

# Methods that read memory without an operator.
_READING = {torch.Tensor.numpy, torch.Tensor.tolist, torch.Tensor.__array__}


def refuse_data_dependence(call: Callable[[], Any], inputs: list[torch.Tensor], exporting: bool) -> Any:
    """Runs `call`, which uses `inputs`, and gives its result.

    Args:
        exporting: whether the model is to think that torch.export records it. Code that looks at values only where nothing is
            recorded, as a shortcut (transformers does so with attention masks), is not in the archive then.

    Raises:
        ExportError: at the first value that derives from `inputs` and reaches Python, with the line of the model.
    """
    derived = _Derived(inputs)
    with _recorded() if exporting else contextlib.nullcontext(), _FunctionMode(derived), _DispatchMode(derived):
        return call()


@contextlib.contextmanager
def _recorded() -> Iterator[None]:
    """Has `torch.compiler.is_compiling` and `is_exporting` say what they say under torch.export."""
    flags = {name: getattr(torch.compiler, name) for name in _FLAGS if hasattr(torch.compiler, name)}
    try:
        for name in flags:
            setattr(torch.compiler, name, True)
        yield
    finally:
        for name, value in flags.items():
            setattr(torch.compiler, name, value)


class _Derived:
    """The storages that derive from the inputs. Holds them, so that no identity is used twice during the run."""

    def __init__(self, inputs: list[torch.Tensor]) -> None:
        self._storages: dict[int, torch.UntypedStorage] = {}
        self.checks_only = False
        for tensor in inputs:
            self.add(tensor)

    def add(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        self._storages[storage._cdata] = storage

    def __contains__(self, tensor: torch.Tensor) -> bool:
        return tensor.untyped_storage()._cdata in self._storages


class _DispatchMode(TorchDispatchMode):  # type: ignore[no-untyped-call]  # PyTorch's base has no types
    # `cond`, `scan` and their like come as they are; what their bodies do, torch.export checks.
    supports_higher_order_operators = True

    def __init__(self, derived: _Derived) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._derived = derived

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        tainted = any(tensor in self._derived for tensor in _tensors((args, kwargs)))
        if tainted and func in _REVEALING and not self._derived.checks_only:
            _refuse(_REVEALING[func])
        if tainted and func is _aten.index.Tensor:
            masks = [t for t in _tensors(args[1]) if t.dtype in (torch.bool, torch.uint8) and t in self._derived]
            if masks:
                _refuse("it is a mask that selects elements, and their number becomes a shape")
        result = func(*args, **(kwargs or {}))
        if tainted:
            for tensor in _tensors(result):
                self._derived.add(tensor)
        return result


class _FunctionMode(TorchFunctionMode):
    def __init__(self, derived: _Derived) -> None:
        super().__init__()
        self._derived = derived

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _READING and args[0] in self._derived:
            _refuse("its values are copied out of PyTorch")
        kwargs = kwargs or {}
        if func is functional.one_hot and (args[1] if len(args) > 1 else kwargs.get("num_classes", -1)) >= 0:
            # Looks at the values only to refuse those that are no classes.
            self._derived.checks_only = True
            try:
                return func(*args, **kwargs)
            finally:
                self._derived.checks_only = False
        return func(*args, **kwargs)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _refuse(how: str) -> None:
    raise ExportError(
        f"{_user_line()}: the model's Python code depends on a value computed from its input ({how}); a trace would bake in what"
        " the example gave. Write it with torch.where or another tensor operation, or export without example inputs to"
        " have the model scripted."
    )


def _user_line() -> str:
    """`file:line: source` of the innermost frame that belongs neither to PyTorch nor to this package."""
    for frame in reversed(traceback.extract_stack()):
        if not names_library(frame.filename) and not frame.filename.startswith("<"):
            return f"{frame.filename}:{frame.lineno}: '{(frame.line or '').strip()}'"
    return "the model"
