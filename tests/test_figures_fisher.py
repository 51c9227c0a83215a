"""The records behind the Fisher figures: ellipses of equal change, and growth with width."""

import numpy as np
import pytest

from offcenter.figures import draw
from offcenter.figures.fisher import equal_change, width_law


@pytest.mark.parametrize("mean", [-3.0, 0.5, 2.0])
def test_natural_step_gains_the_most_among_equal_changes_of_the_predictions(mean):
    record = equal_change(mean=mean)
    (plain, natural), (plain_centered, natural_centered) = record.falls
    assert plain < natural
    assert plain_centered == pytest.approx(natural_centered, rel=1e-9)
    # The best fall does not depend on the mean: nothing of the natural step does.
    assert natural == pytest.approx(natural_centered, rel=1e-9)


def test_condition_numbers_are_those_of_the_two_by_two_matrix():
    # Unit variance and mean m: the eigenvalues' product is 1 and their sum 2 + m².
    trace = 2 + 2.0**2
    largest = (trace + np.sqrt(trace**2 - 4)) / 2
    assert equal_change(mean=2.0).kappas == pytest.approx((largest**2, 1.0), rel=1e-9)


def test_exact_divergence_lies_near_the_ellipse_for_small_changes():
    record = equal_change(divergence=1e-4)
    for ellipse, exact in zip(record.ellipses, record.exact, strict=True):
        np.testing.assert_allclose(exact, ellipse[:-1:10], rtol=1e-2, atol=1e-5)


def test_eigenvalues_grow_with_the_width_unless_the_mean_is_gone():
    record = width_law(widths=(64, 256), seeds=(0, 1, 2))

    def slope(values):
        return np.log(values[1] / values[0]) / np.log(256 / 64)

    assert slope(record.whole["relu"]) > 0.75
    assert slope(record.whole["sigmoid"]) > 0.75
    assert abs(slope(record.whole["tanh"])) < 0.25
    assert abs(slope(record.subtracted["relu"])) < 0.25


def test_the_words_have_the_numbers_of_the_record():
    assert "inputs with mean 3" in draw("fisher-ellipses", mean=3.0).alt
    assert "from 16 to 32" in draw("fisher-width", widths=(16, 32), seeds=(0,)).alt


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: equal_change(mean=np.nan), "mean must be finite"),
        (lambda: equal_change(divergence=0.0), "divergence must be above 0"),
        (lambda: width_law(widths=(1,)), "widths must be at least 2"),
        (lambda: width_law(seeds=(-1,)), "seeds must be at least 0"),
    ],
)
def test_bad_parameters_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
