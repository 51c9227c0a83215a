"""Examples with labels, a set for each of some networks of one shape, and what is asked of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record

__all__ = ["Examples", "cross_entropies"]


class _Family(Protocol):
    @property
    def parameters(self) -> int: ...
    def logits(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray: ...


F = TypeVar("F", bound=_Family)


def _rows_checked(self: Examples, seeds: np.ndarray, examples: np.ndarray | None = None) -> tuple:
    sets, count, *_ = self.inputs.shape
    seeds = _checks.indices("seeds", seeds, None, below=sets)
    if examples is not None:
        examples = _checks.indices("examples", examples, len(seeds), None, below=count)
    return self, seeds, examples


def checked(self: Examples[F], family: F, theta: np.ndarray) -> tuple[Examples[F], F, np.ndarray]:
    """Return examples, family and parameters of networks if they fit each other."""
    inputs, targets = self._fitting(family)
    theta = _checks.matrix("theta", theta, rows=len(inputs), columns=family.parameters)
    return type(self)(inputs, targets), family, theta


@dataclass(frozen=True, eq=False)
class Examples(Record, ABC, Generic[F]):
    """What networks of a family read, and what they shall say.

    Parameters
    ----------
    inputs : ndarray, shape (S, N, …)
    targets : ndarray, shape (S, N, classes)
        1 where the label is, else 0.
    """

    inputs: np.ndarray
    targets: np.ndarray

    @guarded(checks=_rows_checked)
    def rows(self, seeds: np.ndarray, examples: np.ndarray | None = None) -> Self:
        """Return the examples of one run a row: of these seeds, and these examples of each."""
        where = seeds if examples is None else (seeds[:, None], examples)
        return type(self)(self.inputs[where], self.targets[where])

    @guarded(checks=checked)
    def losses(self, family: F, theta: np.ndarray) -> np.ndarray:
        """Return the mean cross-entropy of each network, shape (R,)."""
        return np.concatenate(
            [
                cross_entropies(family.logits(theta[part], self.inputs[part]), self.targets[part])[
                    0
                ]
                for part in self._parts(len(theta), family)
            ]
        )

    @guarded(checks=checked)
    def accuracies(self, family: F, theta: np.ndarray) -> np.ndarray:
        """Return the share of examples whose largest logit is that of the label, shape (R,)."""
        right = [
            family.logits(theta[part], self.inputs[part]).argmax(axis=2)
            == self.targets[part].argmax(axis=2)
            for part in self._parts(len(theta), family)
        ]
        return np.concatenate(right).mean(axis=1)

    @abstractmethod
    def _fitting(self, family: F) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets if they are what networks of a family read and say."""

    @abstractmethod
    def _parts(self, runs: int, family: F) -> list[slice]:
        """Return which networks are worked on together, so that their arrays stay in the cache."""


def cross_entropies(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean cross-entropy of each network and the errors δ = p − target, in place."""
    logits -= logits.max(axis=2, keepdims=True)
    chosen = np.einsum("rnc,rnc->r", logits, targets)
    np.exp(logits, out=logits)
    total = logits.sum(axis=2, keepdims=True)
    losses = (np.log(total).sum(axis=(1, 2)) - chosen) / logits.shape[1]
    logits /= total
    logits -= targets
    return losses, logits
