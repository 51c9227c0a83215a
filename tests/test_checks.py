"""Arguments are checked: good ones come back as they are used, bad ones name themselves."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.descent import plane_run
from offcenter.errors import LimitError

X = np.ones((2, 3, 4))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: _checks.vector("x", [1.0, np.nan]), ValueError, "x must be finite"),
        (lambda: _checks.vector("x", [1.0, np.inf]), ValueError, "x must be finite"),
        (lambda: _checks.vector("x", []), ValueError, "x must not be empty"),
        (lambda: _checks.vector("x", [[1.0]]), ValueError, "x must have 1 dimension"),
        (lambda: _checks.vector("x", [1.0], size=2), ValueError, r"x must have shape \(2,\)"),
        (lambda: _checks.vector("x", "abc"), TypeError, "x must be an array of real numbers"),
        (lambda: _checks.matrix("X", np.ones((2, 3)), columns=2), ValueError, "X must have shape"),
        (lambda: _checks.square("M", np.ones((2, 3))), ValueError, "M must be square"),
        (lambda: _checks.shaped("X", X, 2, None, 5), ValueError, r"X must have shape \(2, 3, 5\)"),
        (lambda: _checks.shaped("X", X, 2, None), ValueError, "X must have 2 dimension"),
        (lambda: _checks.indices("i", [0, 3], None, below=3), ValueError, "i must be from 0 to 2"),
        (lambda: _checks.indices("i", [-1], None, below=3), ValueError, "i must be from 0 to 2"),
        (lambda: _checks.indices("i", [0.0], None, below=3), TypeError, "i must be an array of wh"),
        (lambda: _checks.indices("i", [0], 2, below=3), ValueError, r"i must have shape \(2,\)"),
        (
            lambda: _checks.symmetric("M", [[0.0, 1.0], [0.0, 0.0]]),
            ValueError,
            "M must be symmetric",
        ),
        (lambda: _checks.number("v", -1.0, minimum=0), ValueError, "v must be at least 0"),
        (lambda: _checks.number("v", 0.0, above=0), ValueError, "v must be above 0"),
        (lambda: _checks.number("v", 2.0, maximum=1), ValueError, "v must be at most 1"),
        (lambda: _checks.number("v", 1.0, below=1), ValueError, "v must be below 1"),
        (lambda: _checks.number("v", float("nan")), ValueError, "v must be finite"),
        (lambda: _checks.number("v", "1"), TypeError, "v must be a real number"),
        (lambda: _checks.number("v", True), TypeError, "v must be a real number"),
        (lambda: _checks.count("n", 0), ValueError, "n must be at least 1"),
        (lambda: _checks.count("n", 1.5), TypeError, "n must be a whole number"),
        (lambda: _checks.count("n", True), TypeError, "n must be a whole number"),
        (lambda: _checks.zero_one("y", [0, 2]), ValueError, "y must hold only 0 and 1"),
        (lambda: _checks.one_of("name", "c", {"b", "a"}), ValueError, "name must be one of a, b"),
        (lambda: _checks.generator("rng", 7), TypeError, "rng must be a numpy.random.Generator"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


@given(
    arrays(complex, st.integers(1, 4))
    | arrays(np.complex64, st.integers(1, 4))
    | st.lists(st.floats().map(str), min_size=1)
    | st.lists(st.floats().map(str), min_size=1).map(lambda words: np.array(words, dtype=object))
    | st.complex_numbers().map(lambda number: [Fraction(1), number])
    | st.binary(min_size=1, max_size=3)
)
def test_only_real_numbers_are_numbers(value):
    with pytest.raises(TypeError, match="x must be an array of real numbers"):
        _checks.finite_array("x", value)


def test_good_input_comes_back():
    assert _checks.vector("x", (1, 2), size=2).tolist() == [1.0, 2.0]
    assert _checks.matrix("X", [[1, 2]], rows=1, columns=2).shape == (1, 2)
    assert _checks.symmetric("M", [[1, 2], [2, 1]])[0, 1] == 2.0
    assert _checks.number("v", np.float32(0.5), minimum=0, maximum=1) == 0.5
    assert _checks.count("n", np.int64(3)) == 3
    assert _checks.zero_one("y", [True, False]).tolist() == [1.0, 0.0]
    assert _checks.vector("x", [Fraction(1, 2), 10**30]).tolist() == [0.5, 1e30]
    array = np.ones(2)
    assert _checks.vector("x", array) is array
    rng = np.random.default_rng(0)
    assert _checks.generator("rng", rng) is rng


def test_a_record_of_another_kind_is_named_with_its_article():
    with pytest.raises(TypeError, match="setting must be a Setting, got"):
        plane_run(3.0)


def test_what_cannot_be_shown_is_named_by_its_type_and_no_page_is_filled():
    class Shy:
        def __repr__(self):
            raise RuntimeError

    assert _checks.shown(Shy()) == "something of the type Shy"
    assert _checks.shown(10**20) == "a whole number of more than 20 digits"
    assert _checks.shown(-(10**20)) == "a whole number of more than 20 digits"
    assert _checks.shown(10**20 - 1) == "9" * 20
    assert _checks.shown(True) == "True"
    assert len(_checks.shown("x" * 1000)) == 80


def test_memory_that_runs_out_is_said_in_words():
    @guarded
    def hungry(n: int) -> int:
        raise MemoryError("no more")

    with pytest.raises(LimitError, match="n must be small enough for the memory of this machine"):
        hungry(3)


def test_checks_of_a_function_see_calls_from_outside_and_no_others():
    seen = []

    def noted(x):
        seen.append(x)
        return (_checks.vector("x", x),)

    @guarded(checks=noted)
    def total(x: np.ndarray) -> float:
        return float(x.sum())

    @guarded
    def twice(x: np.ndarray) -> float:
        return total(x) + total(x)

    assert total([1.0, 2.0]) == 3.0
    assert total(x=[1.0]) == 1.0
    assert twice(np.ones(2)) == 4.0
    assert seen == [[1.0, 2.0], [1.0]]
    with pytest.raises(ValueError, match="x must not be empty"):
        total([])
