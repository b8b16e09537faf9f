"""`check`, `compile`, `run`, `generate`, `prove`, `verify` and `inspect` of zkc, on PyTorch tensors and NumPy arrays.

Arrays travel as `.npy` files in a temporary folder. Outputs come back as tensors where the first input is a tensor, else as
arrays; one output comes back as itself, several as a tuple.
"""

from __future__ import annotations

import inspect as frames
import itertools
import os
import pathlib
import re
import tempfile
import threading
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Union

import numpy as np
import torch

from .arguments import flattened
from .errors import ZkcWarning
from .process import Progress, call
from .results import ArrayLike, CheckResult, CompiledModel, Inspection, Outputs, Proof, Statement, absolute
from .temporary import temporary_files
from .words import in_python

PathLike = Union[str, "os.PathLike[str]"]


def compile(
    model: PathLike,
    *,
    output: PathLike | None = None,
    input_shapes: Sequence[Sequence[int] | str] = (),
    dims: Mapping[str, int] | None = None,
    method: str | None = None,
    weights: Sequence[PathLike] | PathLike = (),
    calibration: Sequence[ArrayLike] | ArrayLike = (),
    evaluate: Sequence[ArrayLike] | ArrayLike = (),
    labels: ArrayLike | None = None,
    reference: Sequence[ArrayLike] = (),
    bits: int | Mapping[str, int] | None = None,
    min_fidelity: float | None = None,
    generation: bool = False,
    disable: Sequence[str] = (),
    progress: Progress | None = None,
) -> CompiledModel:
    """Compiles an archive into a model file and a verifier key.

    Args:
        model: the archive, as `zkpytorch.export` writes it.
        output: the `.zkc` file to write; by default beside the archive. The `.vk` file stands beside it.
        input_shapes: for archives without shapes: one for each input, as (1, 3, 32, 32) or "1x3x32x32:f32", or of an input by name,
            as "x=1x3x32x32".
        dims: the extents of a torch.export archive's symbolic dimensions: by symbol ("s77"), or by input and axis ("x.0"); any name
            where there is only one.
        method: of a TorchScript archive, the method to compile, one that torch.jit.export kept; by default forward.
        weights: of StableHLO text, the `.npz` or `.safetensors` files that hold its weights.
        calibration: sample inputs, one array for each input, of its shape or with a leading axis of samples; by default those of
            the archive.
        evaluate: inputs that fidelity is reported on, one array for each input, shaped as those of `calibration`; by default some of the
            calibration samples are held back for that; where these are fewer than eight, others are added.
        labels: the right class of each row of the first output on `evaluate`, integers of shape [rows].
        reference: what the model answers in PyTorch: the inputs and then the outputs, in order, each of its shape or with a
            leading axis of samples. Where zkc's reading of the model does not compute the same, nothing is compiled. `export`
            records such answers in the archive, which are always compared.
        bits: of the quantisation, for all tensors or by tensor name; by default 8.
        min_fidelity: the smallest R^2 against fp32 that is accepted, on the inputs that fidelity is reported on.
        generation: of a causal language model, state the likeliest next tokens in place of the logits.
        disable: names of optimisation passes to leave out.
        progress: is called with the stage and the fraction that is done, in this thread.

    Returns:
        The model and the key, with the compiler's report.

    Raises:
        ZkcError: with zkc's own text, and `frame`, the line of the model.
        TypeError: an array is none of numbers.
        ValueError: labels without inputs to evaluate on.

    Warns:
        ZkcWarning: what `warnings` of the result holds.
    """
    target = pathlib.Path(output) if output is not None else pathlib.Path(model).with_suffix(".zkc")
    params: dict[str, Any] = {
        "model": absolute(model),
        "out": absolute(target),
        **_reading(input_shapes, dims, method, weights),
        "generation": generation,
        "disable": list(disable),
    }
    if isinstance(bits, Mapping):
        params["bits"] = [f"{name}={width}" for name, width in bits.items()]
    elif bits is not None:
        params["bits"] = str(bits)
    if min_fidelity is not None:
        params["minFidelity"] = repr(float(min_fidelity))
    evaluated = _sequence(evaluate)
    if labels is not None and not evaluated:
        raise ValueError("labels are for the inputs given as evaluate, and there are none")
    with (
        _files(_sequence(calibration), "calibration") as paths,
        _evaluation(evaluated, labels) as files,
        _files(reference, "reference") as answers,
    ):
        result = call("compile", {**params, **files, "calibration": paths, "reference": answers}, progress)
    report = result["report"]
    return CompiledModel(target, pathlib.Path(report["keyFile"]), in_python(result["text"]), report, _warnings(result))


def check(
    model: PathLike,
    *,
    input_shapes: Sequence[Sequence[int] | str] = (),
    dims: Mapping[str, int] | None = None,
    method: str | None = None,
    weights: Sequence[PathLike] | PathLike = (),
    calibration: Sequence[ArrayLike] | ArrayLike = (),
) -> CheckResult:
    """Lists everything in a model that cannot be proved, where `compile` stops at the first.

    Args:
        model: the archive.
        input_shapes: as for `compile`, like `dims`, `method` and `weights`.
        dims: as for `compile`.
        method: as for `compile`.
        weights: as for `compile`.
        calibration: as for `compile`, of the same shapes; tells which functions leave their domain.

    Returns:
        The faults, each with the line of the model; true where there are none.

    Raises:
        ZkcError: the file is missing or no model.
    """
    with _files(_sequence(calibration), "calibration") as paths:
        reading = _reading(input_shapes, dims, method, weights)
        result = call("check", {"model": absolute(model), **reading, "calibration": paths})
    return CheckResult.of(pathlib.Path(model), result["report"])


def inspect(file: CompiledModel | Proof | PathLike, *, key: CompiledModel | PathLike | None = None) -> Inspection:
    """Says what is in a file: sizes, commitments, cost by layer. Nothing is verified.

    Args:
        file: a model file, key, proof, archive or IR file, or what `compile` or `prove` gave.
        key: the key of a proof, to read its statement with.

    Returns:
        What is in the file, as text and as a report for programs.

    Raises:
        ZkcError: the file is missing or of another kind.
    """
    path = _proof_file(file) if isinstance(file, Proof) else _model_file(file)
    params = {"file": absolute(path)}
    if key is not None:
        params["key"] = absolute(_key_file(key))
    result = call("inspect", params)
    return Inspection(path, result["report"], result["text"])


def run(model: CompiledModel | PathLike, *inputs: ArrayLike | Sequence[Any] | Mapping[str, Any]) -> Outputs:
    """The integer program's output on the inputs, without a proof: exactly what `prove` would prove.

    Args:
        model: what `compile` gave, or a `.zkc` file.
        inputs: in the order of forward's arguments, of the shapes and element types of the example inputs, nested as these are; one
            tuple of them all, or a dictionary of them by name, as `export` takes it, is the same.

    Returns:
        The output, float32, int64 or bool, of the shape that the model gives it; several as a tuple. Tensors where the first
        input is a tensor, else arrays.

    Raises:
        TypeError: there is no input, or one is no tensor or array of real numbers.
        ZkcError: with zkc's own text.

    Warns:
        ZkcWarning: an input has elements outside the model's range, which are cut to it.
    """
    given = _arguments(inputs, model)
    with _files(given, "input") as paths, _output_file() as target:
        _warnings(call("run", {"model": absolute(_model_file(model)), "input": paths, "output": target}))
        return _read(target, given)


def generate(model: CompiledModel | PathLike, prompt: ArrayLike, count: int) -> ArrayLike:
    """The tokens that a causal language model, in integers, picks after a prompt, greedily: `prove` takes them as `generated`.

    Args:
        model: what `compile` gave, or a `.zkc` file.
        prompt: tokens, integers of shape [1, n].
        count: how many tokens to generate; with the prompt at most as many as the model was compiled for.

    Returns:
        The tokens after the prompt, int64 of shape [1, count]; a tensor where the prompt is one.

    Raises:
        TypeError: the prompt is no tensor or array.
        ZkcError: with zkc's own text.
    """
    with _files([prompt], "prompt") as paths, _output_file() as target:
        call("run", {"model": absolute(_model_file(model)), "input": paths, "generate": count, "output": target})
        (tokens,) = _arrays(target, [prompt])
        return tokens


def prove(
    model: CompiledModel | PathLike,
    *inputs: ArrayLike | Sequence[Any] | Mapping[str, Any],
    generated: ArrayLike | None = None,
    proof: PathLike | None = None,
    context: str | None = None,
    threads: int | None = None,
    batch: bool = False,
    progress: Progress | None = None,
) -> Proof:
    """Proves the model's output on the inputs.

    Args:
        model: what `compile` gave, or a `.zkc` file.
        inputs: in the order of forward's arguments, of the shapes and element types of the example inputs, nested as these are; one
            tuple of them all, or a dictionary of them by name, as `export` takes it, is the same.
        generated: when given, integers of shape [1, n]: the proof is that a causal language model generates these tokens,
            greedily, after the prompt that is its input.
        proof: the `.zkp` file to write; by default beside the model, under its name, with a number where that file belongs to a
            `Proof` that is still in use, so that the proofs of a list stay apart.
        context: a text that the proof is bound to; `verify` needs the same.
        threads: how many to use; by default all.
        batch: the inputs hold several samples, along a first axis, that are proved in one proof.
        progress: is called with the stage and the fraction that is done, in this thread.

    Returns:
        The proof's file and the proved outputs, as `run` gives them; of a batch with a first axis of samples.

    Raises:
        TypeError: there is no input, or one is no tensor or array of real numbers.
        ZkcError: with zkc's own text.

    Warns:
        ZkcWarning: what `warnings` of the result holds: an input has elements outside the model's range, which are cut to it.
    """
    given = _arguments(inputs, model)
    model_file = _model_file(model)
    with (
        _files(given, "input") as paths,
        _files(_optional(generated), "generated") as text,
        _output_file() as output,
        _target(model_file, proof) as target,
    ):
        params: dict[str, Any] = {"model": absolute(model_file), "input": paths, "out": absolute(target), "output": output}
        params.update(_given(context=context, threads=threads, generated=text[0] if text else None))
        result = call("prove", {**params, "batch": batch}, progress)
        made = Proof(target, _read(output, given), result["report"], _warnings(result))
        _in_use[absolute(target)] = made
        return made


def verify(
    proof: Proof | PathLike,
    key: CompiledModel | PathLike,
    *,
    inputs: ArrayLike | Sequence[Any] | Mapping[str, Any] = (),
    generated: ArrayLike | None = None,
    outputs: ArrayLike | Sequence[ArrayLike] = (),
    expect_model: str | None = None,
    context: str | None = None,
) -> Statement:
    """Verifies a proof and gives the statement that it proves.

    Args:
        proof: what `prove` gave, or a `.zkp` file.
        key: what `compile` gave, or a `.vk` file.
        inputs: when given, the proof must be about these inputs, of the shapes that `prove` took and nested as there; of generated text,
            about this prompt.
        generated: when given, the proof must be that these tokens, integers of shape [1, n], were generated.
        outputs: when given, the proved outputs must be these, bit for bit, of the shapes that `prove` gave.
        expect_model: when given, the model's digest must be this.
        context: the text that the proof was bound to.

    Returns:
        The statement: model, inputs, outputs and context, as the proof has them.

    Raises:
        VerificationError: the proof is not valid, or not about what was given.
        ZkcError: a file is missing or of another kind.
    """
    with (
        _files(flattened([inputs] if isinstance(inputs, Mapping) else _sequence(inputs), lambda: _input_names(_key_file(key))), "input") as input_paths,
        _files(_sequence(outputs), "output") as output_paths,
        _files(_optional(generated), "generated") as text,
    ):
        params: dict[str, Any] = {"proof": absolute(_proof_file(proof)), "key": absolute(_key_file(key))}
        params.update(_given(context=context, expectModel=expect_model, generated=text[0] if text else None))
        result = call("verify", {**params, "input": input_paths, "output": output_paths})
    return Statement.of(result["report"])


#: The proofs that somebody still has, by their files.
_in_use: weakref.WeakValueDictionary[str, Proof] = weakref.WeakValueDictionary()
#: The files of proofs that are being made.
_reserved: set[str] = set()
_files_lock = threading.Lock()


@contextmanager
def _target(model_file: pathlib.Path, named: PathLike | None) -> Iterator[pathlib.Path]:
    """The file for a proof: the one that is named, else one beside the model that no proof in use has."""
    if named is not None:
        yield pathlib.Path(named)
        return
    with _files_lock:
        for number in itertools.count(1):
            target = model_file.with_name(f"{model_file.stem}{f'-{number}' if number > 1 else ''}.zkp")
            path = absolute(target)
            if path not in _reserved and path not in _in_use:
                _reserved.add(path)
                break
    try:
        yield target
    finally:
        _reserved.discard(path)


def _given(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _warnings(result: Mapping[str, Any]) -> tuple[str, ...]:
    """What zkc warned of, which the caller of the public function is warned of too."""
    texts = tuple(in_python(line.removeprefix("warning: ")) for line in result["messages"] if line.startswith("warning: "))
    for text in texts:
        warnings.warn(text, ZkcWarning, stacklevel=_caller())
    return texts


def _caller() -> int:
    """How many frames above the caller of this function the first one outside this package is, as `warnings.warn` counts."""
    folder = os.path.dirname(__file__)
    level, frame = 1, frames.currentframe()
    frame = frame.f_back if frame else None
    while frame is not None and os.path.dirname(frame.f_code.co_filename) == folder:
        level, frame = level + 1, frame.f_back
    return level


def _reading(
    input_shapes: Sequence[Sequence[int] | str], dims: Mapping[str, int] | None, method: str | None, weights: Sequence[PathLike] | PathLike
) -> dict[str, Any]:
    """The parameters that say how an archive is read."""
    files = [weights] if isinstance(weights, (str, os.PathLike)) else weights
    return {
        "inputShape": _shapes(input_shapes),
        "dim": [f"{name}={extent}" for name, extent in (dims or {}).items()],
        "weights": [absolute(file) for file in files],
        **_given(method=method),
    }


def _shapes(shapes: Sequence[Sequence[int] | str]) -> list[str]:
    return [shape if isinstance(shape, str) else "x".join(map(str, shape)) for shape in shapes]


def _proof_file(proof: Proof | PathLike) -> pathlib.Path:
    return proof.proof if isinstance(proof, Proof) else pathlib.Path(proof)


def _key_file(key: CompiledModel | PathLike) -> pathlib.Path:
    return key.key if isinstance(key, CompiledModel) else pathlib.Path(key)


def _model_file(model: CompiledModel | PathLike) -> pathlib.Path:
    return model.model if isinstance(model, CompiledModel) else pathlib.Path(model)


def _arguments(inputs: tuple[Any, ...], model: CompiledModel | PathLike) -> Sequence[ArrayLike]:
    """The model's inputs: from forward's arguments, given one by one or, as `export` takes them, in one tuple or by name."""
    given = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], tuple) else inputs
    arguments = flattened(given, lambda: _input_names(_model_file(model)))
    if not arguments:
        raise TypeError("there is no input; give the arguments of the model's forward, in order, after the model")
    return arguments


def _input_names(file: pathlib.Path) -> list[str]:
    """The names of the inputs of a model file or key; columns of categories that are inputs of their own are one again."""
    names = [given["name"] for given in call("inspect", {"file": absolute(file)})["report"]["inputs"]]
    return list(dict.fromkeys(re.sub(r"\[(:, )+\d+\]$", "", name) for name in names))


def _sequence(arrays: ArrayLike | Sequence[ArrayLike]) -> Sequence[ArrayLike]:
    return [arrays] if isinstance(arrays, (torch.Tensor, np.ndarray)) else arrays


def _optional(array: ArrayLike | None) -> Sequence[ArrayLike]:
    return [] if array is None else [array]


@contextmanager
def _files(arrays: Sequence[ArrayLike], name: str) -> Iterator[list[str]]:
    with temporary_files([f"{name}{i}.npy" for i in range(len(arrays))]) as paths:
        for i, (path, array) in enumerate(zip(paths, arrays)):
            np.save(path, _numpy(array, f"{name} {i}"), allow_pickle=False)
        yield paths


@contextmanager
def _evaluation(inputs: Sequence[ArrayLike], labels: ArrayLike | None) -> Iterator[dict[str, str]]:
    """The files of `evaluate`, one `.npz` with all inputs in order, and of `labels`, by parameter; what is not given is left out."""
    # In a folder of their own: the report names them.
    with tempfile.TemporaryDirectory(prefix="zkpytorch-") as folder:
        files = {}
        if inputs:
            files["evaluate"] = os.path.join(folder, "evaluation.npz")
            np.savez(files["evaluate"], *[_numpy(array, f"evaluate {i}") for i, array in enumerate(inputs)])
        if labels is not None:
            files["labels"] = os.path.join(folder, "labels.npy")
            np.save(files["labels"], _numpy(labels, "labels"), allow_pickle=False)
        yield files


def _numpy(array: ArrayLike, name: str) -> np.ndarray:
    if isinstance(array, torch.Tensor):
        if array.layout != torch.strided or array.is_complex() or array.is_quantized or array.device.type == "meta":
            raise TypeError(f"{name} must be a dense tensor of real numbers, got {array.dtype}, {array.layout}, on '{array.device}'")
        # NumPy has no bfloat16 and no float of 8 bits; float32 holds all their numbers.
        widened = array.is_floating_point() and array.dtype not in (torch.float16, torch.float32, torch.float64)
        return (array.float() if widened else array).detach().cpu().resolve_neg().numpy()
    try:
        converted = np.asarray(array)
    except ValueError:
        converted = np.empty(0, dtype=object)
    if converted.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be a tensor or an array of numbers, got {type(array).__name__}")
    return converted


@contextmanager
def _output_file() -> Iterator[str]:
    with temporary_files(["outputs.npz"]) as (file,):
        yield file


def _read(path: str, inputs: Sequence[ArrayLike]) -> Outputs:
    results = _arrays(path, inputs)
    return results[0] if len(results) == 1 else results


def _arrays(path: str, inputs: Sequence[ArrayLike]) -> tuple[ArrayLike, ...]:
    """What zkc wrote, as tensors where the first input is one."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = [stored[name] for name in stored.files]
    tensors = bool(inputs) and isinstance(inputs[0], torch.Tensor)
    return tuple(torch.from_numpy(array) if tensors else array for array in arrays)
