"""The report says what the book's other functions say, and refuses bad layers by name."""

import math
import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcenter import spectrum
from offcenter.layers import Report, report

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("layers_*.py"))


def one(x, **options):
    """The row of a single layer."""
    return report({"x": x}, **options).rows[0]


@given(st.integers(2, 40), st.integers(1, 30), st.integers(0, 10**6), st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_rows_are_what_the_spectrum_says(count, width, seed, offset):
    x = np.random.default_rng(seed).normal(size=(count, width)) + offset
    row, M = one(x), spectrum.second_moment(x)
    assert (row.examples, row.features) == (count, width)
    assert row.offset_share == pytest.approx(spectrum.offset_share(x), abs=1e-12)
    assert row.useful_batch == pytest.approx(spectrum.critical_batch_size(M))
    if count > width + 3:
        assert row.condition_number == pytest.approx(spectrum.condition_number(M), rel=1e-4)
        C = np.cov(x.T, bias=True).reshape(width, width)
        assert row.centered_condition_number == pytest.approx(
            spectrum.condition_number(C), rel=1e-4
        )
    if count < width:
        assert math.isinf(row.condition_number)


@pytest.mark.parametrize("shape", [(30, 7), (7, 30)])
def test_directions_are_those_of_the_singular_vectors(shape):
    x = np.random.default_rng(0).normal(size=shape) + np.arange(shape[1]) / shape[1]
    row, mean = one(x), x.mean(axis=0)
    top = np.linalg.svd(x)[2][0]
    assert row.top_cosine == pytest.approx(abs(top @ mean) / np.linalg.norm(mean))
    assert row.ones_cosine == pytest.approx(
        np.corrcoef(np.append(mean, -mean), np.repeat([1, -1], shape[1]))[0, 1]
    )


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_scale_does_not_matter(scale):
    x = np.random.default_rng(0).normal(size=(30, 5)) + 1
    for name in ("offset_share", "top_cosine", "condition_number", "useful_batch"):
        assert getattr(one(scale * x), name) == pytest.approx(getattr(one(x), name))


def test_positions_are_examples_and_channels_may_come_first():
    images = np.random.default_rng(0).normal(size=(4, 6, 6, 3)) + 1
    assert one(images) == one(images.reshape(-1, 3))
    assert one(np.moveaxis(images, -1, 1), features=1) == one(images)


def test_layers_without_a_mean_or_without_a_spread_are_dashes():
    centered = one(np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]]))
    assert (centered.offset_share, centered.useful_batch) == (0, 1.25)
    assert math.isnan(centered.top_cosine)
    assert math.isnan(centered.ones_cosine)
    constant = one(np.full((5, 3), -2.0))
    assert (constant.offset_share, constant.useful_batch) == pytest.approx((1, 1))
    assert constant.ones_cosine == pytest.approx(-1)
    assert math.isnan(constant.centered_useful_batch)
    text = str(report({"c": np.ones((3, 2))}))
    assert "–" in text
    assert "nan" not in text


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_what_rounding_leaves_of_a_mean_or_a_spread_is_none_at_any_scale(scale):
    x = np.random.default_rng(0).normal(size=(50, 3))
    assert math.isnan(one(scale * (x - x.mean(axis=0))).ones_cosine)
    assert math.isnan(one(np.full((5, 3), scale / 3)).centered_useful_batch)


def test_an_infinite_condition_number_is_printed_as_such_and_a_finite_one_as_a_number():
    text = str(report({"copies": np.array([[1.0, 1], [2, 2], [3, 3]])}))
    assert "∞ → ∞" in text
    text = str(report({"both": np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]])}))
    assert "4 → 4" in text


def test_half_precision_and_whole_numbers_are_accepted():
    x = np.random.default_rng(0).integers(0, 5, (20, 4))
    assert one(x.astype(np.float16)) == one(x.tolist()) == one(x)


def test_printed_it_is_a_table_with_a_line_a_layer():
    x = np.random.default_rng(0).normal(size=(50, 3))
    lines = str(report({"a": x, "a longer name": x + 5})).splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    assert lines[2].startswith("a longer name")


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ([1.0, 2.0], ValueError, r"layer 'conv' must have shape"),
        ([[1.0, 2.0]], ValueError, r"layer 'conv' must have at least two examples"),
        ([[0.0, 0.0], [0.0, 0.0]], ValueError, r"layer 'conv' must not be zero"),
        ([[1.0, math.nan], [0.0, 0.0]], ValueError, r"layer 'conv' must be finite"),
        ([[], []], ValueError, r"layer 'conv' must not be empty"),
        ([["a"], ["b"]], TypeError, r"layer 'conv' must be an array of real numbers"),
        ([[1j], [2j]], TypeError, r"layer 'conv' must be an array of real numbers"),
        ([[1.0], [1.0, 2.0]], TypeError, r"layer 'conv' must be an array of real numbers"),
        (None, ValueError, r"layer 'conv' must be finite"),
    ],
)
def test_bad_layers_are_refused_by_name(value, error, words):
    with pytest.raises(error, match=words):
        report({"fine": np.eye(3), "conv": value})


def test_a_tensor_that_has_a_gradient_is_refused_by_name():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    with pytest.raises(TypeError, match=r"layer 'fc' .*requires grad"):
        report({"fc": Tensor()})


@pytest.mark.parametrize("value", [[np.eye(3)], np.eye(3), None, "x"])
def test_what_is_no_mapping_is_refused(value):
    with pytest.raises(TypeError, match="activations must be a mapping"):
        report(value)


def test_no_layers_and_no_such_axis_are_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        report({})
    with pytest.raises(ValueError, match=r"layer 'a' has shape \(3, 3\)"):
        report({"a": np.eye(3)}, features=2)
    assert isinstance(report({"a": np.eye(3)}, features=-2), Report)


def run(python, example, **variables):
    """The table that an example prints, warnings as errors."""
    result = subprocess.run(
        [python, "-W", "error::UserWarning", str(example)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "code"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("layer")
    return [line.split() for line in lines[1:]]


def share(row):
    """ρ, the first number with a point in it."""
    return next(float(cell) for cell in row if "." in cell)


def test_example_for_scikit_learn_finds_the_mean_in_every_layer():
    rows = run(sys.executable, ROOT / "examples" / "layers_scikit_learn.py")
    assert len(rows) == 3
    assert all(0.5 < share(row) < 0.9 for row in rows)


@pytest.mark.on_demand
@pytest.mark.parametrize("framework", ["pytorch", "jax", "keras"])
def test_examples_for_large_frameworks_find_the_mean_behind_the_first_layer(framework):
    subprocess.run(["sh", "tools/setup-frameworks", sys.executable], cwd=ROOT, check=True)
    rows = run(
        str(ROOT / ".venv-frameworks" / "bin" / "python"),
        ROOT / "examples" / f"layers_{framework}.py",
        KERAS_BACKEND="jax",
    )
    assert len(rows) == 3
    assert share(rows[0]) < 0.01
    # 1/π for ReLU at the start, a little below ¼ for GELU.
    assert all(0.15 < share(row) < 0.5 for row in rows[1:])


def test_every_example_is_run_by_a_test():
    frameworks = {path.stem.removeprefix("layers_") for path in EXAMPLES}
    assert frameworks == {"scikit_learn", "pytorch", "jax", "keras"}


def test_an_array_that_refuses_with_an_error_of_its_own_is_refused_by_name():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("call detach() first")

    with pytest.raises(
        TypeError, match=r"layer 'fc' must be an array of real numbers.*call detach"
    ):
        report({"fc": Tensor()})


def test_every_cell_of_a_printed_row_is_its_number():
    x = np.array([[2.0, 0.0], [0.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    row = one(x)
    assert (row.examples, row.features, row.name) == (4, 2, "x")
    assert row.offset_share == pytest.approx(0.5)
    assert row.ones_cosine == row.top_cosine == pytest.approx(1.0)
    # M = [[2, 1], [1, 2]] and C the identity.
    assert row.condition_number == pytest.approx(3.0)
    assert row.centered_condition_number == pytest.approx(1.0)
    assert row.useful_batch == pytest.approx(4 / 3)
    assert row.centered_useful_batch == pytest.approx(2.0)
    head, line = str(report({"x": x})).splitlines()
    columns = "layer N ρ μ · 1 top · μ κ → centered batch → centered"
    assert " ".join(head.split()) == columns
    assert " ".join(line.split()) == "x 4 0.50 1.00 1.00 3 → 1 1.3 → 2.0"


@pytest.mark.parametrize("name", ["a longer name", "a name that is longer than any head"])
def test_names_stand_at_the_left_and_numbers_at_the_right(name):
    x = np.random.default_rng(0).normal(size=(50, 3))
    lines = str(report({"a": x, name: x + 5})).splitlines()
    assert lines[1].startswith("a".ljust(len(name)) + "  ")
    assert lines[2].startswith(name + "  ")
    assert all(line == line.rstrip() for line in lines)
    assert len({len(line) for line in lines}) == 1


def test_two_examples_are_enough_and_the_scale_of_what_is_left_is_that_of_the_layer():
    row = one(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert row.offset_share == pytest.approx(0.5)
    assert row.condition_number == pytest.approx(1.0)
    assert row.centered_condition_number == math.inf
    # A mean or a spread of a billionth of the size is one, and one of rounding is none.
    signs = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    assert one(signs + 1e-9).ones_cosine == pytest.approx(1.0, abs=1e-6)
    assert one(1 + 1e-9 * signs).centered_useful_batch == pytest.approx(2.0, rel=1e-6)
    assert math.isnan(one(signs + 1e-14).ones_cosine)
    assert math.isnan(one(1 + 1e-14 * signs).centered_useful_batch)


def test_a_nearly_singular_layer_has_a_large_condition_number_and_a_singular_one_an_infinite_one():
    x = np.array([[1.0, 1.0], [-1.0, -1.0], [1e-4, -1e-4], [-1e-4, 1e-4]])
    assert one(x).condition_number == pytest.approx(1e8, rel=1e-4)
    assert one(x[:2]).condition_number == math.inf


def test_axes_are_counted_from_both_ends():
    x = np.random.default_rng(0).normal(size=(3, 4, 5)) + 1
    for features, other in ((0, -3), (1, -2), (2, -1)):
        row = one(x, features=features)
        assert row == one(x, features=other)
        assert row.features == x.shape[features]
        assert row.examples == 60 // x.shape[features]
    assert one(x) == one(x, features=2)
    for features in (3, 4, -4, -5):
        with pytest.raises(ValueError, match="so features must be one of its axes"):
            one(x, features=features)


def test_reports_of_equal_layers_are_equal_also_where_a_number_is_missing():
    centered = np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]])
    first, again = report({"x": centered}), report({"x": centered.copy()})
    assert math.isnan(first.rows[0].top_cosine)
    assert first == again
    assert first != report({"y": centered})
    assert hash(first) == hash(again)
    with pytest.raises(FrozenInstanceError):
        first.rows[0].name = "z"
    with pytest.raises(FrozenInstanceError):
        first.rows = ()


def test_a_constant_layer_with_fewer_examples_than_features_has_a_row():
    row = one(np.ones((2, 5)))
    assert (row.offset_share, row.useful_batch) == pytest.approx((1, 1))
    assert math.isnan(row.centered_useful_batch)


def test_shares_and_cosines_are_at_most_one_where_rounding_would_make_them_more():
    rng = np.random.default_rng(0)
    for count, width in rng.integers(1, 9, (200, 2)):
        row = one(np.tile(rng.normal(size=width), (count + 1, 1)))
        assert 1 - 1e-12 < row.offset_share <= 1
        assert 1 - 1e-12 < row.top_cosine <= 1


def test_what_rounding_leaves_of_a_copied_feature_is_no_smallest_eigenvalue():
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = rng.normal(size=(200, 60))
        x[:, -1] = x[:, 0]
        assert one(x).condition_number == math.inf
