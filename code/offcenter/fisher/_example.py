"""One set of data for a logistic unit, and how much damping lets a shift of it through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.fisher._logistic import LogisticUnit
from offcenter.fisher._path import logistic_path

__all__ = ["damped_changes", "logistic_sample", "smallest_eigenvalue"]

_COEFFICIENTS = (1.0, -0.5, 0.8, 0.0)


@guarded
def logistic_sample(
    *, mean: float = 0.0, examples: int = 200, seed: int = 50
) -> tuple[np.ndarray, np.ndarray]:
    """Draw four N(mean, 1) inputs, and labels that depend on them but that no plane separates.

    Parameters
    ----------
    mean : float
        Added to each input; the labels do not depend on it.
    examples : int
        At least 20.
    seed : int

    Returns
    -------
    X : ndarray, shape (examples, 4)
    y : ndarray of 0 and 1, shape (examples,)

    Raises
    ------
    ValueError
        If an argument is not finite or too small.
    """
    rng = np.random.default_rng(_checks.count("seed", seed, minimum=0))
    examples = _checks.count("examples", examples, minimum=20, maximum=10**7)
    X = rng.standard_normal((examples, len(_COEFFICIENTS)))
    y = (X @ np.array(_COEFFICIENTS) + rng.logistic(size=examples) > 0).astype(float)
    return X + _checks.number("mean", mean), y


@guarded
def smallest_eigenvalue(shift: float) -> float:
    """Return λmin of the Fisher matrix at the parameters 0, the inputs moved by `shift`."""
    X, _ = logistic_sample(mean=shift)
    return float(np.linalg.eigvalsh(LogisticUnit(X, np.zeros(X.shape[1]), 0.0).fisher)[0])


@guarded
@stored
def damped_changes(
    shift: float, dampings: Sequence[float], *, method: str = "natural", steps: int = 30
) -> tuple[float, ...]:
    """Return by how much a shift of the inputs changes a run, for each damping λ.

    The largest change of any output s at any step, from the parameters 0.

    Parameters
    ----------
    shift : float
        Added to each of the four inputs.
    dampings : sequence of float
        λ ≥ 0.
    method : str
        As for `logistic_path`; the step size is 1.
    steps : int

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    X, y = logistic_sample()
    shift = _checks.number("shift", shift)

    def change(damping: float) -> float:
        still, moved = (
            logistic_path(
                X + c,
                y,
                np.zeros(X.shape[1]),
                0.0,
                method=method,
                step_size=1.0,
                steps=steps,
                damping=damping,
            ).logits
            for c in (0.0, shift)
        )
        return float(np.abs(moved - still).max())

    return tuple(change(damping) for damping in dampings)
