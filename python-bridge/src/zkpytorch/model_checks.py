"""The conditions that a model must meet to be exported, and the state it must keep meanwhile."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from .errors import ExportError

# The folders of PyTorch and of this package. Whole paths: a user's folder may be called torch too.
_LIBRARIES = tuple(pathlib.Path(file).absolute().parent.as_posix() + "/" for file in (torch.__file__, __file__))

# The element types of zkc, by PyTorch's.
DTYPES = {
    torch.float32: "f32",
    torch.float64: "f64",
    torch.int64: "i64",
    torch.int32: "i32",
    torch.int16: "i16",
    torch.int8: "i8",
    torch.uint8: "u8",
    torch.bool: "i1",
}

_TRAINING_ARGUMENT = {
    "aten::dropout": 2,
    "aten::dropout_": 2,
    "aten::feature_dropout": 2,
    "aten::feature_dropout_": 2,
    "aten::alpha_dropout": 2,
    "aten::alpha_dropout_": 2,
    "aten::feature_alpha_dropout": 2,
    "aten::batch_norm": 5,
}


def names_library(text: str) -> bool:
    """Whether a path, or a line that holds one, is of PyTorch's or this package's own files."""
    path = text.replace("\\", "/")
    return any(folder in path for folder in _LIBRARIES)


def check_state(model: nn.Module) -> None:
    """Refuses parameters and buffers that zkc cannot hold: not on the CPU, quantised, sparse.

    Raises:
        ExportError: naming the first such tensor.
    """
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        check_tensor(tensor, f"'{name}'")


def check_tensor(tensor: torch.Tensor, what: str) -> None:
    """Refuses a tensor that is not a plain one on the CPU; `what` names it in the error."""
    if tensor.is_quantized:
        raise ExportError(f"{what} is quantised by PyTorch; export the float model, zkc quantises it itself.")
    if tensor.device.type != "cpu":
        raise ExportError(f"{what} is on device '{tensor.device}'; move it with .cpu() before exporting.")
    if tensor.layout != torch.strided:
        raise ExportError(f"{what} has layout {tensor.layout}; convert it with .to_dense() before exporting.")


def check_input(tensor: torch.Tensor, what: str) -> None:
    """Refuses an input that zkc cannot take; `what` names it in the error."""
    check_tensor(tensor, what)
    if tensor.is_complex():
        raise ExportError(f"{what} is complex; let forward take its parts, torch.view_as_real(x), and call torch.view_as_complex on them.")
    if tensor.dtype not in DTYPES:
        raise ExportError(f"{what} has element type {tensor.dtype}; zkc takes {', '.join(str(d) for d in DTYPES)}.")
    if tensor.is_floating_point() and not torch.isfinite(tensor).all():
        raise ExportError(f"{what} holds NaN or infinite elements.")


@contextlib.contextmanager
def inference_mode_of(model: nn.Module) -> Iterator[None]:
    """Puts the model into evaluation mode and restores every module's own training flag at the end.

    Raises:
        ExportError: when a module stays in training mode, as one that overrides `train` may.
    """
    flags = {module: module.training for module in model.modules()}
    model.eval()
    try:
        stuck = [name or type(module).__name__ for name, module in model.named_modules() if module.training]
        if stuck:
            raise ExportError(
                f"module '{stuck[0]}' stays in training mode after eval(); its dropout or batch statistics would be random or"
                " depend on the batch. Make it follow eval()."
            )
        yield
    finally:
        for module, training in flags.items():
            module.training = training


def _stored(model: nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Parameters and buffers that a checkpoint holds; packed weights of quantised modules, which nothing writes, are none."""
    kept = model.state_dict().keys()
    return [(name, tensor) for name, tensor in [*model.named_parameters(), *model.named_buffers()] if name in kept]


@contextlib.contextmanager
def unchanged_state(model: nn.Module) -> Iterator[None]:
    """Refuses a block that changes a parameter or buffer: an inference must leave the model as it is."""
    before = {name: (tensor, tensor._version) for name, tensor in _stored(model)}
    yield
    # Embeddings scale rows of more than max_norm once, which later inferences find done.
    scaled = [m.weight for m in model.modules() if isinstance(m, (nn.Embedding, nn.EmbeddingBag)) and m.max_norm is not None]
    for name, tensor in _stored(model):
        known, version = before.get(name, (None, 0))
        written = tensor._version != version and not any(tensor is weight for weight in scaled)
        if tensor is not known or written:
            raise ExportError(f"forward changes '{name}'; an inference that is proved must not change the model.")


def check_no_training_operators(module: torch.jit.ScriptModule) -> None:
    """Refuses operators called in training mode whatever the model's mode is, as `F.dropout(x)` without `training=`.

    Raises:
        ExportError: naming the operator and the line of the model.
    """
    for node in _all_nodes(module.inlined_graph):
        position = _TRAINING_ARGUMENT.get(node.kind())
        if position is None:
            continue
        argument = list(node.inputs())[position]
        if argument.node().kind() == "prim::Constant" and argument.toIValue() is True:
            raise ExportError(
                f"{_first_line(node)}: {node.kind().removeprefix('aten::')} runs in training mode although the model is in"
                " evaluation mode; pass training=self.training."
            )


def check_no_training_calls(program: torch.export.ExportedProgram) -> None:
    """The same for a program of torch.export.

    Raises:
        ExportError: naming the operator and the line of the model.
    """
    for node in program.graph.nodes:
        name = str(node.target).split(".")[1] if str(node.target).startswith("aten.") else ""
        position = _TRAINING_ARGUMENT.get(f"aten::{name}")
        if position is not None and position < len(node.args) and node.args[position] is True:
            frames = [line.strip() for line in str(node.meta.get("stack_trace") or "").splitlines() if line.strip().startswith("File ")]
            outside = [line for line in frames if not names_library(line)]
            raise ExportError(
                f"{(outside or frames or ['the model'])[-1]}: {name} runs in training mode although the model is in"
                " evaluation mode; pass training=self.training."
            )


def _all_nodes(block: Any) -> Iterator[Any]:
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _all_nodes(inner)


def _first_line(node: Any) -> str:
    source: str = node.sourceRange()
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    outside = [line for line in lines if not names_library(line)]
    return (outside or lines or ["the model"])[0]
