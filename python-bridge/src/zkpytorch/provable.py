"""`provable`: a module or function whose calls give a proof of their output."""

from __future__ import annotations

import inspect
import pathlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from typing import Any, Union

from torch import nn

from .archive import export
from .proving import compile, prove, verify
from .results import ArrayLike, CompiledModel, Proof, Statement


class Provable:
    """A compiled module or function. Calling it gives the proved output and its proof; `verify` checks one.

    Attributes:
        compiled: what `compile` gave; made when it is first asked for.
    """

    def __init__(self, model: nn.Module, example_inputs: ArrayLike | Sequence[ArrayLike], calibration: Any, options: dict[str, Any]) -> None:
        self._model = model
        self._example_inputs = example_inputs
        self._calibration = calibration
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="zkpytorch-")
        self._lock = threading.Lock()
        self._compiled: CompiledModel | None = None
        self._calls = 0

    @property
    def compiled(self) -> CompiledModel:
        with self._lock:
            if self._compiled is None:
                archive = export(
                    self._model, self._example_inputs, pathlib.Path(self._folder.name) / "model", calibration=self._calibration
                )
                self._compiled = compile(archive, **self._options)
            return self._compiled

    def __call__(self, *inputs: ArrayLike, context: str | None = None) -> Proof:
        """Proves the output on the inputs. The first call exports and compiles.

        Args:
            inputs: tensors or arrays of the example inputs' shapes.
            context: a text that the proof is bound to.

        Returns:
            The proof, whose `outputs` are the proved ones.

        Raises:
            ExportError: the model cannot be exported.
            ZkcError: it cannot be compiled or proved.
        """
        compiled = self.compiled
        with self._lock:
            self._calls += 1
            target = pathlib.Path(self._folder.name) / f"{self._calls}.zkp"
        return prove(compiled, *inputs, proof=target, context=context)

    def verify(self, proof: Proof, **expected: Any) -> Statement:
        """`zkpytorch.verify` with this model's key.

        Args:
            proof: what a call gave.
            expected: `inputs`, `outputs` and the other options of `zkpytorch.verify`.

        Returns:
            The statement that the proof proves.

        Raises:
            VerificationError: the proof is not valid, or not about what was given.
        """
        return verify(proof, self.compiled, **expected)

    def __repr__(self) -> str:
        return f"<Provable {'not compiled yet' if self._compiled is None else self._compiled!r}>"


def provable(
    example_inputs: ArrayLike | Sequence[ArrayLike], *, calibration: Any = None, **options: Any
) -> Callable[[Union[nn.Module, Callable[..., Any]]], Provable]:
    """Makes a module, or a function of tensors, one whose calls are proved. A decorator of functions; of modules, `provable(x)(model)`.

    The first call exports and compiles. All files lie in a temporary folder that lives as long as the result.

    Args:
        example_inputs: as for `export`: they fix the shapes of the inputs.
        calibration: samples of those shapes, as for `export`.
        options: of `compile`.

    Returns:
        A decorator. Calling what it gives takes tensors or arrays and gives a `Proof`, whose `outputs` are the proved ones.

    Raises:
        ExportError: at the first call, where the model cannot be exported.
        ZkcError: at a call, where it cannot be compiled or proved.
        TypeError: what is decorated is no module and no function.
    """

    def decorate(model: nn.Module | Callable[..., Any]) -> Provable:
        if inspect.isclass(model) or not callable(model):
            raise TypeError(f"provable is for modules and functions, got {model!r}; of a class, decorate an instance")
        module = model if isinstance(model, nn.Module) else _Function(model)
        return Provable(module, example_inputs, calibration, options)

    return decorate


class _Function(nn.Module):
    """A function as a module. Its signature stays: arguments give the inputs their names."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.original_name = getattr(function, "__name__", "function")
        self.forward = function
