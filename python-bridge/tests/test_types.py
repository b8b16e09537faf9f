"""The package's types hold under mypy --strict."""

import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("mypy", reason="mypy is no package of this environment")


def test_types_are_strict(tmp_path):
    bridge = pathlib.Path(__file__).resolve().parents[1]
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(bridge / "src")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
