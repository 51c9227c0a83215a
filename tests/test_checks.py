"""Arguments are checked: good ones come back as they are used, bad ones name themselves."""

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.activations import Activation, activation
from offcenter.descent import plane_run
from offcenter.errors import ArgumentError, LimitError

X = np.ones((2, 3, 4))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: _checks.vector("x", [1.0, np.nan]), ValueError, "x must be finite"),
        (lambda: _checks.vector("x", [1.0, np.inf]), ValueError, "x must be finite"),
        (lambda: _checks.vector("x", []), ValueError, "x must not be empty"),
        (lambda: _checks.vector("x", [[1.0]]), ValueError, "x must have 1 dimension"),
        (lambda: _checks.vector("x", 1.0), ValueError, "x must have 1 dimension"),
        (lambda: _checks.matrix("X", [1.0]), ValueError, "X must have 2 dimension"),
        (lambda: _checks.vector("x", [1.0], size=2), ValueError, r"x must have shape \(2,\)"),
        (lambda: _checks.vector("x", [1, 2, 3], size=2), ValueError, r"x must have shape \(2,\)"),
        (lambda: _checks.vector("x", "abc"), TypeError, "x must be an array of real numbers"),
        (lambda: _checks.matrix("X", np.ones((2, 3)), columns=2), ValueError, "X must have shape"),
        (lambda: _checks.square("M", np.ones((2, 3))), ValueError, "M must be square"),
        (lambda: _checks.square("M", np.ones((3, 2))), ValueError, "M must be square"),
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
        (lambda: _checks.one_of("name", np.array(["a"]), ("a",)), ValueError, "name must be one"),
        (lambda: _checks.one_of("name", 3, ("a",)), ValueError, "name must be one of a; got 3"),
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
    assert _checks.one_of("name", "a", {"b", "a"}) == "a"
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


@pytest.mark.parametrize(
    ("bounds", "taken", "refused", "words"),
    [
        ({"minimum": 1}, (1, 1.5, 9), (0.5, -1), "at least 1"),
        ({"maximum": 1}, (1, 0.5, -9), (1.5, 9), "at most 1"),
        ({"above": 1}, (1.5, 9), (1, 0.5, -9), "above 1"),
        ({"below": 1}, (0.5, -9), (1, 1.5, 9), "below 1"),
        ({"minimum": 0, "maximum": 1}, (0, 0.5, 1), (-0.5, 1.5), "at least 0 and at most 1"),
        ({"minimum": 0, "below": 1}, (0, 0.5), (-0.5, 1, 1.5), "at least 0 and below 1"),
        ({"above": 0, "below": 1}, (0.5,), (-0.5, 0, 1, 1.5), "above 0 and below 1"),
        ({}, (-1e308, 0, 1e308), (), ""),
    ],
)
def test_a_number_is_taken_within_its_bounds_and_nowhere_else(bounds, taken, refused, words):
    for value in taken:
        assert _checks.number("v", value, **bounds) == value
    for value in refused:
        with pytest.raises(ValueError, match=f"^v must be {words}, got {value:g}$"):
            _checks.number("v", value, **bounds)


def test_a_whole_number_is_taken_up_to_its_bounds():
    assert [_checks.count("n", n, minimum=2, maximum=4) for n in (2, 3, 4)] == [2, 3, 4]
    for n in (1, -5):
        with pytest.raises(ValueError, match=f"n must be at least 2, got {n}"):
            _checks.count("n", n, minimum=2, maximum=4)
    for n in (5, 10**9):
        with pytest.raises(LimitError, match=f"n must be at most 4, got {n}"):
            _checks.count("n", n, minimum=2, maximum=4)
    assert _checks.count("n", 1) == 1
    assert _checks.count("n", 10**9) == 10**9
    with pytest.raises(LimitError, match="n must be at most 1,000,000,000"):
        _checks.count("n", 10**9 + 1)


def test_an_array_may_hold_a_gibibyte_of_floats():
    most = 2**30 // np.dtype(float).itemsize
    assert _checks.room("n", most) == most
    with pytest.raises(LimitError, match="n must be at most 134,217,728, got 134217729"):
        _checks.room("n", most + 1)
    assert _checks.room("n", 5, most=5) == 5
    with pytest.raises(LimitError, match="n must be at most 5, got 6"):
        _checks.room("n", 6, most=5)


def test_rounding_leaves_a_matrix_symmetric_and_a_millionth_does_not():
    for scale in (1.0, 1e-200, 1e200):
        # A relative error in a large entry, and one beside an entry of 0.
        for upper, lower in ((1.0, 1.0 + 1e-12), (0.0, 1e-12)):
            M = scale * np.array([[1.0, upper], [lower, 1.0]])
            assert _checks.symmetric("M", M) is M
        for upper, lower in ((1.0, 1.0 + 1e-6), (0.0, 1e-6)):
            with pytest.raises(ValueError, match="M must be symmetric"):
                _checks.symmetric("M", scale * np.array([[1.0, upper], [lower, 1.0]]))


def test_seeds_are_whole_numbers_that_fit_into_63_bits_or_several_of_them():
    for value in (0, 7, 2**63 - 1, [0, 2**63 - 1]):
        assert _checks.seed("seed", value) == value
    assert _checks.seed("seed", (3, 4)) == [3, 4]
    for value in (-1, 2**63, [0, -1], (2**63,)):
        with pytest.raises(ValueError, match="seed must be at"):
            _checks.seed("seed", value)
    for value in ([], "1", 0.5, True, [0.5]):
        with pytest.raises(TypeError, match="seed must be a whole number"):
            _checks.seed("seed", value)


def test_several_entries_come_as_a_list_and_no_table_is_one():
    for value in ([1, 2], (1, 2), range(1, 3), np.array([1, 2])):
        assert _checks.several("sizes", value) == [1, 2]
    for value in (np.eye(2), np.array(2), {1, 2}, "12", 3, iter([1])):
        with pytest.raises(TypeError, match="sizes must be a list, a tuple or a flat array"):
            _checks.several("sizes", value)


def test_shapes_are_asked_for_axis_by_axis():
    assert _checks.shaped("X", X, 2, None, 4) is X
    first = X[0]
    assert _checks.matrix("X", first, rows=3) is _checks.matrix("X", first, columns=4) is first
    with pytest.raises(ValueError, match=r"X must have shape \(2, 4\), got \(3, 4\)"):
        _checks.matrix("X", X[0], rows=2)
    with pytest.raises(ValueError, match=r"X must have shape \(3, 2\), got \(3, 4\)"):
        _checks.matrix("X", X[0], columns=2)
    for shape in ((1, None, None), (3, None, None), (None, None, 3), (None, None, 5)):
        with pytest.raises(ValueError, match=r"X must have shape \(.*\), got \(2, 3, 4\)"):
            _checks.shaped("X", X, *shape)
    assert _checks.indices("i", [0, 2], 2, below=3).tolist() == [0, 2]
    assert _checks.indices("i", np.array([1], dtype=np.uint8), None, below=2).tolist() == [1]


def test_a_truth_value_is_one_of_python_or_of_numpy():
    assert _checks.flag("bias", np.True_) is True
    assert _checks.flag("bias", False) is False
    for value in (0, 1, None, "True"):
        with pytest.raises(TypeError, match="bias must be True or False"):
            _checks.flag("bias", value)


def test_an_expression_is_one_of_sympy_or_a_whole_number():
    assert _checks.expression("f", 3) == sympy.Integer(3)
    assert isinstance(_checks.expression("f", 3), sympy.Integer)
    for value in (True, "x + 1", 0.5, None):
        with pytest.raises(TypeError, match="f must be a SymPy expression"):
            _checks.expression("f", value)


@pytest.mark.parametrize(
    "outside",
    [
        lambda: math.exp(1000.0),
        lambda: 1.0 / 0.0,
        lambda: np.exp(np.array(1000.0)),
        lambda: np.log(np.array(-1.0)),
        lambda: np.ones(1) / np.zeros(1),
        lambda: np.linalg.inv(np.zeros((2, 2))),
    ],
)
def test_what_leaves_the_range_of_floats_is_said_by_the_names_of_the_arguments(outside):
    @guarded
    def far(a: float, b: int, c: np.ndarray, *, quiet: bool = True, law: str = "") -> float:
        return outside()

    said = r"^a, b and c must be neither so large nor so small that the result leaves the range of"
    with pytest.raises(ValueError, match=said):
        far(1.0, 2, np.ones(1))


@dataclass
class _Kept:
    parts: tuple


@pytest.mark.parametrize("wrong", [math.nan, math.inf, np.float64("-inf"), np.array([0, math.nan])])
@pytest.mark.parametrize(
    "packed",
    [
        lambda value: value,
        lambda value: [1.0, value],
        lambda value: (1.0, [value]),
        lambda value: {"a": 1.0, "b": value},
        lambda value: _Kept((1.0, value)),
    ],
)
def test_a_result_that_is_no_number_is_refused_unless_the_function_says_so(packed, wrong):
    def given(x: float) -> object:
        return packed(wrong)

    with pytest.raises(ValueError, match=r"^x must be neither so large nor so small"):
        guarded(given)(1.0)
    assert repr(guarded(infinite=True)(given)(1.0)) == repr(packed(wrong))


def test_words_whole_numbers_and_nothing_are_no_numbers_that_are_missing():
    for value in ("word", 3, None, np.arange(3), np.array(["a"]), {"a": 1}, _Kept((1, 2.0))):

        @guarded
        def given(x: float, value: object = value) -> object:
            return value

        assert given(1.0) is value


def test_each_kind_of_argument_is_held_to_its_annotation():
    @guarded
    def one(
        a: int = 1,
        b: float = 1.0,
        c: bool = True,
        d: Sequence[int] = (1,),
        e: float | None = None,
        f: Callable[[float], float] = abs,
        g: Activation | None = None,
        h: sympy.Symbol | None = None,
        i: tuple[float, ...] = (),
        j: Sequence[object] | None = None,
        k: int | str = 0,
        m: int | None = None,
        seed: int = 0,
        seeds: int | Sequence[int] = 0,
        steps: int = 1,
    ) -> float:
        return 1.0

    relu, z = activation("relu"), sympy.Symbol("z")
    for name, taken, refused, words in (
        ("a", (-3, 10**9, np.int64(2)), ("1", 1.0, True, None), "a whole number"),
        ("b", (1, 0.5, np.float32(1), np.int64(1), math.inf), ("1", True, None), "a real number"),
        ("c", (False, np.True_), (0, None), "True or False"),
        ("d", ([1, 2], (), np.arange(2)), ([1.5], [True]), "a whole number"),
        ("d", (), (1, {1}, None), "a list, a tuple or a flat array"),
        ("e", (None, 0.5), ("1", True), "a real number"),
        ("f", (math.sqrt,), (1, None), "a function"),
        ("g", (None, relu), ("relu", 1), "an Activation"),
        ("h", (None, z), (z + 1, "z"), "a Symbol"),
        ("i", ((0.5, 1), []), (("1",),), "a real number"),
        ("j", (None, ["anything"]), (1,), "a list, a tuple or a flat array"),
        ("k", (0, "word", 0.5), (), ""),
        ("m", (None, -3), (0.5, "1"), "a whole number"),
        ("seed", (0, 2**63 - 1), (0.5,), "a whole number"),
        ("seeds", (3, [3, 4]), (0.5, [0.5]), "a whole number"),
        ("steps", (10**6,), ("1",), "a whole number"),
    ):
        for value in taken:
            assert one(**{name: value}) == 1.0
        for value in refused:
            with pytest.raises(TypeError, match=f"^{name} must be {words}"):
                one(**{name: value})
    for name, least, most in (
        ("a", -(10**9), 10**9),
        ("d", -(10**9), 10**9),
        ("steps", -(10**6), 10**6),
        ("seed", 0, 2**63 - 1),
        ("seeds", 0, 2**63 - 1),
    ):
        for end, beyond in ((least, least - 1), (most, most + 1)):
            assert one(**{name: [end] if name == "d" else end}) == 1.0
            with pytest.raises(ValueError, match=f"^{name} must be at"):
                one(**{name: [beyond] if name == "d" else beyond})


def test_what_is_refused_inside_is_said_by_the_names_outside():
    @guarded
    def inner(eta: float) -> float:
        return _checks.number("eta", eta, above=0)

    @guarded
    def outer(w: float, x: float) -> float:
        return inner(-w * x)

    @guarded
    def named(eta: float) -> float:
        return inner(eta)

    said = r"^w and x must allow what is made of them: eta must be above 0, got -2$"
    with pytest.raises(ArgumentError, match=said):
        outer(1.0, 2.0)
    with pytest.raises(ArgumentError, match=r"^eta must be above 0, got -1$"):
        named(-1.0)
    # After a refusal, the next call from outside is checked again.
    with pytest.raises(TypeError, match="w must be a real number"):
        outer("1", 2.0)


def test_checks_get_their_options_by_name_and_all_else_either_way():
    for word in _checks.__all__:
        check = getattr(_checks, word)
        if not inspect.isfunction(check):
            continue
        for parameter in inspect.signature(check).parameters.values():
            optional = parameter.default is not parameter.empty
            if parameter.kind is not parameter.VAR_POSITIONAL and parameter.name != "below":
                by_name = parameter.kind is parameter.KEYWORD_ONLY
                assert by_name is optional, f"{word}: {parameter}"
                assert by_name or parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def test_numbers_far_beyond_a_bound_are_beyond_it():
    assert _checks.shown(10**30) == "a whole number of more than 20 digits"
    assert _checks.shown(-(10**5000)) == "a whole number of more than 20 digits"
    with pytest.raises(ValueError, match="i must be from 0 to 2"):
        _checks.indices("i", [0, 7], None, below=3)
