"""Messages of zkc name arguments of this package where they name flags of the command line."""

import inspect

import pytest

import zkpytorch
from zkpytorch import words


@pytest.mark.parametrize(
    "told, expected",
    [
        ("give it with --input-shape, for example --input-shape x=1x3x32x32", 'give it with input_shapes, for example input_shapes=["x=1x3x32x32"]'),
        ("compile for a sequence, --input-shape 1x64:i64", 'compile for a sequence, input_shapes=["1x64:i64"]'),
        ("--dim batch=3: the model has no such dimension", 'dims={"batch": 3}: the model has no such dimension'),
        ("give more --calibration samples", "give more calibration samples"),
        ("pass --calibration FILE with some real inputs", "pass calibration with some real inputs"),
        ("R^2 is 0.4, --min-fidelity asks for 0.9", "R^2 is 0.4, min_fidelity asks for 0.9"),
        ("zkc run --generate 3 writes them", "zkpytorch.generate(model, prompt, 3) writes them"),
        ("see zkc compile --emit tensor", "see zkc compile --emit tensor"),
        ("a--bits, ---bits and x --bit-s", "a--bits, ---bits and x --bit-s"),
    ],
)
def test_flags_become_arguments(told, expected):
    assert words.in_python(told) == expected


def test_every_argument_that_a_flag_becomes_is_one():
    functions = (zkpytorch.check, zkpytorch.compile, zkpytorch.prove, zkpytorch.run, zkpytorch.verify, zkpytorch.inspect)
    arguments = {name for function in functions for name in inspect.signature(function).parameters}
    assert set(words._ARGUMENTS.values()) <= arguments
