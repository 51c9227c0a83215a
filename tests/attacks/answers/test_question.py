"""Counterexamples to what answers on "The question" once said too broadly."""

import numpy as np

from offcenter.spectrum import (
    iid_condition_number,
)


def test_positive_outputs_of_a_large_spread_cost_next_to_nothing():
    # exp(3z) for a standard normal z.
    mean, square = np.exp(4.5), np.exp(18)
    assert 1 < iid_condition_number(10, mean, square - mean**2) < 1.01


def test_a_gradient_vanishes_in_linear_layers_of_small_weights():
    assert np.prod(np.full(5, 0.25)) < 0.001
