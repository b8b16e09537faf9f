"""`zkpytorch.export`: a model to an archive that `zkc compile` needs no flags for."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils import _pytree

from . import arguments, model_checks, process
from .arguments import Arguments
from .data_dependence import refuse_data_dependence
from .errors import ExportError, ExportWarning
from .results import Archive, ArrayLike

#: Version of the layout of `zkpytorch.json`, see `_description`.
FORMAT_VERSION = 1

_SEED = 20240229
_VARIATIONS = 4
_RELATIVE_TOLERANCE = 1e-4
_MAXIMAL_RECORD = 1 << 22
#: More than the text of a large program takes.
_PROGRAM_BYTES = 32 << 20


def export(
    model: nn.Module,
    example_inputs: ArrayLike | Sequence[Any] | Mapping[str, Any] | None = None,
    path: str | os.PathLike[str] | None = None,
    *,
    calibration: ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike] | None = None,
    format: str = "auto",
) -> Archive:
    """Saves `model` as an archive for `zkc compile`.

    With example inputs the model is exported by `torch.export`, or traced; without, it is compiled by `torch.jit.script`. The
    model itself is left as it was, its training flags included. An export or trace is compared with the model on varied
    inputs, and a model whose Python code branches on a value computed from its input is refused: the archive would hold one
    branch only. Meanwhile the process behind `compile` and `prove` starts, so that it is warm when they are called.

    Args:
        model: a module on the CPU with real parameters.
        example_inputs: the tensor, or the arguments of `forward` in their order, or a dictionary of arguments by name. Arguments are
            tensors of float32, float64, integers or bool, or tuples, lists and dictionaries of them; numbers, texts and None are
            constants of the archive. Each tensor fixes the shape of its input, whatever that is.
        path: the file to write. A name that ends with `.pt` asks for TorchScript. One without a suffix gets `.pt2` or `.pt`,
            as its format is. By default the class's name, without a suffix, in the current folder.
        calibration: sample inputs for the quantisation, stored in the archive: for each input one array of its shape, or with a
            leading axis of samples. A single array, a sequence in the order of `forward`'s arguments, or a mapping by
            name; of tensors inside arguments, nested like the example or by path ("batch.ids").
        format: "torch.export" (PyTorch 2.9 or later, with example inputs), "torchscript", or "auto": torch.export first, and
            TorchScript where the path or the model asks for it, or where torch.export does not take the model, which is
            warned of.

    Returns:
        The archive: its path, and which format it has for which reason. Whatever takes a path takes it.

    Raises:
        ExportError: the model cannot be exported faithfully; the text says why and what to change.

    Warns:
        ExportWarning: "auto" fell back to TorchScript; the text says why.
    """
    if format not in ("auto", "torch.export", "torchscript"):
        raise ExportError(f"format '{format}' is not supported; use 'torch.export', 'torchscript' or 'auto'.")
    if not isinstance(model, nn.Module):
        raise ExportError(f"the model is a {type(model).__name__}; expected a torch.nn.Module.")
    process.start_ahead()
    exporting, reason = _choice(format, path, model, example_inputs)
    expected = exporting or format == "auto" and path is not None and os.fspath(path).endswith(".pt2")

    model_checks.check_state(model)
    given = None if example_inputs is None else arguments.examples(model, example_inputs)
    names = arguments.parameters(model) if given is None else given.names
    examples = None if given is None else given.tensors
    samples = None if calibration is None else _calibration(calibration, names, given)

    with model_checks.inference_mode_of(model), torch.no_grad(), _quiet():
        answers: list[Answer] = []
        program: Any = None
        if given is not None:
            integers = [None if samples is None else torch.from_numpy(samples[name]) for name in names]
            _look(model, given, exporting)
            answers = _answers(model, given, integers)

        def save(method: str) -> pathlib.Path:
            extra: dict[str, str | bytes] = {
                "zkpytorch.json": _description(model, method, names, examples, answers[0][1] if answers else None)
            }
            if answers:
                extra["zkpytorch/answers.npz"] = _npz(_recorded(answers))
            if samples is not None:
                extra["zkpytorch/calibration.npz"] = _npz(samples)
            target = _target(path, model, ".pt2" if method == "exported" else ".pt")
            _save(program, target, extra)
            return target

        method = "exported"
        if exporting and given is not None:
            try:
                program = _export(model, given, answers)
                target = save(method)
            except _Unexportable as e:
                if format != "auto":
                    raise ExportError(f"{e}; format='torchscript' is another way.") from e
                exporting, reason = False, str(e)
                _look(model, given, exporting)
        if not exporting:
            if given is None:
                method, program = "scripted", _script(model)
            else:
                try:
                    method, program = "traced", _trace(model, given, answers)
                except ExportError as e:
                    raise ExportError(f"{reason}, and TorchScript does not take it either: {e}") if expected and format == "auto" else e
                if given.plain and names != (traced := arguments.parameters(program)[: len(names)]):
                    # Of a function of *tensors.
                    names = traced
                    samples = None if samples is None else dict(zip(names, samples.values()))
            model_checks.check_no_training_operators(program)
            target = save(method)
    if expected and not exporting:
        warnings.warn(f"{target.name} is an archive of TorchScript: {reason}", ExportWarning, stacklevel=2)
    return Archive(target, "torch.export" if exporting else "torchscript", method, reason, max(0, len(answers) - 1))


class _Unexportable(Exception):
    """torch.export does not take the model, or does not take it faithfully; the text says why."""


def _choice(format: str, path: Any, model: nn.Module, example_inputs: Any) -> tuple[bool, str]:
    """Whether the model is to be exported by torch.export, and the reason."""
    scripted = isinstance(model, torch.jit.ScriptModule)
    if format == "torch.export":
        if example_inputs is None:
            raise ExportError("torch.export needs example_inputs; without them the format is 'torchscript'.")
        if scripted:
            raise ExportError("the model is of TorchScript, which torch.export does not take; use format='torchscript'.")
    if format != "auto":
        return format == "torch.export", "it was asked for"
    if path is not None and os.fspath(path).endswith(".pt"):
        return False, "the path ends with .pt"
    if scripted:
        return False, "the model is of TorchScript itself"
    if example_inputs is None:
        return False, "there are no example inputs, which torch.export needs"
    return True, "torch.export is the first choice"


def _target(path: str | os.PathLike[str] | None, model: nn.Module, suffix: str) -> pathlib.Path:
    target = pathlib.Path(path if path is not None else _class_name(model))
    return target if target.suffix else target.with_name(target.name + suffix)


def _class_name(model: nn.Module) -> str:
    return getattr(model, "original_name", type(model).__name__)


def _calibration(calibration: Any, names: list[str], example: Arguments | None) -> dict[str, np.ndarray]:
    examples = None if example is None else example.tensors
    by_name = isinstance(calibration, Mapping) and set(calibration) == set(names)
    if example is not None and not example.plain and not by_name and not isinstance(calibration, (torch.Tensor, np.ndarray)):
        # Nested like the arguments.
        parts = [calibration] if isinstance(calibration, Mapping) else list(calibration)
        try:
            calibration = arguments.flattened(parts, lambda: names)
        except TypeError as e:
            raise ExportError(f"calibration is not nested like the example inputs: {e}.") from e
    if isinstance(calibration, Mapping):
        given = dict(calibration)
    elif isinstance(calibration, (torch.Tensor, np.ndarray)):
        given = {names[0]: calibration} if names else {}
    else:
        given = dict(zip(names, calibration)) if len(calibration) <= len(names) else {}
    if set(given) != set(names):
        raise ExportError(
            f"calibration must hold one array of samples for each input of forward ({', '.join(names)});"
            " join a list of samples with torch.stack or torch.cat."
        )
    arrays = {}
    for i, name in enumerate(names):
        tensor = torch.as_tensor(given[name]).detach()
        model_checks.check_input(tensor, f"calibration of '{name}'")
        if examples is not None:
            shape = tuple(examples[i].shape)
            if tensor.dtype != examples[i].dtype:
                raise ExportError(f"calibration of '{name}' has element type {tensor.dtype}, the example input {examples[i].dtype}.")
            if not _holds_samples_of(tuple(tensor.shape), shape):
                raise ExportError(
                    f"calibration of '{name}' has shape {tuple(tensor.shape)}, which holds no whole samples of shape {shape}."
                )
        arrays[name] = tensor.contiguous().numpy()
    return arrays


def _holds_samples_of(shape: tuple[int, ...], sample: tuple[int, ...]) -> bool:
    multiple = (
        len(shape) == len(sample)
        and len(shape) > 0
        and shape[1:] == sample[1:]
        and shape[0] > 0
        and sample[0] > 0
        and shape[0] % sample[0] == 0
    )
    stacked = len(shape) == len(sample) + 1 and shape[1:] == sample and shape[0] > 0
    return shape == sample or multiple or stacked


def _script(model: nn.Module) -> torch.jit.ScriptModule:
    if isinstance(model, torch.jit.ScriptModule):
        return model
    try:
        return torch.jit.script(model)
    except Exception as e:  # PyTorch's compiler raises several kinds, RuntimeError and its own among them
        reason = " ".join(str(e).split())
        raise ExportError(f"the model cannot be scripted ({reason}); pass example_inputs to have it traced.") from e


#: Inputs, and what the model answered.
Answer = tuple[list[torch.Tensor], list[torch.Tensor]]


def _look(model: nn.Module, example: Arguments, exporting: bool) -> None:
    """Refuses Python code that depends on values of the input; a module of TorchScript has none."""
    if not isinstance(model, torch.jit.ScriptModule):
        positional, named = example.of(example.tensors)
        inputs = [x for x in _pytree.tree_leaves((positional, named)) if isinstance(x, torch.Tensor)]
        with model_checks.unchanged_state(model):
            try:
                refuse_data_dependence(lambda: model(*positional, **named), inputs, exporting)
            except ExportError:
                raise
            except Exception:
                # A model that fails where it is recorded fails under torch.export too, which says so.
                if not exporting:
                    raise


def _answers(model: nn.Module, example: Arguments, samples: list[torch.Tensor | None]) -> list[Answer]:
    """The example and its variations, with the model's answers.

    Args:
        samples: calibration data of each input, or None.
    """
    examples = example.tensors
    with model_checks.unchanged_state(model):
        answers = [(examples, _outputs(example.call(model, examples)))]
        for number, varied in enumerate(_varied(examples)):
            answer = _first_answer(model, example, _permitted(varied, examples, samples, number))
            if answer is not None:
                answers.append(answer)
    again = _outputs(example.call(model, examples))
    if not all(torch.equal(a, b) for a, b in zip(answers[0][1], again)):
        raise ExportError(
            "two runs on the same input differ; the model is random also in evaluation mode, or counts its calls, and cannot be proved."
        )
    for k, output in enumerate(answers[0][1]):
        model_checks.check_tensor(output, f"output {k}")
    return answers


def _first_answer(model: nn.Module, example: Arguments, candidates: Iterator[list[torch.Tensor]]) -> Answer | None:
    """The first of some inputs that the model takes, and its answer; None where it takes none of them."""
    for inputs in candidates:
        try:
            answer = example.call(model, inputs)
        except Exception:  # of many kinds, as the model's own code raises them: it is no input of this model
            continue
        return inputs, _outputs(answer)
    return None


def _permitted(
    varied: list[torch.Tensor], examples: list[torch.Tensor], samples: list[torch.Tensor | None], number: int
) -> Iterator[list[torch.Tensor]]:
    """A variation, and others with integers that a model is likelier to take: where each column has a table of its own, an index of
    one column may lie outside the table of another. Those are integers of the calibration data, the rows of the example in another
    order, and its integers as they are."""
    yield varied
    fixed = [k for k, x in enumerate(examples) if not x.is_floating_point()]
    if not fixed:
        return

    def with_integers(integer: Callable[[int], torch.Tensor]) -> list[torch.Tensor]:
        return [integer(k) if k in fixed else x for k, x in enumerate(varied)]

    given = {k: sample.reshape(-1, *examples[k].shape) for k in fixed if (sample := samples[k]) is not None and sample.numel()}
    if len(given) == len(fixed):
        yield with_integers(lambda k: given[k][number % len(given[k])])
    yield with_integers(lambda k: examples[k].roll(1 + number, 0) if examples[k].dim() else examples[k])
    if len(fixed) < len(examples):
        yield with_integers(lambda k: examples[k])


def _trace(model: nn.Module, example: Arguments, answers: list[Answer]) -> torch.jit.ScriptModule:
    if isinstance(model, torch.jit.ScriptModule):
        return model
    # Dictionaries are results of one structure: their keys become names of outputs.
    positional, named = example.of(example.tensors)
    inputs = {"example_kwarg_inputs": named} if named else {"example_inputs": positional}
    try:
        traced: torch.jit.ScriptModule = torch.jit.trace(  # type: ignore[no-untyped-call]
            model, **inputs, check_trace=False, strict=False)
    except RuntimeError as e:
        reason = " ".join(str(e).split())
        raise ExportError(f"the model cannot be traced ({reason}); return a tensor, a tuple of tensors or a dictionary of tensors.") from e
    difference = _difference(traced, example, answers, "trace")
    if difference:
        raise ExportError(f"{difference}. Export without example inputs to have it scripted.")
    return traced


def _export(model: nn.Module, example: Arguments, answers: list[Answer]) -> torch.export.ExportedProgram:
    """The model by torch.export.

    Raises:
        _Unexportable: torch.export does not take it, or its program computes something else than the model.
        ExportError: the model is at fault.
    """
    # Layouts of earlier versions have other records.
    major, minor = (int(number) for number in torch.__version__.split(".")[:2])
    if (major, minor) < (2, 9):
        raise _Unexportable(f"archives of torch.export need PyTorch 2.9 or later, and this is {torch.__version__}")
    try:
        positional, named = example.of(example.tensors)
        program = _exported(lambda: torch.export.export(model, positional, named or None, strict=False))
    except Exception as e:  # of many kinds, as the model's own code raises them
        reason = " ".join(str(e).split())[:500]
        raise _Unexportable(f"torch.export refuses the model ({reason})") from e
    model_checks.check_no_training_calls(program)
    if _has_vmap(program):
        # Its batches are calls of Python's in the program, until it is traced again.
        program = program.run_decompositions({})
    difference = _difference(program.module(), example, answers, "export")
    if difference:
        raise _Unexportable(difference)
    return program


def _exported(export: Callable[[], torch.export.ExportedProgram]) -> torch.export.ExportedProgram:
    """An export. Where it fails PyTorch prints its half of a program, pages long; the exception says why it fails."""
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed):
        program = export()
    sys.stderr.write(printed.getvalue())
    return program


def _has_vmap(program: torch.export.ExportedProgram) -> bool:
    graphs = [module.graph for module in program.graph_module.modules() if isinstance(module, torch.fx.GraphModule)]
    return any(getattr(node.target, "__module__", "") == "torch._functorch.predispatch" for graph in graphs for node in graph.nodes)


def _recorded(answers: list[Answer]) -> dict[str, np.ndarray]:
    """The arrays of `zkpytorch/answers.npz`: `input0`, `input1`, ..., `output0`, ... with a leading axis of samples.

    The example and one variation, or the example alone where the model's answer to the other has no finite numbers or
    both are large.
    """
    kept = [answers[0]]
    size = sum(t.numel() * t.element_size() for part in answers[0] for t in part)
    if len(answers) > 2 and size <= _MAXIMAL_RECORD and all(torch.isfinite(y).all() for y in answers[2][1]):
        kept.append(answers[2])
    arrays = {}
    for kind, part in (("input", 0), ("output", 1)):
        for k in range(len(answers[0][part])):
            arrays[f"{kind}{k}"] = torch.stack([answer[part][k] for answer in kept]).numpy()
    return arrays


def _outputs(result: Any) -> list[torch.Tensor]:
    outputs = list(_tensors(result))
    if not outputs or not all(isinstance(y, torch.Tensor) for y in outputs):
        raise ExportError(
            f"forward returns a {type(result).__name__}; expected a tensor, or a tuple or dictionary of tensors and numbers."
        )
    return outputs


def _tensors(result: Any) -> Iterator[Any]:
    """The leaves of tuples, lists, dictionaries and classes that PyTorch knows the parts of, in the order of zkc's outputs; a number
    is a tensor of rank 0."""
    if isinstance(result, (tuple, list)):
        for part in result:
            yield from _tensors(part)
    elif isinstance(result, Mapping):
        for part in result.values():
            yield from _tensors(part)
    elif isinstance(result, (bool, int, float)):
        yield torch.as_tensor(result)
    elif result is not None and not isinstance(result, torch.Tensor) and type(result) in _pytree.SUPPORTED_NODES:
        yield from _tensors(_pytree.tree_leaves(result))
    elif result is not None:
        yield result


def _varied(examples: list[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    """Other inputs of the same shapes: floats of changed sign, size and place; integers and booleans in another order."""
    generator = torch.Generator().manual_seed(_SEED)
    for i in range(_VARIATIONS):
        varied = []
        for x in examples:
            if x.is_floating_point():
                noise = torch.randn(x.shape, generator=generator, dtype=x.dtype)
                varied.append((-x, 4 * x + noise, 0.1 * noise, noise - 1)[i])
            else:
                order = torch.randperm(x.numel(), generator=generator)
                varied.append(x.flatten()[order].reshape(x.shape))
        yield varied


def _difference(program: Callable[..., Any], example: Arguments, answers: list[Answer], what: str) -> str:
    """In words where the program's answer is not the model's; empty where they agree on all inputs."""
    for inputs, wanted in answers:
        actual = _outputs(example.call(program, inputs))
        for k, (a, e) in enumerate(zip(actual, wanted)):
            same = len(actual) == len(wanted) and a.shape == e.shape and a.dtype == e.dtype
            if same and a.is_floating_point():
                scale = float(e.abs().max()) if e.numel() else 0.0
                same = torch.allclose(a, e, rtol=_RELATIVE_TOLERANCE, atol=_RELATIVE_TOLERANCE * max(scale, 1e-6), equal_nan=True)
            elif same:
                same = torch.equal(a, e)
            if not same:
                return (
                    f"output {k} of the {what} differs from the model's on other values of {', '.join(example.names)}; the model's Python code"
                    f" does something that no {what} can record"
                )
    return ""


def _description(
    model: nn.Module,
    method: str,
    names: list[str],
    examples: list[torch.Tensor] | None,
    outputs: list[torch.Tensor] | None,
) -> str:
    """The text of `zkpytorch.json`.

    `format`: version of this layout; `model`: class name; `method`: "traced", "scripted" or "exported"; `torch`: PyTorch's version;
    `inputs`: in forward's order, each with `name`, and, unless scripted, `shape` (integers) and `dtype` (zkc's name, as
    "f32"); `outputs`: `shape` and `dtype` each; `reference`: SHA-256 over the bytes of the outputs on the example input,
    little-endian, in order, 64 hexadecimal digits. `outputs` and `reference` are absent when scripted.
    """
    description: dict[str, Any] = {
        "format": FORMAT_VERSION,
        "model": _class_name(model),
        "method": method,
        "torch": torch.__version__,
    }
    if examples is None or outputs is None:
        description["inputs"] = [{"name": name} for name in names]
    else:
        description["inputs"] = [{"name": name, **_type(x)} for name, x in zip(names, examples)]
        description["outputs"] = [_type(y) for y in outputs]
        digest = hashlib.sha256()
        for y in outputs:
            array = y.contiguous().numpy()
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
        description["reference"] = digest.hexdigest()
    return json.dumps(description, indent=1)


def _type(tensor: torch.Tensor) -> dict[str, Any]:
    return {"shape": list(tensor.shape), "dtype": model_checks.DTYPES.get(tensor.dtype, str(tensor.dtype))}


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # its type takes a flag of the same form for an array
    return buffer.getvalue()


def _save(program: Any, target: pathlib.Path, extra: dict[str, str | bytes]) -> None:
    """Writes beside the target and renames, so that no half-written archive stays behind."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _require_room(target, _stored_bytes(program) + sum(len(content) for content in extra.values()))
        # The archive's root folder is named after the file it is first written to.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".zkpytorch-") as folder:
            os.replace(_written(program, pathlib.Path(folder), target, extra), target)
    except ExportError:
        raise
    except (OSError, ValueError) as e:  # ValueError of names that are none, as one with a NUL
        raise ExportError(f"cannot write {target}: {getattr(e, 'strerror', None) or e}; name another file.") from e


def _written(program: Any, folder: pathlib.Path, target: pathlib.Path, extra: dict[str, str | bytes]) -> pathlib.Path:
    if not isinstance(program, torch.export.ExportedProgram):
        fresh = folder / target.name
        torch.jit.save(program, str(fresh), _extra_files=extra)
        return fresh
    fresh = folder / f"{target.stem}.pt2"
    try:
        torch.export.save(program, str(fresh))
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as e:  # some programs have no written form
        raise _Unexportable(f"torch.export cannot save the model ({' '.join(str(e).split())[:500]})") from e
    # PyTorch writes text alone as extra files, and arrays are none.
    with zipfile.ZipFile(fresh, "a", zipfile.ZIP_STORED) as archive:
        root = archive.namelist()[0].split("/")[0]
        for name, content in extra.items():
            archive.writestr(zipfile.ZipInfo(f"{root}/extra/{name}"), content)
    return fresh


def _require_room(target: pathlib.Path, size: int) -> None:
    """Refuses a disk that is nearly full: where its writer meets the end of one, PyTorch ends the whole interpreter.

    Raises:
        ExportError: there is less room than the weights and a program of some size need.
    """
    disk = shutil.disk_usage(target.parent)
    if disk.total and disk.free < size + _PROGRAM_BYTES:
        raise ExportError(
            f"cannot write {target}: its disk has {disk.free / 1e6:.0f} MB left, and the archive may take"
            f" {(size + _PROGRAM_BYTES) / 1e6:.0f}; make room, or name a file on another."
        )


def _stored_bytes(program: Any) -> int:
    state = program.state_dict() if isinstance(program, nn.Module) else {**program.state_dict, **program.constants}
    storages = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in state.values() if isinstance(t, torch.Tensor)}
    return sum(storages.values())


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences what PyTorch says of TorchScript's deprecation, and of traced values, which are checked above."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit._trace.TracerWarning)
        yield
