"""The steps that examples count follow from logarithms, and what never arrives is said."""

import math

import numpy as np
import pytest

from offcenter.errors import ArrivalError
from offcenter.examples._steps import ends, first_within, steps_until


def test_steps_follow_from_the_logarithm_where_there_is_one_axis():
    # 0.8²⁰ > 0.01 ≥ 0.8²¹
    assert steps_until(np.eye(1), np.ones(1), 0.2, 0.01) == math.ceil(math.log(0.01, 0.8))
    with pytest.raises(ArrivalError, match="in fewer than 1,000 steps"):
        steps_until(np.eye(1), np.ones(1), 0.0, 0.01, limit=1000)
    # 0.8²⁰ is not there.
    assert steps_until(np.eye(1), np.ones(1), 0.2, 0.01, limit=22) == 21
    with pytest.raises(ArrivalError):
        steps_until(np.eye(1), np.ones(1), 0.2, 0.01, limit=21)


def test_ends_are_plain_numbers_of_the_kind_that_they_are_taken_from():
    for numbers in ([3, 1, 2], [3.0, 1.0, 2.0]):
        low, high = ends(np.array(numbers))
        assert (low, high) == (1, 3)
        assert type(low) is type(high) is type(numbers[0])


def test_what_never_comes_near_is_said_and_not_counted():
    assert first_within(0.1, np.array([1.0, 0.1, 0.0])) == 2
    with pytest.raises(ArrivalError, match=r"none of 2 distances is at most 0\.1"):
        first_within(0.1, np.array([1.0, 0.5]))
