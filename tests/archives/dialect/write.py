"""Writes the archives that exercise the dialect, one file each.

    python tests/archives/dialect/write.py [NAME...]

Each archive, in tests/src/test/resources/dialect, says itself what is expected of it: `extra/zkpytorch.json` has the shapes of the
inputs, `extra/zkpytorch/answers.npz` what PyTorch answers to them, `extra/expected.json` the method, the outputs' names and, where the
archive is to be refused, a part of the error.
"""

import importlib
import io
import json
import linecache
import pathlib
import sys
import tempfile
import warnings

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "test" / "resources" / "dialect"
THEMES = ["attention", "control_flow", "containers", "host_values", "idioms", "recurrent", "writes"]
SAMPLES = 2

sys.path[:0] = [str(HERE), str(HERE.parent)]
from cases import CASES, Case  # noqa: E402
from neutral_paths import neutralise  # noqa: E402


def is_shape(value) -> bool:
    return type(value) is tuple and all(isinstance(n, int) for n in value)


def tensors(structure, generator):
    """The structure with a tensor in place of each shape."""
    if is_shape(structure):
        return torch.from_numpy(generator.standard_normal(structure).astype(np.float32))
    if isinstance(structure, dict):
        return {k: tensors(v, generator) for k, v in structure.items()}
    if isinstance(structure, list):
        return [tensors(v, generator) for v in structure]
    elements = [tensors(v, generator) for v in structure]
    return type(structure)(*elements) if hasattr(structure, "_fields") else tuple(elements)


def flat(value, path: str) -> list[tuple[str, torch.Tensor]]:
    """The tensors of a nested value with their paths: keys, fields and positions, joined by dots."""
    join = lambda part: f"{path}.{part}" if path else str(part)  # noqa: E731
    if isinstance(value, torch.Tensor):
        return [(path, value)]
    if value is None:
        return []
    if isinstance(value, dict):
        return [pair for k, v in value.items() for pair in flat(v, join(k))]
    names = getattr(value, "_fields", range(len(value)))
    return [pair for k, v in zip(names, value) for pair in flat(v, join(k))]


def write(case: Case, folder: pathlib.Path) -> None:
    torch.manual_seed(7)
    model = case.model().eval()
    generator = np.random.default_rng(7)
    samples = [tensors(case.inputs, generator) for _ in range(SAMPLES)]
    if case.how == "trace":
        module = torch.jit.trace(model, samples[0], strict=False)
    else:
        module = torch.jit.script(model)
        module = torch.jit.freeze(module) if case.how == "freeze" else module

    schema = getattr(module, case.method).schema
    names = [a.name for a in schema.arguments[1:]]
    arrays: dict[str, list[np.ndarray]] = {}
    expected = {"method": case.method, "refused": case.refused, "outputs": []}
    for sample in samples:
        inputs = [pair for name, value in zip(names, sample) for pair in flat(value, name)]
        for k, (_, x) in enumerate(inputs):
            arrays.setdefault(f"input{k}", []).append(x.numpy().copy())
        if case.refused:
            continue
        # A fresh copy for each call: models that write their attributes start from the archive's.
        buffer = io.BytesIO()
        torch.jit.save(module, buffer)
        buffer.seek(0)
        with torch.no_grad():
            outputs = flat(getattr(torch.jit.load(buffer), case.method)(*sample), "")
        expected["outputs"] = ["output" + p if p[:1].isdigit() else p or "output" for p, _ in outputs]
        if len(outputs) == 1 and outputs[0][0][:1].isdigit():
            expected["outputs"] = ["output"]
        for k, (_, y) in enumerate(outputs):
            arrays.setdefault(f"output{k}", []).append(y.numpy())

    description = {
        "format": 1,
        "torch": torch.__version__,
        "entry": case.method,
        "inputs": [{"name": path, "shape": list(x.shape), "dtype": "f32"} for path, x in inputs],
    }
    answers = io.BytesIO()
    np.savez(answers, **{name: np.stack(values) for name, values in arrays.items()})
    path = folder / f"{case.name}.pt"
    extra = {"zkpytorch.json": json.dumps(description), "expected.json": json.dumps(expected)}
    if not case.refused:
        extra["zkpytorch/answers.npz"] = answers.getvalue()
    torch.jit.save(module, str(path), _extra_files=extra)
    neutralise(str(path), str(TARGET / path.name))


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for theme in THEMES:
        importlib.import_module(theme)
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if not wanted or case.name in wanted:
                try:
                    write(case, pathlib.Path(folder))
                except Exception as e:
                    print("FAILED", case.name, str(e)[:1500])


if __name__ == "__main__":
    main()
