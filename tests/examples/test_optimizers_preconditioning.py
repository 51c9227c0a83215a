"""Worked examples of `optimizers`, preconditioning: every number has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_newton_step_in_fractions():
    record = EXAMPLES["optimizers-inverse"]()
    # The first column of the matrix; its determinant is 25 − 16.
    assert record.gradient.tolist() == [5, 4]
    assert record.inverse_times_nine == pytest.approx(np.array([[5, -4], [-4, 5]]))
    # Means of x₁², x₁x₂ and x₂² over (1, 1) and (1, 3).
    assert record.estimated.tolist() == [[1, (1 + 3) / 2], [(1 + 3) / 2, (1 + 9) / 2]]
    # A million rows of a million numbers of four bytes.
    assert record.terabytes == 10**6 * 10**6 * 4 // 10**12
    g = sp.Matrix([5, 4])
    exact = -sp.Matrix([[5, 4], [4, 5]]).inv() * g
    np.testing.assert_allclose(record.step, [float(v) for v in exact])
    exact = -sp.Matrix([[1, 2], [2, 5]]).inv() * g
    np.testing.assert_allclose(record.estimated_step, [float(v) for v in exact])


def test_newton_beside_a_saddle_by_derivatives():
    record = EXAMPLES["optimizers-saddle"]()
    u, v = sp.symbols("u v")
    loss = (u * v - 1) ** 2 / 2
    tenth = {u: sp.Rational(1, 10), v: sp.Rational(1, 10)}
    g = sp.Matrix([loss.diff(u), loss.diff(v)])
    H, along = sp.hessian(loss, (u, v)), sp.Matrix([1, 1]) / sp.sqrt(2)
    assert record.gradient == pytest.approx([float(x) for x in g.subs(tenth)])
    np.testing.assert_allclose(record.hessian, np.array(H.subs(tenth), dtype=float))
    curvature = (along.T * H * along)[0]
    assert record.curvature == pytest.approx(float(curvature.subs(tenth)))
    assert record.fitted_curvature == pytest.approx(float(curvature.subs({u: 1, v: 1})))
    step = -H.subs(tenth).inv() * g.subs(tenth)
    assert record.step == pytest.approx([float(x) for x in step])
    after = {u: tenth[u] + step[0], v: tenth[v] + step[1]}
    assert record.after == pytest.approx([float(x) for x in after.values()])
    assert record.losses == pytest.approx([float(loss.subs(at)) for at in (tenth, after)])


def test_no_diagonal_scaling_of_alike_inputs_is_better():
    from scipy.optimize import minimize

    record = EXAMPLES["optimizers-diagonal"]()
    M = np.array([[5.0, 4.0], [4.0, 5.0]])
    kappa = lambda t: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
    best = minimize(kappa, [0.3, -0.2], method="Nelder-Mead").fun
    assert best == pytest.approx(record.alike_after, rel=1e-6)
    for (_, r, one, adam, two, standardized), (p, q, s) in zip(
        record.rows, ((1, 0, 100), (5, 4, 5), (5, 40, 500)), strict=True
    ):
        M = np.array([[p, q], [q, s]], dtype=float)
        assert r == pytest.approx(q / math.sqrt(p * s))
        assert one == pytest.approx(np.linalg.cond(M))
        # Adam's divisor is the root of the mean square of δx.
        D = np.diag(np.diag(M) ** -0.5)
        values = np.linalg.eigvals(D @ M)
        assert adam == pytest.approx(max(values) / min(values))
        kappa = lambda t, M=M: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
        best = minimize(kappa, [0.3, -0.2], method="Nelder-Mead").fun
        assert best == pytest.approx(two, rel=1e-6)
        assert two == pytest.approx((1 + r) / (1 - r))
        assert standardized == 1
    M = np.array([[5.0, 4, 2], [4, 5, 2], [2, 2, 1]])
    kappa = lambda t, M=M: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
    best = minimize(kappa, [0.3, -0.2, 0.5], method="Nelder-Mead", options={"xatol": 1e-9}).fun
    D = np.diag(np.diag(M) ** -0.5)
    values = np.linalg.eigvals(D @ M).real
    assert record.with_bias[0] == pytest.approx(np.linalg.cond(M))
    assert record.with_bias[1] == pytest.approx(max(values) / min(values))
    assert record.with_bias[2] == pytest.approx(best, rel=1e-6)
