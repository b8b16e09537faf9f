"""Every public name says what it takes and gives: parameters, shapes, types, results, errors."""

import dataclasses
import inspect
import re

import pytest

import zkpytorch

PUBLIC = {name: getattr(zkpytorch, name) for name in zkpytorch.__all__}
CLASSES = {name: value for name, value in PUBLIC.items() if inspect.isclass(value)}
FUNCTIONS = {name: value for name, value in PUBLIC.items() if not inspect.isclass(value)}
FUNCTIONS["Provable.verify"] = zkpytorch.Provable.verify
FUNCTIONS["Provable.__call__"] = zkpytorch.Provable.__call__


def section(text, title):
    """The entries `name: text` of a docstring's section."""
    lines = inspect.cleandoc(text).splitlines()
    if f"{title}:" not in lines:
        return {}
    entries, name = {}, None
    for line in lines[lines.index(f"{title}:") + 1 :]:
        if line and not line.startswith(" "):
            break
        entry = re.fullmatch(r"    (\w+(?:, \w+)*): (.*)", line)
        if entry:
            name = entry[1]
            entries[name] = entry[2]
        elif name and line.strip():
            entries[name] += " " + line.strip()
    return entries


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_documents_its_parameters_results_and_errors(name):
    function = FUNCTIONS[name]
    text = function.__doc__
    signature = inspect.signature(function)
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    assert text and inspect.cleandoc(text).splitlines()[0].endswith(".")
    assert list(section(text, "Args")) == [p.name for p in parameters]
    for parameter in parameters:
        assert parameter.annotation is not parameter.empty, parameter.name
        if "ArrayLike" in str(parameter.annotation):
            assert "shape" in section(text, "Args")[parameter.name], parameter.name
    assert signature.return_annotation is not signature.empty
    if signature.return_annotation not in (None, "None"):
        assert "Returns:" in inspect.cleandoc(text).splitlines()
    if parameters:
        assert section(text, "Raises")


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_documents_what_it_holds(name):
    kind = CLASSES[name]
    # A dataclass without documentation gets its signature.
    assert kind.__doc__ and not kind.__doc__.startswith(f"{name}(")
    held = [f.name for f in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    described = section(kind.__doc__, "Attributes")
    assert [n for n in described if n in held] == held
    for member, value in vars(kind).items():
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            assert value.fget.__doc__ or member in described, member
        elif inspect.isroutine(inspect.unwrap(getattr(kind, member))):
            assert getattr(kind, member).__doc__, member


def test_options_are_given_by_name():
    for name, function in FUNCTIONS.items():
        positional = [p for p in inspect.signature(function).parameters.values() if p.kind == p.POSITIONAL_OR_KEYWORD]
        assert len([p for p in positional if p.name != "self"]) <= 3, name
