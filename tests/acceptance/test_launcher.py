"""The launcher as containers start it: without a locale, and without what earlier runs left."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

ARCHIVES = Path(__file__).parent.parent / "src/test/resources/archives"


def zkc(locale, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_CTYPE", "LANG")}
    words = [os.environ.get("ZKC", "zkc"), *map(str, arguments)]
    return subprocess.run(words, env=environment | locale, capture_output=True, encoding="utf-8", check=True)


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C"}, {"LANG": "xx_XX.UTF-8"}], ids=["none", "C", "not installed"])
def test_paths_and_texts_beyond_ascii(locale, tmp_path):
    folder = tmp_path / "Größe"
    folder.mkdir()
    shutil.copy(ARCHIVES / "mlp.pt", folder / "ü.pt")
    np.save(folder / "ü.npy", np.zeros((1, 784), np.float32))
    model, proof = folder / "модель.zkc", folder / "証明.zkp"
    zkc(locale, "compile", folder / "ü.pt", "-o", model)
    zkc(locale, "prove", model, "--input", folder / "ü.npy", "-o", proof, "--context", "ä 7")
    verified = zkc(locale, "verify", proof, "--key", folder / "модель.vk", "--context", "ä 7")
    assert "context      ä 7" in verified.stdout


def test_errors_are_written_when_the_process_has_ended(tmp_path):
    errors = tmp_path / "errors"
    for _ in range(5):
        with errors.open("wb") as file:
            done = subprocess.run([os.environ.get("ZKC", "zkc"), "inspect", tmp_path / "none.zkc"], stdout=subprocess.PIPE, stderr=file, check=False)
        assert done.returncode == 2
        assert "none.zkc" in errors.read_text()


def test_a_server_does_not_measure_the_machine(tmp_path):
    """The first compilation would wait until the vector loops are compiled."""
    shutil.copy(ARCHIVES / "mlp.pt", tmp_path / "m.pt")
    request = {"jsonrpc": "2.0", "id": 1, "method": "compile", "params": {"model": str(tmp_path / "m.pt")}}
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = [os.environ.get("ZKC", "zkc"), "serve", "--stdio"]
    with subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as server:
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        answers = (json.loads(line) for line in server.stdout)  # reports of progress come before the answer
        answer = next(a for a in answers if a.get("id") == 1)
        server.stdin.close()
    assert "result" in answer, answer
    assert not list(tmp_path.glob("cache/zkc/rates-*"))
