"""Messages of zkc in the words of this package: it names flags of its command line, a caller from Python gives arguments."""

from __future__ import annotations

import re

#: Flags that functions of this package take as arguments.
_ARGUMENTS = {
    "--input-shape": "input_shapes",
    "--dim": "dims",
    "--method": "method",
    "--weights": "weights",
    "--calibration": "calibration",
    "--evaluate": "evaluate",
    "--labels": "labels",
    "--reference": "reference",
    "--bits": "bits",
    "--min-fidelity": "min_fidelity",
    "--generation": "generation",
    "--disable": "disable",
    "--input": "inputs",
    "--output": "outputs",
    "--generated": "generated",
    "--context": "context",
    "--threads": "threads",
    "--batch": "batch",
    "--key": "key",
    "--expect-model": "expect_model",
}

#: Command lines, which are calls here.
_CALLS = (
    (r"zkc compile --generation", "zkpytorch.compile(..., generation=True)"),
    (r"zkc prove --generated", "zkpytorch.prove(..., generated=...)"),
    (r"zkc run --generate (\w+)", r"zkpytorch.generate(model, prompt, \1)"),
    (r"zkc verify --expect-model", "zkpytorch.verify(..., expect_model=...)"),
)

#: A flag with the value that a message gives it, as in "--input-shape x=1x8" and "--dim batch=1".
_SHAPE = re.compile(r"--input-shape ((?:[\w.]+=)?\d+(?:x\d+)*(?::\w+)?)(?![\w=])")
_DIMENSION = re.compile(r"--dim ([\w.]+)=(\d+)\b")
_FLAG = re.compile(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*\b")


def in_python(text: str) -> str:
    """A message with the names of arguments in place of flags; what has no argument stays as it is."""
    for pattern, call in _CALLS:
        text = re.sub(pattern, call, text)
    text = re.sub(r"(--[a-z-]+) FILE\b", r"\1", text)
    text = _SHAPE.sub(r'input_shapes=["\1"]', text)
    text = _DIMENSION.sub(r'dims={"\1": \2}', text)
    return _FLAG.sub(lambda flag: _ARGUMENTS.get(flag.group(), flag.group()), text)
