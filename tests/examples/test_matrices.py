"""Worked examples of `matrices`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_matrices_of_two_weights_by_differences():
    record = EXAMPLES["matrices-four"]()

    def hessian(target, step=1e-4):
        loss = lambda w: (w[0] * w[1] - target) ** 2 / 2  # noqa: E731
        at, e = np.ones(2), step * np.eye(2)
        return [
            [
                (loss(at + a + b) - loss(at + a - b) - loss(at - a + b) + loss(at - a - b))
                / (4 * step**2)
                for a in e
            ]
            for b in e
        ]

    for target, expected in ((5, record.hessian), (1, record.fitted)):
        np.testing.assert_allclose(hessian(target), expected, atol=1e-6)
    assert record.error == 1 - 5
    # Labels drawn around the output 1, and the gradient δ(1, 1) for each.
    errors = 1 - np.random.default_rng(0).normal(1, 1, 400_000)
    assert np.mean(errors**2) * np.ones((2, 2)) == pytest.approx(record.gauss_newton, rel=0.01)
    gradient = numerical_gradient(lambda w: (w[0] * w[1] - 5) ** 2 / 2, np.ones(2))
    np.testing.assert_allclose(record.empirical, np.outer(gradient, gradient), rtol=1e-6)
    assert not record.fitted_empirical.any()
    assert record.curvatures == pytest.approx(np.linalg.eigvalsh(record.hessian)[::-1])
    assert record.gauss_newton_curvatures == pytest.approx(np.linalg.eigvalsh(record.gauss_newton))


def test_outputs_after_one_step_of_three_kinds_in_fractions():
    record = EXAMPLES["matrices-writings"]()
    for mean, *outputs in record.rows:
        m, damping = sp.Integer(int(mean)), sp.Rational(1, 10)
        # The first column of the inverse, by Cramer's rule; the gradient is (−1, 0).
        for place, size in ((2, sp.Integer(0)), (4, damping)):
            det = (1 + m**2 + size) * (1 + size) - m**2
            w, b = (1 + size) / det, -m / det
            expected = [w * (m - 1) + b, w * (m + 1) + b]
            assert outputs[place : place + 2] == pytest.approx([float(v) for v in expected])
        assert outputs[:2] == [mean - 1, mean + 1]
    F = np.array([[1 + 10_000**2, 10_000], [10_000, 1]])
    assert np.linalg.matrix_rank(F.astype(np.float32).astype(float)) == 1
    assert sp.Matrix(F).det() == 1
    assert (record.exact, record.single) == (F[0, 0], int(F.astype(np.float32)[0, 0]))


def test_whitened_gradient_by_powers_of_its_two_sides():
    record = EXAMPLES["matrices-two-units"]()
    G = np.array([[5.0, 4.0], [4.0, 5.0]])
    assert record.gradient.tolist() == G.tolist()

    def power(M, p):
        values, vectors = np.linalg.eigh(M)
        return vectors * values**p @ vectors.T

    # Shampoo's first step, and the orthogonal factor by one side only.
    shampoo = power(G @ G.T, -0.25) @ G @ power(G.T @ G, -0.25)
    np.testing.assert_allclose(record.orthogonal, shampoo, atol=1e-12)
    np.testing.assert_allclose(record.orthogonal, power(G @ G.T, -0.5) @ G, atol=1e-12)
    assert (G @ [1, 1]).tolist() == [record.stretches[0]] * 2
    assert (G @ [1, -1]).tolist() == [record.stretches[1], -record.stretches[1]]
    assert record.signs.tolist() == [[1, 1], [1, 1]]
    assert record.signs_after.tolist() == [[0, -1], [-1, 0]]
    assert record.orthogonal_after.tolist() == [[0, 0], [0, 0]]
    # Nothing is left along (1, 1), and 8/9 along (1, −1).
    assert record.descent_after @ [1, 1] == pytest.approx([0, 0])
    assert record.descent_after @ [1, -1] == pytest.approx([8 / 9, -8 / 9])
    assert record.alone == pytest.approx(np.array([5, 4]) / math.sqrt(41))
    # Muon's polynomial on the stretches 9 and 1, over the size √82 of G.
    nine, one = 9 / math.sqrt(82), 1 / math.sqrt(82)
    for _ in range(5):
        nine, one = (3.4445 * s - 4.775 * s**3 + 2.0315 * s**5 for s in (nine, one))
    assert record.muon[0] == pytest.approx(((nine + one) / 2, (nine - one) / 2))
    # The errors are the inputs, so the gradient is (1, 3) times (1, 3).
    assert record.one_example == pytest.approx(np.array([[1, 3], [3, 9]]) / 10)


def test_what_divides_a_gradient_in_fractions():
    record = EXAMPLES["matrices-divided"]()
    X = [(sp.Integer(a), sp.Integer(b)) for a in (1, 3) for b in (1, 3)]
    mean = lambda f: sum(f(*x) for x in X) / 4  # noqa: E731
    F = sp.Matrix(2, 2, lambda i, j: mean(lambda *x: x[i] * x[j]))
    g = sp.Matrix([mean(lambda a, b: a * a), mean(lambda a, b: a * b)])
    squares = [mean(lambda a, b: a**4), mean(lambda a, b: a**2 * b**2)]
    assert record.fisher.tolist() == np.array(F, dtype=float).tolist()
    assert record.gradient.tolist() == [float(v) for v in g]
    assert record.squares.tolist() == [float(v) for v in squares]
    assert record.roots == pytest.approx([float(sp.sqrt(v)) for v in squares])
    assert record.half_squares.tolist() == [float(v / 4) for v in squares]
    assert record.batch_squares.tolist() == [float(v**2) for v in g]
    # Noise of mean 0 and variance 1, independent of the inputs: its square has the mean 1.
    assert record.noisy_squares.tolist() == [float(F[0, 0]), float(F[1, 1])]
    natural, diagonal, single, roots = record.rows
    assert natural == pytest.approx([float(v) for v in -F.inv() * g])
    assert diagonal == pytest.approx([float(-g[i] / F[i, i]) for i in range(2)])
    assert single == pytest.approx([float(-g[i] / squares[i]) for i in range(2)])
    assert roots == pytest.approx([float(-g[i] / sp.sqrt(squares[i])) for i in range(2)])
    # Half as far off the gradient halves, and its squares are a quarter.
    half = g / 2
    expected = [
        -F.inv() * half,
        [-half[i] / F[i, i] for i in range(2)],
        [-half[i] / (squares[i] / 4) for i in range(2)],
        [-half[i] / sp.sqrt(squares[i] / 4) for i in range(2)],
    ]
    for found, exact in zip(record.half_rows, expected, strict=True):
        assert found == pytest.approx([float(v) for v in exact])


def test_matrices_of_one_weight_by_derivatives():
    record = EXAMPLES["matrices-one-weight"]()
    w, y = sp.symbols("w y")
    loss = (w**2 - y) ** 2 / 2
    first, second = sp.diff(loss, w), sp.diff(loss, w, 2)
    for label, (error, hessian, gauss_newton, fisher, empirical) in zip(
        (6, 1), record.rows, strict=True
    ):
        at = {w: 1, y: label}
        assert error == 1 - label
        assert hessian == float(second.subs(at))
        # Without the bending of w²: the loss of the tangent 1 + 2(w − 1).
        assert gauss_newton == float(sp.diff((1 + 2 * (w - 1) - y) ** 2 / 2, w, 2))
        # The mean of (∂L/∂w)² over normal labels: E[y] = f, E[y²] = f² + 1.
        square = sp.Poly(sp.expand(first.subs(w, 1) ** 2), y).all_coeffs()
        assert fisher == float(square[0] * 2 + square[1] * 1 + square[2])
        assert empirical == float(first.subs(at) ** 2)
    step, end, before, after = record.newton
    assert step == pytest.approx(float(-(first / second).subs({w: 1, y: 6})))
    assert end == pytest.approx(1 + step)
    assert before == float(loss.subs({w: 1, y: 6}))
    assert after == pytest.approx(float(loss.subs({w: sp.Rational(-2, 3), y: 6})))
