"""Claims of the chapter on the Fisher matrix: what it is, and the step of one logistic unit."""

from fractions import Fraction

import numpy as np
import sympy as sp

from offcenter.claims._record import Check, at_least, claim, equal, yes
from offcenter.fisher import (
    LogisticUnit,
    center_regress_intercept,
    logistic_divergence,
    logistic_fisher,
    logistic_sample,
    natural_step,
    one_input_step,
)
from offcenter.spectrum import condition_number

_INPUTS = 4
_WEIGHTS, _BIAS = np.array([0.5, -0.3, 0.2, 0.1]), -0.2


@claim(
    "fisher.expansion",
    "The divergence of a prediction over three labels from a changed one has no linear term in the "
    "change, and its quadratic term is half the mean, over labels drawn from the prediction, of "
    "gradient times gradient of the log-probability.",
    kind="proved",
    assumes=("probabilities that are smooth in the parameters, and not 0",),
    over="all such probabilities of three labels, in any two parameters",
)
def _() -> Check:
    t = sp.symbols("t_1 t_2", real=True)
    first, second = (sp.Function(name)(*t) for name in ("f_1", "f_2"))
    changed = (first, second, 1 - first - second)
    q1, q2 = sp.symbols("q_1 q_2", positive=True)
    before = (q1, q2, 1 - q1 - q2)
    divergence = sum(q * (sp.log(q) - sp.log(f)) for q, f in zip(before, changed, strict=True))

    names: dict[sp.Expr, sp.Symbol] = {}

    def here(expression: sp.Expr) -> sp.Expr:
        # At the prediction itself, where the derivatives are numbers of their own.
        for derivative in expression.atoms(sp.Derivative):
            names.setdefault(derivative, sp.Dummy(real=True))
        return expression.xreplace(names).xreplace({first: q1, second: q2})

    linear = [sp.simplify(here(sp.diff(divergence, a))) for a in t]
    quadratic = []
    for a in t:
        for b in t:
            mean = sum(
                q * here(sp.diff(sp.log(f), a)) * here(sp.diff(sp.log(f), b))
                for q, f in zip(before, changed, strict=True)
            )
            quadratic.append(sp.simplify(here(sp.diff(divergence, a, b)) - mean))
    return Check(
        yes("the linear term is 0", all(term == 0 for term in linear)),
        yes("the second derivative is the mean of the products", all(e == 0 for e in quadratic)),
    )


@claim(
    "fisher.two-labels",
    "A logistic unit that gives the label 1 the probability 4/5 has the errors −1/5 and 4/5 for "
    "the labels 1 and 0: over labels drawn from its own prediction their mean is 0 and their mean "
    "square is 4/25.",
)
def _() -> Check:
    p = Fraction(4, 5)
    square = p * (p - 1) ** 2 + (1 - p) * p**2
    unit = LogisticUnit([[1.0]], [0.0], float(np.log(4)))
    ahead = unit.errors([1])[0], unit.errors([0])[0]
    chances = unit.probabilities[0], 1 - unit.probabilities[0]
    step = 0.1
    exact = unit.divergence([0.0], step)
    return Check(
        equal(
            "mean error over drawn labels",
            theory=0,
            observed=sum(chance * error for chance, error in zip(chances, ahead, strict=True)),
            tolerance=1e-15,
            because="rounding",
            matters=0.01,
        ),
        equal(
            "mean square over drawn labels",
            theory=float(square),
            observed=sum(chance * error**2 for chance, error in zip(chances, ahead, strict=True)),
            tolerance=1e-15,
            because="rounding",
        ),
        numbers={
            "step": step,
            "exact": exact,
            "quadratic": float(square) * step**2 / 2,
            "if_1": float((p - 1) ** 2),
            "if_0": float(p**2),
        },
    )


@claim(
    "fisher.distance",
    "For a small change ε of the parameters of a logistic unit, the predictions change, in the "
    "mean over the examples, by the divergence ½ εᵀFε, up to a relative error that shrinks at "
    "least like the length of ε.",
    assumes=("finitely many examples", "an invertible Fisher matrix F"),
    over="five directions of change; lengths around 0.001 and 0.01",
)
def _() -> Check:
    X, _ = logistic_sample(mean=1.0)
    rng = np.random.default_rng(51)
    F = logistic_fisher(X, _WEIGHTS, _BIAS)
    directions = rng.standard_normal((5, _INPUTS + 1))
    worst = []
    for length in (1e-2, 1e-3):
        errors = []
        for step in length * directions:
            exact = logistic_divergence(X, _WEIGHTS, _BIAS, step[:-1], float(step[-1]))
            errors.append(abs(exact / (0.5 * step @ F @ step) - 1))
        worst.append(max(errors))
    return Check(
        equal(
            "divergence over ½ εᵀFε, the worst of five short steps",
            theory=1,
            observed=1 + worst[1],
            tolerance=2e-3,
            because="the next term is of relative order |ε|",
            matters=0.01,
        ),
        at_least(
            "how many times smaller the error is for steps ten times as short",
            bound=9.5,
            observed=worst[0] / worst[1],
            matters=0.5,
        ),
    )


@claim(
    "fisher.newton",
    "For a logistic unit and the logistic loss the Fisher matrix is the second derivative of the "
    "loss, whatever the labels are.",
    kind="proved",
    over="two inputs and a bias, one example of any inputs, weights and label; a mean over "
    "examples is a mean of such terms",
)
def _() -> Check:
    x1, x2, w1, w2, b, y = sp.symbols("x_1 x_2 w_1 w_2 b y", real=True)
    s = w1 * x1 + w2 * x2 + b
    loss = sp.log(1 + sp.exp(s)) - y * s
    p = 1 / (1 + sp.exp(-s))
    extended = sp.Matrix([x1, x2, 1])
    fisher = p * (1 - p) * extended * extended.T
    difference = sp.hessian(loss, (w1, w2, b)) - fisher
    return Check(
        yes("every entry is equal", all(sp.simplify(entry) == 0 for entry in difference)),
    )


def _bound(unit: LogisticUnit) -> tuple[float, np.ndarray]:
    """(1 + |μ|²)(1 + μᵀC⁻¹μ), with the mean μ that is returned too."""
    h = unit.curvatures
    mean = h @ unit.X / h.sum()
    centered = unit.X - mean
    covariance = (centered.T * h) @ centered / h.sum()
    bound = (1 + mean @ mean) * (1 + mean @ np.linalg.solve(covariance, mean))
    return float(bound), mean


@claim(
    "fisher.inherits-the-mean",
    "The Fisher matrix of a logistic unit with a bias has a condition number of at least "
    "(1 + |μ|²)(1 + μᵀC⁻¹μ), the mean μ and the covariance C of the inputs taken with the weights "
    "p(1 − p).",
    assumes=("an invertible Fisher matrix",),
    over="400 units of 1 to 5 inputs, with weights that are 0, small and large, and means 0 to 20",
)
def _() -> Check:
    rng = np.random.default_rng(61)
    to_bound, to_centered = [], []
    for _ in range(400):
        n = int(rng.integers(1, 6))
        X = rng.standard_normal((int(rng.integers(n + 4, 60)), n)) * rng.choice([0.2, 1.0, 5.0])
        X = X + rng.choice([0.0, 1.0, 5.0, 20.0]) * rng.standard_normal(n)
        w = rng.choice([0.0, 0.3, 1.0]) * rng.standard_normal(n)
        unit = LogisticUnit(X, w, -float(X.mean(axis=0) @ w))
        bound, mean = _bound(unit)
        centered = LogisticUnit(X - mean, w, unit.b + float(mean @ w))
        kappa = condition_number(unit.fisher)
        to_bound.append(kappa / bound)
        to_centered.append(kappa / condition_number(centered.fisher))
    X, _ = logistic_sample(mean=3.0)
    shown = LogisticUnit(X, np.zeros(_INPUTS), 0.0)
    bound, mean = _bound(shown)
    return Check(
        at_least(
            "condition number over the bound, the least of all units",
            bound=1,
            observed=min(to_bound),
            tolerance=1e-6,
            because="rounding",
            matters=0.01,
        ),
        at_least(
            "condition number over that of the same unit with centered inputs, the least",
            bound=1,
            observed=min(to_centered),
            tolerance=1e-6,
            because="rounding",
            matters=0.01,
        ),
        numbers={
            "mean": 3,
            "kappa": condition_number(shown.fisher),
            "bound": bound,
            "kappa_centered": condition_number(logistic_fisher(X - mean, np.zeros(_INPUTS), 0.0)),
        },
    )


def _three_forms(w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The step by solving with F, by three stages, and by a least-squares fit without F."""
    X, y = logistic_sample(mean=1.0)
    p = 1 / (1 + np.exp(-(X @ w + b)))
    h = p * (1 - p)
    rows = np.column_stack([X, np.ones(len(X))]) * np.sqrt(h)[:, np.newaxis]
    fitted = np.linalg.lstsq(rows, -(p - y) / np.sqrt(h), rcond=None)[0]
    stages = center_regress_intercept(X, y, w, b)
    return natural_step(X, y, w, b).vector, stages.vector, fitted


def _largest_difference() -> float:
    places = ((np.zeros(_INPUTS), 0.0), (_WEIGHTS, _BIAS), (-3 * _WEIGHTS, 1.0))
    forms = [_three_forms(w, b) for w, b in places]
    return max(float(np.abs(other - f[0]).max()) for f in forms for other in f[1:])


@claim(
    "fisher.center-regress-intercept",
    "The natural gradient step of a logistic unit with a bias is a least-squares fit to −δ/h, Δw "
    "its slopes and Δb its intercept: center the inputs, regress on them, set the intercept, each "
    "with the weights h = p(1 − p).",
    assumes=(
        "δ = p − y, p: the probability of label 1, y: the label",
        "steps of size 1",
        "an invertible Fisher matrix",
        "no damping or penalty",
    ),
    over="four inputs of mean 1, three settings of weights and bias; one input by algebra",
)
def _() -> Check:
    return Check(
        equal(
            "largest difference of the step, its three stages and the fit",
            theory=0,
            observed=_largest_difference(),
            tolerance=1e-11,
            because="rounding of three ways to solve the same equations",
            matters=1e-3,
        ),
        yes("with one input, of any moments, two forms are equal", one_input_step().agrees),
    )


def _two_examples(shift: int) -> tuple[list[Fraction], list[Fraction]]:
    """What s is after one natural and one plain step, for inputs 1 and 3 moved by `shift`."""
    x = [Fraction(1 + shift), Fraction(3 + shift)]
    delta = [Fraction(1, 2), Fraction(-1, 2)]  # labels 0 and 1, predictions ½
    h = Fraction(1, 4)
    mean = (x[0] + x[1]) / 2
    moment = (delta[0] * (x[0] - mean) + delta[1] * (x[1] - mean)) / 2
    variance = ((x[0] - mean) ** 2 + (x[1] - mean) ** 2) / 2
    dw = -moment / (h * variance)
    db = -(delta[0] + delta[1]) / 2 / h - mean * dw
    plain = -(delta[0] * x[0] + delta[1] * x[1]) / 2, -(delta[0] + delta[1]) / 2
    return [dw * a + db for a in x], [plain[0] * a + plain[1] for a in x]


@claim(
    "fisher.by-hand",
    "A logistic unit with a bias reads 1 and 3 with the labels 0 and 1, all its parameters 0: one "
    "natural step of size 1 takes its pre-activations to −2 and 2, and to these as well if 10 is "
    "added to both inputs.",
)
def _() -> Check:
    X, y = np.array([[1.0], [3.0]]), [0, 1]
    parts, numbers = [], {}
    for shift in (0, 10):
        by_hand, plain = _two_examples(shift)
        dw, db = natural_step(X + shift, y, [0.0], 0.0)
        found = (X + shift) @ dw + db
        for place, (theory, seen) in enumerate(zip(by_hand, found, strict=True), 1):
            parts.append(
                equal(
                    f"pre-activation {place}, inputs moved by {shift}",
                    theory=float(theory),
                    observed=float(seen),
                    tolerance=1e-10,
                    because="rounding",
                )
            )
            numbers[f"plain_{shift}_{place}"] = float(plain[place - 1])
    return Check(*parts, numbers=numbers)
