"""`python -m zkpytorch export MODULE:NAME ...`: `zkpytorch.export` as a command."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import importlib.util
import inspect
import os
import pathlib
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from .archive import export
from .errors import ExportError
from .model_checks import DTYPES

_TYPES = {name: dtype for dtype, name in DTYPES.items()}
_SEED = 0
_DESCRIPTION = """Saves a PyTorch model as an archive for zkc compile."""
_EPILOG = """
MODEL names a module of Python or a file, and in it a torch.nn.Module, or a class or function that gives one when it is
called without arguments: torchvision.models:resnet18, net.py:make_model.

INPUT is a shape with an element type, f32 where none is named, or a .npy file: 1x3x224x224, 1x16:i64:1000, x.npy. Floats
are drawn from N(0, 1), integers from 0 up to the number that stands last (2 where none does). Inputs repeat in the order of forward's arguments.
"""


def main(arguments: Sequence[str]) -> int:
    """Runs the command with the words after `export`; gives the exit code, 2 for whatever the user has to change."""
    options = _parser().parse_args(arguments)
    torch.manual_seed(_SEED)
    try:
        model = _model(options.model)
        examples = [_example(text, k) for k, text in enumerate(options.example)]
        calibration = None if options.calibration is None else _calibration(options.calibration)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            archive = export(model, examples or None, options.output, calibration=calibration, format=options.format)
    except (ExportError, _Unusable) as e:
        print(f"error: {e}", file=sys.stderr)
        return 2
    for warning in told:
        print(f"warning: {warning.message}", file=sys.stderr)
    compared = f", compared with the model on {archive.compared} further inputs" if archive.compared else ""
    print(f"wrote {archive.path} ({archive.format}: {archive.reason}{compared})")
    return 0


class _Unusable(Exception):
    """An argument of the command is not usable; the text says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zkpytorch export",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("model", metavar="MODEL", help="MODULE:NAME or FILE.py:NAME")
    parser.add_argument(
        "--example", action="append", default=[], metavar="INPUT", help="an example input (repeat); without any the model is scripted"
    )
    parser.add_argument("--calibration", metavar="FILE", help="samples for the quantisation: .npy of the only input, or .npz by name")
    parser.add_argument("--format", default="auto", choices=["auto", "torch.export", "torchscript"], help="default: auto")
    parser.add_argument("-o", "--output", metavar="FILE", help="the archive; default: the class's name, in this folder")
    return parser


def _model(text: str) -> nn.Module:
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise _Unusable(f"'{text}' names no model; write MODULE:NAME or FILE.py:NAME, as in torchvision.models:resnet18")
    found: Any = _load(place)
    path = place
    for part in name.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, [n for n in dir(found) if not n.startswith("_")], 3)
            raise _Unusable(f"{path} has no '{part}'" + (f"; it has {', '.join(near)}" if near else ""))
        found = getattr(found, part)
        path += f".{part}"
    if isinstance(found, nn.Module):
        return found
    if not callable(found):
        raise _Unusable(f"{text} is a {type(found).__name__}; expected a torch.nn.Module, or a class or function that gives one")
    needed = _needed(found)
    if needed:
        raise _Unusable(f"{text} needs arguments ({', '.join(needed)}); name a function without any, which gives the module")
    try:
        model = found()
    except Exception as e:  # whatever the user's code raises
        raise _Unusable(f"{text}() fails: {type(e).__name__}: {e}") from e
    if not isinstance(model, nn.Module):
        raise _Unusable(f"{text}() gives a {type(model).__name__}; expected a torch.nn.Module")
    return model


def _needed(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in variable]


def _load(place: str) -> types.ModuleType:
    try:
        if not place.endswith(".py"):
            with _importable(pathlib.Path.cwd()):
                return importlib.import_module(place)
        file = pathlib.Path(place)
        if not file.is_file():
            raise _Unusable(f"there is no file {place}")
        spec = importlib.util.spec_from_file_location(file.stem, file)
        if spec is None or spec.loader is None:
            raise _Unusable(f"{place} is no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        # The file may import its neighbours.
        with _importable(file.absolute().parent):
            spec.loader.exec_module(module)
        return module
    except ModuleNotFoundError as e:
        if e.name is not None and (place == e.name or place.startswith(e.name + ".")):
            raise _Unusable(f"there is no Python module '{e.name}' here; name one that this Python can import, or a file") from e
        raise _Unusable(f"{place} cannot be imported: {e}") from e
    except _Unusable:
        raise
    except Exception as e:  # whatever the user's code raises
        raise _Unusable(f"{place} cannot be imported: {type(e).__name__}: {e}") from e


@contextlib.contextmanager
def _importable(folder: pathlib.Path) -> Any:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))


def _example(text: str, number: int) -> torch.Tensor:
    if text.endswith(".npy"):
        return torch.from_numpy(_read(text))
    shape, *more = text.split(":")
    try:
        extents = [int(extent) for extent in shape.split("x")]
        bound = int(more[1]) if len(more) == 2 else 2
        dtype = _TYPES[more[0] if more else "f32"]
        if min(extents) < 1 or bound < 1 or len(more) > 2:
            raise ValueError
    except (ValueError, KeyError):
        raise _Unusable(
            f"'{text}' is no example input; write a shape (1x3x224x224), a shape and one of {', '.join(_TYPES)} (1x16:i64), the bound of"
            " its integers too (1x16:i64:1000), or a .npy file"
        ) from None
    generator = torch.Generator().manual_seed(_SEED + number)
    if dtype.is_floating_point:
        if len(more) == 2:
            raise _Unusable(f"'{text}': a bound is for integers")
        return torch.randn(extents, generator=generator, dtype=dtype)
    largest = 1 if dtype == torch.bool else torch.iinfo(dtype).max
    return torch.randint(0, min(bound - 1, largest) + 1, extents, generator=generator).to(dtype)


def _read(file: str) -> np.ndarray:
    try:
        array: np.ndarray = np.load(file, allow_pickle=False)
    except (OSError, ValueError) as e:
        raise _Unusable(f"{file} cannot be read as an array: {e}") from e
    return array


def _calibration(file: str) -> Any:
    if not file.endswith(".npz"):
        return _read(file)
    try:
        with np.load(os.fspath(file), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError) as e:
        raise _Unusable(f"{file} cannot be read as arrays: {e}") from e
