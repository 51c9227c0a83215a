"""Claims of the chapter on the Fisher matrix: when the natural gradient forgets a shift."""

from typing import Any

import numpy as np
import sympy as sp

from offcenter._store import stored
from offcenter.claims._record import Check, at_least, claim, equal, yes
from offcenter.fisher import (
    LogisticUnit,
    add_step,
    damped_changes,
    logistic_path,
    logistic_sample,
    network_fisher,
    smallest_eigenvalue,
    squared_loss_step,
)
from offcenter.network import Network, center_activation, forward, initialize
from offcenter.spectrum import condition_number

_STEPS = 30


def _outputs(
    method: str,
    *,
    shift: float = 0.0,
    start: np.ndarray | None = None,
    bias: bool = True,
    scales: np.ndarray | None = None,
) -> np.ndarray:
    """The outputs of a run that starts from one function, however the inputs are written."""
    X, y = logistic_sample()
    w = np.zeros(4) if start is None else start
    if scales is not None:
        X, w = X * scales, w / scales
    return logistic_path(
        X + shift,
        y,
        w,
        -shift * float(w.sum()),
        method=method,
        step_size=1.0 if method == "natural" else 0.2,
        steps=_STEPS,
        bias=bias,
    ).logits


def _change(method: str, shift: float, **options: Any) -> float:
    """The largest change of any output s at any step when the inputs are shifted."""
    still, moved = (_outputs(method, shift=c, **options) for c in (0.0, shift))
    return float(np.abs(moved - still).max())


def _largest_change_by_maps() -> float:
    X, y = logistic_sample(mean=1.0)
    rng = np.random.default_rng(52)
    maps = [rng.standard_normal((4, 4)) for _ in range(4)]
    maps.append(np.diag([1.0, 1.0, 1.0, 1e-3]) @ maps[0])
    options = {"method": "natural", "step_size": 1.0, "steps": 10}
    first = logistic_path(X, y, np.zeros(4), 0.0, **options).logits
    changes = [
        np.abs(logistic_path(X @ T.T, y, np.zeros(4), 0.0, **options).logits - first).max()
        for T in maps
    ]
    return float(max(changes))


@claim(
    "fisher.invariance",
    "Neither a shift of the inputs nor an invertible linear map of them changes an output of a "
    "logistic unit that learns by natural gradient from the same function, at any step.",
    assumes=(
        "a bias",
        "an invertible Fisher matrix",
        "no damping, no weight decay",
        "the same step size",
    ),
    over="shifts of −3, 2 and 10, two starts, 30 steps; five random maps of four inputs, one of "
    "them nearly singular, 10 steps",
    source="ollivier2015",
)
def _() -> Check:
    starts = (np.zeros(4), np.array([0.5, -0.3, 0.2, 0.1]))
    changes = [_change("natural", shift, start=w) for shift in (-3.0, 2.0, 10.0) for w in starts]
    return Check(
        equal(
            "largest change of an output by a shift",
            theory=0,
            observed=max(changes),
            tolerance=1e-8,
            because="rounding, grown over the steps by the condition number",
            matters=1e-3,
        ),
        equal(
            "largest change of an output by a map",
            theory=0,
            observed=_largest_change_by_maps(),
            tolerance=1e-6,
            because="rounding, grown by the condition numbers of the maps",
            matters=1e-3,
        ),
        numbers={"steps": _STEPS, "shift": 2, "change": _change("natural", 2.0)},
    )


@claim(
    "fisher.plain-varies",
    "Adding 2 to each of four inputs of mean 0 can change some pre-activation of a logistic unit "
    "that learns by plain gradient descent from the same function by more than 1.",
    over="one set of data, 30 steps of size 0.2",
)
def _() -> Check:
    change = _change("gradient", 2.0)
    return Check(
        at_least("largest change of a pre-activation", bound=1, observed=change, matters=0.5),
        numbers={"change": change},
    )


@claim(
    "fisher.needs-bias",
    "Without a bias the natural gradient is not invariant to a shift: adding 2 to each of four "
    "inputs of mean 0 can change some pre-activation of a logistic unit by more than 2.",
    over="one set of data, 30 steps",
)
def _() -> Check:
    change = _change("natural", 2.0, bias=False)
    return Check(
        at_least("largest change of a pre-activation", bound=2, observed=change, matters=0.5),
        numbers={"change": change},
    )


@claim(
    "fisher.damping-slope",
    "With damping λ, shifting one input of mean 0 and variance v by c divides the slope Δw of the "
    "natural step by 1 + h c²λ/((h + λ)(hv + λ)), where h = p(1 − p).",
    kind="proved",
    assumes=(
        "a logistic unit with this input and a bias",
        "weight 0, so that h is the same for all examples",
        "errors of mean 0",
    ),
    over="all positive h, v and λ, all c",
)
def _() -> Check:
    h, v, damping = sp.symbols("h v lambda", positive=True)
    c, g = sp.symbols("c g", real=True)

    def slope(shift: sp.Expr) -> sp.Expr:
        F = h * sp.Matrix([[v + shift**2, shift], [shift, 1]])
        # E[δ] = 0, so E[δ(x + c)] = E[δx].
        return -((F + damping * sp.eye(2)).inv() * sp.Matrix([g, 0]))[0]

    factor = 1 + h * c**2 * damping / ((h + damping) * (h * v + damping))
    return Check(
        yes(
            "the quotient of the slopes is the factor",
            sp.simplify(slope(c) * factor - slope(sp.Integer(0))) == 0,
        ),
        yes(
            "without damping the factor is 1",
            sp.simplify(factor.subs(damping, 0) - 1) == 0,
        ),
    )


@claim(
    "fisher.damping",
    "With damping λ the natural gradient is not invariant to a shift: the change of a "
    "pre-activation can grow in proportion to λ while λ is small, and exceed ½ when λ reaches the "
    "smallest eigenvalue of the shifted inputs' Fisher matrix.",
    assumes=(
        "a logistic unit with four inputs and a bias, started at 0",
        "the eigenvalue at the start",
    ),
    over="shifts of 2 and 5; λ from 1e−8 to the eigenvalue; 30 steps",
)
def _() -> Check:
    parts, numbers = [], {}
    for shift in (2.0, 5.0):
        small = (1e-8, 1e-7, 1e-6, 1e-5)
        power = np.polyfit(np.log(small), np.log(damped_changes(shift, small)), 1)
        smallest = smallest_eigenvalue(shift)
        (at_smallest,) = damped_changes(shift, (smallest,))
        parts += [
            equal(
                f"power of λ, inputs moved by {shift:g}",
                theory=1,
                observed=float(power[0]),
                tolerance=0.01,
                because="the next power of λ",
                matters=0.1,
            ),
            at_least(
                f"change at the smallest eigenvalue, inputs moved by {shift:g}",
                bound=0.5,
                observed=at_smallest,
                matters=0.5,
            ),
        ]
        numbers |= {f"smallest_{shift:g}": smallest, f"change_{shift:g}": at_smallest}
    numbers["at_0.01"], numbers["at_1e-6"] = damped_changes(2.0, (0.01, 1e-6))
    return Check(*parts, numbers=numbers)


def _network_outputs(network: Network, X: np.ndarray, method: str) -> np.ndarray:
    """The outputs after each of ten steps toward a fixed function, shape (steps, N, 2)."""
    teacher = initialize([3, 4, 2], activation="sigmoid", rng=np.random.default_rng(59), gain=3.0)
    targets = forward(teacher, X).logits
    outputs = []
    for _ in range(10):
        network = add_step(network, 0.2 * squared_loss_step(network, X, targets, method=method))
        outputs.append(forward(network, X).logits)
    return np.array(outputs)


def _start(seed: int, examples: int, hidden: int) -> tuple[Network, np.ndarray]:
    rng = np.random.default_rng([58, seed])
    network = initialize([3, hidden, 2], activation="sigmoid", rng=rng, gain=3.0)
    return network, rng.standard_normal((examples, 3))


def _condition(seed: int) -> float:
    return condition_number(network_fisher(*_start(seed, 120, 4), likelihood="gaussian"))


@stored
def centered_or_not(seed: int, examples: int, hidden: int, method: str) -> float:
    """The largest change of an output when the hidden sigmoids of a network are centered."""
    raw, X = _start(seed, examples, hidden)
    first, second = (
        _network_outputs(network, X, method) for network in (raw, center_activation(raw))
    )
    return float(np.abs(first - second).max())


@claim(
    "fisher.hidden-layers",
    "If a whole network learns by natural gradient, no output depends on whether its hidden units "
    "have sigmoids or centered sigmoids, written as the same function.",
    assumes=(
        "an invertible Fisher matrix",
        "no damping, no weight decay",
        "the same step size",
        "biases",
    ),
    over="ten steps of each of three networks with one hidden layer of four units, squared loss",
    source="ollivier2015",
)
def _() -> Check:
    natural, plain = (
        [centered_or_not(seed, 120, 4, method) for seed in range(3)]
        for method in ("natural", "gradient")
    )
    return Check(
        equal(
            "largest change of an output",
            theory=0,
            observed=max(natural),
            tolerance=1e-6,
            because="rounding, grown at each step by a condition number of order 1e6",
            matters=1e-3,
        ),
        numbers={
            "plain": min(plain),
            "steps": 10,
            "networks": 3,
            "parameters": 26,
            "condition": max(_condition(seed) for seed in range(3)),
        },
    )


@claim(
    "fisher.singular",
    "With the pseudo-inverse of a singular Fisher matrix a shift of inputs or hidden units can "
    "change outputs: for one example, x = 1 of s = wx + b, the shortest step that adds 1 to s adds "
    "2 to s at 3, and 72/61 if 10 is added to both inputs.",
    over="the two steps by hand; eight networks with more parameters than outputs to fit",
)
def _() -> Check:
    parts = []
    for shift, theory in ((0, 2.0), (10, 72 / 61)):
        extended = np.array([1.0 + shift, 1.0])
        step = np.linalg.pinv(np.outer(extended, extended)) @ extended
        parts.append(
            equal(
                f"output at 3, inputs moved by {shift}",
                theory=theory,
                observed=float(step @ [3.0 + shift, 1.0]),
                tolerance=1e-12,
                because="rounding",
            )
        )
    changes = [centered_or_not(seed, 12, 6, "pseudo-inverse") for seed in range(8)]
    return Check(
        *parts,
        at_least(
            "change of an output by centering hidden units, the largest of eight networks",
            bound=0.02,
            observed=max(changes),
            matters=0.02,
        ),
        numbers={"change": max(changes), "least": min(changes)},
    )


@claim(
    "fisher.labels",
    "Gradient times gradient, averaged over labels drawn from the unit's own prediction, is the "
    "Fisher matrix; averaged over training labels it is, if the unit predicts their true "
    "probabilities, and need not be otherwise.",
    kind="measured",
    assumes=("many examples from one law of finite variance, their labels drawn independently",),
    over="traces, 20000 examples; weights twice the true ones, and the true ones",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([62, seed])
    w = np.array([1.0, -0.5, 0.8, 0.0])
    X = 1 + rng.standard_normal((20000, 4))
    truth = LogisticUnit(X, w, -1.3)
    y = (rng.random(len(X)) < truth.probabilities).astype(float)
    confident = LogisticUnit(X, 2 * w, -2.6)
    drawn = (rng.random(len(X)) < confident.probabilities).astype(float)
    lengths = np.sum(X**2, axis=1) + 1

    def share(unit: LogisticUnit, labels: np.ndarray) -> tuple[float, float]:
        terms = unit.errors(labels) ** 2 * lengths / np.trace(unit.fisher)
        return float(terms.mean()), float(terms.std() / np.sqrt(len(terms)))

    (by_drawn, error), (by_truth, error_truth) = share(confident, drawn), share(truth, y)
    by_training, error_training = share(confident, y)
    return Check(
        equal(
            "drawn labels over Fisher",
            theory=1,
            observed=by_drawn,
            error=error,
            errors=4.5,
            matters=0.2,
        ),
        equal(
            "training labels over Fisher, true probabilities",
            theory=1,
            observed=by_truth,
            error=error_truth,
            errors=4.5,
            matters=0.2,
        ),
        at_least(
            "training labels over Fisher, weights twice too large",
            bound=1.4,
            observed=by_training,
            matters=0.4,
        ),
        numbers={"training": by_training, "training_error": error_training},
    )


@claim(
    "fisher.empirical",
    "If all labels are 1 and a logistic unit predicts p for each, the natural step of size 1 adds "
    "1/p to its pre-activations, and that with the empirical matrix 1/(1 − p).",
    assumes=("a bias", "inputs with an invertible covariance", "no damping or penalty"),
    over="p = 1/2, 4/5 and 99/100; three inputs",
)
def _() -> Check:
    X = 1 + np.random.default_rng(63).standard_normal((40, 3))
    y = np.ones(40)
    parts = []
    for name, p in (("1/2", 0.5), ("4/5", 0.8), ("99/100", 0.99)):
        unit = LogisticUnit(X, np.zeros(3), float(np.log(p / (1 - p))))
        for kind, matrix, theory in (
            ("natural", unit.fisher, 1 / p),
            ("empirical", unit.empirical_fisher(y), 1 / (1 - p)),
        ):
            step = -np.linalg.solve(matrix, unit.gradient(y))
            moved = X @ step[:-1] + step[-1]
            parts.append(
                equal(
                    f"{kind} step at p = {name}",
                    theory=theory,
                    observed=float(moved[np.abs(moved - theory).argmax()]),
                    tolerance=1e-9 * theory,
                    because="rounding",
                )
            )
    return Check(*parts)


def _adam_outputs(*, scales: np.ndarray | float = 1.0, shift: float = 0.0) -> np.ndarray:
    """The outputs of Adam with the usual constants and step size 0.1, from weights 0."""
    X, y = logistic_sample()
    X, w, b = X * scales + shift, np.zeros(4), 0.0
    mean, square, outputs = np.zeros(5), np.zeros(5), []
    for t in range(1, _STEPS + 1):
        unit = LogisticUnit(X, w, b)
        g = unit.gradient(y)
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2
        step = 0.1 * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        w, b = w - step[:-1], b - float(step[-1])
        outputs.append(X @ w + b)
    return np.array(outputs)


@claim(
    "fisher.diagonal",
    "The diagonal of the Fisher matrix keeps the invariance to rescaling single inputs and loses "
    "that to a shift; Adam has neither.",
    assumes=("a logistic unit with four inputs and a bias, started at 0", "no damping or penalty"),
    over="factors 10, 1, 0.1, 3; a shift by 2; 30 steps",
)
def _() -> Check:
    scales = np.array([10.0, 1.0, 0.1, 3.0])
    rescaled = np.abs(_outputs("diagonal", scales=scales) - _outputs("diagonal")).max()
    still, changed, moved = _adam_outputs(), _adam_outputs(scales=scales), _adam_outputs(shift=2.0)
    adam, adam_shifted = (float(np.abs(other - still).max()) for other in (changed, moved))
    shifted = _change("diagonal", 2.0)
    return Check(
        equal(
            "largest change of a pre-activation by rescaling, diagonal",
            theory=0,
            observed=float(rescaled),
            tolerance=1e-10,
            because="rounding",
            matters=1e-3,
        ),
        at_least(
            "largest change of a pre-activation by a shift, diagonal",
            bound=2,
            observed=shifted,
            matters=1,
        ),
        at_least(
            "largest change of a pre-activation by rescaling, Adam",
            bound=4,
            observed=adam,
            matters=2,
        ),
        at_least(
            "largest change of a pre-activation by a shift, Adam",
            bound=1,
            observed=adam_shifted,
            matters=2,
        ),
        numbers={"adam": adam, "shifted": shifted},
    )
