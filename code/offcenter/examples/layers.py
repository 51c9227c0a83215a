"""Layers: what one hands on, and what the last one gets back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.spectrum import offset_share

__all__ = ["Hidden", "OutputLayer", "hidden", "output_layer"]


@dataclass(frozen=True)
class Hidden:
    """What share of the mean square of a layer's outputs is their mean, in wide random networks.

    `rows`: activation and data, then the share in the data and after layers 1, 2 and 3.
    `sigmoid`, `tanh`: outputs for the sums −1 and 1; `sigmoid_share`: the share of their mean.
    """

    examples: int
    sigmoid: np.ndarray
    sigmoid_share: float
    tanh: np.ndarray
    rows: tuple[tuple[float | str, ...], ...]


def _standardized(s: np.ndarray) -> np.ndarray:
    return (s - s.mean(axis=0)) / s.std(axis=0)


@example("layers-hidden")
def hidden() -> Hidden:
    """Return the shares for normal data of mean 1 or 0 in 400 inputs, and 400 units a layer."""
    rng = np.random.default_rng(0)
    width, examples = 400, 1000
    noise = rng.standard_normal((examples, width))
    weights = rng.standard_normal((3, width, width)) / np.sqrt(width)

    def shares(data: np.ndarray, name: str, norm: bool) -> tuple[float, ...]:
        X, result = data, [offset_share(data)]
        for W in weights:
            s = X @ W
            X = ACTIVATIONS[name].value(_standardized(s) if norm else s)
            result.append(offset_share(X))
        return tuple(result)

    rows = []
    for label, name, norm in (
        ("ReLU", "relu", False),
        ("sigmoid", "sigmoid", False),
        ("tanh", "tanh", False),
        ("batch norm, then ReLU", "relu", True),
    ):
        for data_label, data in (("mean 1", noise + 1), ("centered", noise - noise.mean(axis=0))):
            rows.append((label, data_label, *shares(data, name, norm)))
    sigmoid, tanh = (ACTIVATIONS[name].value(np.array([-1.0, 1.0])) for name in ("sigmoid", "tanh"))
    return Hidden(
        examples=examples,
        sigmoid=sigmoid,
        sigmoid_share=offset_share(sigmoid[:, None]),
        tanh=tanh,
        rows=tuple(rows),
    )


@dataclass(frozen=True)
class OutputLayer:
    """Three classes, the first is right; the outputs are .7, .2 and .1; the layer below puts out h.

    `probabilities`, `errors` p − y; `positive`, `centered`: for h = (1, 2) and h = (1, −1), the
    gradient in the two weights of each class; `missed`: for a sigmoid that says .01 where 1 is
    right, the error with cross-entropy and with half the squared error, as the sum sees them;
    `signed`: t = 2p − 1 for the first p and the label 1, and the error (t − 1)/2 of its sum.
    """

    probabilities: np.ndarray
    errors: np.ndarray
    positive: np.ndarray
    centered: np.ndarray
    missed: np.ndarray
    signed: np.ndarray


@example("layers-outputs")
def output_layer() -> OutputLayer:
    """Return p − y, its products with h, and p − y against (p − y)p(1 − p)."""
    p = np.array([0.7, 0.2, 0.1])
    errors = p - [1, 0, 0]
    missed = 0.01
    return OutputLayer(
        probabilities=p,
        errors=errors,
        positive=np.outer(errors, [1.0, 2.0]),
        centered=np.outer(errors, [1.0, -1.0]),
        missed=np.array([missed - 1, (missed - 1) * missed * (1 - missed)]),
        signed=np.array([2 * p[0] - 1, ((2 * p[0] - 1) - 1) / 2]),
    )
