"""Weight standardization of many networks at once: weights without a sum, of a learned length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from offcenter.network import Family, Network

__all__ = ["Standardized", "without_sums"]


def without_sums(network: Network) -> Network:
    """Return the network with weights less the mean of their unit's: no sum is left."""
    return replace(
        network, weights=tuple(W - W.mean(axis=1, keepdims=True) for W in network.weights)
    )


class Standardized:
    """Weights that are written as g(v − v̄1)/|v − v̄1| by each unit, and trained in v and g.

    Parameters of a network are those of its family, with v in place of the weights, and then the
    lengths g of all units.
    """

    def __init__(self, family: Family) -> None:
        self.family = family

    def parameters(self, theta: np.ndarray) -> np.ndarray:
        """Write networks in this way, shape (R, P + units); no unit's weights may have a sum."""
        lengths = [np.linalg.norm(W, axis=2) for W, _ in self.family.layers(theta)]
        return np.concatenate([theta, *lengths], axis=1)

    def networks(self, parameters: np.ndarray) -> np.ndarray:
        """Return what is written so, shape (R, P)."""
        theta = parameters[:, : self.family.parameters].copy()
        for (W, _), g in zip(self.family.layers(theta), self._lengths(parameters), strict=True):
            W -= W.mean(axis=2, keepdims=True)
            W *= g / np.linalg.norm(W, axis=2, keepdims=True)
        return theta

    def gradient(self, parameters: np.ndarray, g: np.ndarray) -> np.ndarray:
        """Return the gradient by v, biases and lengths, from that by weights and biases."""
        result = np.concatenate([g, np.empty_like(parameters[:, g.shape[1] :])], axis=1)
        for (V, _), (G, _), length, by_length in zip(
            self.family.layers(parameters),
            self.family.layers(result),
            self._lengths(parameters),
            self._lengths(result),
            strict=True,
        ):
            centered = V - V.mean(axis=2, keepdims=True)
            size = np.linalg.norm(centered, axis=2, keepdims=True)
            direction = centered / size
            along = (G * direction).sum(axis=2, keepdims=True)
            by_length[:] = along
            # What is left is at right angles to v, and without a sum.
            G -= G.mean(axis=2, keepdims=True) + along * direction
            G *= length / size
        return result

    def _lengths(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return views of the lengths of each layer's units, shape (R, units, 1)."""
        views, begin = [], self.family.parameters
        for units in self.family.sizes[1:]:
            views.append(parameters[:, begin : begin + units, None])
            begin += units
        return views
