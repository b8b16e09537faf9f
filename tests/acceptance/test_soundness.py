"""`zkc security` against a second implementation of the soundness budget."""

import json
import pathlib

import pytest
import soundness
from zkpytorch.command import run_zkc

ARCHIVES = pathlib.Path(__file__).parents[1] / "src/test/resources/archives"


# Convolutions in both forms, maxima, quotients, concatenations, several rows of the model.
@pytest.mark.parametrize("name", ["lenet5", "long_kernels", "softmax_head", "small_unet"])
def test_every_term_of_the_budget_twice(name, tmp_path):
    key = tmp_path / f"{name}.vk"
    run_zkc(["compile", ARCHIVES / f"{name}.pt", "-o", key.with_suffix(".zkc"), "--progress", "none"])
    said = json.loads(run_zkc(["security", key, "--json"]))
    expected = soundness.bits(key)
    assert said["bits"] == pytest.approx(expected.pop("all together"), abs=0.01)
    assert {term["step"]: term["bits"] for term in said["terms"]} == pytest.approx(expected, abs=0.01)
    assert said["bits"] >= 100
