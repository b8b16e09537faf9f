"""Writes the sample archives of torch.export that the Java tests read.

    python tests/archives/export_archives.py [NAME...]

Needs PyTorch 2.9 or later and NumPy. For every sample it writes `NAME.pt2` into tests/src/test/resources/exports. A
model that `generate.py` also saves has the same weights there, and its recorded inputs and answers; the others get
`NAME.input0.npy`, `NAME.output0.npy` of their own. Paths are neutral.
"""

import dataclasses
import json
import pathlib
import re
import sys
import tempfile
import warnings
from collections.abc import Callable

import numpy as np
import torch
import torch.ao.quantization.fx._decomposed  # registers the operators
import torch.nn.functional as F
from torch import nn
from torch._higher_order_ops.scan import scan
from torch._higher_order_ops.while_loop import while_loop

import generate

ops = torch.ops.quantized_decomposed
TARGET = generate.HERE.parent / "src" / "test" / "resources" / "exports"
_STACK_FILE = re.compile(r'File "([^"]*)"')


@dataclasses.dataclass
class Export:
    """One archive: the model, the arguments of its example call, and how it is exported.

    form: plain (operators as called), functional (no operator in place), core (decomposed)
    of: the sample of generate.py that it is the export of
    """

    name: str
    model: Callable[[], nn.Module]
    arguments: Callable[[], tuple]
    form: str = "plain"
    keywords: Callable[[], dict] = dict
    dynamic: object = None
    of: str = ""


class NestedValues(nn.Module):
    """Inputs and outputs in dictionaries, lists and keywords; a buffer that counts calls; a shared weight."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6, bias=False)
        self.second = nn.Linear(6, 6)
        self.second.weight = self.first.weight
        self.register_buffer("calls", torch.zeros(1))
        self.register_buffer("scale", torch.tensor([2.0, 1.0, 0.5]).repeat(3)[1:7], persistent=False)

    def forward(self, batch, *, shift):
        self.calls.add_(1)
        with torch.no_grad():
            hidden = torch.relu_(self.first(batch["ids"]) + self.calls)
        y = self.second(hidden) * self.scale
        y[:, 0] = 0.5
        return {"logits": y, "states": (hidden - shift, [batch["parts"][1] * 0.5])}


class ControlFlow(nn.Module):
    """A condition and a loop that do not depend on the input."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.register_buffer("sign", torch.tensor(1.0))

    def forward(self, x):
        y = torch.cond(self.sign > 0, lambda v: v * 0.5, lambda v: -v, (x,))
        _, y = while_loop(
            lambda i, v: i < 3, lambda i, v: (i + 1, torch.tanh(self.layer(v))), (torch.zeros((), dtype=torch.int64), y)
        )
        return y


class Recurrence(nn.Module):
    """A scan: the sum of rows so far, which fades, and a value per row."""

    def forward(self, x):
        last, rows = scan(lambda carry, row: (0.5 * carry + row, carry - row), torch.zeros(4), x)
        return rows + last


class DynamicBatch(nn.Module):
    """A batch of any size, of which the program computes with."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x, y):
        rows, steps, _ = x.shape
        flat = self.layer(x.reshape(rows * steps, 4))
        return flat.view(rows, steps * 3) + y.sum(0) / rows


class Pt2e(nn.Module):
    """What torchao's pt2e flow leaves of a network: integer weights as buffers, and quantisation between float operators."""

    def __init__(self):
        super().__init__()
        for name, weight in (("conv", torch.randn(4, 1, 3, 3)), ("fc", torch.randn(3, 16))):
            scale = weight.flatten(1).abs().amax(1).double() / 127
            shape = [-1] + [1] * (weight.dim() - 1)
            self.register_buffer(name, (weight / scale.view(shape)).round().to(torch.int8))
            self.register_buffer(f"{name}_scale", scale)
            self.register_buffer(f"{name}_zero", torch.zeros_like(scale, dtype=torch.int64))
        self.bias = nn.Parameter(torch.randn(3))

    def weight(self, name):
        integers, scale, zero = (self.get_buffer(f"{name}{part}") for part in ("", "_scale", "_zero"))
        return ops.dequantize_per_channel(integers, scale, zero, 0, -128, 127, torch.int8)

    @staticmethod
    def rounded(x, scale, zero):
        q = ops.quantize_per_tensor(x, scale, zero, 0, 255, torch.uint8)
        return ops.dequantize_per_tensor(q, scale, zero, 0, 255, torch.uint8)

    def forward(self, x):
        y = F.relu(F.conv2d(self.rounded(x, 0.03, 120), self.weight("conv")))
        y = F.max_pool2d(self.rounded(y, 0.05, 0), 2).flatten(1)
        return self.rounded(F.linear(self.rounded(y, 0.05, 0), self.weight("fc"), self.bias), 0.2, 128)


def example(sample: generate.Sample) -> Callable[[], tuple]:
    def arguments():
        inputs = []
        for k in range(len(sample.shapes)):
            inputs.append(torch.from_numpy(np.load(generate.TARGET / f"{sample.name}.input{k}.npy")[0]))
        return tuple(inputs)

    return arguments


def of_sample(name: str, form: str) -> Export:
    sample = next(s for s in generate.ARCHIVES if s.name == name)
    return Export(f"{name}_{form}", sample.model, example(sample), form, of=name)


EXPORTS = [
    *(of_sample("softmax_head", form) for form in ("plain", "functional", "core")),
    *(of_sample("in_place", form) for form in ("plain", "core")),
    *(of_sample("norms", form) for form in ("plain", "core")),
    *(of_sample("token_embedding", form) for form in ("plain", "core")),
    of_sample("two_outputs", "plain"),
    of_sample("orders", "core"),
    of_sample("reductions", "core"),
    of_sample("causal_attention", "core"),
    of_sample("linear_attention", "core"),
    Export(
        "nested_values",
        NestedValues,
        lambda: ({"ids": torch.randn(2, 6), "parts": [torch.randn(3), torch.randn(4)]},),
        keywords=lambda: {"shift": torch.randn(1)},
    ),
    Export("pt2e", Pt2e, lambda: (torch.randn(1, 1, 6, 6),)),
    Export("control_flow", ControlFlow, lambda: (torch.randn(5, 4),)),
    Export("recurrence", Recurrence, lambda: (torch.randn(5, 4),)),
    Export(
        "dynamic_batch",
        DynamicBatch,
        lambda: (torch.randn(4, 2, 4), torch.randn(4, 6)),
        dynamic=({0: torch.export.Dim("batch", min=1, max=8)},) * 2,
    ),
]


def export(sample: Export) -> tuple[torch.export.ExportedProgram, tuple, dict]:
    base = sample.of or sample.name
    torch.manual_seed(sum(map(ord, base)))
    model = sample.model().eval()
    generate.randomise_statistics(model)
    arguments, keywords = sample.arguments(), sample.keywords()
    copies = torch.utils._pytree.tree_map(lambda t: t.clone(), (arguments, keywords))
    with torch.no_grad() if sample.of else torch.enable_grad():
        program = torch.export.export(model, *copies, dynamic_shapes=sample.dynamic, strict=False)
    if sample.form == "functional":
        program = program.run_decompositions({})
    elif sample.form == "core":
        program = program.run_decompositions()
    return program, arguments, keywords


def neutral_stack(stack: str) -> str:
    """The stack with base names, and packages' files from the package on."""

    def renamed(match: re.Match) -> str:
        path = match.group(1)
        package = re.search(r"(?:site|dist)-packages/(.*)", path)
        return f'File "{package.group(1) if package else path.rsplit("/", 1)[-1]}"'

    return _STACK_FILE.sub(renamed, stack)


def neutral_program(data: bytes) -> bytes:
    def walk(value):
        if isinstance(value, dict):
            return {k: neutral_stack(v) if k == "stack_trace" else walk(v) for k, v in value.items()}
        return [walk(v) for v in value] if isinstance(value, list) else value

    return json.dumps(walk(json.loads(data))).encode()


def neutralise(source: str, target: str) -> None:
    """Copies an archive record by record, with neutral paths and without the sample inputs."""
    reader = torch._C.PyTorchFileReader(source)
    writer = torch._C.PyTorchFileWriter(target)
    for name in reader.get_all_records():
        if name in ("version", ".data/version", ".data/serialization_id", "byteorder"):
            continue  # the writer adds its own
        data = reader.get_record(name)
        data = neutral_program(data) if name.startswith("models/") else data
        writer.write_record(name, data, len(data))
    writer.write_record("byteorder", b"little", 6)
    writer.write_end_of_file()


def write(sample: Export, folder: pathlib.Path) -> None:
    program, arguments, keywords = export(sample)
    saved = folder / f"{sample.name}.pt2"
    torch.export.save(program, str(saved))
    neutralise(str(saved), str(TARGET / saved.name))
    if sample.of:
        return
    inputs = torch.utils._pytree.tree_leaves((arguments, keywords))
    with torch.no_grad():
        outputs = torch.utils._pytree.tree_leaves(program.module()(*arguments, **keywords))
    for kind, tensors in (("input", inputs), ("output", outputs)):
        for k, tensor in enumerate(tensors):
            np.save(TARGET / f"{sample.name}.{kind}{k}.npy", tensor.numpy()[None])


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for sample in EXPORTS:
            if not wanted or sample.name in wanted:
                write(sample, pathlib.Path(folder))
                print(sample.name)


if __name__ == "__main__":
    main()
