"""A recurrent cell: what the shape of its gates and of its candidate does to the memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import ACTIVATIONS

__all__ = ["Memory", "leaky_memory", "lstm_memory"]


@guarded
def leaky_memory(keep: float, mean: float, variance: float) -> tuple[float, float]:
    """Return mean and variance of a memory that keeps a share of itself and adds candidates.

    c ← fc + g with independent g of mean m and variance v settles at mean m/(1 − f) and variance
    v/(1 − f²): so u = mean²/variance is that of the candidates times (1 + f)/(1 − f).

    Parameters
    ----------
    keep : float
        f, between −1 and 1.
    mean, variance : float
        m and v ≥ 0 of the candidates.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    f = _checks.number("keep", keep, above=-1, below=1)
    m = _checks.number("mean", mean)
    v = _checks.number("variance", variance, minimum=0)
    return m / (1 - f), v / (1 - f * f)


@dataclass(frozen=True, eq=False)
class Memory(Record):
    """The last states of a cell, over many sequences.

    Parameters
    ----------
    cells, outputs : ndarray, shape (sequences, units)
        The memory c and what the cell puts out, o·tanh(c).
    kept : float
        The mean product of the forget gates over the last ten steps: what is left of a memory.
    """

    cells: np.ndarray
    outputs: np.ndarray
    kept: float


@guarded
def lstm_memory(
    *,
    gate: str = "sigmoid",
    candidate: str = "tanh",
    units: int = 32,
    sequences: int = 100,
    steps: int = 40,
    forget_bias: float = 2.0,
    rng: np.random.Generator,
) -> Memory:
    """Run a cell with random weights on random sequences.

    c ← f·c + i·g and h = o·tanh(c), where the gates i, f, o = gate(Wx + Uh + b) and the candidate
    g = candidate(Wx + Uh); W and U are N(0, 1/(2·units)), x is N(0, 1), of as many numbers as
    there are units, and b is `forget_bias` for f and 0 else.

    Parameters
    ----------
    gate, candidate : str
        Names of `ACTIVATIONS`.
    units, sequences, steps : int
    forget_bias : float
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If a name is unknown or a number out of range.
    """
    phi: Callable = ACTIVATIONS[_checks.one_of("gate", gate, ACTIVATIONS)].value
    psi: Callable = ACTIVATIONS[_checks.one_of("candidate", candidate, ACTIVATIONS)].value
    units, sequences = _checks.count("units", units), _checks.count("sequences", sequences)
    steps, bias = _checks.count("steps", steps, minimum=10), _checks.number("b", forget_bias)
    rng = _checks.generator("rng", rng)
    _checks.room("the numbers in units × (units + sequences)", units * (units + sequences))
    W = rng.standard_normal((4, 2 * units, units)) / np.sqrt(2 * units)
    c = h = np.zeros((sequences, units))
    kept = np.ones_like(c)
    for step in range(steps):
        s = np.concatenate([rng.standard_normal((sequences, units)), h], axis=1) @ W
        forget = phi(s[0] + bias)
        c = forget * c + phi(s[1]) * psi(s[2])
        h = phi(s[3]) * np.tanh(c)
        if step >= steps - 10:
            kept = kept * forget
    return Memory(c, h, float(kept.mean()))
