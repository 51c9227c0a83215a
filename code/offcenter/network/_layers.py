"""What the other chapters speak of, measured in each layer of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError
from offcenter.network._model import Network, backward, forward
from offcenter.signs import single_signed
from offcenter.spectrum import condition_number, critical_batch_size, offset_share, second_moment

__all__ = ["LayerStatistics", "measure"]


@dataclass(frozen=True, eq=False)
class LayerStatistics(Record):
    """One layer as its weights see it: its inputs x, its errors δ, its gradients δxᵀ.

    Parameters
    ----------
    layer : int
        From 1, the layer that reads the data.
    second_moment : ndarray, shape (inputs, inputs)
        M = E[xxᵀ].
    input_factor : ndarray, shape (inputs + 1, inputs + 1)
        A = E[x̃x̃ᵀ], x̃ = (x, 1): the input side of the layer's Kronecker-factored curvature.
    error_factor : ndarray, shape (outputs, outputs)
        G = E[δδᵀ], with the labels of the data: the empirical form of its other side.
    offset_share : float
        ρ = ‖E[x]‖²/E[‖x‖²].
    single_signed : float
        The share of gradient rows of one example and one unit that have one sign; rows of zeros
        are not counted.
    agreement : float
        How often two entries of a unit's batch gradient have the same sign.
    """

    layer: int
    second_moment: np.ndarray
    input_factor: np.ndarray
    error_factor: np.ndarray
    offset_share: float
    single_signed: float
    agreement: float

    @property
    def condition_number(self) -> float:
        """κ(M), the layer without a bias."""
        return condition_number(self.second_moment)

    @property
    def condition_number_with_bias(self) -> float:
        """κ(A), the layer with its bias."""
        return condition_number(self.input_factor)

    @property
    def critical_batch_size(self) -> float:
        """tr(M)/λmax(M), at most 1/ρ."""
        return critical_batch_size(self.second_moment)

    @property
    def largest_eigenvalue(self) -> float:
        """λmax(A); it limits the step size of a linear layer with half the squared error."""
        return float(np.linalg.eigvalsh(self.input_factor)[-1])


@guarded
def measure(
    network: Network,
    X: np.ndarray,
    labels: np.ndarray,
    *,
    batch_size: int,
) -> tuple[LayerStatistics, ...]:
    """Return the statistics of each layer over the examples.

    Parameters
    ----------
    network : Network
    X : ndarray, shape (N, inputs)
    labels : ndarray of int, shape (N,)
    batch_size : int
        For `agreement`: the examples are cut into batches of this size, in their order; what is
        left over is not used.

    Raises
    ------
    ValueError
        If `X` or `labels` do not fit the network, or `batch_size` is not from 1 to N.
    """
    states = forward(network, X)
    errors = backward(network, states, labels).errors
    batch_size = _checks.count("batch_size", batch_size)
    if batch_size > len(X):
        raise ArgumentError(f"batch_size must be at most {len(X)}, got {batch_size}")
    return tuple(
        LayerStatistics(
            layer=layer,
            second_moment=second_moment(x),
            input_factor=second_moment(x, bias=True),
            error_factor=second_moment(error),
            offset_share=offset_share(x),
            single_signed=_single_signed_share(x, error),
            agreement=_agreement(x, error, batch_size),
        )
        for layer, (x, error) in enumerate(zip(states.inputs, errors, strict=True), start=1)
    )


def _single_signed_share(x: np.ndarray, error: np.ndarray) -> float:
    # Row j of one example's gradient is the number δⱼ times x: it is zero if δⱼ or x is zero, and
    # otherwise has one sign exactly if x has.  So no row needs to be formed.
    counted = (error != 0).sum(axis=1) * (x != 0).any(axis=1)
    if not counted.any():
        raise ArgumentError("all gradients of a layer are zero, so none has a sign")
    return float((counted * single_signed(x)).sum() / counted.sum())


def _agreement(x: np.ndarray, error: np.ndarray, batch_size: int) -> float:
    # With p positive and q negative entries, p(p−1) + q(q−1) of the (p+q)(p+q−1) ordered pairs
    # agree; entries that are zero have no sign.
    agreeing = pairs = 0
    for start in range(0, len(x) - batch_size + 1, batch_size):
        rows = slice(start, start + batch_size)
        gradient = error[rows].T @ x[rows]
        positive, negative = (gradient > 0).sum(axis=1), (gradient < 0).sum(axis=1)
        signed = positive + negative
        agreeing += int((positive * (positive - 1) + negative * (negative - 1)).sum())
        pairs += int((signed * (signed - 1)).sum())
    if pairs == 0:
        raise ArgumentError("a layer has no unit with two gradients that are not zero")
    return agreeing / pairs
