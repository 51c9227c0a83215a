"""The record of the figure of two methods: what it says holds for every shift that it allows."""

import itertools

import numpy as np
import pytest

from offcenter.figures import draw
from offcenter.figures.fisher_paths import STEP_SIZES, STEPS, sample, two_paths
from offcenter.fisher import logistic_fisher

SHIFTS = list(itertools.product((-3.2, 0.0, 3.2), repeat=2))


@pytest.mark.parametrize("shift", SHIFTS)
def test_plain_steps_are_below_the_edge_of_stability(shift):
    X, _ = sample()
    # At weight 0 each p(1 − p) is ¼, the most that it can be.
    F = logistic_fisher(X + np.array(shift), np.zeros(2), 0.0)
    assert np.linalg.eigvalsh(F)[-1] < 2 / STEP_SIZES["gradient"]
    assert (np.diff(two_paths(shift=shift).moved["gradient"].losses) < 0).all()


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_shift_changes_the_natural_gradient_by_rounding_only(shift):
    record = two_paths(shift=shift)
    assert record.change("natural") < 1e-11
    assert (record.change("gradient") > 0.1) == any(shift)


def test_without_a_bias_the_natural_gradient_changes_too():
    assert two_paths(bias=False).change("natural") > 0.1


def test_the_unit_is_never_certain_so_its_fisher_matrix_stays_regular():
    path = two_paths().moved["natural"]
    assert len(path.losses) == STEPS + 1
    assert np.isfinite(path.logits).all()
    assert path.losses[-1] > 0.05


def test_the_default_shift_makes_all_inputs_positive():
    record = two_paths()
    assert (record.inputs + record.shift > 0).all()
    assert np.abs(record.inputs.mean(axis=0)) == pytest.approx(0, abs=0.01)


def test_the_words_say_that_one_path_changes_and_the_other_does_not():
    alt = draw("fisher-two-paths").alt
    assert "change by nothing" in alt
    assert "those of gradient descent up to" in alt


@pytest.mark.parametrize("shift", [(1.0,), (1.0, np.nan), "far"])
def test_a_bad_shift_is_named(shift):
    with pytest.raises((TypeError, ValueError), match="shift must"):
        two_paths(shift=shift)


def test_too_small_a_sample_is_named():
    with pytest.raises(ValueError, match="count must be at least 8"):
        sample(count=3)
