"""torchvision models at 224 x 224 from trace to verified proof, and proofs of that size that lie."""

import dataclasses

import numpy as np
import proof_fields
import pytest
import torch
import torchvision
import zkpytorch
from varied import varied

UNSEEN = 4
# Least R^2 at the default bits over unseen inputs of varied mean and contrast.
MODELS = {"squeezenet1_1": 0.95, "resnet18": 0.95, "mobilenet_v2": 0.85}


@dataclasses.dataclass
class Proved:
    network: torch.nn.Module
    files: zkpytorch.CompiledModel
    x: np.ndarray
    proof: zkpytorch.Proof


@pytest.fixture(scope="module")
def proved(request, tmp_path_factory):
    """Traced, compiled with one calibration sample, and proved within a heap of 8 GB."""
    torch.manual_seed(1)
    network = getattr(torchvision.models, request.param)(weights=None).eval()
    x = varied(3, 1)[0]
    folder = tmp_path_factory.mktemp(request.param)
    archive = folder / f"{request.param}.pt"
    with torch.no_grad():
        torch.jit.save(torch.jit.trace(network, torch.from_numpy(x)), archive)
    files = zkpytorch.compile(archive, calibration=varied(55, 1)[0])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZKC_JAVA_OPTS", "-Xmx8g")
        proof = zkpytorch.prove(files, x, threads=1)
    yield Proved(network, files, x, proof)
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize("proved", MODELS, indirect=True)
def test_proofs_verify_and_outputs_are_those_of_run_and_near_pytorchs(proved, request):
    statement = zkpytorch.verify(proved.proof, proved.files, inputs=proved.x, outputs=proved.proof.outputs)
    assert statement.model == proved.files.digest
    assert np.array_equal(zkpytorch.run(proved.files, proved.x), proved.proof.outputs)

    inputs = varied(9, UNSEEN)
    with torch.no_grad():
        expected = np.stack([proved.network(torch.from_numpy(x)).numpy() for x in inputs]).astype(np.float64)
    actual = np.stack([zkpytorch.run(proved.files, x) for x in inputs]).astype(np.float64)
    # Against the variance of each output over the inputs: an offset that all inputs share earns nothing.
    r_squared = 1 - ((actual - expected) ** 2).sum() / ((expected - expected.mean(0)) ** 2).sum()
    assert r_squared >= MODELS[request.node.callspec.params["proved"]]


@pytest.mark.parametrize("proved", ["squeezenet1_1"], indirect=True)
class TestLies:
    """A proof of full size, changed in one place at a time."""

    def rejected(self, proved, tmp_path, data: bytes) -> None:
        assert data != proved.proof.proof.read_bytes()
        (tmp_path / "changed.zkp").write_bytes(data)
        with pytest.raises(zkpytorch.VerificationError):
            zkpytorch.verify(tmp_path / "changed.zkp", proved.files)

    def test_another_output(self, proved):
        outputs = proved.proof.outputs.copy()
        outputs.flat[outputs.argmax()] = np.nextafter(outputs.max(), np.inf, dtype=np.float32)
        with pytest.raises(zkpytorch.VerificationError):
            zkpytorch.verify(proved.proof, proved.files, outputs=outputs)

    def test_another_input(self, proved):
        x = proved.x.copy()
        x[0, 1, 100, 100] += 0.5
        with pytest.raises(zkpytorch.VerificationError):
            zkpytorch.verify(proved.proof, proved.files, inputs=x)

    def test_another_output_in_the_proof_itself(self, proved, tmp_path):
        """The statement's own integers, which lie before the proof."""
        data = bytearray(proved.proof.proof.read_bytes())
        inner = proof_fields.sections(bytes(data))["witness root"]
        last_output = data.index(inner) - 16
        data[last_output - last_output % 4] ^= 1
        self.rejected(proved, tmp_path, bytes(data))

    def test_every_section_dropped_or_changed(self, proved, tmp_path):
        """One of the two for each, in turn: both for all sizes of sections are tried on small proofs."""
        data = proved.proof.proof.read_bytes()
        for k, (name, content) in enumerate(proof_fields.sections(data).items()):
            changed = None
            if k % 2 == 1:
                changed = bytearray(content)
                changed[len(changed) // 2] ^= 1
            self.rejected(proved, tmp_path, proof_fields.with_section(data, name, changed and bytes(changed)))
