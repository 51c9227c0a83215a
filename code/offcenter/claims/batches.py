"""Claims of the chapter on batches: the lock softens, and does not dissolve."""

import math
from functools import cache

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.batches import SIZES, Agreement, batch_agreement, single_example_gain
from offcenter.claims._record import Check, claim
from offcenter.descent import sgd
from offcenter.signs import same_sign_probability, sign_agreement
from offcenter.spectrum import critical_batch_size, iid_second_moment, second_moment

_STEP_FACTORS = (0.7, 1.0, 1.3, 1.6, 1.9)


@cache
def _agreement(name: str) -> Agreement:
    return batch_agreement(name, SIZES, rng=np.random.default_rng(11), trials=4000)


def _batch_gradients(
    name: str, n: int, batch_size: int, trials: int, mean_error: float, seed: int
) -> np.ndarray:
    """Gradients of whole batches, drawn without any shortcut, shape (trials, n)."""
    rng = np.random.default_rng(seed)
    X = ACTIVATIONS[name].value(rng.standard_normal((trials, batch_size, n)))
    delta = mean_error + rng.standard_normal((trials, batch_size))
    return np.einsum("tb,tbn->tn", delta, X) / batch_size


@claim(
    "batches.one-example",
    "For a batch of one, any two entries of the gradient agree in sign if the inputs are positive.",
)
def _() -> Check:
    return Check(
        expected=[1.0, 1.0],
        observed=[float(_agreement(name).share[0]) for name in ("sigmoid", "relu")],
        tolerance=1e-12,
        reason="rounding of an arcsine",
    )


@claim(
    "batches.floor",
    "If the errors have zero mean and do not depend on the inputs, then for large batches two "
    "entries of a gradient agree in sign with probability ½ + arcsin(ρ)/π.",
)
def _() -> Check:
    names, trials = ("relu", "sigmoid", "tanh"), 4000
    observed = []
    for seed, name in enumerate(names):
        G = _batch_gradients(name, 2, 256, trials, 0.0, 20 + seed)
        observed.append(float(np.mean(G[:, 0] * G[:, 1] > 0)))
    limits = [sign_agreement(ACTIVATIONS[name].offset_share) for name in names]
    return Check(
        expected=limits,
        observed=observed,
        tolerance=4 * 0.5 / math.sqrt(trials),
        reason="four standard errors of a share, at most ½/√trials each",
        numbers={
            **{f"{name}_limit": limit for name, limit in zip(names, limits, strict=True)},
            **{f"{name}_seen": share for name, share in zip(names, observed, strict=True)},
            "batch_size": 256,
            "trials": trials,
        },
    )


@claim(
    "batches.never-half",
    "If the errors have zero mean and do not depend on the inputs, the agreement for ReLU and "
    "sigmoid inputs stays at or above its limit, and so above one half, at every batch size.",
)
def _() -> Check:
    shares = [float(_agreement(name).share.min()) for name in ("relu", "sigmoid")]
    return Check(
        expected=[
            0.5 + math.asin(ACTIVATIONS[name].offset_share) / math.pi
            for name in ("relu", "sigmoid")
        ],
        observed=shares,
        tolerance=4
        * float(max(_agreement(name).standard_error.max() for name in ("relu", "sigmoid"))),
        reason="four standard errors of the estimates",
        relation="at least",
        numbers={"relu_lowest": shares[0], "sigmoid_lowest": shares[1], "largest_batch": SIZES[-1]},
    )


@claim(
    "batches.soon",
    "For ReLU and sigmoid inputs nearly all of the softening is over at a batch of 32: what is "
    "left above the limit is less than a hundredth.",
)
def _() -> Check:
    place = SIZES.index(32)
    left = [
        float(_agreement(name).share[place] - _agreement(name).limit)
        for name in ("relu", "sigmoid")
    ]
    return Check(
        expected=[0.01, 0.01],
        observed=left,
        tolerance=0.0,
        reason="the statement is a bound",
        relation="at most",
        numbers={
            "batch": 32,
            "relu_two": float(_agreement("relu").share[1]),
            "relu_eight": float(_agreement("relu").share[3]),
            "relu": float(_agreement("relu").share[place]),
            "sigmoid": float(_agreement("sigmoid").share[place]),
        },
    )


@claim(
    "batches.mean-without-sign",
    "GELU and SiLU outputs are as often negative as positive, so for a batch of one two entries "
    "agree half of the time; their mean shows only in larger batches, where the agreement rises "
    "to its limit.",
)
def _() -> Check:
    curves = [_agreement(name) for name in ("gelu", "silu")]
    return Check(
        expected=[0.5, 0.5, *(curve.limit for curve in curves)],
        observed=[*(curve.share[0] for curve in curves), *(curve.share[-1] for curve in curves)],
        tolerance=4 * float(max(curve.standard_error.max() for curve in curves)),
        reason="four standard errors of the estimates",
        numbers={
            "gelu_limit": curves[0].limit,
            "silu_limit": curves[1].limit,
            "largest_batch": SIZES[-1],
        },
    )


@claim(
    "batches.all-agree",
    "With ρ = ½ all n entries of a large batch's gradient have one sign with probability "
    "2/(n + 1), not 2¹⁻ⁿ.",
)
def _() -> Check:
    sizes = (2, 3, 5, 10, 50)
    return Check(
        expected=[2 / (n + 1) for n in sizes],
        observed=[same_sign_probability(n, 0.5) for n in sizes],
        tolerance=1e-10,
        reason="error of the quadrature",
        numbers={"ten": 2 / 11, "independent": 2.0**-9, "n": 10},
    )


@claim(
    "batches.all-agree-sampled",
    "All n entries of a large batch's gradient have one sign with probability 2E[Φ(t√u)ⁿ], t ~ "
    "N(0, 1), u = m²/s².",
)
def _() -> Check:
    n, trials = 10, 2000
    observed = []
    for seed, name in enumerate(("relu", "sigmoid")):
        G = _batch_gradients(name, n, 128, trials, 0.0, 30 + seed)
        observed.append(float(np.mean(np.abs(np.sign(G).sum(axis=1)) == n)))
    expected = [
        same_sign_probability(n, ACTIVATIONS[name].offset_share) for name in ("relu", "sigmoid")
    ]
    return Check(
        expected=expected,
        observed=observed,
        tolerance=4 * 0.5 / math.sqrt(trials),
        reason="four standard errors of a share, at most ½/√trials each",
        numbers={"n": n, "relu": expected[0], "sigmoid": expected[1], "centered": 2.0 ** (1 - n)},
    )


@claim(
    "batches.mean-error",
    "If errors and inputs both have a mean, a larger batch locks the signs again: for sigmoid "
    "inputs the agreement goes to one, for tanh inputs it stays at one half.",
)
def _() -> Check:
    trials = 4000
    shares = {}
    for name, size in (("sigmoid", 16), ("sigmoid", 256), ("tanh", 256)):
        G = _batch_gradients(name, 2, size, trials, 0.5, 40)
        shares[name, size] = float(np.mean(G[:, 0] * G[:, 1] > 0))
    return Check(
        expected=[1.0, 0.5],
        observed=[shares["sigmoid", 256], shares["tanh", 256]],
        tolerance=4 * 0.5 / math.sqrt(trials),
        reason="four standard errors of a share, at most ½/√trials each",
        numbers={
            "mean_error": 0.5,
            "small": shares["sigmoid", 16],
            "large": shares["sigmoid", 256],
            "batch": 256,
        },
    )


@claim(
    "batches.useful",
    "The useful batch size tr(M)/λmax goes to 1/ρ as the number of inputs grows: π for ReLU.",
    source="ma2018",
)
def _() -> Check:
    n = 300
    names = ("relu", "sigmoid")
    moments = [(ACTIVATIONS[name].mean, ACTIVATIONS[name].variance) for name in names]
    observed = [critical_batch_size(iid_second_moment(n, *pair)) for pair in moments]
    centered = critical_batch_size(iid_second_moment(n, 0.0, moments[0][1]))
    return Check(
        expected=[1.0, 1.0, 1.0],
        observed=[
            observed[0] / math.pi,
            observed[1] * ACTIVATIONS["sigmoid"].offset_share,
            centered / n,
        ],
        tolerance=5 / n,
        reason="the limit is approached like 1/n",
        numbers={
            "relu": 1 / ACTIVATIONS["relu"].offset_share,
            "sigmoid": 1 / ACTIVATIONS["sigmoid"].offset_share,
            "n": n,
        },
    )


@cache
def _sgd_steps() -> dict[str, tuple[int, int]]:
    """Fewest steps of SGD to a thousandth of the loss, batches of 1 and 256, by kind of inputs."""
    rng = np.random.default_rng(12)
    n = 32
    raw = ACTIVATIONS["sigmoid"].value(rng.standard_normal((1024, n)))
    target, w0 = rng.standard_normal(n), np.zeros(n)
    result = {}
    for kind, X in (("raw", raw), ("centered", raw - raw.mean(axis=0))):
        M = second_moment(X)
        values = np.linalg.eigvalsh(M)
        steps = []
        for size in (1, 256):
            # This is the scale on which the best step size grows with the batch; each batch size
            # gets its own best around it, so that none looks slow for a badly chosen step.
            unit = size / (np.trace(M) + (size - 1) * values[-1])
            reached = [
                sgd(
                    X,
                    X @ target,
                    w0,
                    step_size=factor * unit,
                    steps=1000,
                    rng=np.random.default_rng(13),
                    batch_size=size,
                ).steps_to(1e-3, measure="loss")
                for factor in _STEP_FACTORS
            ]
            steps.append(min(count for count in reached if count is not None))
        result[kind] = (steps[0], steps[1])
    return result


@claim(
    "batches.no-speedup",
    "On a least-squares problem with 32 sigmoid inputs that can be solved exactly, a batch of 256 "
    "still needs more than a third of the steps of a batch of 1, each at its best step size.",
)
def _() -> Check:
    one, many = _sgd_steps()["raw"]
    return Check(
        expected=3.0,
        observed=one / many,
        tolerance=0.0,
        reason="the statement is a bound",
        relation="at most",
        numbers={"one": one, "many": many, "gain": one / many, "batch": 256, "n": 32},
    )


@claim(
    "batches.speedup",
    "On the same problem with centered inputs, a batch of 256 needs less than a twentieth of the "
    "steps of a batch of 1, each at its best step size.",
)
def _() -> Check:
    one, many = _sgd_steps()["centered"]
    return Check(
        expected=20.0,
        observed=one / many,
        tolerance=0.0,
        reason="the statement is a bound",
        relation="at least",
        numbers={"one": one, "many": many, "gain": one / many},
    )


@claim(
    "batches.gain-at-one",
    "For a batch of one, centering many iid inputs saves the factor ((1 + √(1 + u))/2)² of the "
    "steps, u = m²/s², whatever their number.",
)
def _() -> Check:
    n = 10_000
    names = ("relu", "sigmoid")
    moments = [(ACTIVATIONS[name].mean, ACTIVATIONS[name].variance) for name in names]
    limit = [((1 + math.sqrt(1 + m**2 / v)) / 2) ** 2 for m, v in moments]
    return Check(
        expected=limit,
        observed=[single_example_gain(n, *pair) for pair in moments],
        tolerance=20 / n,
        reason="the limit is approached like 1/n",
        numbers={"relu": limit[0], "sigmoid": limit[1]},
    )
