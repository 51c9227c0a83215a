"""Late gradients of the whole data set: when they are all up, all down, and when they are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.descent._methods import gradient_descent

__all__ = ["Alternation", "alternation"]

_EXAMPLES_PER_UNIT = 25
LATE = 50


@dataclass(frozen=True, eq=False)
class Alternation(Record):
    """The gradients of a linear unit's full loss over the last steps of a run.

    Parameters
    ----------
    inside : float
        Where η lies in the window: 0 at 2/(λmax + λmin), 1 at 2/λmax, below 0 before it.
    multiple : float
        η in units of 1/λmax.
    eigenvalues : array, shape (n,)
        Of the second moment, ascending.
    steps : int
        Of the whole run.
    examples : int
        Whose gradients are averaged.
    gradients : array, shape (50, n)
        Those of the last steps.
    """

    inside: float
    multiple: float
    eigenvalues: np.ndarray
    steps: int
    examples: int
    gradients: np.ndarray

    @property
    def kappa(self) -> float:
        """λmax/λmin."""
        return float(self.eigenvalues[-1] / self.eigenvalues[0])

    @property
    def one_sign(self) -> float:
        """The share of these gradients whose entries all have one sign."""
        up, down = (self.gradients > 0).all(axis=1), (self.gradients < 0).all(axis=1)
        return float(np.mean(up | down))

    @property
    def reversed(self) -> float:
        """The share of these gradients that point against the one before."""
        # Scaled first, because the product of two tiny gradients would underflow to zero.
        rows = self.gradients / np.abs(self.gradients).max(axis=1, keepdims=True)
        return float(np.mean(np.sum(rows[1:] * rows[:-1], axis=1) < 0))


@guarded
@stored
def alternation(
    *,
    inside: float = 0.5,
    multiple: float | None = None,
    activation: str = "sigmoid",
    units: int = 20,
    centered: bool = False,
    seed: int = 0,
) -> Alternation:
    """Run full-batch descent with a step size in or near the window, long enough to forget.

    η = (1 − p)·2/(λmax + λmin) + p·2/λmax; the window from p = 0 to 1 has the relative width
    1/(κ + 1).

    Parameters
    ----------
    inside : float
        p, below 1; below 0 the step size is smaller than those of the window.
    multiple : float, optional
        η in units of 1/λmax instead, above 0 and below 2.
    activation : str
        The inputs are φ(z), z ~ N(0, 1), independent, 25 examples for each unit.
    units : int
        n, at least 2.
    centered : bool
        Whether the inputs' means are subtracted; the window is then their own.
    seed : int
        Draws the inputs and the start.

    Raises
    ------
    ValueError
        If a number is out of its bounds or the activation is unknown.
    """
    inside = _checks.number("inside", inside, below=1)
    units = _checks.count("units", units, minimum=2)
    phi = ACTIVATIONS[_checks.one_of("activation", activation, ACTIVATIONS)]
    _checks.room("the numbers in units × examples", _EXAMPLES_PER_UNIT * units**2)
    rng = np.random.default_rng([_checks.count("seed", seed, minimum=0), 9])
    X = phi.value(rng.standard_normal((_EXAMPLES_PER_UNIT * units, units)))
    start = rng.standard_normal(units)
    if centered:
        X = X - X.mean(axis=0)
    M = X.T @ X / len(X)
    eigenvalues = np.linalg.eigvalsh(M)
    low, top = eigenvalues[0], eigenvalues[-1]
    first = 2 * top / (top + low)
    if multiple is None:
        chosen = float((1 - inside) * first + inside * 2)
    else:
        chosen = _checks.number("multiple", multiple, above=0, below=2)
        inside = float((chosen - first) / (2 - first))
    # In a direction whose factor is a part 1/κ smaller, this leaves nothing to see.
    steps = int(20 * top / low) + 400
    path = gradient_descent(M, start, step_size=float(chosen / top), steps=steps)
    return Alternation(inside, chosen, eigenvalues, steps, len(X), path.gradients[-LATE:])
