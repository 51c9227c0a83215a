"""Convolution networks against direct sums, differences, and what batch norm must not see."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from offcenter.experiment import convolution_races, convolution_start
from offcenter.network import Convolution, Images

KINDS = [(False, False), (True, False), (False, True), (True, True)]


def _some(batch_norm=False, output_mean=False, *, seed=0, runs=3, examples=7):
    rng = np.random.default_rng(seed)
    family = Convolution(6, 2, 3, batch_norm, output_mean)
    theta = np.array([family.start(rng) for _ in range(runs)])
    theta += 0.1 * rng.standard_normal(theta.shape)
    labels = np.eye(3)[rng.integers(0, 3, (runs, examples))]
    return family, theta, Images.of(rng.random((runs, examples, 36)), labels), rng


def test_maps_are_correlations_of_image_and_kernel():
    family, theta, _, rng = _some()
    pixels = rng.random((3, 4, 36))
    maps, *_ = family.forward(theta, Images.of(pixels, np.zeros((3, 4, 3))).inputs)
    kernels, shifts, _, _ = family.parts(theta)
    for run in range(3):
        for example in range(4):
            for channel in range(2):
                direct = correlate2d(
                    pixels[run, example].reshape(6, 6),
                    kernels[run, channel].reshape(3, 3),
                    mode="valid",
                )
                ours = maps[run].reshape(2, 4, 4, 4)[channel, example]
                np.testing.assert_allclose(ours, direct + shifts[run, channel], atol=1e-12)


@pytest.mark.parametrize(("batch_norm", "output_mean"), KINDS)
def test_gradient_is_the_derivative_of_the_loss(batch_norm, output_mean):
    family, theta, images, rng = _some(batch_norm, output_mean)
    losses, gradient = images.gradients(family, theta)
    np.testing.assert_allclose(losses, images.losses(family, theta), rtol=1e-12)
    for _ in range(5):
        v = rng.standard_normal(theta.shape)
        change = images.losses(family, theta + 1e-6 * v) - images.losses(family, theta - 1e-6 * v)
        np.testing.assert_allclose((gradient * v).sum(axis=1), change / 2e-6, rtol=1e-5)


@pytest.mark.parametrize(("batch_norm", "output_mean"), KINDS)
def test_networks_of_a_stack_do_not_touch_each_other(batch_norm, output_mean):
    family, theta, images, _ = _some(batch_norm, output_mean)
    _, together = images.gradients(family, theta)
    for run in range(3):
        alone = images.rows(np.array([run]))
        np.testing.assert_array_equal(
            alone.gradients(family, theta[run : run + 1])[1][0], together[run]
        )


def test_centered_outputs_are_a_linear_layer_on_centered_features():
    family, theta, images, _ = _some(output_mean=True)
    _, _, features, logits = family.forward(theta, images.inputs)
    _, _, weights, biases = family.parts(theta)
    centered = features - features.mean(axis=1, keepdims=True)
    expected = centered @ weights.transpose(0, 2, 1) + biases[:, None]
    np.testing.assert_allclose(logits, expected, atol=1e-12)


@pytest.mark.parametrize(
    "pair", [("plain", "centered"), ("plain", "output"), ("norm", "norm-output")]
)
def test_setups_start_as_one_function_of_the_training_images(pair):
    logits = []
    for name in pair:
        family, theta, images, _ = convolution_start(name)
        logits.append(family.forward(theta, images.inputs)[3])
    np.testing.assert_allclose(*logits, atol=1e-9)


def test_images_keep_their_labels_and_accuracy_counts_them():
    family, theta, images, _ = _some()
    logits = family.forward(theta, images.inputs)[3]
    right = [
        np.mean([row.argmax() == label.argmax() for row, label in zip(*run, strict=True)])
        for run in zip(logits, images.targets, strict=True)
    ]
    np.testing.assert_allclose(images.accuracies(family, theta), right)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((7, 2, 3), "side must be even"),
        ((2, 2, 3), "side"),
        ((8, 0, 3), "channels"),
        ((8, 2, 1), "classes"),
    ],
)
def test_bad_sizes_are_named(sizes, message):
    with pytest.raises(ValueError, match=message):
        Convolution(*sizes)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="norm-output"):
        convolution_start("batch norm")
    with pytest.raises(ValueError, match="momentum"):
        convolution_races("plain", "sgd")
