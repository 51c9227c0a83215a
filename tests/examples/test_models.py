"""Worked examples of `models`: every number of theirs has a second way to it."""

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_support_vector_machines_by_their_primal_problem():
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    labels = np.sign(X @ [1.0, 0.5] + np.sin(2 * X[:, 0]))
    kernels = {
        "linear SVM": lambda A, B: A @ B.T,
        "SVM, Gaussian kernel": lambda A, B: np.exp(
            -(np.subtract.outer(A[:, 0], B[:, 0]) ** 2) / 2
            - np.subtract.outer(A[:, 1], B[:, 1]) ** 2 / 2
        ),
    }

    def decisions(kernel, scale):
        # ½‖Σcᵢφ(xᵢ)‖² + Σξ under labels · (Kc + b) ≥ 1 − ξ, ξ ≥ 0.
        K, border = kernel(X * scale, X * scale), np.eye(12)
        A = np.column_stack([K * labels[:, None], labels, border])
        H = np.zeros((25, 25))
        H[:12, :12], price = K, np.append(np.zeros(13), np.ones(12))
        found = minimize(
            lambda z: z @ H @ z / 2 + price @ z,
            np.append(np.zeros(13), np.ones(12)),
            jac=lambda z: H @ z + price,
            bounds=[(None, None)] * 13 + [(0, None)] * 12,
            constraints={"type": "ineq", "fun": lambda z: A @ z - 1, "jac": lambda z: A},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 2000},
        ).x
        return kernel(new * scale, X * scale) @ found[:12] + found[12]

    sizes = {name: changes for name, *changes, _ in EXAMPLES["models-methods"]().rows}
    for name, kernel in kernels.items():
        change = decisions(kernel, np.array([1, 10])) - decisions(kernel, np.ones(2))
        assert sizes[name] == pytest.approx([0, np.abs(change).max()], abs=1e-4)


def test_which_methods_see_a_shift_or_a_scale():
    rows = {
        name: (shift > 0, scale > 0) for name, shift, scale, _ in EXAMPLES["models-methods"]().rows
    }
    for name, _, _, needs in EXAMPLES["models-methods"]().rows:
        words = {(0, 0): "neither", (0, 1): "scaling", (1, 1): "both", (1, 0): "centering"}
        assert needs == words[rows[name]]
    assert rows == {
        "least squares with bias": (False, False),
        "least squares without bias": (True, False),
        "ridge, bias not penalized": (False, True),
        "gradient descent, 20 steps": (True, True),
        "nearest neighbor": (False, True),
        "linear SVM": (False, True),
        "SVM, Gaussian kernel": (False, True),
        "decision tree of one split": (False, False),
    }
    # The sizes, by a general solver and by the data themselves.
    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    y = X @ [1.0, 0.5] + np.sin(2 * X[:, 0])
    plain = new @ np.linalg.lstsq(X, y, rcond=None)[0]
    moved = (new + 10) @ np.linalg.lstsq(X + 10, y, rcond=None)[0]
    sizes = {name: sizes for name, *sizes, _ in EXAMPLES["models-methods"]().rows}
    assert sizes["least squares without bias"][0] == pytest.approx(np.abs(moved - plain).max())

    def ridge(f):
        # A penalty is two more examples, which the bias does not see.
        A = np.block([[X * f, np.ones((12, 1))], [np.eye(2), np.zeros((2, 1))]])
        w = np.linalg.lstsq(A, np.concatenate([y, [0, 0]]), rcond=None)[0]
        return (new * f) @ w[:2] + w[2]

    change = np.abs(ridge(np.array([1, 10])) - ridge(np.array([1, 1]))).max()
    assert sizes["ridge, bias not penalized"][1] == pytest.approx(change)
    assert sizes["gradient descent, 20 steps"][1] > 0.1
    # A nearest neighbor's prediction is a target, so it changes by the difference of two.
    assert min(abs(abs(a - b) - sizes["nearest neighbor"][1]) for a in y for b in y) < 1e-8
