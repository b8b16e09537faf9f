"""The examples of JAX and torchax, where these are installed; the text that the first one writes is tested without."""

import importlib.util
import pathlib

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "examples" / "jax"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_function_of_jax_is_proved(tmp_path):
    pytest.importorskip("jax")
    load("spirals").main(tmp_path, steps=300)
    assert (tmp_path / "answer.zkp").stat().st_size > 0


def test_a_module_that_torchax_exports_is_proved(tmp_path):
    pytest.importorskip("torchax")
    load("torch_module").main(tmp_path)
    assert (tmp_path / "answer.zkp").stat().st_size > 0
