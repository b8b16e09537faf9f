"""`python -m zkpytorch export`: what it writes, and what it says where it cannot."""

import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import zkpytorch
from zkpytorch import export_command

SOURCE = """
import torch
from torch import nn


def make():
    return nn.Sequential(nn.Linear(4, 3), nn.ReLU())


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(50, 4)

    def forward(self, ids, weights):
        return (self.table(ids) * weights.unsqueeze(-1)).sum(1)


class Wide(nn.Module):
    def __init__(self, width, depth=2):
        super().__init__()


def broken():
    raise KeyError("weights.pth")


network = make()
number = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "command_net.py").write_text(SOURCE)
    (tmp_path / "importing.py").write_text("import no_such_package\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "command_net", raising=False)
    return tmp_path


def description(path):
    with zipfile.ZipFile(path) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("/zkpytorch.json")]
        return json.loads(archive.read(entry))


def test_a_model_of_a_module_and_of_a_file(folder, capsys):
    assert export_command.main(["command_net:make", "--example", "2x4", "-o", "m.pt2"]) == 0
    assert "wrote m.pt2 (torch.export" in capsys.readouterr().out
    assert description("m.pt2")["inputs"] == [{"name": "input", "shape": [2, 4], "dtype": "f32"}]
    assert export_command.main(["command_net.py:Words", "--example", "1x7:i64:50", "--example", "1x7"]) == 0
    assert [(i["shape"], i["dtype"]) for i in description("Words.pt2")["inputs"]] == [([1, 7], "i64"), ([1, 7], "f32")]
    assert export_command.main(["command_net:network", "-o", "scripted.pt"]) == 0
    assert description("scripted.pt")["method"] == "scripted"


def test_inputs_and_samples_from_files(folder):
    np.save("x.npy", np.ones((1, 4), np.float32))
    np.savez("samples.npz", input=np.zeros((6, 4), np.float32))
    assert export_command.main(["command_net:make", "--example", "x.npy", "--calibration", "samples.npz", "--format", "torchscript"]) == 0
    with zipfile.ZipFile("Sequential.pt") as archive:
        assert any(name.endswith("zkpytorch/calibration.npz") for name in archive.namelist())
    assert zkpytorch.check("Sequential.pt")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["command_net"], "names no model"),
        (["command_net:mak"], "has no 'mak'; it has make"),
        (["command_net:number"], "is a int; expected a torch.nn.Module"),
        (["command_net:Wide"], r"needs arguments \(width\)"),
        (["command_net:broken"], r"broken\(\) fails: KeyError: 'weights.pth'"),
        (["no_such_module:make"], "there is no Python module 'no_such_module'"),
        (["importing:make"], "importing cannot be imported: No module named 'no_such_package'"),
        (["missing.py:make"], "there is no file missing.py"),
        (["command_net:make", "--example", "1xf"], "'1xf' is no example input"),
        (["command_net:make", "--example", "1x4:f16"], "one of f32, f64"),
        (["command_net:make", "--example", "1x4:f32:3"], "a bound is for integers"),
        (["command_net:make", "--example", "nothing.npy"], "nothing.npy cannot be read as an array"),
        (["command_net:make", "--example", "1x4", "--calibration", "nothing.npz"], "nothing.npz cannot be read"),
        (["command_net:make", "--example", "1x4", "--example", "1x4"], "2 example inputs for a forward of 1"),
    ],
)
def test_what_cannot_be_exported_is_an_error_of_one_line(folder, capsys, words, told):
    before = sorted(folder.glob("*.pt*"))
    assert export_command.main(words) == 2
    error = capsys.readouterr().err
    assert re.search(told, error) and error.startswith("error: ") and len(error.splitlines()) == 1
    assert sorted(folder.glob("*.pt*")) == before


def test_it_is_a_command_of_the_module_and_its_help_is_there(folder):
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(zkpytorch.__file__).parents[1])}
    run = [sys.executable, "-m", "zkpytorch"]
    done = subprocess.run([*run, "export", "command_net:make", "--example", "1x4"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and (folder / "Sequential.pt2").is_file()
    shown = subprocess.run([*run, "--help"], env=environment, capture_output=True, text=True, check=False).stdout
    assert "zkpytorch export MODEL" in shown and "verify" in shown
