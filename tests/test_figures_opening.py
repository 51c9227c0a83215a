"""The opening figure: closed forms of the bowl and its path; contours that stay in place."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcenter.descent import Setting, best_multiple, plane_run
from offcenter.figures.opening import opening


@given(st.floats(0, 1))
def test_kappa_and_steps_are_those_of_the_closed_form(mean):
    record = opening(mean)
    kappa = 1 + 24 * mean**2
    rate = (kappa - 1) / (kappa + 1)
    assert record.kappa == pytest.approx(kappa)
    assert record.step_size * sum(record.eigenvalues) == pytest.approx(2)
    # From (1, 0) both axes shrink by one factor, so the distance is rateᵗ.
    np.testing.assert_allclose(
        record.path.distances, rate ** np.arange(record.steps + 1), atol=1e-9
    )
    assert record.path.distances[-1] <= 0.01 < record.path.distances[-2]
    if rate > 0.05:
        assert abs(record.steps - math.log(0.01) / math.log(rate)) <= 1 + 1e-9


def test_a_larger_mean_never_takes_fewer_steps_and_centered_inputs_take_one():
    steps = [opening(mean).steps for mean in np.linspace(0, 1, 101)]
    assert steps[0] == 1
    assert steps == sorted(steps)
    assert steps[-1] > 50


def test_no_other_fixed_step_size_is_faster_in_the_long_run():
    for mean in (0.1, 0.5, 1.0):
        eigenvalues = opening(mean).eigenvalues
        multiples = np.linspace(0.01, 2, 4000)
        factors = np.abs(1 - np.outer(multiples, eigenvalues / eigenvalues[1])).max(axis=1)
        assert multiples[factors.argmin()] == pytest.approx(best_multiple(mean), abs=1e-3)


def test_contours_do_not_move_with_the_start_or_the_mean():
    levels = [plane_run(Setting(start=start)).contours for start in ((1.0, 0.0), (0.1, -1.2))]
    levels.append(opening(0.3).contours)
    assert all(np.array_equal(levels[0], other) for other in levels)
    assert (np.diff(levels[0]) > 0).all()


@pytest.mark.parametrize("mean", [-0.1, 1.1, math.nan])
def test_a_mean_outside_the_slider_is_refused(mean):
    with pytest.raises(ValueError, match="mean must be"):
        opening(mean)
