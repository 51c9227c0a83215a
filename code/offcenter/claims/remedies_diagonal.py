"""Claims of the chapter on remedies: what scaling single weights can do, and a whole matrix."""

from __future__ import annotations

import numpy as np
import scipy
import z3

from offcenter.activations import ACTIVATIONS
from offcenter.claims._check import Check, at_least, equal, yes
from offcenter.claims._record import claim
from offcenter.descent import adam, preconditioned
from offcenter.remedies import Effect, center, effects_of_methods, subtract_over_features
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    iid_condition_number,
    iid_second_moment,
    second_moment,
)

_KAPPA = "κ: largest over smallest eigenvalue of the expected second moment"


def _best_scaling(M: np.ndarray, starts: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """The least κ of DMD that a search over the logarithms of D finds, and its D."""

    def log_kappa(logarithms: np.ndarray) -> float:
        D = np.exp(logarithms - logarithms.mean())
        values = np.linalg.eigvalsh(M * np.outer(D, D))
        return float(np.log(values[-1] / values[0]))

    found = [
        scipy.optimize.minimize(
            log_kappa,
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-12, "maxiter": 20000, "maxfev": 20000},
        )
        for start in rng.standard_normal((starts, len(M)))
    ]
    best = min(found, key=lambda result: result.fun)
    return float(np.exp(best.fun)), np.exp(best.x - best.x.mean())


@claim(
    "remedies.diagonal",
    "For independent features of one mean and one variance, and no bias, no diagonal scaling "
    "lowers κ.",
    assumes=("a variance above zero", "no scale is 0", f"{_KAPPA} of the features"),
    over="all scalings of two features, by z3; a search over those of 2 to 5; any number: see the "
    "proof",
)
def _() -> Check:
    # κ grows with trace²/determinant = (v + m²)²(1 + a²)²/(a²·det M), least at a = 1.
    a, solver = z3.Real("a"), z3.Solver()
    solver.add(a > 0, (a * a + 1) * (a * a + 1) < 4 * a * a)
    rng, parts = np.random.default_rng(9), []
    phi = ACTIVATIONS["sigmoid"]
    for n in (2, 3, 5):
        M = iid_second_moment(n, phi.mean, phi.variance)
        best, _ = _best_scaling(M, 4, rng)
        kappa = 1 + n * phi.mean**2 / phi.variance
        parts.append(
            at_least(
                f"least κ found for {n} sigmoid inputs, over κ as it is",
                bound=1.0,
                observed=best / kappa,
                tolerance=1e-9,
                because="rounding of eigenvalues",
                matters=0.05,
            )
        )
    return Check(
        yes("two features: no scale a has (1 + a²)² < 4a² (z3)", solver.check() == z3.unsat),
        *parts,
        numbers={"starts": 4},
    )


@claim(
    "remedies.diagonal-bias",
    "With a bias, n independent features of one mean m and one variance v have a best diagonal "
    "scaling, one of the bias alone, and it leaves κ = (√(v + nm²) + √(nm²))²/v.",
    assumes=("a variance above zero", "no scale is 0", f"{_KAPPA} of the features and a 1"),
    over="n = 1, 4 and 100; sigmoid, ReLU",
)
def _() -> Check:
    n, rng = 100, np.random.default_rng(12)
    numbers: dict[str, float] = {"features": n}
    parts = []
    for name in ("sigmoid", "relu"):
        mean, variance = ACTIVATIONS[name].mean, ACTIVATIONS[name].variance
        for few in (1, 4):
            best, _ = _best_scaling(iid_second_moment(few, mean, variance, bias=True), 4, rng)
            parts.append(
                equal(
                    f"least κ over all scalings, {few} {name} inputs",
                    theory=(np.sqrt(variance + few * mean**2) + np.sqrt(few * mean**2)) ** 2
                    / variance,
                    observed=best,
                    tolerance=1e-4,
                    because="where the search stops",
                )
            )
        M = iid_second_moment(n, mean, variance, bias=True)

        def of_scale(scale: float, M: np.ndarray = M) -> float:
            D = np.append(np.ones(n), scale)
            return condition_number(M * np.outer(D, D))

        grid = np.geomspace(0.2, 50, 400)
        closed = best_diagonal_condition_number(n, mean, variance, bias=True)
        parts.append(
            equal(
                f"least κ over scales of the bias, {n} {name} inputs",
                theory=closed,
                observed=min(map(of_scale, grid)),
                tolerance=1e-3 * closed,
                because="the spacing of the grid, squared",
            )
        )
        numbers[f"{name}_before"] = iid_condition_number(n, mean, variance, bias=True)
        numbers[f"{name}_after"] = closed
        numbers[f"{name}_centered"] = condition_number(
            iid_second_moment(n, 0.0, variance, bias=True)
        )
    return Check(*parts, numbers=numbers)


@claim(
    "remedies.adam-rescaling",
    "If an input is written in units ten times smaller and its weight starts ten times smaller, "
    "Adam's first step changes the output ten times as much through it; a step divided by the mean "
    "square of the input changes the output as before.",
    source="ollivier2015",
    assumes=("one input, squared loss, zero bias", "a gradient far above the ε of Adam"),
)
def _() -> Check:
    x, w, eta = 2.0, 1.5, 0.01

    def change(factor: float, *, square: bool) -> float:
        H, start = np.array([[(factor * x) ** 2]]), np.array([w / factor])
        path = (
            preconditioned(H, start, preconditioner=np.linalg.inv(H), step_size=eta, steps=1)
            if square
            else adam(H, start, step_size=eta, steps=1)
        )
        return float(factor * x * (path.points[1] - path.points[0])[0])

    return Check(
        equal(
            "change of the output by Adam, in units ten times smaller, over that before",
            theory=10.0,
            observed=change(10, square=False) / change(1, square=False),
            tolerance=1e-6,
            because="the ε of Adam",
        ),
        equal(
            "the same for the step divided by the mean square",
            theory=1.0,
            observed=change(10, square=True) / change(1, square=True),
            tolerance=1e-12,
            because="rounding",
            matters=0.05,
        ),
        numbers={"before": change(1, square=False), "after": change(10, square=False)},
    )


def _method(seed: int, name: str, *, centered: bool) -> Effect:
    effects = effects_of_methods(centered=centered, seed=seed)
    return next(effect for effect in effects if effect.name == name)


@claim(
    "remedies.kronecker",
    "With the inverse second moment as preconditioner, one step solves a linear layer with squared "
    "loss, centered or not.",
    assumes=(
        "half the squared error, added up over the outputs, its mean over the examples; a step of "
        "size 1",
        "an invertible second moment of the inputs with the 1 of the bias",
    ),
)
def _() -> Check:
    rng = np.random.default_rng(13)
    X, Y = rng.random((300, 6)) + 0.5, rng.standard_normal((300, 3))
    parts = []
    for label, Z in (("as it is", X), ("centered", center(X))):
        inputs = np.column_stack([Z, np.ones(len(Z))])
        start = rng.standard_normal((7, 3))
        gradient = inputs.T @ (inputs @ start - Y) / len(Z)
        reached = start - np.linalg.inv(second_moment(Z, bias=True)) @ gradient
        best = np.linalg.lstsq(inputs, Y, rcond=None)[0]
        parts.append(
            equal(
                f"largest distance of a weight from least squares, {label}",
                theory=0.0,
                observed=float(np.abs(reached - best).max()),
                tolerance=1e-11,
                because="rounding of an inverse",
                matters=1e-3,
            )
        )
    raw, centered = (_method(0, "kronecker", centered=flag) for flag in (False, True))
    parts += [
        equal("steps on the layer of the table", theory=1, observed=raw.steps),
        equal("steps on the same layer, centered", theory=1, observed=centered.steps),
    ]
    return Check(
        *parts,
        numbers={
            "kronecker_kappa": raw.kappa,
            "kronecker_steps": raw.steps,
            "centered_kronecker_steps": centered.steps,
        },
    )


@claim(
    "remedies.gradient-centralization",
    "If each unit's weights have the sum zero at the start, descent with centralized gradients "
    "runs as plain descent on inputs from each of which the example's mean over the features is "
    "subtracted.",
    source="yong2020",
    assumes=("gradient descent, one linear layer, squared loss, the same start and step size",),
)
def _() -> Check:
    rng = np.random.default_rng(14)
    X = rng.random((80, 6))
    y = X.sum(axis=1) + rng.standard_normal(80)
    projected, start = subtract_over_features(X), rng.standard_normal(6)
    start -= start.mean()

    def run(inputs: np.ndarray, *, centralize: bool) -> np.ndarray:
        w, b, path = start, 0.0, []
        for _ in range(60):
            errors = inputs @ w + b - y
            gradient = errors @ inputs / len(inputs)
            w = w - 0.2 * (gradient - gradient.mean() if centralize else gradient)
            b = b - 0.2 * errors.mean()
            path.append(inputs @ w + b)
        return np.array(path)

    same = run(X, centralize=True) - run(projected, centralize=False)
    other = run(X, centralize=True) - run(X, centralize=False)
    return Check(
        equal(
            "largest difference of outputs over 60 steps",
            theory=0.0,
            observed=float(np.abs(same).max()),
            tolerance=1e-12,
            because="rounding over 60 steps",
            matters=1e-3,
        ),
        at_least(
            "largest difference from plain descent on the raw inputs",
            bound=0.1,
            observed=float(np.abs(other).max()),
            matters=3.0,
        ),
    )
