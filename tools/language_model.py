"""Run SmolLM2 in plain NumPy on a text of our own and keep what a few of its layers read.

usage: language_model.py MODEL.gguf TEXT OUTPUT.npz

Needs `gguf` and `tokenizers`, which `tools/make-language-model-activations` installs in an
environment of its own.  Every line of the text is a sequence by itself.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from gguf import GGUFReader, dequantize
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

# Where the residual stream is kept: before these blocks, and after the last one.
BLOCKS = (5, 15, 30)
# The block of which the inside is kept: between its halves, its attention, its product.
INSIDE = 15
# Of the product of the feed-forward half, 1536 features wide, the first passages are kept.
PRODUCTS = 3
# Of 49152 token embeddings each 512th is kept: 96.
EMBEDDINGS = 512
# Bits of a float16's significand that are kept; the other five are rounded away.
BITS = 5


class Model:
    """The weights by name, and the sizes that the forward pass needs."""

    def __init__(self, path: Path) -> None:
        reader = GGUFReader(path)
        field = {name: value.contents() for name, value in reader.fields.items()}
        self.heads = field["llama.attention.head_count"]
        self.groups = field["llama.attention.head_count_kv"]
        self.blocks = field["llama.block_count"]
        self.epsilon = field["llama.attention.layer_norm_rms_epsilon"]
        self.base = field["llama.rope.freq_base"]
        self.weight = {
            tensor.name: dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
            for tensor in reader.tensors
        }
        tokens = field["tokenizer.ggml.tokens"]
        merges = [tuple(pair.split(" ")) for pair in field["tokenizer.ggml.merges"]]
        vocabulary = {token: number for number, token in enumerate(tokens)}
        self.tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        # Digits one by one, then the words of GPT-2: what the file calls "smollm".
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
            ]
        )
        self.tokenizer.decoder = decoders.ByteLevel()

    def rms_norm(self, x: np.ndarray, name: str) -> np.ndarray:
        """Divide each token by its root mean square, and scale the features."""
        size = np.sqrt(np.mean(x**2, axis=1, keepdims=True) + self.epsilon)
        return x / size * self.weight[f"{name}.weight"]

    def linear(self, x: np.ndarray, name: str) -> np.ndarray:
        """Apply a weight matrix."""
        return x @ self.weight[f"{name}.weight"].T

    def rotate(self, x: np.ndarray) -> np.ndarray:
        """Turn pairs of features by angles that grow with the position, shape (heads, T, d).

        In a GGUF file of this architecture neighbors are a pair.
        """
        _, length, width = x.shape
        frequency = self.base ** (-np.arange(0, width, 2) / width)
        angle = np.arange(length)[:, None] * frequency
        cosine, sine = np.cos(angle), np.sin(angle)
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = np.empty_like(x)
        turned[..., 0::2] = even * cosine - odd * sine
        turned[..., 1::2] = even * sine + odd * cosine
        return turned

    def attention_weights(self, x: np.ndarray, name: str) -> np.ndarray:
        """Return what each token attends to, shape (heads, T, T)."""
        length = len(x)
        width = x.shape[1] // self.heads

        def heads(part: str) -> np.ndarray:
            each = self.linear(x, f"{name}.attn_{part}")
            return self.rotate(each.reshape(length, -1, width).transpose(1, 0, 2))

        queries = heads("q")
        keys = np.repeat(heads("k"), self.heads // self.groups, axis=0)
        scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(width)
        scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        return weights / weights.sum(axis=2, keepdims=True)

    def attention(self, x: np.ndarray, weights: np.ndarray, name: str) -> np.ndarray:
        """Return the weighted means of the values, mixed over heads."""
        length = len(x)
        values = self.linear(x, f"{name}.attn_v").reshape(length, self.groups, -1)
        values = np.repeat(values.transpose(1, 0, 2), self.heads // self.groups, axis=0)
        mixed = (weights @ values).transpose(1, 0, 2).reshape(length, -1)
        return self.linear(mixed, f"{name}.attn_output")

    def run(self, ids: list[int], keep: Callable[[str, np.ndarray], None]) -> float:
        """Run the model on a sequence, hand over what its parts read, return the mean loss."""
        x = self.weight["token_embd.weight"][ids]
        for block in range(self.blocks):
            name = f"blk.{block}"
            keep(f"residual_{block}", x)
            read = self.rms_norm(x, f"{name}.attn_norm")
            weights = self.attention_weights(read, name)
            keep(f"attention_{block}", weights)
            x = x + self.attention(read, weights, name)
            keep(f"middle_{block}", x)
            read = self.rms_norm(x, f"{name}.ffn_norm")
            gate = self.linear(read, f"{name}.ffn_gate")
            product = gate / (1 + np.exp(-gate)) * self.linear(read, f"{name}.ffn_up")
            keep(f"product_{block}", product)
            x = x + self.linear(product, f"{name}.ffn_down")
        keep(f"residual_{self.blocks}", x)
        # The embeddings are used a second time, as the output's weights.
        scores = self.rms_norm(x, "output_norm") @ self.weight["token_embd.weight"].T
        top = scores.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
        rows = np.arange(len(ids) - 1)
        return float(np.mean(log_sum[:-1] - scores[rows, ids[1:]]))


def planes(x: np.ndarray) -> np.ndarray:
    """Return the high and the low bytes of `x` as float16, rounded to `BITS` bits.

    Apart, the bytes pack well: half of the low ones are zeros.
    """
    bits = np.asarray(x, dtype=np.float32).view(np.uint32).astype(np.uint64)
    dropped = 23 - BITS
    # To the nearest, ties away from zero.
    bits = (bits + (1 << (dropped - 1))) >> dropped << dropped
    half = bits.astype(np.uint32).view(np.float32).astype(np.float16)
    if not np.isfinite(half).all():
        raise OverflowError("an activation is beyond the range of float16")
    bytes_ = half.view(np.uint16)
    return np.stack([bytes_ >> 8, bytes_ & 255]).astype(np.uint8)


def collect(model: Model, passages: list[str]) -> dict[str, np.ndarray]:
    """Return the arrays of the file."""
    kept: dict[str, list[np.ndarray]] = {}
    tokens, losses = [], []
    for passage in passages:
        ids = model.tokenizer.encode(passage).ids
        if model.tokenizer.decode(ids) != passage:
            raise ValueError(f"the tokenizer changes the passage {passage!r:.80}")
        losses.append(model.run(ids, lambda name, x: kept.setdefault(name, []).append(x)))
        tokens.append(ids)
    lengths = np.array([len(ids) for ids in tokens])
    longest = lengths.max()

    names = [f"residual_{block}" for block in BLOCKS] + [f"middle_{INSIDE}"]
    arrays = {name: planes(np.concatenate(kept[name])) for name in names}
    name = f"product_{INSIDE}"
    arrays[name] = planes(np.concatenate(kept[name][:PRODUCTS]))
    name = f"attention_{INSIDE}"
    arrays[name] = planes(
        [np.pad(weights.mean(axis=0), (0, longest - len(weights[0]))) for weights in kept[name]]
    )
    for block in BLOCKS:
        norm = "output_norm" if block == model.blocks else f"blk.{block}.attn_norm"
        arrays[f"gain_residual_{block}"] = planes(model.weight[f"{norm}.weight"])
    arrays[f"gain_middle_{INSIDE}"] = planes(model.weight[f"blk.{INSIDE}.ffn_norm.weight"])

    def mean_direction(block: int) -> np.ndarray:
        # The first token of a passage is a sink: it is left out.
        x = np.concatenate([x[1:] for x in kept[f"residual_{block}"]])
        return (x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))).mean(axis=0)

    arrays["means"] = planes([mean_direction(block) for block in range(model.blocks + 1)])
    embeddings = model.weight["token_embd.weight"]
    arrays["embeddings"] = planes(embeddings[::EMBEDDINGS])
    arrays["embedding_mean"] = planes(embeddings.mean(axis=0))
    arrays["lengths"] = lengths.astype(np.uint8)
    arrays["tokens"] = np.concatenate(tokens).astype(np.uint16)
    arrays["loss"] = np.array(np.average(losses, weights=lengths - 1))
    return arrays


def main(model: Path, text: Path, output: Path) -> None:
    """Make the file."""
    if hashlib.sha256(model.read_bytes()).hexdigest() != MODEL_SHA256:
        raise ValueError(f"{model.name} is not the file that this script was written for")
    arrays = collect(Model(model), text.read_text(encoding="utf-8").splitlines())
    np.savez_compressed(output, **arrays)
    print(f"{output}: {output.stat().st_size:,} bytes, mean loss {arrays['loss']:.3f} a token")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
