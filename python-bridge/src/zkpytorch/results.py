"""What the functions of zkpytorch give: objects that show themselves in a line or two, and as a table in a notebook."""

from __future__ import annotations

import dataclasses
import html
import os
import pathlib
from collections.abc import Mapping
from typing import Any, Union

import numpy as np
import torch

from .errors import Frame
from .words import in_python

ArrayLike = Union[torch.Tensor, np.ndarray]
Outputs = Union[ArrayLike, tuple[ArrayLike, ...]]


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _number(value: Any) -> float:
    # JSON has no NaN: zkc writes it as a string.
    return float(value)


def _shape(array: ArrayLike) -> str:
    return "x".join(map(str, array.shape)) or "scalar"


def _warned(warnings: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("warning", text) for text in warnings]


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th style='text-align:left'>{html.escape(a)}</th><td style='text-align:left'>{html.escape(b)}</td></tr>" for a, b in rows)
    return f"<table><caption>{html.escape(title)}</caption>{cells}</table>"


@dataclasses.dataclass(frozen=True, repr=False)
class Archive(os.PathLike[str]):
    """The archive that `export` wrote. It is a path: `compile`, `check` and whatever else takes a file take it.

    Attributes:
        path: the file.
        format: "torch.export" or "torchscript".
        method: "exported", "traced" or "scripted".
        reason: why it has this format; where `format="auto"` fell back to TorchScript, why torch.export does not take the model.
        compared: on how many inputs, beside the example, the program in the archive gave the model's own answers: four, fewer where
            the model does not take the variations tried, 0 where it was scripted, which records the model's code and no run of it.
    """

    path: pathlib.Path
    format: str
    method: str
    reason: str
    compared: int

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)

    def _rows(self) -> list[tuple[str, str]]:
        compared = f"with the model on {self.compared} further inputs" if self.compared else "on no further inputs"
        return [("format", f"{self.format} ({self.reason})"), ("method", self.method), ("compared", compared)]

    def __repr__(self) -> str:
        compared = f", compared with the model on {self.compared} further inputs" if self.compared else ""
        return f"<Archive {self.path.name}: {self.format} ({self.reason}), {self.method}{compared}>"

    def _repr_html_(self) -> str:
        return _table(self.path.name, self._rows())


@dataclasses.dataclass(frozen=True, repr=False)
class CompiledModel:
    """The files that `compile` wrote.

    Attributes:
        model: the `.zkc` file, for `run` and `prove`.
        key: the `.vk` file, for `verify`.
        summary: what the compiler printed: sizes, estimates, security, fidelity.
        report: the same for programs, as `zkc inspect --json` gives it.
        warnings: what the compiler warned of.
    """

    model: pathlib.Path
    key: pathlib.Path
    summary: str
    report: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the key file, which names the model: `verify(..., expect_model=digest)`."""
        return str(self.report["digest"])

    @property
    def fidelity(self) -> dict[str, float]:
        """R^2 of each output against fp32, by name; of indices and truth values the share of equal elements."""
        outputs: Mapping[str, Any] = self.report["fidelity"]
        return {name: _number(f.get("agreement", f["rSquared"])) for name, f in outputs.items()}

    def _rows(self) -> list[tuple[str, str]]:
        estimates = self.report["estimates"]
        return [
            ("parameters", f"{self.report['parameters']:,}"),
            ("fidelity", ", ".join(f"{name} {value:.4f}" for name, value in self.fidelity.items()) + f" ({self.report['fidelityBasis']})"),
            ("a proof", f"about {_time(estimates['proveSeconds'])} on one thread, {_size(estimates['proofBytes'])}"),
            ("security", f"{self.report['securityBits']:.1f} bits"),
            ("digest", self.digest),
            *_warned(self.warnings),
        ]

    def __repr__(self) -> str:
        if not self.report:
            return f"<CompiledModel {self.model.name}>"
        rows = dict(self._rows())
        return (
            f"<CompiledModel {self.model.name}: {rows['parameters']} parameters, fidelity {rows['fidelity']}\n"
            f" a proof takes {rows['a proof']}, security {rows['security']}, digest {self.digest[:16]}...>"
        )

    def _repr_html_(self) -> str:
        return _table(self.model.name, self._rows() if self.report else [])


@dataclasses.dataclass(frozen=True, repr=False)
class Proof:
    """The proof that `prove` wrote.

    Attributes:
        proof: the `.zkp` file.
        outputs: the proved output, or a tuple of them.
        report: size, time and stages, as docs/serve.md lists them.
        warnings: what zkc warned of: inputs that were cut to the model's range, tensors that lost by it.
    """

    proof: pathlib.Path
    outputs: Outputs
    report: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def _rows(self) -> list[tuple[str, str]]:
        outputs = self.outputs if isinstance(self.outputs, tuple) else (self.outputs,)
        names = [entry["name"] for entry in self.report["outputs"]]
        return [
            ("outputs", ", ".join(f"{name} {_shape(y)}" for name, y in zip(names, outputs))),
            ("size", _size(self.report["proofBytes"])),
            ("made in", _time(self.report["proveSeconds"])),
            ("model", self.report["model"]),
            *_warned(self.warnings),
        ]

    def __repr__(self) -> str:
        if not self.report:
            return f"<Proof {self.proof.name}>"
        rows = dict(self._rows())
        return f"<Proof {self.proof.name}: {rows['outputs']}; {rows['size']}, made in {rows['made in']}, model {rows['model'][:16]}...>"

    def _repr_html_(self) -> str:
        if not self.report:
            return _table(self.proof.name, [])
        stages = ", ".join(f"{stage} {_time(seconds)}" for stage, seconds in self.report["stages"].items())
        return _table(self.proof.name, [*self._rows(), ("stages", stages)])


@dataclasses.dataclass(frozen=True, repr=False)
class Statement:
    """The statement of a proof that was verified: the model of this digest gives these outputs on these inputs.

    Attributes:
        model: SHA-256 of the key file, which names the model.
        context: the text that the proof is bound to; empty where there is none.
        inputs: the inputs by name, as the model saw them: rounded to its integers. Of a batch with a first axis of samples.
        outputs: the outputs by name, bit for bit those of `prove`.
        generation: of generated text, its `prompt` and the `generated` tokens; else None.
        report: the same as `zkc verify --json` prints it.
    """

    model: str
    context: str
    inputs: Mapping[str, np.ndarray]
    outputs: Mapping[str, np.ndarray]
    generation: Mapping[str, Any] | None
    report: Mapping[str, Any]

    @staticmethod
    def of(report: Mapping[str, Any]) -> Statement:
        """The statement that `zkc verify --json` prints."""
        samples = report.get("samples", [report])

        def arrays(kind: str) -> dict[str, np.ndarray]:
            by_sample = [{port["name"]: _array(port) for port in sample[kind]} for sample in samples]
            if len(by_sample) == 1:
                return by_sample[0]
            return {name: np.stack([arrays[name] for arrays in by_sample]) for name in by_sample[0]}

        return Statement(report["model"], report["context"], arrays("inputs"), arrays("outputs"), report.get("generation"), report)

    def _rows(self) -> list[tuple[str, str]]:
        rows = [("model", self.model)]
        if self.context:
            rows.append(("context", self.context))
        for kind, arrays in (("input", self.inputs), ("output", self.outputs)):
            rows += [(kind, f"{name}: {array.dtype} {_shape(array)}") for name, array in arrays.items()]
        if self.generation is not None:
            rows.append(("generated", f"{len(self.generation['generated'])} tokens after {len(self.generation['prompt'])}"))
        rows.append(("checked in", _time(self.report["verifySeconds"])))
        return rows

    def __repr__(self) -> str:
        told = "; ".join(f"{a} {b}" for a, b in self._rows() if a != "model")
        return f"<Statement, proved: model {self.model[:16]}...; {told}>"

    def _repr_html_(self) -> str:
        first = [
            (f"first of {name}", ", ".join(f"{value:.6g}" for value in array.ravel()[:_PREVIEW]) + (", ..." if array.size > _PREVIEW else ""))
            for name, array in self.outputs.items()
        ]
        return _table("proved", [*self._rows(), *first])


#: Numbers of an output that a notebook shows.
_PREVIEW = 8

_INTEGERS = {"i64": np.int64, "i32": np.int32, "i16": np.int16, "i8": np.int8, "u8": np.uint8, "i1": np.bool_}


def _array(port: Mapping[str, Any]) -> np.ndarray:
    """The array that stands for a statement's integers, in the arithmetic of zkc (docs/protocol.md)."""
    integers = np.array(port["integers"], dtype=np.int64)
    if port["elementType"] == "f32":
        scales = np.float64(port["scale"])
        if "units" in port:
            units = np.array(port["units"], dtype=np.float64)
            scales = scales * units[np.arange(len(integers)) // port.get("unitRun", 1) % len(units)]
        values = (integers * scales).astype(np.float32)
    else:
        values = integers.astype(_INTEGERS[port["elementType"]])
    return values.reshape(port["shape"])


@dataclasses.dataclass(frozen=True)
class Fault:
    """Something in a model that cannot be proved.

    Attributes:
        frame: the line of the model, or None where the archive does not tell.
        why: one sentence.
        instead: what to write; empty where `why` says so itself.
        certain: False where that depends on other faults, or on calibration data.
        times: how often the model meets it.
    """

    frame: Frame | None
    why: str
    instead: str
    certain: bool
    times: int

    def __str__(self) -> str:
        return (f"{self.frame}: " if self.frame else "") + self.why + (f"; instead: {self.instead}" if self.instead else "")


@dataclasses.dataclass(frozen=True, repr=False)
class CheckResult:
    """The faults that `check` found. True where there are none.

    Attributes:
        model: the archive.
        faults: in the order in which the model meets them.
    """

    model: pathlib.Path
    faults: tuple[Fault, ...]

    @staticmethod
    def of(model: pathlib.Path, report: Mapping[str, Any]) -> CheckResult:
        """The faults that `zkc check --json` prints."""
        faults = [
            Fault(Frame(f["file"], f["line"], f["text"]) if f["line"] else None, in_python(f["why"]), in_python(f["instead"]), f["certain"], f["times"])
            for f in report["faults"]
        ]
        return CheckResult(model, tuple(faults))

    def __bool__(self) -> bool:
        return not self.faults

    def __repr__(self) -> str:
        if not self.faults:
            return f"<CheckResult {self.model.name}: nothing found that cannot be proved>"
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        return f"<CheckResult {self.model.name}: {self.faults[0]}{more}>"

    def _repr_html_(self) -> str:
        rows = [(str(f.frame or ""), f.why + (f"; instead: {f.instead}" if f.instead else "")) for f in self.faults]
        return _table(repr(self)[1:-1] if not self.faults else f"{self.model.name}: {len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}", rows)


@dataclasses.dataclass(frozen=True, repr=False)
class Inspection:
    """The content of a file.

    Attributes:
        file: the file.
        report: as `zkc inspect --json` prints it; `report["kind"]` is model, key, proof, archive or program.
        text: as `zkc inspect` prints it.
    """

    file: pathlib.Path
    report: Mapping[str, Any]
    text: str

    def __repr__(self) -> str:
        return f"<Inspection {(self.text.splitlines() or [self.file.name])[0]}>"

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text)}</pre>"


def absolute(path: str | os.PathLike[str]) -> str:
    """A path for the zkc process, which may have been started in another folder."""
    return os.path.abspath(os.fspath(path))
