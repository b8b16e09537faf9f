"""zkpytorch.export: what it writes, and what it refuses."""

import io
import json
import shutil
import warnings
import zipfile

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import zkpytorch


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.dropout = nn.Dropout(0.5)
        self.norm = nn.BatchNorm1d(8)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc2(self.dropout(F.relu(self.norm(self.fc1(x)))))


def model(forward, **attributes):
    """A module with the given forward and a linear layer `fc` of 4 to 4."""

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)
            for name, value in attributes.items():
                setattr(self, name, value)

    Model.forward = forward
    return Model()


def record(path, name):
    with zipfile.ZipFile(path) as archive:
        (entry,) = [entry for entry in archive.namelist() if entry.endswith("/" + name)]
        return archive.read(entry)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(7)


def test_traced_archive_computes_what_the_model_computes(tmp_path):
    classifier = Classifier()
    x = torch.randn(2, 6)
    path = zkpytorch.export(classifier, x, tmp_path / "c.pt")
    restored = torch.jit.load(str(path))
    other = torch.randn(2, 6)
    torch.testing.assert_close(restored(other), classifier.eval()(other))
    description = json.loads(record(path, "extra/zkpytorch.json"))
    assert description["format"] == 1
    assert description["method"] == "traced"
    assert description["torch"] == torch.__version__
    assert description["inputs"] == [{"name": "x", "shape": [2, 6], "dtype": "f32"}]
    assert description["outputs"] == [{"shape": [2, 3], "dtype": "f32"}]
    assert len(description["reference"]) == 64


def test_scripted_archive_keeps_control_flow(tmp_path):
    class Branching(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if bool(x.sum() > 0):
                return self.fc(x)
            return -x

    path = zkpytorch.export(Branching(), path=tmp_path / "b.pt")
    restored = torch.jit.load(str(path))
    x = -torch.ones(1, 4)
    torch.testing.assert_close(restored(x), -x)
    description = json.loads(record(path, "extra/zkpytorch.json"))
    assert description["method"] == "scripted"
    assert description["inputs"] == [{"name": "x"}]


def test_default_path_is_the_class_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = zkpytorch.export(Classifier(), torch.randn(1, 6))
    assert archive.path.name == "Classifier.pt2" and archive.path.is_file()
    assert len(list(tmp_path.iterdir())) == 1


def test_training_flags_are_restored_one_by_one(tmp_path):
    classifier = Classifier()
    classifier.norm.eval()
    zkpytorch.export(classifier, torch.randn(1, 6), tmp_path / "c.pt")
    assert classifier.training and classifier.dropout.training and not classifier.norm.training


def test_no_warnings_reach_the_user(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        zkpytorch.export(Classifier(), torch.randn(1, 6), tmp_path / "traced.pt")
        zkpytorch.export(Classifier(), path=tmp_path / "scripted.pt")


@pytest.mark.parametrize("shape", [(2, 6), (10, 6), (5, 2, 6)])
def test_calibration_is_stored_by_input_name(tmp_path, shape):
    samples = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
    path = zkpytorch.export(Classifier(), torch.randn(2, 6), tmp_path / "c.pt", calibration=samples)
    (tmp_path / "c.npz").write_bytes(record(path, "extra/zkpytorch/calibration.npz"))
    with np.load(tmp_path / "c.npz") as stored:
        assert list(stored) == ["x"]
        np.testing.assert_array_equal(stored["x"], samples)


@pytest.mark.parametrize("shape", [(3, 6), (2, 7), (0, 6), (5, 3, 6)])
def test_calibration_of_another_shape_is_refused(tmp_path, shape):
    with pytest.raises(zkpytorch.ExportError, match="no whole samples"):
        zkpytorch.export(Classifier(), torch.randn(2, 6), tmp_path / "c.pt", calibration=np.zeros(shape, np.float32))


def test_several_inputs_keep_their_order_and_types(tmp_path):
    def forward(self, ids, scale):
        return self.embedding(ids) * scale

    two = model(forward, embedding=nn.Embedding(5, 4))
    inputs = (torch.tensor([[0, 4, 2]]), torch.ones(1, 3, 1))
    path = zkpytorch.export(two, inputs, tmp_path / "t.pt", calibration={"scale": inputs[1], "ids": inputs[0]})
    assert json.loads(record(path, "extra/zkpytorch.json"))["inputs"] == [
        {"name": "ids", "shape": [1, 3], "dtype": "i64"},
        {"name": "scale", "shape": [1, 3, 1], "dtype": "f32"},
    ]


def if_on_a_sum(self, x):
    return self.fc(x) if x.sum() > 0 else x


def loop_over_a_value(self, x):
    for _ in range(int(x.abs().max()) + 1):
        x = self.fc(x)
    return x


def item_as_a_factor(self, x):
    return self.fc(x) * x[0, 0].item()


def masked_elements(self, x):
    return self.fc(x)[x > 0].sum()


def through_numpy(self, x):
    return self.fc(x) + float(np.asarray(x.detach()).max())


def through_a_list(self, x):
    return self.fc(x) + x.tolist()[0][0]


def through_a_view(self, x):
    buffer = torch.zeros(4)
    view = buffer[:2]
    buffer += x[0]
    return self.fc(x) if view[0] > 0 else x


@pytest.mark.parametrize(
    "forward",
    [if_on_a_sum, loop_over_a_value, item_as_a_factor, masked_elements, through_numpy, through_a_list, through_a_view],
)
def test_a_data_dependent_course_is_refused_with_its_line(tmp_path, forward):
    with pytest.raises(zkpytorch.ExportError, match=r"test_export\.py:\d+: .*depends on a value computed from its input"):
        zkpytorch.export(model(forward), torch.ones(1, 4), tmp_path / "m.pt")
    assert list(tmp_path.iterdir()) == []


def test_branches_on_shapes_and_on_the_models_own_constants_are_fine(tmp_path):
    def forward(self, x):
        assert x.shape[1] == 4 and x.dim() == 2
        if self.gain > 1.0:
            x = x * self.gain
        return self.fc(x) if x.shape[0] < 3 else x

    zkpytorch.export(model(forward, gain=nn.Parameter(torch.tensor(1.5))), torch.ones(1, 4), tmp_path / "m.pt")


def test_python_state_that_changes_between_calls_is_refused(tmp_path):
    def forward(self, x):
        self.calls += 1
        return self.fc(x) * self.calls

    with pytest.raises(zkpytorch.ExportError, match="two runs on the same input differ"):
        zkpytorch.export(model(forward, calls=0), torch.ones(1, 4), tmp_path / "m.pt")


def test_code_that_behaves_otherwise_while_traced_is_refused(tmp_path):
    def forward(self, x):
        return x if torch.jit.is_tracing() else self.fc(x)

    with pytest.raises(zkpytorch.ExportError, match="output 0 of the trace differs"):
        zkpytorch.export(model(forward), torch.ones(1, 4), tmp_path / "m.pt")


def count_in_place(self, x):
    self.count += 1
    return x * 2


def count_by_assignment(self, x):
    self.count = self.count + 1
    return x * 2


@pytest.mark.parametrize("forward", [count_in_place, count_by_assignment])
def test_a_buffer_that_forward_changes_is_refused(tmp_path, forward):
    counting = model(forward)
    counting.register_buffer("count", torch.zeros(1))
    with pytest.raises(zkpytorch.ExportError, match="forward changes 'count'"):
        zkpytorch.export(counting, torch.ones(1, 4), tmp_path / "m.pt")


def test_dropout_that_ignores_eval_is_refused(tmp_path):
    def forward(self, x):
        return F.dropout(self.fc(x), 0.5)

    with pytest.raises(zkpytorch.ExportError, match="two runs on the same input differ"):
        zkpytorch.export(model(forward), torch.ones(1, 4), tmp_path / "m.pt")

    def without_effect(self, x):
        return F.dropout(self.fc(x), 0.0)

    with pytest.raises(zkpytorch.ExportError, match=r"test_export\.py\(\d+\).*dropout runs in training mode"):
        zkpytorch.export(model(without_effect), torch.ones(1, 4), tmp_path / "m.pt")


def test_a_module_that_stays_in_training_mode_is_refused(tmp_path):
    class AlwaysTraining(nn.Dropout):
        def train(self, mode=True):
            return super().train(True)

    def forward(self, x):
        return self.drop(self.fc(x))

    with pytest.raises(zkpytorch.ExportError, match="'drop' stays in training mode"):
        zkpytorch.export(model(forward, drop=AlwaysTraining()), torch.ones(1, 4), tmp_path / "m.pt")


def simple(self, x):
    return self.fc(x)


def test_models_that_zkc_cannot_hold_are_refused(tmp_path):
    path = tmp_path / "m.pt"
    with pytest.raises(zkpytorch.ExportError, match="device 'meta'"):
        zkpytorch.export(model(simple).to("meta"), torch.ones(1, 4), path)
    with pytest.raises(zkpytorch.ExportError, match="expected a torch.nn.Module"):
        zkpytorch.export(lambda x: x, torch.ones(1, 4), path)
    with pytest.raises(zkpytorch.ExportError, match="format 'pt2' is not supported"):
        zkpytorch.export(model(simple), torch.ones(1, 4), path, format="pt2")


def test_inputs_that_zkc_cannot_take_are_refused(tmp_path):
    path = tmp_path / "m.pt"
    bad = {
        "NaN": torch.full((1, 4), float("nan")),
        "complex": torch.ones(1, 4, dtype=torch.complex64),
        "element type torch.bfloat16": torch.ones(1, 4, dtype=torch.bfloat16),
        "is a str": ["x"],
        "example_inputs is empty": [],
        "2 example inputs for a forward of 1": [torch.ones(1, 4), torch.ones(1, 4)],
    }
    for message, inputs in bad.items():
        with pytest.raises(zkpytorch.ExportError, match=message):
            zkpytorch.export(model(simple), inputs, path)


def test_outputs_other_than_tensors_and_numbers_are_refused(tmp_path):
    def forward(self, x):
        return {"logits": self.fc(x), "name": "linear"}

    with pytest.raises(zkpytorch.ExportError, match="forward returns a dict"):
        zkpytorch.export(model(forward), torch.ones(1, 4), tmp_path / "m.pt")


def test_numbers_beside_tensors_are_recorded_as_tensors_of_rank_0(tmp_path):
    def forward(self, x):
        return {"logits": self.fc(x), "scale": 2.5, "rows": x.shape[0], "yes": True, "none": None}

    path = tmp_path / "m.pt2"
    zkpytorch.export(model(forward), torch.ones(2, 4), path, format="torch.export")
    with zipfile.ZipFile(path) as archive:
        record = next(name for name in archive.namelist() if name.endswith("answers.npz"))
        with np.load(io.BytesIO(archive.read(record))) as answers:
            assert [answers[f"output{k}"][0].tolist() for k in range(1, 4)] == [2.5, 2, True]


def test_a_result_that_cannot_be_traced_is_refused(tmp_path):
    def forward(self, x):
        return {"one": self.fc(x), "two": (x, x)}

    with pytest.raises(zkpytorch.ExportError, match="cannot be traced"):
        zkpytorch.export(model(forward), torch.ones(1, 4), tmp_path / "m.pt")


def test_what_the_model_answered_is_recorded(tmp_path):
    def forward(self, x, y):
        return {"sum": self.fc(x) + y, "double": x * 2, "total": y.sum()}

    two = model(forward)
    x, y = torch.randn(2, 4), torch.randn(4)
    path = zkpytorch.export(two, (x, y), tmp_path / "m.pt")
    (tmp_path / "answers.npz").write_bytes(record(path, "extra/zkpytorch/answers.npz"))
    with np.load(tmp_path / "answers.npz") as stored:
        answers = dict(stored)
    assert sorted(answers) == ["input0", "input1", "output0", "output1", "output2"]
    np.testing.assert_array_equal(answers["input0"][0], x)
    assert len(answers["input1"]) == 2 and not np.array_equal(answers["input1"][0], answers["input1"][1])
    for k in range(2):
        with torch.no_grad():
            expected = two(torch.from_numpy(answers["input0"][k]), torch.from_numpy(answers["input1"][k]))
        np.testing.assert_allclose(answers["output0"][k], expected["sum"], rtol=1e-6)
        np.testing.assert_allclose(answers["output2"][k], expected["total"], rtol=1e-6)
    assert "answers" not in "".join(zipfile.ZipFile(zkpytorch.export(Classifier(), path=tmp_path / "s.pt")).namelist())


def test_an_archive_whose_program_is_not_the_recorded_model_is_not_compiled(tmp_path):
    path = zkpytorch.export(Classifier(), torch.randn(2, 6), tmp_path / "c.pt")
    other = zkpytorch.export(Classifier(), torch.randn(2, 6), tmp_path / "d.pt")
    foreign = record(other, "extra/zkpytorch/answers.npz")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "e.pt", "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), foreign if name.endswith("/answers.npz") else source.read(name))
    zkpytorch.compile(path)
    with pytest.raises(zkpytorch.ZkcError, match="where the model answered .* record of the model's answers"):
        zkpytorch.compile(tmp_path / "e.pt")


def test_a_model_that_cannot_be_scripted_says_how_to_go_on(tmp_path):
    class Unscriptable(nn.Module):
        def forward(self, *inputs, **options):
            return inputs[0]

    with pytest.raises(zkpytorch.ExportError, match="pass example_inputs to have it traced"):
        zkpytorch.export(Unscriptable(), path=tmp_path / "m.pt")


def test_torch_export_by_the_files_name_or_on_request(tmp_path):
    torch.manual_seed(31)
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Dropout(), nn.Flatten(), nn.Linear(72, 3))
    x, samples = torch.randn(1, 1, 8, 8), torch.randn(16, 1, 8, 8)
    by_name = zkpytorch.export(network, x, tmp_path / "m.pt2", calibration=samples)
    on_request = zkpytorch.export(network, x, tmp_path / "m.pt", calibration=samples, format="torch.export")
    assert network.training
    for path in (by_name, on_request):
        description = json.loads(record(path, "extra/zkpytorch.json"))
        assert description["method"] == "exported" and description["inputs"][0]["shape"] == [1, 1, 8, 8]
        assert record(path, "models/model.json")
    traced = zkpytorch.export(network, x, tmp_path / "t.pt", calibration=samples)
    # One program has one key, whichever exporter wrote it.
    keys = [zkpytorch.compile(path, output=tmp_path / f"{k}.zkc").digest for k, path in enumerate((by_name, on_request, traced))]
    assert keys[0] == keys[1] == keys[2]


def test_torch_export_refuses_what_it_would_bake_in(tmp_path):
    def branch(self, x):
        return x if x.sum() > 0 else self.fc(x)

    def otherwise(self, x):
        return x * 2 if torch.compiler.is_exporting() else self.fc(x)

    class Training(nn.Module):
        # PyTorch records the lines of functions of this name alone.
        def forward(self, x):
            return F.dropout(x, 0.0)

    path = tmp_path / "m.pt2"
    for refused, message in [
        (model(branch), r"test_export\.py:\d+: .*depends on a value computed from its input"),
        (Training(), r"test_export\.py.*dropout runs in training mode"),
    ]:
        with pytest.raises(zkpytorch.ExportError, match=message):
            zkpytorch.export(refused, torch.ones(1, 4), path)
    asked = {"format": "torch.export"}
    for refused, inputs, message in [
        (model(otherwise), torch.ones(1, 4), "output 0 of the export differs"),
        (model(simple), None, "needs example_inputs"),
        (torch.jit.script(model(simple)), torch.ones(1, 4), "is of TorchScript"),
        (model(unexportable), torch.ones(1, 4), "torch.export refuses the model .*format='torchscript' is another way"),
    ]:
        with pytest.raises(zkpytorch.ExportError, match=message):
            zkpytorch.export(refused, inputs, path, **asked)
    assert list(tmp_path.iterdir()) == []


def unexportable(self, x):
    if torch.compiler.is_exporting():
        raise NotImplementedError("no export of this model")
    return self.fc(x)


def test_torch_export_comes_first_and_the_archive_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = torch.ones(1, 4)
    for path in (None, "plain", tmp_path / "named.pt2", tmp_path / "other.bin"):
        archive = zkpytorch.export(model(simple), x, path)
        assert (archive.format, archive.method, archive.compared) == ("torch.export", "exported", 4)
        assert "torch.export is the first choice" in repr(archive) and "exported" in archive._repr_html_()
        assert record(archive, "models/model.json") and str(archive) == str(archive.path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Model.pt2", "named.pt2", "other.bin", "plain.pt2"]


def test_torchscript_where_the_path_or_the_model_asks_for_it(tmp_path):
    x = torch.ones(1, 4)
    for network, inputs, path, options, reason in [
        (model(simple), x, "a.pt", {}, "the path ends with .pt"),
        (model(simple), x, "b.bin", {"format": "torchscript"}, "it was asked for"),
        (torch.jit.script(model(simple)), x, "c", {}, "is of TorchScript itself"),
        (model(simple), None, "d", {}, "no example inputs"),
    ]:
        archive = zkpytorch.export(network, inputs, tmp_path / path, **options)
        assert archive.format == "torchscript" and reason in archive.reason
        assert archive.path.suffix in (".pt", ".bin") and torch.jit.load(str(archive))(x).shape == (1, 4)


def test_a_fallback_to_torchscript_is_warned_of_with_its_reason(tmp_path, monkeypatch):
    def otherwise(self, x):
        return x * 2 if torch.compiler.is_exporting() else self.fc(x)

    x = torch.ones(1, 4)
    for forward, reason in [(unexportable, "no export of this model"), (otherwise, "output 0 of the export differs")]:
        with pytest.warns(zkpytorch.ExportWarning, match=reason):
            archive = zkpytorch.export(model(forward), x, tmp_path / "m")
        assert archive.path.name == "m.pt" and archive.method == "traced" and archive.compared == 4 and reason in archive.reason
    with monkeypatch.context() as patched:
        patched.setattr(torch.export, "save", lambda *_: unexportable(None, None))
        patched.setattr(torch.compiler, "is_exporting", lambda: True)
        with pytest.warns(zkpytorch.ExportWarning, match="cannot save the model"):
            assert zkpytorch.export(model(simple), x, tmp_path / "unsaved").path.name == "unsaved.pt"
    with pytest.warns(zkpytorch.ExportWarning, match="no example inputs"):
        zkpytorch.export(model(simple), None, tmp_path / "m.pt2")
    monkeypatch.setattr(torch, "__version__", "2.8.0+cpu")
    with pytest.warns(zkpytorch.ExportWarning, match="need PyTorch 2.9 or later, and this is 2.8.0"):
        assert zkpytorch.export(model(simple), x, tmp_path / "old").format == "torchscript"


def test_values_that_are_looked_at_only_where_nothing_is_recorded(tmp_path):
    def forward(self, x, mask):
        if not torch.compiler.is_exporting() and mask.all():
            return self.fc(x)
        return self.fc(x) * mask

    network, inputs = model(forward), (torch.randn(2, 4), torch.ones(2, 4, dtype=torch.bool))
    assert zkpytorch.export(network, inputs, tmp_path / "m.pt2").format == "torch.export"
    with pytest.raises(zkpytorch.ExportError, match="mask.all"):
        zkpytorch.export(network, inputs, tmp_path / "m.pt")
    assert not torch.compiler.is_exporting()


def test_one_hot_of_given_classes_looks_at_no_value(tmp_path):
    def forward(self, ids):
        return self.fc(F.one_hot(ids, num_classes=4).float())

    def counting(self, ids):
        return self.fc(F.one_hot(ids).float())

    zkpytorch.export(model(forward), torch.tensor([3, 1]), tmp_path / "m.pt2")
    with pytest.raises(zkpytorch.ExportError, match="one_hot"):
        zkpytorch.export(model(counting), torch.tensor([3, 1]), tmp_path / "m.pt2")


def test_higher_order_operators_are_exported(tmp_path):
    from torch._higher_order_ops.scan import scan

    def scanned(self, x):
        return scan(lambda h, u: (self.fc(h) + u, h * 2), x[0], x)[1]

    def chosen(self, x):
        return torch.cond(x.sum() > 0, lambda x: self.fc(x), lambda x: x.sin(), (x,))

    for forward in (scanned, chosen):
        assert zkpytorch.export(model(forward), torch.randn(3, 4), tmp_path / "m.pt2", format="torch.export").compared == 4


@pytest.mark.parametrize("rows, calibrated, compared", [(3, False, 4), (1, False, 4), (1, True, 4)])
def test_columns_of_indices_stay_within_their_own_tables(tmp_path, rows, calibrated, compared):
    def forward(self, x, ids):
        return self.fc(x) + self.large(ids[:, 0]) + self.small(ids[:, 1])

    network = model(forward, large=nn.Embedding(50, 4), small=nn.Embedding(2, 4))
    ids = torch.tensor([[40, 1], [30, 0], [20, 1]])
    calibration = (torch.randn(3, rows, 4), torch.stack([ids[k : k + 1].expand(rows, -1) for k in range(3)]))
    archive = zkpytorch.export(
        network, (torch.randn(rows, 4), ids[:rows]), tmp_path / "m.pt2", calibration=calibration if calibrated else None
    )
    assert archive.compared == compared


def test_a_model_that_takes_no_variation_is_compared_on_its_example(tmp_path):
    def forward(self, ids):
        return self.table(ids[:, 0]) + self.one(ids[:, 1])

    archive = zkpytorch.export(model(forward, table=nn.Embedding(9, 4), one=nn.Embedding(1, 4)), torch.tensor([[8, 0]]), tmp_path / "m.pt2")
    assert 0 < archive.compared <= 4
    with zipfile.ZipFile(archive.path) as stored:
        (name,) = [name for name in stored.namelist() if name.endswith("answers.npz")]
        assert len(np.load(io.BytesIO(stored.read(name)))["input0"]) == 2


@pytest.mark.filterwarnings("ignore")
def test_models_that_torch_has_quantised_keep_their_integers(tmp_path):
    quantization = torch.ao.quantization
    network = nn.Sequential(quantization.QuantStub(), nn.Linear(4, 3), nn.ReLU(), quantization.DeQuantStub()).eval()
    network.qconfig = quantization.get_default_qconfig("fbgemm")
    prepared = quantization.prepare(network)
    prepared(torch.randn(16, 4))
    zkpytorch.export(quantization.convert(prepared), torch.randn(1, 4), tmp_path / "quantised.pt")
    assert zkpytorch.check(tmp_path / "quantised.pt")


def test_vmap_and_associative_scans_are_exported_without_their_batches(tmp_path):
    from torch._higher_order_ops.associative_scan import associative_scan

    class Mapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 3)

        def forward(self, x):
            rows = torch.vmap(lambda row: torch.relu(self.linear(row)))(x)
            return associative_scan(lambda a, b: a + b, rows, 0, combine_mode="generic")

    torch.manual_seed(21)
    model, x = Mapped().eval(), torch.randn(5, 2, 4)
    archive = zkpytorch.export(model, x, tmp_path / "m.pt2", calibration=torch.randn(16, 5, 2, 4))
    assert archive.format == "torch.export"
    with torch.no_grad():
        expected = model(x)
    assert torch.allclose(zkpytorch.run(zkpytorch.compile(archive), x), expected, atol=0.05 * float(expected.abs().max()))


@pytest.mark.parametrize("name", ["m.pt2", "m.pt"])
def test_places_that_take_no_file_are_refused(tmp_path, monkeypatch, name):
    (tmp_path / "file").write_text("here")
    (tmp_path / f"folder-{name}").mkdir()
    for target in (tmp_path / "file" / name, tmp_path / f"folder-{name}", tmp_path / f"nul\0{name}"):
        with pytest.raises(zkpytorch.ExportError, match="cannot write .*; name another file"):
            zkpytorch.export(model(simple), torch.ones(1, 4), target)
    # PyTorch's writer would end this process.
    monkeypatch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(1 << 30, 1 << 30, 20 << 20))
    with pytest.raises(zkpytorch.ExportError, match=rf"^cannot write {tmp_path / name}: its disk has 21 MB left, and the archive may take 34; make room"):
        zkpytorch.export(model(simple), torch.ones(1, 4), tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", f"folder-{name}"]
