"""What zkc reads from an archive computes what PyTorch computes, for random calls of its operators."""

import numpy as np
import operator_cases
import pytest
import torch
import zkpytorch
from zkpytorch.command import run_zkc

CASES = 15


def written(folder, seed, cases=CASES):
    """An archive of random calls, and PyTorch's answers to its input."""
    module, x = operator_cases.batch(seed, cases)
    torch.jit.save(module, folder / "operators.pt")
    with torch.no_grad():
        answers = torch.jit.load(folder / "operators.pt")(x.clone())
    return x, [y.numpy() for y in answers]


def tensor_level(folder, x, answers):
    """Reads the archive and compares its tensor level with the answers."""
    np.savez(folder / "answers.npz", x=x.numpy(), **{f"output{k}": y for k, y in enumerate(answers)})
    run_zkc([
        "compile", folder / "operators.pt", "--emit", "tensor", "-o", folder / "operators.zkir", "--reference", folder / "answers.npz"
    ])  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(4))
def test_every_operator_computes_what_pytorch_computes(seed, tmp_path):
    x, answers = written(tmp_path, seed)
    tensor_level(tmp_path, x, answers)
    assert (tmp_path / "operators.zkir").is_file()


@pytest.mark.filterwarnings("ignore")
def test_an_answer_that_differs_is_told_with_its_line(tmp_path):
    x, answers = written(tmp_path, 0, cases=2)
    answers[-1] = answers[-1] + 0.01 * np.abs(answers[-1]).max()
    with pytest.raises(zkpytorch.ZkcError, match=rf"operator_cases.py:\d+: output output{len(answers) - 1} is"):
        tensor_level(tmp_path, x, answers)
