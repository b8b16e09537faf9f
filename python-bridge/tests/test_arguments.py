"""Arguments that are no plain tensors: nested, by name, any number of them."""

import collections
import dataclasses
import json
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

import zkpytorch


def model(forward):
    class Model(nn.Module):
        pass

    Model.forward = forward
    return Model()


def by_keys(self, x, *, batch, scale=2):
    return x - scale * batch["ids"] + 8 * batch["parts"][0]


def any_number(self, x, *others):
    return x - others[0] + 2 * others[1][0]


def alone(self, batch):
    return {"sum": batch["high"] + 2 * batch["low"], "count": batch["high"].numel()}


def named(self, **given):
    return given["a"] - 2 * given["b"]


A, B, C = torch.tensor([1.0, -2.0]), torch.tensor([0.25, 0.5]), torch.tensor([-0.5, 0.75])


@pytest.mark.parametrize(
    "forward, example, names, calls",
    [
        (by_keys, {"batch": {"ids": B, "parts": [C]}, "x": A, "scale": 2}, ["x", "batch.ids", "batch.parts.0"],
         [({"batch": {"parts": (C,), "ids": B}, "x": A},), (A, B, C), (A, {"parts": [C], "ids": B})]),
        (any_number, (A, B, [C]), ["x", "others_0", "others_1.0"], [(A, B, [C]), ((A, B, [C]),), (A, B, C)]),
        (alone, ({"high": A, "low": B},), ["batch.high", "batch.low"],
         [({"low": B, "high": A},), ({"batch": {"low": B, "high": A}},), (A, B)]),
        (named, {"a": A, "b": B}, ["a", "b"], [({"b": B, "a": A},), (A, B)]),
    ],
)  # fmt: skip
def test_nested_and_named_arguments_from_export_to_proof(tmp_path, forward, example, names, calls):
    network = model(forward)
    # Samples nested like the example.
    calibration = torch.utils._pytree.tree_map(lambda t: torch.stack([t, -t]) if isinstance(t, torch.Tensor) else t, example)
    archive = zkpytorch.export(network, example, tmp_path / "m.pt2", calibration=calibration)
    assert archive.format == "torch.export" and archive.compared == 4
    with zipfile.ZipFile(archive.path) as stored:
        (entry,) = [name for name in stored.namelist() if name.endswith("extra/zkpytorch.json")]
        assert [given["name"] for given in json.loads(stored.read(entry))["inputs"]] == names
    compiled = zkpytorch.compile(archive)
    wanted = network(**example) if isinstance(example, dict) else network(*example)
    wanted = wanted["sum"] if isinstance(wanted, dict) else wanted
    for call in calls:
        outputs = zkpytorch.run(compiled, *call)
        torch.testing.assert_close(outputs[0] if isinstance(outputs, tuple) else outputs, wanted, rtol=0.02, atol=0.02)
    proof = zkpytorch.prove(compiled, *calls[0])
    statement = zkpytorch.verify(proof, compiled, inputs=calls[0][0] if len(calls[0]) == 1 else calls[0])
    assert list(statement.inputs) == names
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled, inputs=[torch.zeros(2)] * len(names))


def test_dictionaries_are_taken_by_name(tmp_path):
    compiled = zkpytorch.compile(zkpytorch.export(model(alone), ({"high": A, "low": B},), tmp_path / "m.pt2", calibration=[A[None], B[None]]))
    for given, odd in [({"high": A}, "batch.low"), ({"high": A, "deep": B}, "batch.deep")]:
        with pytest.raises(TypeError, match=f"the model's are batch.high, batch.low; they differ in .*{odd}"):
            zkpytorch.run(compiled, given)


def test_a_trace_of_any_number_of_tensors_has_its_calibration(tmp_path):
    def forward(self, *tensors):
        return tensors[0] - tensors[1]

    archive = zkpytorch.export(model(forward), (A, B), tmp_path / "m.pt", calibration=(A[None], B[None]))
    torch.testing.assert_close(zkpytorch.run(zkpytorch.compile(archive), A, B), A - B, rtol=0.02, atol=0.02)


@pytest.mark.parametrize(
    "example, reason",
    [
        ({"high": A}, "a dictionary with 'high', and forward has no such argument .batch.; .* inside a tuple"),
        ([A, B], r"2 example inputs for a forward of 1 arguments .* inside a tuple: \(\[x, y\],\)"),
        (({"high": object(), "low": B},), "example input 'batch.high' is a object"),
        (({"high": torch.full((2,), torch.inf), "low": B},), "'batch.high' holds NaN or infinite"),
        (({"high": 1.0, "low": 2.0},), "example input 'batch' is a dict; expected a tensor"),
        ({}, "example_inputs is empty"),
    ],
)
def test_arguments_that_forward_does_not_take_are_refused(tmp_path, example, reason):
    with pytest.raises(zkpytorch.ExportError, match=reason):
        zkpytorch.export(model(alone), example, tmp_path / "m.pt2")
    assert not list(tmp_path.iterdir())


def test_calibration_is_nested_like_the_example(tmp_path):
    with pytest.raises(zkpytorch.ExportError, match="calibration is not nested like the example inputs: .* batch.low"):
        zkpytorch.export(model(alone), ({"high": A, "low": B},), tmp_path / "m.pt2", calibration={"batch": {"high": A[None]}})


@dataclasses.dataclass
class Prediction:
    logits: torch.Tensor
    best: torch.Tensor


Pair = collections.namedtuple("Pair", "low high")


def test_outputs_of_a_class_that_pytorch_knows(tmp_path):
    def forward(self, x):
        return Prediction(2 * x, x.argmax(-1))

    torch.export.register_dataclass(Prediction, serialized_type_name="test_arguments.Prediction")
    archive = zkpytorch.export(model(forward), A, tmp_path / "m.pt2", calibration=np.stack([A, -A]))
    assert archive.format == "torch.export"
    logits, best = zkpytorch.run(zkpytorch.compile(archive), A)
    torch.testing.assert_close(logits, 2 * A, rtol=0.02, atol=0.02)
    assert best == 0


def test_where_no_format_takes_the_model_both_reasons_are_given(tmp_path, capfd):
    def forward(self, x):
        # PyTorch knows no such class, and prints the program so far.
        return Pair(2 * x, Prediction(x, x) if torch.full((2,), 1.0).sum() > 0 else x)

    with pytest.raises(zkpytorch.ExportError, match="torch.export refuses the model .*, and TorchScript does not take it either: .*traced"):
        zkpytorch.export(model(forward), A, tmp_path / "m")
    assert "def forward" not in capfd.readouterr().err and not list(tmp_path.iterdir())
