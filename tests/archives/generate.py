"""Writes the sample archives that the Java tests read.

    python tests/archives/generate.py [NAME...]

Needs PyTorch and NumPy (python-bridge/requirements.lock). For every sample it writes, into
tests/src/test/resources/archives, `NAME.pt` and for each input and output of `forward` a file `NAME.input0.npy`,
`NAME.output0.npy` that holds several samples along a new leading axis: the outputs are PyTorch's. Weights and inputs
come from fixed seeds, and paths are neutral, so two machines with the same PyTorch write the same tensors.
"""

import dataclasses
import io
import linecache
import pathlib
import sys
import tempfile
import types
import warnings
import zipfile
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from neutral_paths import neutralise

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "test" / "resources" / "archives"
SAMPLES = 2


def load_models() -> types.ModuleType:
    """models.py as the module `model`, so that debug records say `model.py` whatever the folder is."""
    source = (HERE / "models.py").read_text()
    linecache.cache["model.py"] = (len(source), None, source.splitlines(keepends=True), "model.py")
    module = types.ModuleType("model")
    module.__file__ = "model.py"
    sys.modules["model"] = module
    exec(compile(source, "model.py", "exec"), module.__dict__)
    return module


models = load_models()


@dataclasses.dataclass
class Sample:
    """One archive: how to make the model, its input shapes, and how it is exported (traced, scripted or frozen)."""

    name: str
    model: Callable[[], nn.Module]
    shapes: tuple[tuple[int, ...], ...]
    how: str = "traced"
    bounds: tuple[int, ...] = ()  # inputs are integers below these; below 2, booleans; floats where 0


ARCHIVES = [
    Sample("mlp", models.Mlp, ((1, 784),)),
    Sample("tanh_mlp", models.TanhMlp, ((1, 32),)),
    Sample("lenet5", models.LeNet5, ((1, 1, 28, 28),)),
    Sample("lenet5_scripted", models.LeNet5, ((1, 1, 28, 28),), "scripted"),
    Sample("lenet5_frozen", models.LeNet5, ((1, 1, 28, 28),), "frozen"),
    Sample("batch_norm_cnn", models.BatchNormCnn, ((1, 3, 32, 32),)),
    Sample("batch_norm_cnn_scripted", models.BatchNormCnn, ((1, 3, 32, 32),), "scripted"),
    Sample("dilated_cnn", models.DilatedCnn, ((1, 3, 20, 24),)),
    Sample("depthwise_cnn", models.DepthwiseCnn, ((1, 3, 32, 32),)),
    Sample("residual_cnn", lambda: models.ResNet(width=8, blocks=1), ((1, 3, 16, 16),)),
    Sample("resnet20", lambda: models.ResNet(width=8, blocks=3), ((1, 3, 32, 32),)),
    Sample("concat_cnn", models.ConcatCnn, ((1, 3, 16, 16),)),
    Sample("pools", models.Pools, ((1, 2, 19, 22),)),
    Sample("causal_attention", models.CausalAttention, ((2, 6, 24),)),
    Sample("softmax_head", models.SoftmaxHead, ((1, 24),)),
    Sample("log_softmax_head", models.LogSoftmaxHead, ((1, 24),)),
    Sample("activations", models.Activations, ((2, 20),)),
    Sample("rectifiers", models.Rectifiers, ((1, 2, 8, 10),)),
    Sample("small_unet", models.SmallUNet, ((1, 2, 8, 12),)),
    Sample("small_unet_scripted", models.SmallUNet, ((1, 2, 8, 12),), "scripted"),
    Sample("token_embedding", models.TokenEmbedding, ((2, 9), (2, 9)), bounds=(40, 2)),
    Sample("language_model", models.LanguageModel, ((1, 8),), bounds=(24,)),
    Sample("narrow_weights", models.NarrowWeights, ((2, 10),)),
    Sample("comparisons", models.Comparisons, ((3, 10),)),
    Sample("orders", models.Orders, ((3, 10),)),
    Sample("choices", models.Choices, ((3, 8),)),
    Sample("positions", models.Positions, ((3, 9), (3, 9)), bounds=(24, 2)),
    Sample("writes", models.Writes, ((3, 8), (3, 4)), bounds=(0, 6)),
    Sample("two_inputs", models.TwoInputs, ((3, 12), (3, 7))),
    Sample("in_place", models.InPlace, ((1, 2, 4, 4),)),
    Sample("reshapes", models.Reshapes, ((2, 3, 8, 8),)),
    Sample("two_outputs", models.TwoOutputs, ((1, 10),)),
    Sample("scripted_blocks", models.ScriptedBlocks, ((1, 3, 12, 12),), "scripted"),
    Sample("long_kernels", models.LongKernels, ((1, 1, 8192),)),
    Sample("assignments_scripted", models.Assignments, ((1, 3, 4, 2),), "scripted"),
    Sample("constants", models.Constants, ((1, 2, 8),)),
    Sample("products", models.Products, ((2, 5, 10),)),
    Sample("linear_attention", models.LinearAttention, ((1, 8, 16),)),
    Sample("pointwise_functions", models.PointwiseFunctions, ((2, 24),)),
    Sample("volumes", models.Volumes, ((1, 2, 4, 6, 8),)),
    Sample("lstm_tagger", models.LstmTagger, ((2, 20, 12),)),
    Sample("gru_forecaster", models.GruForecaster, ((2, 24, 4), (2, 3))),
    Sample("gru_forecaster_scripted", models.GruForecaster, ((2, 24, 4), (2, 3)), "scripted"),
    Sample("rearrangements", models.Rearrangements, ((1, 1, 6, 8),)),
    Sample("reductions", models.Reductions, ((2, 4, 12),)),
    Sample("norms", models.Norms, ((1, 4, 8, 6),)),
    Sample("fake_quantized", models.FakeQuantized, ((1, 1, 8, 10),)),
    Sample("quantized_cnn", models.quantized_cnn, ((1, 1, 8, 8),)),
    Sample("quantized_cnn_scripted", models.quantized_cnn, ((1, 1, 8, 8),), "scripted"),
    Sample("quantized_cnn_frozen", models.quantized_cnn, ((1, 1, 8, 8),), "frozen"),
    Sample("quantized_tagger", models.quantized_tagger, ((2, 5, 6),)),
    Sample("unsupported_operator", models.Histogram, ((1, 8),)),
]


def varied_inputs(shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    """SAMPLES inputs of varied mean and contrast; images are smooth every second time, upsampled by 4."""
    inputs = []
    for i in range(SAMPLES):
        x = generator.standard_normal(shape)
        if len(shape) == 4:
            n, c, h, w = shape
            if i % 2 == 1:
                coarse = generator.standard_normal((n, c, -(-h // 4), -(-w // 4)))
                x = coarse.repeat(4, axis=2).repeat(4, axis=3)[:, :, :h, :w]
            mean = 0.7 * generator.standard_normal((n, c, 1, 1))
            contrast = 2.0 ** generator.uniform(-2.0, 1.0, (n, c, 1, 1))
            x = mean + contrast * x
        inputs.append(x.astype(np.float32))
    return np.stack(inputs)


def randomise_statistics(model: nn.Module) -> None:
    """Gives batch norms statistics as training would leave them, in place of 0 and 1."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0.0, 0.3)
            nn.init.normal_(module.running_mean, 0.0, 0.3)
            nn.init.uniform_(module.running_var, 0.3, 2.0)


def script_module(model: nn.Module, how: str, examples: list[torch.Tensor]) -> torch.jit.ScriptModule:
    if how == "traced":
        return torch.jit.trace(model, tuple(examples))
    scripted = torch.jit.script(model)
    return torch.jit.freeze(scripted) if how == "frozen" else scripted


def write(sample: Sample, folder: pathlib.Path) -> None:
    seed = sum(map(ord, sample.name.removesuffix("_scripted").removesuffix("_frozen")))
    torch.manual_seed(seed)
    model = sample.model().eval()
    randomise_statistics(model)
    generator = np.random.default_rng(seed)
    if sample.bounds:
        inputs = [
            generator.integers(0, n, (SAMPLES, *shape)) if n else varied_inputs(shape, generator)
            for shape, n in zip(sample.shapes, sample.bounds)
        ]
        inputs = [x.astype(bool) if n == 2 else x for x, n in zip(inputs, sample.bounds)]
    else:
        inputs = [varied_inputs(shape, generator) for shape in sample.shapes]
    module = script_module(model, sample.how, [torch.from_numpy(x[0]) for x in inputs])

    archive = folder / f"{sample.name}.pt"
    module.save(str(archive))
    neutralise(str(archive), str(TARGET / archive.name))

    restored = torch.jit.load(str(TARGET / archive.name))
    outputs: list[list[np.ndarray]] = []
    with torch.no_grad():
        for i in range(SAMPLES):
            # In-place operators may write into an input: each call gets its own.
            arguments = [torch.from_numpy(x[i].copy()) for x in inputs]
            result = restored(*arguments)
            result = tuple(result.values()) if isinstance(result, dict) else result
            result = result if isinstance(result, tuple) else (result,)
            outputs.append([y.numpy() for y in result])
    for k, x in enumerate(inputs):
        np.save(TARGET / f"{sample.name}.input{k}.npy", x)
    for k, y in enumerate(zip(*outputs)):
        np.save(TARGET / f"{sample.name}.output{k}.npy", np.stack(y))


def write_foreign_files() -> None:
    """Files that are not TorchScript archives, for the tests of what the reader says about them."""
    torch.manual_seed(1)
    checkpoint = io.BytesIO()
    torch.save({"weight": torch.zeros(2, 2)}, checkpoint)
    (TARGET / "foreign_checkpoint.pt").write_bytes(checkpoint.getvalue())

    # A pickle that would run a command if anybody unpickled it into live objects.
    hostile = b"\x80\x02cos\nsystem\nq\x00X\x04\x00\x00\x00exitq\x01\x85q\x02Rq\x03."
    with zipfile.ZipFile(TARGET / "two_outputs.pt") as archive:
        with zipfile.ZipFile(TARGET / "foreign_hostile_pickle.pt", "w") as target:
            for name in archive.namelist():
                data = hostile if name.endswith("/data.pkl") else archive.read(name)
                target.writestr(zipfile.ZipInfo(name), data)


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for sample in ARCHIVES:
            if not wanted or sample.name in wanted:
                write(sample, pathlib.Path(folder))
                print(sample.name)
    if not wanted:
        write_foreign_files()


if __name__ == "__main__":
    main()
