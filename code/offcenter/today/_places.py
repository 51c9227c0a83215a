"""What the parts of a language model read, from the activations that the package ships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.data import load_language_model

__all__ = ["PLACES", "Place", "layer_norm", "places", "rms_norm"]

# A hundred thousandth, as in the model: it matters for tokens that are nearly zero, and only there.
_EPSILON = 1e-5

# In the order of the model; the first word says whether it is the stream or what a layer reads.
PLACES = {
    "stream 5": "residual stream before block 5",
    "reads 5": "what the attention of block 5 reads",
    "stream 15": "residual stream before block 15",
    "reads 15": "what the attention of block 15 reads",
    "stream middle": "residual stream inside block 15",
    "reads middle": "what the feed-forward half of block 15 reads",
    "product": "what its last matrix reads (SwiGLU)",
    "stream 30": "residual stream after the last block",
    "reads 30": "what the output layer reads",
}


@dataclass(frozen=True, eq=False)
class Place(Record):
    """Activations at one place of the model.

    Parameters
    ----------
    name : str
        A key of `PLACES`.
    label : str
        What it is, in words.
    activations : ndarray, shape (tokens, features)
    """

    name: str
    label: str
    activations: np.ndarray


@guarded
def rms_norm(x: object) -> np.ndarray:
    """Return each row of `x` divided by its root mean square, x/√(‖x‖²/n + 10⁻⁵)."""
    x = _checks.matrix("x", x)
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + _EPSILON)


@guarded
def layer_norm(x: object) -> np.ndarray:
    """Return each row of `x` less its mean over the features, divided by its root mean square."""
    x = _checks.matrix("x", x)
    return rms_norm(x - x.mean(axis=1, keepdims=True))


@guarded
def places(*, sinks: bool = False) -> tuple[Place, ...]:
    """Return the activations at each place, without the first token of each passage.

    What a part reads is the residual stream after the RMS norm before it, with the norm's scales.

    Parameters
    ----------
    sinks : bool
        Whether the first tokens are kept.
    """
    model = load_language_model()
    kept = np.ones_like(model.first) if sinks else ~model.first
    result = []
    for name, label in PLACES.items():
        kind, _, where = name.partition(" ")
        if kind == "product":
            x = model.product[kept[: len(model.product)]]
        else:
            key = int(where) if where.isdigit() else where
            x = model.stream[key][kept]
            if kind == "reads":
                x = rms_norm(x) * model.gains[key]
        result.append(Place(name, label, x))
    return tuple(result)
