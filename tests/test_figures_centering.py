"""The records of the chapter "Centering" hold what is drawn, and refuse bad parameters."""

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.figures import draw
from offcenter.figures._marks import three_digits
from offcenter.figures.centering import conditions, spectrum
from offcenter.figures.centering_inputs import outputs, sample_spectrum
from offcenter.spectrum import iid_second_moment


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("mean", [0.0, 0.3, 1.7])
def test_the_marked_span_is_the_condition_number_of_the_matrix(mean, bias):
    record = spectrum(n=20, mean=mean, variance=0.1, bias=bias)
    values = np.linalg.eigvalsh(iid_second_moment(20, mean, 0.1, bias=bias))
    assert record.smallest == pytest.approx(values[0], rel=1e-9)
    assert record.largest == pytest.approx(values[-1], rel=1e-9)
    assert record.kappa == pytest.approx(
        np.linalg.cond(iid_second_moment(20, mean, 0.1, bias=bias))
    )
    assert record.means[0] == 0
    assert record.means[-1] >= mean


def test_the_bias_never_helps_and_rescaling_it_never_harms():
    record = conditions()
    assert (record.bare <= record.best_diagonal * (1 + 1e-9)).all()
    assert (record.best_diagonal <= record.bias * (1 + 1e-9)).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_histogram_has_the_mass_and_the_mean_that_are_written(name):
    record = outputs(activation=name, shift=0.2)
    assert 0.99 < record.shares.sum() <= 1 + 1e-9
    centers = (record.edges[1:] + record.edges[:-1]) / 2
    width = record.edges[1] - record.edges[0]
    # Values beyond ±3 are cut off, and a bin's center stands for its values.
    assert centers @ record.shares == pytest.approx(record.mean, abs=width / 2 + 0.03)


def test_shifting_by_the_mean_makes_the_share_zero():
    record = outputs(activation="relu", shift=ACTIVATIONS["relu"].mean)
    assert record.offset_share == 0
    assert record.kappa == 1


def test_one_eigenvalue_of_a_sample_stands_apart():
    record = sample_spectrum(n=60)
    assert record.values.shape == (60,)
    assert record.values[-1] > 10 * record.values[-2]


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("centering-spectrum", {"n": 1}, "n must be at least 2"),
        ("centering-spectrum", {"mean": -0.1}, "mean must be at least 0"),
        ("centering-spectrum", {"variance": 0.0}, "variance must be above 0"),
        ("centering-bias", {"n": 0}, "n must be at least 2"),
        ("centering-activation", {"activation": "swish"}, "name must be one of"),
        ("centering-activation", {"shift": float("nan")}, "shift must be finite"),
        ("centering-samples", {"ratio": 1}, "ratio must be at least 2"),
    ],
)
def test_bad_parameters_are_named(name, parameters, words):
    with pytest.raises(ValueError, match=words):
        draw(name, **parameters)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.24999, "0.250"),
        (9.996, "10.0"),
        (101.3, "101"),
        (15633.6, "15,600"),
        (-0.5, "−0.500"),
    ],
)
def test_three_digits_have_no_exponent(value, text):
    assert three_digits(value) == text
