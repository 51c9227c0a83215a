"""A convolution network on the digits: what batch norm centers in it, and what it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.experiment._digits import METHODS
from offcenter.experiment._setups import seeds, split
from offcenter.network import Convolution, Images, Race, race

__all__ = [
    "CONVOLUTIONS",
    "CONVOLUTION_TARGETS",
    "ConvolutionSetup",
    "convolution_races",
    "convolution_start",
]

SIDE, CHANNELS, CLASSES = 8, 8, 10
IMAGES, TEST_IMAGES = 128, 500
CONVOLUTION_TARGETS = (0.5, 0.2, 0.1)  # training losses
_POWERS = {"full": range(-3, 7), "momentum": range(-6, 5), "adam": range(-8, 1)}


@dataclass(frozen=True)
class ConvolutionSetup:
    """One way to write down the network.

    Parameters
    ----------
    label : str
    centered_inputs : bool
        Whether the mean over all pixels of all images, one number, is subtracted.
    batch_norm : bool
        Whether the maps are normalized over images and places.
    output_mean : bool
        Whether the outputs are centered over the images, before their bias.
    """

    label: str
    centered_inputs: bool = False
    batch_norm: bool = False
    output_mean: bool = False


#: The ways that are compared, by name.
CONVOLUTIONS: Mapping[str, ConvolutionSetup] = MappingProxyType(
    {
        "plain": ConvolutionSetup("raw pixels"),
        "centered": ConvolutionSetup("centered pixels", centered_inputs=True),
        "norm": ConvolutionSetup("batch norm before ReLU", batch_norm=True),
        "norm-centered": ConvolutionSetup(
            "batch norm before ReLU, centered pixels", centered_inputs=True, batch_norm=True
        ),
        "output": ConvolutionSetup("outputs centered", output_mean=True),
        "norm-output": ConvolutionSetup(
            "batch norm before ReLU, outputs centered", batch_norm=True, output_mean=True
        ),
    }
)


@guarded
def convolution_start(
    name: str, block: int = 0, *, channels: int = CHANNELS
) -> tuple[Convolution, np.ndarray, Images, Images]:
    """Return the family of a setup, its networks before training, and images to train and test.

    Networks with batch norm are one function of the training images, and so are those without:
    biases absorb what is subtracted.

    Parameters
    ----------
    name : str
        A key of `CONVOLUTIONS`.
    block : int
        Of seeds: of the weights and of the split.
    channels : int

    Raises
    ------
    ValueError
        If there is no setup of that name, or a number is out of range.
    """
    setup = CONVOLUTIONS[_checks.one_of("name", name, CONVOLUTIONS)]
    family = Convolution(SIDE, channels, CLASSES, setup.batch_norm, setup.output_mean)
    plain = Convolution(SIDE, channels, CLASSES, setup.batch_norm)
    theta, parts = [], []
    for seed in seeds(block):
        data = split(seed)
        pixels, others = data.inputs[:IMAGES], data.test_inputs[:TEST_IMAGES]
        mean = pixels.mean() if setup.centered_inputs else 0.0
        one = family.start(np.random.default_rng([seed, 4]))[None]
        # Weights and zero biases are drawn for centered pixels.
        kernels, shifts, _, biases = family.parts(one)
        shifts -= kernels.sum(axis=2) * (pixels.mean() - mean)
        targets = np.eye(CLASSES)[data.labels[:IMAGES]]
        images = Images.of((pixels - mean)[None], targets[None])
        if setup.output_mean:
            biases += plain.forward(one, images.inputs)[3].mean(axis=1)
        theta.append(one[0])
        tests = np.eye(CLASSES)[data.test_labels[:TEST_IMAGES]]
        parts.append((pixels - mean, targets, others - mean, tests))
    x, y, test_x, test_y = (np.array(part) for part in zip(*parts, strict=True))
    return family, np.array(theta), Images.of(x, y), Images.of(test_x, test_y)


@guarded(infinite=True)
@stored
def convolution_races(
    name: str, method: str = "full", block: int = 0, *, channels: int = CHANNELS
) -> Race:
    """Train a convolution network with each step size of a method's grid, in full batches.

    Parameters
    ----------
    name : str
        A key of `CONVOLUTIONS`.
    method : {"full", "momentum", "adam"}
    block : int
        Of seeds.
    channels : int

    Raises
    ------
    ValueError
        If there is no setup or method of that name.
    """
    _checks.one_of("method", method, _POWERS)
    family, theta, images, tests = convolution_start(name, block, channels=channels)
    return race(
        family,
        theta,
        images,
        tests,
        step_sizes=2.0 ** np.array(_POWERS[method]),
        targets=CONVOLUTION_TARGETS,
        method=METHODS[method].rule,
    )
