"""Networks with one hidden layer and one output, trained in full batches, many at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offcenter import _checks
from offcenter.activations import ACTIVATIONS

__all__ = ["UNITS", "Runs"]

#: The hidden units: whether they are tanh, else ReLU, and whether they lose their mean.
UNITS = {
    "relu": (False, False),
    "tanh": (True, False),
    "relu less its mean": (False, True),
}

_SIGMOID = ACTIVATIONS["sigmoid"]


class Runs:
    """R networks that are trained in step: their losses, and what changes them.

    The loss is the mean squared error, whose half is descended, or the cross-entropy of a sigmoid
    output.  Runs that are over are dropped.

    Parameters
    ----------
    inputs : ndarray, shape (R, N, n), or (1, N, n) if all read the same
    targets : ndarray, shape (R, N) or (1, N)
    weights, biases : ndarray, shape (R, n, h) and (R, h)
        Of the hidden units.
    above, bias : ndarray, shape (R, h) and (R,)
        Of the output.
    unit : str
        A key of `UNITS`; the mean is that over the examples, in each step.
    logistic : bool

    Raises
    ------
    ValueError
        If the unit is none of these.
    """

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        weights: np.ndarray,
        biases: np.ndarray,
        above: np.ndarray,
        bias: np.ndarray,
        *,
        unit: str = "relu",
        logistic: bool = False,
    ) -> None:
        self._tanh, self._less_mean = UNITS[_checks.one_of("unit", unit, UNITS)]
        # A last input of 1 has the biases as its weights.
        ones = np.ones((*inputs.shape[:2], 1))
        self._read, self._targets = np.concatenate([inputs, ones], axis=2), targets[:, :, None]
        first = np.concatenate([weights, biases[:, None]], axis=1)
        self._parts = [first, above[:, :, None], bias[:, None, None]]
        self._logistic = logistic
        # Of the last forward pass: arrays of their own, since to allocate takes as long as to fill.
        shape = (len(first), inputs.shape[1])
        self._hidden, self._back = np.empty((2, *shape, first.shape[2]))
        self._bent = np.empty(self._hidden.shape, dtype=float if self._tanh else bool)
        self._errors = np.empty((*shape, 1))

    def losses(self) -> np.ndarray:
        """Return the loss of each network, shape (R,)."""
        W, v, c = self._parts
        a, y = np.matmul(self._read, W, out=self._hidden), self._targets
        if self._tanh:
            np.tanh(a, out=a)
            np.multiply(a, a, out=self._bent)
            np.subtract(1.0, self._bent, out=self._bent)
        else:
            np.greater(a, 0, out=self._bent)
            np.maximum(a, 0, out=a)
        if self._less_mean:
            a -= a.mean(axis=1, keepdims=True)
        out = a @ v + c
        if self._logistic:
            np.subtract(_SIGMOID.value(out), y, out=self._errors)
            return (np.logaddexp(0, out) - y * out).mean(axis=(1, 2))
        np.subtract(out, y, out=self._errors)
        return (self._errors**2).mean(axis=(1, 2))

    def slopes(self) -> list[np.ndarray]:
        """Return the gradients at the last `losses`: by weights and biases, and of the output."""
        errors = self._errors / self._errors.shape[1]
        back = np.multiply(errors, self._parts[1].swapaxes(1, 2), out=self._back)
        if self._less_mean:
            back -= back.mean(axis=1, keepdims=True)
        back *= self._bent
        return [
            self._read.swapaxes(1, 2) @ back,
            self._hidden.swapaxes(1, 2) @ errors,
            errors.sum(axis=1, keepdims=True),
        ]

    def move(self, step_sizes: np.ndarray, directions: Sequence[np.ndarray]) -> None:
        """Subtract step sizes, shape (R,), times directions, such as `slopes`."""
        sizes = step_sizes[:, None, None]
        self._parts = [p - sizes * d for p, d in zip(self._parts, directions, strict=True)]

    def keep(self, on: np.ndarray | slice) -> None:
        """Drop all other runs."""
        self._parts = [part[on] for part in self._parts]
        self._hidden, self._bent = self._hidden[on], self._bent[on]
        self._errors, self._back = self._errors[on], self._back[on]
        if len(self._targets) > 1:
            self._read, self._targets = self._read[on], self._targets[on]
