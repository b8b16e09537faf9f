"""From a JAX function to a proof: a classifier of points on three spirals, trained here, and the proof of one of its answers.

    pip install jax numpy
    python spirals.py [FOLDER]

zkc is found through the variable ZKC, or in the checkout that this file lies in.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import jax
import jax.numpy as jnp
import numpy as np

ARMS, WIDTH = 3, 24

# Errors of zkc name the line that an operation comes from: by the file's name, without its folder.
jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")


def points(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points [count, 2] with the number of the spiral that each lies on."""
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, ARMS, count)
    along = rng.uniform(0.2, 1, count)
    angle = 4 * along + 2 * np.pi * arm / ARMS + rng.normal(0, 0.1, count)
    return np.stack([along * np.cos(angle), along * np.sin(angle)], 1).astype(np.float32), arm.astype(np.int32)


def initial(seed: int) -> dict:
    keys = jax.random.split(jax.random.key(seed), 3)
    sizes = [(2, WIDTH), (WIDTH, WIDTH), (WIDTH, ARMS)]
    return {
        f"layer{i}": {"weight": jax.random.normal(k, s) * (2 / s[0]) ** 0.5, "bias": jnp.zeros(s[1])}
        for i, (k, s) in enumerate(zip(keys, sizes))
    }


def logits(params: dict, x: jax.Array) -> jax.Array:
    for i in range(2):
        x = jax.nn.gelu(x @ params[f"layer{i}"]["weight"] + params[f"layer{i}"]["bias"])
    return x @ params["layer2"]["weight"] + params["layer2"]["bias"]


def classify(params: dict, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Probabilities, and the spiral with the largest: both are proved."""
    scores = logits(params, x)
    return jax.nn.softmax(scores), jnp.argmax(scores, 1)


@jax.jit
def step(params: dict, x: jax.Array, arm: jax.Array) -> dict:
    def loss(p):
        return -jnp.mean(jax.nn.log_softmax(logits(p, x))[jnp.arange(len(arm)), arm])

    return jax.tree.map(lambda p, g: p - 0.3 * g, params, jax.grad(loss)(params))


def export(folder: pathlib.Path, steps: int) -> None:
    """Trains, and writes what zkc needs: the text with its weights, samples to calibrate with, a point and JAX's answers."""
    params = initial(7)
    x, arm = points(600, 1)
    for _ in range(steps):
        params = step(params, x, arm)
    held_back, truth = points(300, 2)
    print(f"accuracy {float(jnp.mean(classify(params, held_back)[1] == truth)):.3f}")

    # Parameters that the function closes over are constants of the text.
    def model(x):
        return classify(params, x)

    exported = jax.export.export(jax.jit(model))(jax.ShapeDtypeStruct((1, 2), jnp.float32))
    (folder / "spirals.mlir").write_text(exported.mlir_module())
    np.save(folder / "samples.npy", x[:64])
    np.save(folder / "point.npy", held_back[:1])
    for name, answer in zip(("probabilities", "arm"), model(held_back[:1])):
        np.save(folder / f"{name}.npy", np.asarray(answer))


def zkc(*arguments: object) -> None:
    command = os.environ.get("ZKC", pathlib.Path(__file__).resolve().parents[2] / "zkc")
    subprocess.run([str(command), *map(str, arguments)], check=True)


def main(folder: pathlib.Path, steps: int = 2000) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    export(folder, steps)
    # What JAX answers is compared: nothing is compiled that does not compute the same.
    reference = [f"--reference={folder / name}.npy" for name in ("point", "probabilities", "arm")]
    zkc("compile", folder / "spirals.mlir", "--calibration", folder / "samples.npy", *reference, "-o", folder / "spirals.zkc")
    zkc("prove", folder / "spirals.zkc", "--input", folder / "point.npy", "-o", folder / "answer.zkp")
    # Whoever has the key and the proof needs neither JAX nor the model.
    zkc("verify", folder / "answer.zkp", "--key", folder / "spirals.vk", "--input", folder / "point.npy")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
