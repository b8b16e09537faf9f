"""The whole way in Python: export, compile, run, prove, verify, with the zkc that these tests belong to."""

import gc
import json
import pathlib
import pickle
import threading

import numpy as np
import pytest
import torch
from torch import nn

import zkpytorch
from zkpytorch import command, temporary


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    torch.manual_seed(11)
    folder = tmp_path_factory.mktemp("model")
    network = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 4))
    archive = zkpytorch.export(network, torch.randn(1, 12), folder / "network.pt", calibration=torch.randn(32, 12))
    return network.eval(), zkpytorch.compile(archive)


@pytest.fixture(scope="module")
def proved(compiled):
    torch.manual_seed(12)
    x = torch.randn(1, 12)
    return x, zkpytorch.prove(compiled[1], x, context="order 17")


def test_compile_writes_model_and_key_beside_the_archive(compiled):
    files = compiled[1]
    assert files.model.name == "network.zkc" and files.model.is_file()
    assert files.key.name == "network.vk" and files.key.is_file()
    assert files.summary.strip()


@pytest.mark.parametrize("embedding", [nn.Embedding, nn.EmbeddingBag])
def test_rows_of_an_embedding_are_scaled_to_max_norm(tmp_path, embedding):
    torch.manual_seed(13)
    network, x = embedding(10, 4, max_norm=0.5, norm_type=1.0).eval(), torch.tensor([[1, 7, 3]])
    compiled = zkpytorch.compile(zkpytorch.export(network, x + 1, tmp_path / "m.pt"))
    assert torch.allclose(zkpytorch.run(compiled, x), network(x), atol=0.005)


def test_columns_of_categories_have_the_range_of_their_own_table(tmp_path):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.tables = nn.ModuleList(nn.Embedding(rows, 3) for rows in (11, 30, 7))
            self.out = nn.Linear(10, 2)

        def forward(self, dense, ids):
            return self.out(torch.cat([dense] + [table(ids[:, k]) for k, table in enumerate(self.tables)], 1))

    torch.manual_seed(14)
    network, rows = Network().eval(), torch.tensor([11, 30, 7])
    ids = torch.stack([rows - 1, torch.tensor([0, 12, 3])])
    compiled = zkpytorch.compile(zkpytorch.export(network, (torch.randn(2, 1), torch.zeros_like(ids)), tmp_path / "m.pt2"))
    dense = torch.randn(2, 1)
    proof = zkpytorch.prove(compiled, dense, ids)
    assert torch.allclose(proof.outputs, network(dense, ids), atol=0.05)
    statement = zkpytorch.verify(proof, compiled, inputs=(dense, ids), outputs=proof.outputs)
    assert np.array_equal(statement.inputs["ids[:, 1]"], ids[:, 1:2].numpy())
    zkpytorch.verify(zkpytorch.prove(compiled, {"ids": ids, "dense": dense}), compiled, inputs={"ids": ids, "dense": dense})
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled, inputs=(dense, ids.flip(0)))
    for column in range(3):
        beyond = ids.clone()
        beyond[0, column] += 1
        with pytest.raises(zkpytorch.ZkcError, match=rf"input ids\[:, {column}\] has {rows[column]} at element 0"):
            zkpytorch.run(compiled, dense, beyond)
    with pytest.raises(zkpytorch.ZkcError, match="input ids has shape"):
        zkpytorch.run(compiled, dense, ids[:, :2])
    several = zkpytorch.prove(compiled, torch.stack([dense, -dense]), torch.stack([ids, ids.flip(0)]), batch=True)
    zkpytorch.verify(several, compiled, inputs=(torch.stack([dense, -dense]), torch.stack([ids, ids.flip(0)])))


def test_the_best_boxes_of_a_detector_keep_their_scores(tmp_path):
    """Boxes in pixels and scores stand side by side, and the best rows are chosen by the scores: parts have scales of their own."""

    class Detector(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, 2, 1), nn.ReLU())
            self.head = nn.Conv2d(8, 2 * 7, 1)
            y, x = torch.meshgrid(16 * torch.arange(4) + 8.0, 16 * torch.arange(4) + 8.0, indexing="ij")
            sizes = [torch.stack([x, y, torch.full_like(x, size), torch.full_like(y, size)], -1).view(-1, 4) for size in (12.0, 30.0)]
            self.register_buffer("anchors", torch.cat(sizes))

        def forward(self, image):
            found = self.head(self.body(image)).view(-1, 2, 7, 4, 4).permute(0, 1, 3, 4, 2).reshape(-1, 32, 7)
            centre = self.anchors[:, :2] + found[..., :2] * self.anchors[:, 2:]
            size = self.anchors[:, 2:] * torch.exp(0.5 * found[..., 2:4])
            decoded = torch.cat([centre - size / 2, centre + size / 2, found[..., 4:].sigmoid()], -1)
            best, at = decoded[..., 4:].amax(-1).topk(3, 1)
            return torch.gather(decoded, 1, at.unsqueeze(-1).expand(-1, -1, 7)), best, decoded

    torch.manual_seed(21)
    network = Detector().eval()
    with torch.no_grad():
        network.head.weight.mul_(4)
    compiled = zkpytorch.compile(zkpytorch.export(network, torch.randn(1, 3, 16, 16), tmp_path / "m.pt", calibration=torch.randn(24, 3, 16, 16)))
    images = torch.randn(64, 1, 3, 16, 16)
    with torch.no_grad():
        lead = torch.stack([(-network(x)[2][..., 4:].amax(-1).sort(descending=True)[0].diff())[0, :3].min() for x in images])
    x = images[lead.argmax()]
    proof = zkpytorch.prove(compiled, x)
    zkpytorch.verify(proof, compiled, inputs=x, outputs=proof.outputs)
    with torch.no_grad():
        rows, best, decoded = network(x)
    for found, expected in ((proof.outputs[0], rows), (proof.outputs[2], decoded)):
        assert torch.allclose(found[..., :4], expected[..., :4], atol=2)
        assert torch.allclose(found[..., 4:], expected[..., 4:], atol=0.01)
    assert torch.allclose(proof.outputs[1], best, atol=0.01)
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled, inputs=x, outputs=(proof.outputs[0].flip(1), *proof.outputs[1:]))


def test_run_is_close_to_pytorch_and_equals_the_proved_output(compiled, proved):
    network, files = compiled
    x, proof = proved
    output = zkpytorch.run(files, x)
    assert isinstance(output, torch.Tensor)
    assert torch.equal(output, proof.outputs)
    with torch.no_grad():
        expected = network(x)
    assert (output - expected).abs().max() < 0.1 * expected.abs().max()


def test_arrays_in_give_arrays_out(compiled):
    output = zkpytorch.run(compiled[1], np.zeros((1, 12), np.float32))
    assert isinstance(output, np.ndarray)
    assert output.shape == (1, 4) and output.dtype == np.float32


def test_a_true_statement_verifies(compiled, proved):
    x, proof = proved
    statement = zkpytorch.verify(proof, compiled[1], inputs=x, outputs=proof.outputs, context="order 17")
    assert statement.model == compiled[1].digest == proof.report["model"]
    assert statement.context == "order 17"
    assert np.array_equal(statement.outputs["output"], proof.outputs.numpy())
    (rounded,) = statement.inputs.values()
    assert rounded.dtype == np.float32 and np.abs(rounded - x.numpy()).max() < 0.01


def test_proofs_in_use_keep_their_files(compiled):
    samples = [torch.full((1, 12), value) for value in (-1.0, 0.0, 1.0)]
    proofs = [zkpytorch.prove(compiled[1], x) for x in samples]
    for x, proof in zip(samples, proofs):
        zkpytorch.verify(proof, compiled[1], inputs=x, outputs=proof.outputs)
    free = proofs.pop(0).proof
    gc.collect()
    assert zkpytorch.prove(compiled[1], samples[2]).proof == free
    assert zkpytorch.prove(compiled[1], samples[2], proof=free).proof == free


def test_threads_that_prove_at_once_write_files_of_their_own(compiled):
    proofs = {}

    def work(value):
        proofs[value] = zkpytorch.prove(compiled[1], torch.full((1, 12), value))

    threads = [threading.Thread(target=work, args=(value,)) for value in (0.25, 0.5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for value, proof in proofs.items():
        zkpytorch.verify(proof, compiled[1], inputs=torch.full((1, 12), value))
    assert len({proof.proof for proof in proofs.values()}) == 2


def test_another_statement_is_rejected(compiled, proved):
    x, proof = proved
    changed = proof.outputs.clone()
    changed[0, 0] = torch.nextafter(changed[0, 0], torch.tensor(float("inf")))
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled[1], outputs=changed, context="order 17")
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled[1], inputs=x + 1, context="order 17")
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled[1], context="order 18")


def test_a_changed_proof_is_rejected(compiled, proved, tmp_path):
    data = bytearray(proved[1].proof.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.zkp").write_bytes(data)
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(tmp_path / "changed.zkp", compiled[1], context="order 17")


def test_evaluation_sets_with_labels_are_reported_on(compiled, tmp_path):
    network, _ = compiled
    torch.manual_seed(13)
    archive = zkpytorch.export(network, torch.randn(1, 12), tmp_path / "network.pt", calibration=torch.randn(32, 12))
    x = torch.randn(40, 12)
    with torch.no_grad():
        labels = network(x).argmax(1)
    summary = zkpytorch.compile(archive, evaluate=x, labels=labels, min_fidelity=0.9).summary
    assert "40 samples of evaluation.npz" in summary
    assert "of 40 rows, fp32 100.00 %" in summary
    with pytest.raises(zkpytorch.ZkcError, match="classes 0 to 3"):
        zkpytorch.compile(archive, evaluate=x, labels=labels + 4)
    with pytest.raises(ValueError, match="evaluate"):
        zkpytorch.compile(archive, labels=labels)


def test_reference_answers_are_compared(compiled, tmp_path):
    network, _ = compiled
    torch.manual_seed(14)
    archive = zkpytorch.export(network, torch.randn(1, 12), tmp_path / "network.pt", calibration=torch.randn(32, 12))
    x = torch.randn(5, 1, 12)
    with torch.no_grad():
        answers = network(x)
    files = zkpytorch.compile(archive, reference=(x, answers))
    assert files.model.is_file()
    files.model.unlink()
    changed = answers.clone()
    changed[3, 0, 2] += 0.01 * answers.abs().max()
    with pytest.raises(zkpytorch.ZkcError, match="where the model answered") as caught:
        zkpytorch.compile(archive, reference=(x, changed))
    assert caught.value.exit_code == 2 and not files.model.exists()
    with pytest.raises(zkpytorch.ZkcError, match="no array given"):
        zkpytorch.compile(archive, reference=(x,))


def test_some_calibration_samples_are_held_back(compiled):
    assert "32 calibration samples, 5 of them held back" in compiled[1].summary


def test_results_show_themselves_in_a_line_or_two(compiled, proved):
    x, proof = proved
    statement = zkpytorch.verify(proof, compiled[1], context="order 17")
    inspected = zkpytorch.inspect(compiled[1])
    assert inspected.report["kind"] == "model" and zkpytorch.inspect(proof, key=compiled[1]).report["kind"] == "proof"
    for result, told in [
        (compiled[1], "fidelity output 0.9"),
        (proof, "output 1x4"),
        (statement, "output output: float32 1x4"),
        (inspected, "compiled model"),
    ]:
        assert told in repr(result) and len(repr(result).splitlines()) <= 2 and len(repr(result)) < 500
        assert "<" in result._repr_html_() and len(result._repr_html_()) < 20_000
    assert 0.9 < compiled[1].fidelity["output"] <= 1 and compiled[1].warnings == ()


def test_progress_is_told_in_the_calling_thread(compiled, tmp_path):
    told = []
    zkpytorch.prove(
        compiled[1],
        torch.zeros(1, 12),
        proof=tmp_path / "p.zkp",
        progress=lambda stage, fraction: told.append((threading.get_ident(), stage, fraction)),
    )
    assert len(told) > 3 and {thread for thread, _, _ in told} == {threading.get_ident()}
    assert all(0 <= fraction <= 1 for _, _, fraction in told)


def test_several_samples_are_proved_in_one_proof(compiled, tmp_path):
    torch.manual_seed(15)
    x = torch.randn(3, 1, 12)
    proof = zkpytorch.prove(compiled[1], x, proof=tmp_path / "batch.zkp", batch=True)
    assert proof.outputs.shape == (3, 1, 4)
    statement = zkpytorch.verify(proof, compiled[1], inputs=x, outputs=proof.outputs)
    assert np.array_equal(statement.outputs["output"], proof.outputs.numpy())
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, compiled[1], inputs=x.flip(0))


def test_check_lists_every_fault_with_its_line(compiled, tmp_path):
    class Faulty(nn.Module):
        def forward(self, x):
            return torch.linalg.svdvals(x) + torch.linalg.eigvalsh(x @ x.transpose(0, 1))[:2]

    archive = zkpytorch.export(Faulty(), torch.randn(2, 3), tmp_path / "faulty.pt")
    found = zkpytorch.check(archive)
    assert not found and len(found.faults) == 2
    for fault in found.faults:
        assert fault.frame.file == "test_proving.py" and fault.frame.line > 0 and fault.why
    assert "test_proving.py" in repr(found) and "svdvals" in found._repr_html_()
    with pytest.raises(zkpytorch.ZkcError) as caught:
        zkpytorch.compile(archive)
    assert caught.value.exit_code == 2
    assert caught.value.frame.file == "test_proving.py" and caught.value.frame.line == found.faults[0].frame.line
    assert str(caught.value).startswith(f"test_proving.py:{caught.value.frame.line}")
    network, _ = compiled
    good = zkpytorch.check(zkpytorch.export(network, torch.randn(1, 12), tmp_path / "good.pt", calibration=torch.randn(32, 12)))
    assert good and good.faults == ()


def test_errors_carry_zkcs_own_text(compiled, tmp_path):
    with pytest.raises(zkpytorch.ZkcError, match="missing.pt") as caught:
        zkpytorch.compile(tmp_path / "missing.pt")
    assert caught.value.exit_code == 2
    with pytest.raises(zkpytorch.ZkcError) as caught:
        zkpytorch.run(compiled[1], torch.zeros(1, 13))
    assert caught.value.exit_code == 2 and "\n" not in str(caught.value).strip()


def test_a_zkc_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("ZKC", "/nowhere/zkc")
    with pytest.raises(FileNotFoundError, match="/nowhere/zkc"):
        zkpytorch.run("model.zkc", np.zeros(1, np.float32))


def test_zkc_is_found_in_the_checkout_that_pip_installed_from(monkeypatch, tmp_path):
    checkout = tmp_path / "a checkout"
    (checkout / "python-bridge").mkdir(parents=True)
    (checkout / "zkc").write_text("#!/bin/sh\n")
    (checkout / "zkc").chmod(0o755)
    installed = tmp_path / "lib" / "python" / "site-packages" / "zkpytorch"
    installed.mkdir(parents=True)
    record = tmp_path / "lib" / "python" / "site-packages" / "zkpytorch-0.1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: zkpytorch\nVersion: 0.1.0\n")
    (record / "direct_url.json").write_text(json.dumps({"dir_info": {}, "url": (checkout / "python-bridge").as_uri()}))
    monkeypatch.syspath_prepend(str(record.parent))
    monkeypatch.setattr(command, "__file__", str(installed / "command.py"))
    monkeypatch.delenv("ZKC", raising=False)
    monkeypatch.setenv("PATH", "")
    assert command.find_zkc() == str(checkout / "zkc")
    (checkout / "zkc").unlink()
    with pytest.raises(FileNotFoundError, match="set the variable ZKC"):
        command.find_zkc()


def test_several_inputs_may_come_as_a_tuple_and_other_things_are_named(compiled):
    x = torch.zeros(1, 12)
    assert torch.equal(zkpytorch.run(compiled[1], (x,)), zkpytorch.run(compiled[1], x))
    with pytest.raises(TypeError, match="input 0 must be a tensor or an array of numbers, got str"):
        zkpytorch.prove(compiled[1], "x.npy")
    with pytest.raises(TypeError, match="input 0 must be a tensor or an array of numbers, got list"):
        zkpytorch.run(compiled[1], [[1.0], [2.0, 3.0]])


def test_tensors_that_numpy_does_not_hold_are_widened_or_named(compiled):
    x = torch.linspace(-1, 1, 12)[None]
    exact = x.to(torch.bfloat16)
    assert torch.equal(zkpytorch.run(compiled[1], exact), zkpytorch.run(compiled[1], exact.float()))
    assert torch.equal(zkpytorch.run(compiled[1], torch._neg_view(-x)), zkpytorch.run(compiled[1], x))
    for other in (x.to("meta"), x.to_sparse(), torch.complex(x, x)):
        with pytest.raises(TypeError, match="input 0 must be a dense tensor of real numbers"):
            zkpytorch.run(compiled[1], other)
    for function in (zkpytorch.run, zkpytorch.prove):
        with pytest.raises(TypeError, match="there is no input; give the arguments"):
            function(compiled[1])


class Bigram(nn.Module):
    """Tokens to logits of the next one."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(12, 8)
        self.head = nn.Linear(8, 12)

    def forward(self, ids):
        return self.head(torch.relu(self.tokens(ids)))


@pytest.mark.parametrize("generation", [False, True])
def test_generated_text_is_proved(generation, tmp_path):
    torch.manual_seed(13)
    ids = torch.randint(0, 12, (16, 6))
    archive = zkpytorch.export(Bigram(), ids[:1], tmp_path / "bigram.pt", calibration=ids)
    files = zkpytorch.compile(archive, generation=generation)
    prompt = torch.tensor([[3, 1]])
    tokens = zkpytorch.generate(files, prompt, 3)
    assert tokens.shape == (1, 3) and tokens.dtype == torch.int64
    proof = zkpytorch.prove(files, prompt, generated=tokens)
    statement = zkpytorch.verify(proof, files, inputs=prompt, generated=tokens)
    assert statement.generation["prompt"] == [3, 1]
    assert statement.generation["generated"] == tokens[0].tolist()
    other = (tokens + 1) % 12
    with pytest.raises(zkpytorch.VerificationError):
        zkpytorch.verify(proof, files, inputs=prompt, generated=other)
    with pytest.raises(zkpytorch.ZkcError):
        zkpytorch.prove(files, prompt, generated=other)


def test_calls_of_what_is_provable_give_proofs():
    weight = torch.linspace(-1, 1, 12).reshape(3, 4)

    @zkpytorch.provable(torch.ones(1, 4), calibration=torch.randn(16, 4, generator=torch.Generator().manual_seed(1)))
    def scores(x):
        return torch.relu(x @ weight.T)

    x = torch.tensor([[0.5, -1.0, 0.25, 1.0]])
    proof = scores(x, context="c")
    assert torch.allclose(proof.outputs, torch.relu(x @ weight.T), atol=0.05)
    statement = scores.verify(proof, inputs=x, outputs=proof.outputs, context="c")
    assert statement.model == scores.compiled.digest
    second = scores(-x)
    assert second.proof != proof.proof and proof.proof.is_file()
    with pytest.raises(zkpytorch.VerificationError):
        scores.verify(second, inputs=x)
    network = zkpytorch.provable(torch.ones(1, 4))(nn.Linear(4, 2))
    assert network(x).outputs.shape == (1, 2)
    with pytest.raises(TypeError, match="decorate an instance"):
        zkpytorch.provable(torch.ones(1, 4))(nn.Linear)


def test_inputs_beyond_the_range_are_warned_of(compiled, tmp_path):
    x = torch.full((1, 12), 1e30)
    with pytest.warns(zkpytorch.ZkcWarning, match="12 of 12 elements of input .* and are cut to it") as caught:
        proof = zkpytorch.prove(compiled[1], x, proof=tmp_path / "cut.zkp")
    assert caught[0].filename == __file__ and "are cut to it" in proof.warnings[0]
    assert "are cut to it" in proof._repr_html_()
    with pytest.warns(zkpytorch.ZkcWarning, match="are cut to it") as caught:
        outputs = zkpytorch.run(compiled[1], x)
    assert caught[0].filename == __file__ and torch.equal(outputs, proof.outputs)


def test_dimensions_are_given_by_name(tmp_path):
    model = nn.Sequential(nn.Linear(6, 3), nn.ReLU())
    dynamic = torch.export.export(model, (torch.randn(4, 6),), dynamic_shapes=({0: torch.export.Dim("batch")},))
    archive = tmp_path / "dynamic.pt2"
    torch.export.save(dynamic, archive)
    assert zkpytorch.check(archive, dims={"batch": 5})
    files = zkpytorch.compile(archive, dims={"batch": 5}, calibration=torch.randn(16, 5, 6))
    assert zkpytorch.run(files, torch.randn(5, 6)).shape == (5, 3)
    even = torch.export.export(model, (torch.randn(4, 6),), dynamic_shapes=({0: 2 * torch.export.Dim("half", min=1, max=8)},))
    torch.export.save(even, tmp_path / "even.pt2")
    files = zkpytorch.compile(tmp_path / "even.pt2", dims={"input.0": 6}, calibration=torch.randn(16, 6, 6))
    assert zkpytorch.run(files, torch.randn(6, 6)).shape == (6, 3)
    with pytest.raises(zkpytorch.ZkcError, match="^dims gives the dimension .* two values, 6 and 5"):
        zkpytorch.compile(archive, dims={"x.0": 5, "batch": 6})
    with pytest.raises(zkpytorch.ZkcError, match=r"input_shapes\b") as caught:
        zkpytorch.compile(archive, input_shapes=["5xsix"])
    assert "--" not in str(caught.value)


def test_temporary_files_lie_in_one_folder_and_are_removed(compiled, tmp_path, monkeypatch):
    network, model = compiled
    monkeypatch.setattr(temporary, "_folder", None)
    zkpytorch.prove(model, torch.randn(1, 12), proof=tmp_path / "a.zkp")
    folder = pathlib.Path(temporary._folder)
    assert list(folder.iterdir()) == []
    zkpytorch.prove(model, torch.randn(1, 12), proof=tmp_path / "b.zkp")
    assert temporary._folder == str(folder)
    folder.rmdir()
    zkpytorch.prove(model, torch.randn(1, 12), proof=tmp_path / "c.zkp")
    assert pathlib.Path(temporary._folder).is_dir() and temporary._folder != str(folder)
    temporary._remove()
    assert not pathlib.Path(temporary._folder).exists()


def test_results_and_errors_pass_between_processes(compiled, tmp_path):
    for error in (
        zkpytorch.ZkcError("bad", 2, frame=zkpytorch.Frame("m.py", 3, "return x"), remedy="mend it"),
        zkpytorch.VerificationError("INVALID: changed", 1),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    with pytest.raises(zkpytorch.ZkcError) as refused:
        zkpytorch.inspect(tmp_path / "none.zkc")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)
    x = torch.randn(1, 12)
    proof = zkpytorch.prove(compiled[1], x, proof=tmp_path / "p.zkp")
    model, proof = pickle.loads(pickle.dumps((compiled[1], proof)))
    assert zkpytorch.verify(proof, model, inputs=x, outputs=proof.outputs).model == model.digest
