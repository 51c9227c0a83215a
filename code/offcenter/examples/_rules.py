"""Adam at its usual constants."""

from __future__ import annotations

from typing import Any

# Of the library's own runs, and not offered to readers.
from offcenter.descent import _rules

__all__ = ["Adam"]


class Adam:
    """What gives Adam's step at the rate 1 for each gradient of a run: arrays or numbers.

    `mean` is the running average of the gradients, corrected for its start at 0.
    """

    def __init__(self, mean_decay: float = 0.9) -> None:
        self._decay, self._state = mean_decay, (0.0, 0.0, 0)

    def __call__(self, gradient: Any) -> Any:
        step: Any = _rules.adam
        how = {"eta": 1.0, "beta1": self._decay, "beta2": 0.999, "epsilon": 1e-8}
        move, self._state = step(lambda _: gradient, 0.0, self._state, **how)
        return move

    @property
    def mean(self) -> Any:
        mean, _, steps = self._state
        return mean / (1 - self._decay**steps)
