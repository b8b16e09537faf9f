"""The package's types hold under mypy --strict."""

import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("mypy", reason="mypy is no package of this environment")


def test_types_are_strict():
    bridge = pathlib.Path(__file__).resolve().parents[1]
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, str(bridge / "src")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
