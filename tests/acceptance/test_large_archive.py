"""Weights are read where their archive is mapped: the heap holds no copy of them."""

import os
import subprocess

import torch

WIDTH = 8192
# A quarter of the 256 MB of weights.
HEAP = "-Xmx64m -Xmn24m"


def test_check_needs_no_room_for_the_weights(tmp_path):
    archive = tmp_path / "wide.pt2"
    model = torch.nn.Sequential(torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, 16)).eval()
    torch.export.save(torch.export.export(model, (torch.zeros(1, WIDTH),)), archive)
    done = subprocess.run(
        [os.environ.get("ZKC", "zkc"), "check", archive], env=os.environ | {"ZKC_JAVA_OPTS": HEAP}, capture_output=True, text=True, check=False
    )
    archive.unlink()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing found" in done.stdout
