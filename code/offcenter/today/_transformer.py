"""A transformer of the language model's shape, smaller in width, at a random start."""

from __future__ import annotations

import math

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.data import load_language_model
from offcenter.errors import ArgumentError, ArgumentTypeError
from offcenter.spectrum import offset_share
from offcenter.today._attention import attend, attention_weights
from offcenter.today._places import rms_norm

__all__ = ["random_transformer", "start_shares"]

# One head has the width of those of the language model; its feed-forward half is 8/3 as wide.
_HEAD = 64


@guarded
def random_transformer(
    tokens: object,
    first: object,
    *,
    blocks: int,
    rng: np.random.Generator,
    width: int = 192,
    attention: bool = True,
) -> tuple[np.ndarray, ...]:
    """Return the residual stream of a transformer with random weights, before each block and last.

    As the language model it has RMS norms before its halves, causal softmax attention, SwiGLU; its
    embeddings have variance 1 and its weights variance 1 over the number of inputs, all with mean
    zero.  It has no positions.

    Parameters
    ----------
    tokens : array-like of int, shape (T,)
        Equal tokens have equal embeddings.
    first : array-like of bool, shape (T,)
        Where a passage begins.
    blocks : int
    rng : numpy.random.Generator
    width : int
        A multiple of 64.
    attention : bool
        Whether the attention halves are there.

    Returns
    -------
    tuple of ndarray, each of shape (T, width)

    Raises
    ------
    ValueError
        If `width` is no multiple of 64, or `first` does not begin with a passage.
    """
    tokens = _checks.rectangular("tokens", tokens)
    flags = _checks.rectangular("first", first)
    if flags.dtype.kind not in "biuf":
        raise ArgumentTypeError(f"first must hold flags, got {_checks.shown(first)}")
    first = flags.astype(bool)
    width = _checks.count("width", width)
    rng = _checks.generator("rng", rng)
    if width % _HEAD:
        raise ArgumentError(f"width must be a multiple of {_HEAD}, got {width}")
    if tokens.ndim != 1 or tokens.shape != first.shape or not first[0]:
        raise ArgumentError(
            "tokens must be a list, and first have an entry for each and begin with a passage"
        )
    _checks.room("the numbers in width × width", width**2)
    hidden = width * 8 // 3
    silu = ACTIVATIONS["silu"].value

    def weights(rows: int, columns: int) -> np.ndarray:
        return rng.normal(0, 1 / math.sqrt(rows), (rows, columns))

    names, which = np.unique(tokens, return_inverse=True)
    x = rng.normal(size=(len(names), width))[which]
    # A token sees those before it in its passage.
    passage = np.cumsum(first)
    hides = (passage[:, None] != passage) | ~np.tri(len(x), dtype=bool)
    stream = [x]
    for _ in range(_checks.count("blocks", blocks, minimum=0)):
        if attention:
            read = rms_norm(x)
            queries, keys, values = (read @ weights(width, width) for _ in range(3))
            heads = []
            for start in range(0, width, _HEAD):
                head = slice(start, start + _HEAD)
                scores = queries[:, head] @ keys[:, head].T / math.sqrt(_HEAD)
                scores[hides] = -np.inf
                heads.append(attend(attention_weights(scores), values[:, head]))
            x = x + np.concatenate(heads, axis=1) @ weights(width, width)
        read = rms_norm(x)
        h = silu(read @ weights(width, hidden)) * (read @ weights(width, hidden))
        x = x + h @ weights(hidden, width)
        stream.append(x)
    return tuple(stream)


@guarded
@stored
def start_shares(seed: int, attention: bool) -> tuple[float, ...]:
    """Return ρ of the RMS-normalized stream of a random transformer, a block an entry.

    It has as many blocks as the language model and reads the same tokens; the first of each passage
    is not counted.

    Parameters
    ----------
    seed : int
        Of the weights.
    attention : bool
        Whether the attention halves are there.
    """
    model = load_language_model()
    stream = random_transformer(
        model.tokens,
        model.first,
        blocks=len(model.means) - 1,
        rng=np.random.default_rng([seed, 73]),
        attention=attention,
    )
    return tuple(offset_share(rms_norm(x[~model.first])) for x in stream)
