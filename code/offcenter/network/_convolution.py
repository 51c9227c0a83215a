"""Many small convolution networks of one shape at once, with or without batch norm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError, ArgumentTypeError
from offcenter.network._examples import Examples, checked, cross_entropies

__all__ = ["Convolution", "Images"]

_FLOOR = 1e-5  # added to variances by batch norm, as usual
# Networks are worked on so many numbers at a time: they stay in the cache.
_CACHED = 200_000


def _parts_checked(self: Convolution, theta: np.ndarray) -> tuple[Convolution, np.ndarray]:
    # Any numbers: results are written into such views.
    array = _checks.real_array("theta", theta)
    if array.ndim != 2 or array.shape[1] != self.parameters:
        raise ArgumentError(f"theta must have shape (R, {self.parameters}), got {array.shape}")
    return self, array


def _forward_checked(
    self: Convolution, theta: np.ndarray, patches: np.ndarray, name: str = "patches"
) -> tuple[Convolution, np.ndarray, np.ndarray]:
    theta = _checks.matrix("theta", theta, columns=self.parameters)
    return self, theta, _checks.shaped(name, patches, len(theta), None, self.places, 9)


def _logits_checked(
    self: Convolution, theta: np.ndarray, X: np.ndarray
) -> tuple[Convolution, np.ndarray, np.ndarray]:
    return _forward_checked(self, theta, X, "X")


def _backward_checked(
    self: Convolution, theta: np.ndarray, patches: np.ndarray, targets: np.ndarray
) -> tuple[Convolution, np.ndarray, np.ndarray, np.ndarray]:
    _, theta, patches = _forward_checked(self, theta, patches)
    targets = _checks.shaped("targets", targets, *patches.shape[:2], self.classes)
    return self, theta, patches, targets


@dataclass(frozen=True)
class Convolution:
    """What networks have in common that read images by one layer of 3 × 3 kernels.

    An image x of `side` × `side` pixels becomes `channels` maps s = k ∗ x + b of its inner places,
    then ReLU, means over fields of 2 × 2 places, and a linear layer to the classes.

    Parameters
    ----------
    side : int
        Even, at least 4.
    channels : int
    classes : int
    batch_norm : bool
        Whether each map is normalized over examples and places before ReLU, without a learned
        scale and shift; its bias has then no effect.
    output_mean : bool
        Whether the linear layer's outputs are centered over the examples before its bias is added.

    Raises
    ------
    ValueError
        If a number is too small, or the side is odd.
    """

    side: int
    channels: int
    classes: int
    batch_norm: bool = False
    output_mean: bool = False

    def __post_init__(self) -> None:
        if _checks.count("side", self.side, minimum=4) % 2:
            raise ArgumentError(f"side must be even, got {self.side}")
        _checks.count("channels", self.channels)
        _checks.count("classes", self.classes, minimum=2)
        _checks.flag("batch_norm", self.batch_norm)
        _checks.flag("output_mean", self.output_mean)

    @property
    def places(self) -> int:
        """The inner places of an image, where a kernel reads."""
        return (self.side - 2) ** 2

    @property
    def features(self) -> int:
        """What the linear layer reads of one image."""
        return self.channels * (self.side // 2 - 1) ** 2

    @property
    def parameters(self) -> int:
        """P, the number of weights and biases of one network."""
        return 10 * self.channels + (self.features + 1) * self.classes

    @guarded(infinite=True, checks=_parts_checked)
    def parts(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return views of `theta`, shape (R, P): kernels, their biases, weights, their biases.

        Kernels have the shape (R, channels, 9), weights (R, classes, features).
        """
        ends = np.cumsum([9 * self.channels, self.channels, self.features * self.classes])
        kernels, shifts, weights, biases = np.split(theta, ends, axis=1)
        return (
            kernels.reshape(-1, self.channels, 9),
            shifts,
            weights.reshape(-1, self.classes, self.features),
            biases,
        )

    @guarded
    def start(self, rng: np.random.Generator) -> np.ndarray:
        """Draw the parameters of one network, shape (P,): weights of variance 2/inputs, no biases.

        The linear layer's weights have the variance 1/inputs.
        """
        kernels = rng.standard_normal(9 * self.channels) * (2 / 9) ** 0.5
        weights = rng.standard_normal(self.features * self.classes) * self.features**-0.5
        return np.concatenate([kernels, np.zeros(self.channels), weights, np.zeros(self.classes)])

    @guarded(checks=_logits_checked)
    def logits(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return what the networks put out, shape (R, N, classes), of what `forward` takes."""
        return self.forward(theta, X)[3]

    @guarded(checks=_forward_checked)
    def forward(self, theta: np.ndarray, patches: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return maps, the scale that batch norm divided by, features and logits.

        Maps have the shape (R, channels, N · places).

        Parameters
        ----------
        theta : ndarray, shape (R, P)
        patches : ndarray, shape (R, N, places, 9)
            What the kernels read at each place, as `Images` keeps it.
        """
        kernels, shifts, weights, biases = self.parts(theta)
        runs, examples, places, _ = patches.shape
        flat = patches.reshape(runs, examples * places, 9)
        # A channel a row: sums along rows are several times faster than sums across them.
        s = np.matmul(kernels, flat.transpose(0, 2, 1))
        s += shifts[:, :, None]
        scale = np.ones((runs, self.channels, 1))
        if self.batch_norm:
            s -= s.mean(axis=2, keepdims=True)
            scale = np.sqrt(_mean_product(s, s) + _FLOOR)
            s /= scale
        fields = np.maximum(s, 0.0).reshape(self._fields(runs, examples))
        rows = fields[:, :, :, :, 0] + fields[:, :, :, :, 1]
        pooled = (rows[..., 0] + rows[..., 1]) * 0.25
        features = pooled.transpose(0, 2, 3, 4, 1).reshape(runs, examples, self.features)
        logits = np.matmul(features, weights.transpose(0, 2, 1))
        if self.output_mean:
            logits -= logits.mean(axis=1, keepdims=True)
        return s, scale, features, logits + biases[:, None]

    def _fields(self, runs: int, examples: int) -> tuple[int, ...]:
        half = self.side // 2 - 1
        return runs, self.channels, examples, half, 2, half, 2

    @guarded(checks=_backward_checked)
    def backward(
        self, theta: np.ndarray, patches: np.ndarray, targets: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean cross-entropy of each network and its gradient, (R,) and (R, P)."""
        s, scale, features, logits = self.forward(theta, patches)
        runs, examples = patches.shape[:2]
        losses, delta = cross_entropies(logits, targets)
        delta /= examples
        gradient = np.empty_like(theta)
        kernels, shifts, weights, biases = self.parts(gradient)
        biases[:] = delta.sum(axis=1)
        if self.output_mean:
            delta -= delta.mean(axis=1, keepdims=True)
        weights[:] = np.matmul(delta.transpose(0, 2, 1), features)
        half = self.side // 2 - 1
        back = np.matmul(delta, self.parts(theta)[2])
        back *= 0.25
        back = back.reshape(runs, examples, half, 1, half, 1, self.channels)
        ds = (s > 0.0).reshape(self._fields(runs, examples)) * back.transpose(0, 6, 1, 2, 3, 4, 5)
        ds = ds.reshape(s.shape)
        if self.batch_norm:
            along = _mean_product(ds, s)
            ds -= ds.mean(axis=2, keepdims=True)
            ds -= s * along
            ds /= scale
        kernels[:] = np.matmul(ds, patches.reshape(runs, -1, 9))
        shifts[:] = ds.sum(axis=2)
        return losses, gradient


def _mean_product(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.einsum("rcn,rcn->rc", s, t)[:, :, None] / s.shape[2]


def _of_checked(kind: type[Images], pixels: np.ndarray, targets: np.ndarray) -> tuple:
    pixels = _checks.shaped("pixels", pixels, None, None, None)
    side = round(pixels.shape[2] ** 0.5)
    if side < 4 or side * side != pixels.shape[2]:
        raise ArgumentError(
            f"pixels must be those of squares of at least 4 × 4, got {pixels.shape[2]} an image"
        )
    return kind, pixels, _checks.shaped("targets", targets, *pixels.shape[:2], None)


@dataclass(frozen=True, eq=False)
class Images(Examples[Convolution]):
    """Images with labels, a set for each of S seeds, as the kernels read them.

    Batch norm takes its means over these images.

    Parameters
    ----------
    inputs : ndarray, shape (S, N, places, 9)
    targets : ndarray, shape (S, N, classes)
        1 where the label is, else 0.
    """

    @classmethod
    @guarded(checks=_of_checked)
    def of(cls, pixels: np.ndarray, targets: np.ndarray) -> Images:
        """Cut images, shape (S, N, side · side), into what 3 × 3 kernels read."""
        side = round(pixels.shape[2] ** 0.5)
        images = pixels.reshape(*pixels.shape[:2], side, side)
        windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(2, 3))
        return cls(windows.reshape(*pixels.shape[:2], (side - 2) ** 2, 9), targets)

    def _fitting(self, family: Convolution) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets if they are what networks of a family read and say."""
        if not isinstance(family, Convolution):
            raise ArgumentTypeError(f"family must be a Convolution, got {_checks.shown(family)}")
        inputs = _checks.shaped("inputs", self.inputs, None, None, family.places, 9)
        shape = (*inputs.shape[:2], family.classes)
        return inputs, _checks.shaped("targets", self.targets, *shape)

    @guarded(checks=checked)
    def gradients(self, family: Convolution, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean cross-entropy of each network and its gradient, (R,) and (R, P)."""
        done = [
            family.backward(theta[p], self.inputs[p], self.targets[p])
            for p in self._parts(len(theta), family)
        ]
        losses, gradients = zip(*done, strict=True)
        return np.concatenate(losses), np.concatenate(gradients)

    def _parts(self, runs: int, family: Convolution) -> list[slice]:
        numbers = self.inputs[0].size * family.channels // 9
        size = max(1, _CACHED // numbers)
        return [slice(begin, begin + size) for begin in range(0, runs, size)]
