"""The record of the figure of two methods: what it says holds for every shift that it allows."""

import itertools

import numpy as np
import pytest

from offcenter.figures import draw
from offcenter.figures.fisher_paths import (
    RING,
    SHIFTS,
    STARTS,
    STEP_SIZES,
    STEPS,
    rings,
    sample,
    two_paths,
)
from offcenter.fisher import LogisticUnit, logistic_fisher

SOME_SHIFTS = np.linspace(*SHIFTS, 5)
SOME_STARTS = list(itertools.product(np.linspace(*STARTS, 4), repeat=2))


@pytest.mark.parametrize("shift", SOME_SHIFTS)
def test_plain_steps_are_below_the_edge_of_stability(shift):
    X, _ = sample()
    # At weight 0 each p(1 − p) is ¼, the most that it can be.
    F = logistic_fisher(X + shift, np.zeros(1), 0.0)
    assert np.linalg.eigvalsh(F)[-1] < 2 / STEP_SIZES["gradient"]


@pytest.mark.parametrize("start", SOME_STARTS)
def test_from_every_start_both_methods_lower_the_loss_at_each_step(start):
    for shift, bias in itertools.product(SOME_SHIFTS, (True, False)):
        record = two_paths(shift=shift, start=start, bias=bias)
        for path in record.moved.values():
            assert (np.diff(path.losses) < 1e-12).all()


@pytest.mark.parametrize("shift", SOME_SHIFTS)
@pytest.mark.parametrize("start", SOME_STARTS[::5])
def test_a_shift_changes_the_natural_gradient_by_rounding_only(shift, start):
    record = two_paths(shift=shift, start=start)
    assert record.change("natural") < 1e-9
    assert (record.change("gradient") > 0.1) == bool(shift)


@pytest.mark.parametrize("shift", SOME_SHIFTS)
def test_both_paths_start_at_one_function(shift):
    record = two_paths(shift=shift, start=(0.7, 1.9))
    for method in STEP_SIZES:
        starts = [record.functions(method, shifted=shifted)[0] for shifted in (False, True)]
        np.testing.assert_allclose(starts, [[0.7, 1.9]] * 2, atol=1e-12)
        np.testing.assert_allclose(
            record.moved[method].logits[0], record.still[method].logits[0], atol=1e-12
        )


def test_a_point_of_the_plane_is_a_function_of_the_unshifted_input():
    record = two_paths(shift=2.0)
    for method in STEP_SIZES:
        functions = record.functions(method, shifted=True)
        outputs = functions @ np.vstack([record.inputs[:, 0], np.ones(len(record.inputs))])
        np.testing.assert_allclose(outputs, record.moved[method].logits, atol=1e-12)


def test_the_rings_are_contours_of_the_loss_to_second_order():
    X, y = sample()
    minimum, axes, angle = rings()

    def loss(point):
        return LogisticUnit(X, [point[0]], point[1]).loss(y)

    assert np.linalg.norm(LogisticUnit(X, minimum[:1], minimum[1]).gradient(y)) < 1e-9
    turn = np.radians(angle)
    for half, way in zip(
        axes, ([np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]), strict=True
    ):
        # At a hundredth of the first ring's half axis, by a hundredth of its square root of 2 L.
        near = minimum + 0.01 * half * np.array(way)
        rise = loss(near) + loss(2 * minimum - near) - 2 * loss(minimum)
        assert rise == pytest.approx((0.01 * RING) ** 2, rel=1e-3)


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
    assert "the s of the natural gradient by nothing" in alt
    assert "those of plain gradient descent up to" in alt


@pytest.mark.parametrize("shift", [np.nan, "far", (1.0, 2.0)])
def test_a_bad_shift_is_named(shift):
    with pytest.raises((TypeError, ValueError), match="shift must"):
        two_paths(shift=shift)


@pytest.mark.parametrize("start", [(1.0,), (1.0, np.nan), "here"])
def test_a_bad_start_is_named(start):
    with pytest.raises((TypeError, ValueError), match="start must"):
        two_paths(start=start)


def test_too_small_a_sample_is_named():
    with pytest.raises(ValueError, match="count must be at least 8"):
        sample(count=3)
