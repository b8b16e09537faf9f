"""Every example runs, at a small size, and its proof is verified."""

import importlib.util
import pathlib

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "examples"
SIZES = {
    "image_classifier": {},
    "text_classifier": {},
    "recommender": {},
    "decision_forest": {},
    "language_model": {"steps": 60},
}


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_is_listed():
    # That of trained transformers fetches packages, and is no part of the tests.
    assert {p.stem for p in FOLDER.glob("*.py")} == {*SIZES, "trained_transformers"}


@pytest.mark.parametrize("name", SIZES)
def test_an_example_is_proved(name, tmp_path, recwarn):
    statement = load(name).main(tmp_path, **SIZES[name])
    assert len(statement.model) == 64
    assert statement.outputs


def test_generated_text_is_what_the_statement_names(tmp_path):
    statement = load("language_model").main(tmp_path, steps=20)
    assert len(statement.generation["generated"]) == 12
