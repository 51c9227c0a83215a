"""A linear neuron that learns from 20 inputs: steps with the mean, without it, with mixed signs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.experiment import CHANGES, Regression, regression
from offcenter.spectrum import condition_number, iid_condition_number, iid_eigenvalues, with_bias

__all__ = [
    "Activations",
    "Adam",
    "Averages",
    "Batches",
    "BiasShift",
    "Conditions",
    "Correlated",
    "Curvature",
    "Demo",
    "Fisher",
    "Gates",
    "Halved",
    "Places",
    "Ranges",
    "Reach",
    "Scales",
    "Setting",
    "Signs",
    "Slower",
    "Sparse",
    "activations",
    "adam",
    "averages",
    "batches",
    "bias_shift",
    "conditions",
    "correlated",
    "curvature",
    "demo",
    "fisher",
    "gates",
    "halved",
    "places",
    "ranges",
    "reach",
    "scales",
    "setting",
    "signs",
    "slower",
    "sparse",
]

_UNIFORM = "uniform on [0, 1]"
_NEGATED = "every second negated"
_WAYS = ("none", _NEGATED, "centered")


@stored
def _steps(inputs: str, change: str, method: str) -> np.ndarray:
    """Return the steps of each draw by descent, by Adam, or in batches of so many examples."""
    problem = regression(inputs, change)
    if method == "descent":
        return problem.descent_steps()
    return problem.adam_steps() if method == "Adam" else problem.batch_steps(int(method))


def _median(inputs: str, change: str = "none", method: str = "descent") -> int:
    return int(np.median(_steps(inputs, change, method)))


@dataclass(frozen=True)
class Setting:
    """What is drawn, and the ranges over the draws of the full batch's steps."""

    examples: int
    inputs: int
    draws: int
    raw: tuple[int, int]
    centered: tuple[int, int]


@example("regression-setting")
def setting() -> Setting:
    """Return the numbers of the problem, and the least and most steps."""
    problem = regression(_UNIFORM)
    draws, examples, width = problem.inputs.shape
    raw, centered = (_steps(_UNIFORM, change, "descent") for change in ("none", "centered"))
    return Setting(
        examples,
        width - 1,
        draws,
        (int(raw.min()), int(raw.max())),
        (int(centered.min()), int(centered.max())),
    )


@dataclass(frozen=True)
class Signs:
    """Steps raw, with every second input negated, and centered.

    `full`: of all examples; `single`: of one example a step; `negated`: of all examples, with all
    inputs negated.
    """

    full: tuple[int, ...]
    single: tuple[int, ...]
    negated: int


@example("regression-signs")
def signs() -> Signs:
    """Return the medians for inputs uniform on [0, 1]."""
    return Signs(
        tuple(_median(_UNIFORM, change) for change in _WAYS),
        tuple(_median(_UNIFORM, change, "1") for change in _WAYS),
        _median(_UNIFORM, "negated"),
    )


@dataclass(frozen=True)
class Activations:
    """Rows: mean and standard deviation of an activation of N(0, 1), and the steps.

    In order: sigmoid, tanh, ReLU.  `negated` and `shifted` are for the sigmoid, with every second
    one negated and with ½ subtracted.
    """

    rows: tuple[tuple[float, float, int], ...]
    negated: int
    shifted: int


@example("regression-activations")
def activations() -> Activations:
    """Return the rows for 20 independent activations."""
    rows = []
    for name in ("sigmoid", "tanh", "relu"):
        known = ACTIVATIONS[name]
        rows.append((known.mean, known.variance**0.5, _median(name)))
    return Activations(tuple(rows), _median("sigmoid", _NEGATED), _median("sigmoid", "less ½"))


@dataclass(frozen=True)
class Batches:
    """Rows: batch size, shares of one-signed gradients at w = 0, and steps raw and centered.

    The shares are over weights and draws' batches, with the bias 0 and with the mean target.
    """

    rows: tuple[tuple[int, float, float, int, int], ...]


_BATCHES = 400


def _one_signed(problem: Regression, size: int, *, mean_target: bool) -> float:
    """Return the share of batches at w = 0 whose gradient has one sign in all weights."""
    draws, examples, width = problem.inputs.shape
    bias = problem.targets.mean(axis=1, keepdims=True) if mean_target else 0.0
    gradients = problem.inputs[:, :, : width - 1] * (bias - problem.targets)[:, :, None]
    if size == examples:
        means = gradients.mean(axis=1)
    else:
        rows = np.random.default_rng(size).integers(examples, size=(_BATCHES, size))
        means = np.concatenate([gradients[draw][rows].mean(axis=1) for draw in range(draws)])
    return float((np.abs(np.sign(means).sum(axis=1)) == width - 1).mean())


@example("regression-batches")
def batches() -> Batches:
    """Return rows for one example, 32, and all."""
    problem = regression(_UNIFORM)
    whole = problem.inputs.shape[1]
    rows = []
    for size in (1, 32, whole):
        method = "descent" if size == whole else str(size)
        rows.append(
            (
                size,
                100 * _one_signed(problem, size, mean_target=False),
                100 * _one_signed(problem, size, mean_target=True),
                _median(_UNIFORM, "none", method),
                _median(_UNIFORM, "centered", method),
            )
        )
    return Batches(tuple(rows))


@dataclass(frozen=True)
class Adam:
    """Steps by descent and by Adam: centered, centered with unequal scales, and with larger means.

    `rows`: centered inputs; these scaled from 0.01 to 1; uniform on [0, 1], on [1, 2], on [2, 3].
    `centered`: Adam on the last two after centering: the bias then has to learn more.
    `ranges`: the least and the most of Adam's steps over the draws of each row.
    """

    rows: tuple[tuple[int, int], ...]
    centered: tuple[int, int]
    ranges: tuple[tuple[int, int], ...]


@example("regression-adam")
def adam() -> Adam:
    """Return the medians, each method with its best learning rate."""
    cases = (
        (_UNIFORM, "centered"),
        (_UNIFORM, "centered, scaled from 0.01 to 1"),
        (_UNIFORM, "none"),
        ("uniform on [1, 2]", "none"),
        ("uniform on [2, 3]", "none"),
    )
    runs = [_steps(*case, "Adam") for case in cases]
    return Adam(
        tuple((_median(*case), _median(*case, "Adam")) for case in cases),
        (
            _median("uniform on [1, 2]", "centered", "Adam"),
            _median("uniform on [2, 3]", "centered", "Adam"),
        ),
        tuple((int(steps.min()), int(steps.max())) for steps in runs),
    )


@dataclass(frozen=True)
class Gates:
    """Activations of N(0, 1) that are partly negative.

    `rows`: mean, standard deviation, steps, steps with the means subtracted; ReLU, leaky ReLU,
    GELU, SiLU, ELU, tanh.  `standardized`: steps of standardized ReLUs.
    """

    rows: tuple[tuple[float, float, int, int], ...]
    standardized: int


@example("regression-gates")
def gates() -> Gates:
    """Return the rows for 20 independent activations."""
    rows = []
    for name in ("relu", "leaky_relu", "gelu", "silu", "elu", "tanh"):
        known = ACTIVATIONS[name]
        steps = (_median(name), _median(name, "centered"))
        rows.append((known.mean, known.variance**0.5, *steps))
    return Gates(tuple(rows), _median("relu", "standardized"))


@dataclass(frozen=True)
class Scales:
    """Rows: κ and steps of standardized inputs, one times 10, all times 5, all times 0.1."""

    rows: tuple[tuple[float, int], ...]


@example("regression-scales")
def scales() -> Scales:
    """Return the medians for inputs uniform on [0, 1]."""
    rows = []
    for more in ("", ", one times 10", ", times 5", ", times 0.1"):
        curvature = regression(_UNIFORM, f"standardized{more}").curvature
        values = np.linalg.eigvalsh(curvature)
        kappa = float(np.median(values[:, -1] / values[:, 0]))
        rows.append((kappa, _median(_UNIFORM, f"standardized{more}")))
    return Scales(tuple(rows))


@dataclass(frozen=True)
class Correlated:
    """Steps of inputs that correlate at 0.9: raw, centered, standardized, whitened."""

    steps: tuple[int, ...]


@example("regression-correlated")
def correlated() -> Correlated:
    """Return the medians."""
    changes = ("none", "centered", "standardized", "whitened")
    return Correlated(tuple(_median("correlated", change) for change in changes))


@dataclass(frozen=True)
class Ranges:
    """Rows: steps with each feature brought to [0, 1], to [−1, 1], to z-scores.

    For uniform, normal and exponential inputs.
    """

    rows: tuple[tuple[int, ...], ...]


@example("regression-ranges")
def ranges() -> Ranges:
    """Return the medians."""
    changes = ("to [0, 1]", "to [−1, 1]", "standardized")
    laws = (_UNIFORM, "identity", "exponential")
    return Ranges(tuple(tuple(_median(law, change) for change in changes) for law in laws))


@dataclass(frozen=True)
class Places:
    """Steps from inputs of another mean or spread, and the ranges over the draws.

    `far`: uniform on [−6, −5]; `relu` and `tanh`: scaled to the spread of the sigmoid's outputs;
    `ranges`: least and most steps with the sigmoid, with ½ subtracted from it, with ReLU and tanh.
    """

    far: int
    relu: int
    tanh: int
    ranges: tuple[tuple[int, int], ...]


@example("regression-places")
def places() -> Places:
    """Return the medians and the ranges."""
    scaled = "scaled to the sigmoid's spread"
    cases = (("sigmoid", "none"), ("sigmoid", "less ½"), ("relu", "none"), ("tanh", "none"))
    counts = [_steps(*case, "descent") for case in cases]
    return Places(
        _median("uniform on [−6, −5]"),
        _median("relu", scaled),
        _median("tanh", scaled),
        tuple((int(steps.min()), int(steps.max())) for steps in counts),
    )


@dataclass(frozen=True)
class BiasShift:
    """One plain step from weights 0 and the mean target as bias, which has nothing to learn.

    `share`: what the mean's change makes up of the outputs' mean square change, the median and the
    least and most of the draws; `cosines`: medians, of the outputs' changes by the plain and the
    natural step, raw and centered; `centered`: the first share with centered inputs.
    """

    share: tuple[float, float, float]
    centered: float
    cosines: tuple[float, float]


@example("regression-bias-shift")
def bias_shift() -> BiasShift:
    """Return them for inputs uniform on [0, 1]."""
    shares, cosines = [], []
    for change in ("none", "centered"):
        problem = regression(_UNIFORM, change)
        examples = problem.inputs.shape[1]
        errors = problem.targets - problem.targets.mean(axis=1, keepdims=True)
        steps = np.einsum("sni,sn->si", problem.inputs, errors) / examples
        moved = np.einsum("sni,si->sn", problem.inputs, steps)
        square = (moved**2).mean(axis=1)
        shares.append(moved.mean(axis=1) ** 2 / square)
        # The natural step takes the outputs to the targets, which some weights give.
        along = (moved * errors).mean(axis=1) / np.sqrt(square * (errors**2).mean(axis=1))
        cosines.append(float(np.median(along)))
    raw, centered = shares
    return BiasShift(
        (float(np.median(raw)), float(raw.min()), float(raw.max())),
        float(np.median(centered)),
        (cosines[0], cosines[1]),
    )


@dataclass(frozen=True)
class Reach:
    """Steps on one example, raw, with every second input negated, and centered.

    `one_signed`: the shares of examples on which all weights move the same way, if they move;
    `within`: the most by which an input's weight can be off once the raw problem's goal is met.
    """

    one_signed: tuple[float, ...]
    within: float


@example("regression-reach")
def reach() -> Reach:
    """Return the shares, and the largest √(2 · goal · (H⁻¹)ᵢᵢ) of all draws and inputs."""
    shares = []
    for change in _WAYS:
        x = regression(_UNIFORM, change).inputs[:, :, :-1]
        shares.append(float(((x > 0).all(axis=2) | (x < 0).all(axis=2)).mean()))
    problem = regression(_UNIFORM)
    inverse = np.linalg.inv(problem.curvature)
    # What is missing, d, has the loss ½dᵀHd.
    off = np.sqrt(2 * problem.goal[:, None] * np.diagonal(inverse, axis1=1, axis2=2))
    return Reach(tuple(shares), float(off[:, :-1].max()))


@dataclass(frozen=True)
class Conditions:
    """κ of the inputs and the bias, and what of the loss at the start is along the flattest axis.

    `raw`, `centered`: κ; `rule`: 2.3κ raw; `flattest`: the share of the loss, in percent, raw;
    `worst`: the steps to the goal if all of the loss were along the flattest axis, raw, at the best
    rate of the long run.
    Medians; `ranges`: the least and the most of the draws, in this order, without the rule.
    """

    raw: float
    centered: float
    rule: float
    flattest: float
    worst: float
    ranges: tuple[tuple[float, float], ...]


@example("regression-conditions")
def conditions() -> Conditions:
    """Return them for inputs uniform on [0, 1]."""
    kappas, shares, worst = [], np.empty(0), np.empty(0)
    for change in ("none", "centered"):
        problem = regression(_UNIFORM, change)
        values, vectors = np.linalg.eigh(problem.curvature)
        kappas.append(values[:, -1] / values[:, 0])
        if change == "none":
            parts = values * np.einsum("sik,si->sk", vectors, problem.solution) ** 2
            shares = 100 * parts[:, 0] / parts.sum(axis=1)
            left = (kappas[0] - 1) / (kappas[0] + 1)
            worst = np.log(parts.sum(axis=1) / 2 / problem.goal) / -2 / np.log(left)
    raw, centered = (float(np.median(kappa)) for kappa in kappas)
    return Conditions(
        raw,
        centered,
        2.3 * raw,
        float(np.median(shares)),
        float(np.median(worst)),
        tuple((float(x.min()), float(x.max())) for x in (*kappas, shares, worst)),
    )


@dataclass(frozen=True)
class Curvature:
    """The largest curvature over the smallest: raw, every second input negated, and centered.

    `sides`: the raw curvatures in the weights across and along the inputs' mean, as expected.
    """

    kappas: tuple[float, ...]
    sides: tuple[float, float]


@example("regression-curvature")
def curvature() -> Curvature:
    """Return the medians for inputs uniform on [0, 1]."""
    values = [np.linalg.eigvalsh(regression(_UNIFORM, change).curvature) for change in _WAYS]
    kappas = tuple(float(np.median(v[:, -1] / v[:, 0])) for v in values)
    inputs, mean, variance = values[0].shape[1] - 1, 1 / 2, 1 / 12
    return Curvature(kappas, (variance, variance + inputs * mean**2))


@stored
def _fisher_steps(change: str, matrix: str, damping: float) -> np.ndarray:
    """Return the steps of each draw along the gradient divided by a matrix.

    F = E[(x, 1)(x, 1)ᵀ], with the damping added to its diagonal, or its diagonal alone.
    """
    problem = regression(_UNIFORM, change)
    F = problem.curvature
    F = F + damping * np.eye(F.shape[-1]) if matrix == "whole" else F * np.eye(F.shape[-1])
    values, vectors = np.linalg.eigh(F)
    root = vectors / np.sqrt(values)[:, None, :] @ vectors.transpose(0, 2, 1)
    # A step along F⁻¹g is the plain step of the problem that reads F^(−1/2)(x, 1).
    return Regression(problem.inputs @ root, problem.targets).descent_steps()


@dataclass(frozen=True)
class Fisher:
    """Rows: steps raw and centered, by the Fisher matrix's diagonal, damped by 0.1, and whole.

    `ranges`: the least and most of the draws of each row, raw and centered.
    """

    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int, int, int], ...]


@example("regression-fisher")
def fisher() -> Fisher:
    """Return the medians and ranges for inputs uniform on [0, 1]."""
    cases = (("diagonal", 0.0), ("whole", 0.1), ("whole", 0.0))
    rows, ranges = [], []
    for case in cases:
        raw, centered = (_fisher_steps(change, *case) for change in ("none", "centered"))
        rows.append((int(np.median(raw)), int(np.median(centered))))
        ends = (raw.min(), raw.max(), centered.min(), centered.max())
        ranges.append(tuple(int(end) for end in ends))
    return Fisher(tuple(rows), tuple(ranges))


@dataclass(frozen=True)
class Halved:
    """Steps at half of the best learning rate, the median and the least and most of the draws.

    If several rates are best, it is half of the smallest.
    """

    steps: int
    least: int
    most: int


@example("regression-halved")
def halved() -> Halved:
    """Return them for inputs uniform on [0, 1], in the directions of the eigenvectors."""
    problem, counts = regression(_UNIFORM), []
    values, vectors = np.linalg.eigh(problem.curvature)
    losses = np.einsum("sik,si->sk", vectors, problem.solution) ** 2 * values / 2
    shares = np.linspace(0.025, 0.9995, 400)
    for draw, (fewest, goal) in enumerate(zip(problem.descent_steps(), problem.goal, strict=True)):
        parts = 2 * values[draw] / values[draw, -1]
        left = (1 - shares[:, None] * parts) ** (2 * fewest) @ losses[draw]
        slowly = (1 - shares[np.argmax(left <= goal)] / 2 * parts) ** 2
        steps = np.arange(10 * fewest)
        counts.append(int(np.argmax(slowly ** steps[:, None] @ losses[draw] <= goal)))
    return Halved(int(np.median(counts)), min(counts), max(counts))


@dataclass(frozen=True)
class Averages:
    """Inputs that are even averages over tokens, each divided by its standard deviation.

    `rows`: tokens averaged, mean²/variance of an average, median steps with the mean left in and
    with it subtracted; `negated`: the same with every second average negated; `ranges`: the least
    and the most steps of each row with the mean left in.
    """

    rows: tuple[tuple[float, ...], ...]
    negated: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]


@stored
def _steps_on_averages(tokens: int, change: str) -> np.ndarray:
    """Return the steps of each draw from averages of so many features uniform on [0, 1]."""
    examples, width, draws = 1000, 20, 21
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X = rng.random((examples, tokens, width)).mean(axis=1)
        targets.append(X @ rng.standard_normal(width))
        read.append(np.column_stack([CHANGES[change](X / X.std(axis=0)), np.ones(examples)]))
    return Regression(np.array(read), np.array(targets)).descent_steps()


@example("regression-averages")
def averages() -> Averages:
    """Return rows for averages of 1, 4 and 16."""
    counts = (1, 4, 16)
    runs = [[_steps_on_averages(k, change) for change in _WAYS] for k in counts]
    return Averages(
        # ½ and 1/(12k): the mean and the variance.
        tuple(
            (k, (1 / 4) / (1 / (12 * k)), int(np.median(left)), int(np.median(subtracted)))
            for k, (left, _, subtracted) in zip(counts, runs, strict=True)
        ),
        tuple(int(np.median(negated)) for _, negated, _ in runs),
        tuple((int(left.min()), int(left.max())) for left, *_ in runs),
    )


@dataclass(frozen=True)
class Demo:
    """What the lines of `numpy-demo` print: one draw, at 1/(largest curvature).

    `rows`: as they stand, with 1 added to the inputs, with standard normal inputs, and at 1.9 in
    the place of 1; the steps raw, with every second input negated, and centered.
    `standardized`: the steps of the first row with the centered inputs divided by their spread.
    `curvatures`: of the first row, raw and centered: the largest, the smallest, and their ratio.
    """

    rows: tuple[tuple[int, ...], ...]
    standardized: int
    curvatures: tuple[tuple[float, float, float], ...]


def _at_a_share(problem: Regression, share: float) -> int:
    """Return the steps of the first draw at `share`/(largest curvature)."""
    values, vectors = np.linalg.eigh(problem.curvature[0])
    missing = (vectors.T @ problem.solution[0]) ** 2 * values / 2
    factors, steps = (1 - share * values / values[-1]) ** 2, 0
    while missing.sum() > problem.goal[0]:
        missing, steps = missing * factors, steps + 1
    return steps


@example("regression-demo")
def demo() -> Demo:
    """Return the steps and the curvatures of seed 0."""
    cases = ((_UNIFORM, 1.0), ("uniform on [1, 2]", 1.0), ("identity", 1.0), (_UNIFORM, 1.9))
    curvatures = []
    for change in ("none", "centered"):
        values = np.linalg.eigvalsh(regression(_UNIFORM, change, draws=1).curvature[0])
        curvatures.append((float(values[-1]), float(values[0]), float(values[-1] / values[0])))
    return Demo(
        tuple(
            tuple(_at_a_share(regression(inputs, way, draws=1), share) for way in _WAYS)
            for inputs, share in cases
        ),
        _at_a_share(regression(_UNIFORM, "standardized", draws=1), 1.0),
        tuple(curvatures),
    )


def _less_their_mean(problem: Regression) -> Regression:
    targets = problem.targets
    return Regression(problem.inputs, targets - targets.mean(axis=1, keepdims=True))


@stored
def _slower(inputs: str, change: str) -> tuple[np.ndarray, np.ndarray]:
    """Return each draw's κ, and its steps to targets less their mean."""
    problem = regression(inputs, change)
    return np.linalg.cond(problem.curvature), _less_their_mean(problem).descent_steps()


@stored
def _compromise_steps(inputs: str) -> np.ndarray:
    """Return the steps of each draw with the step size 2/(λmax + λmin)."""
    problem = regression(inputs)
    values, vectors = np.linalg.eigh(problem.curvature)
    factors = (1 - 2 * values / (values[:, -1:] + values[:, :1])) ** 2
    missing = np.einsum("sik,si->sk", vectors, problem.solution) ** 2 * values / 2
    steps = np.zeros(len(missing), dtype=int)
    while (late := missing.sum(axis=1) > problem.goal).any():
        missing, steps = missing * np.where(late[:, None], factors, 1.0), steps + late
    return steps


@dataclass(frozen=True)
class Slower:
    """What a mean costs n independent inputs of mean m and variance s², with a bias.

    `rows`, for inputs uniform on [0, 1] that are centered, then as they are, and on [2, 3]: κ,
    steps to the targets w·x and to these less their mean.
    `total`, `estimate`, `times`: on [0, 1] T = 1 + s² + nm², T²/s², and κ over κ of the centered.
    `limit`: on [0, 1], 2/λmax.  `compromise`: steps there with the step size 2/(λmax + λmin).
    `without_bias`: κ on [0, 1].  `correlated`: κ, κ centered and their ratio if all correlate at ½.
    `sampled`: the median κ of the draws; `ranges`: the least and the most steps of each row.
    """

    rows: tuple[tuple[float, int, int], ...]
    total: float
    estimate: float
    times: float
    limit: float
    compromise: int
    without_bias: float
    correlated: tuple[float, float, float]
    sampled: tuple[float, ...]
    ranges: tuple[tuple[int, ...], ...]


@example("regression-slower")
def slower() -> Slower:
    """Return κ in closed form, and the medians."""
    n, variance = 20, 1 / 12
    rows, sampled, ranges = [], [], []
    for mean, case in (
        (0.0, (_UNIFORM, "centered")),
        (0.5, (_UNIFORM, "none")),
        (2.5, ("uniform on [2, 3]", "none")),
    ):
        kappas, level = _slower(*case)
        drawn = _steps(*case, "descent")
        kappa = iid_condition_number(n, mean, variance, bias=True)
        rows.append((kappa, int(np.median(drawn)), int(np.median(level))))
        sampled.append(float(np.median(kappas)))
        ranges.append((int(drawn.min()), int(drawn.max()), int(level.min()), int(level.max())))
    total = 1 + variance + n * 0.5**2
    alike = variance * (np.eye(n) + 1) / 2
    raw, centered = (condition_number(with_bias(alike, np.full(n, m))) for m in (0.5, 0.0))
    return Slower(
        tuple(rows),
        total,
        total**2 / variance,
        rows[1][0] / rows[0][0],
        float(2 / iid_eigenvalues(n, 0.5, variance, bias=True).max()),
        int(np.median(_compromise_steps(_UNIFORM))),
        iid_condition_number(n, 0.5, variance),
        (raw, centered, raw / centered),
        tuple(sampled),
        tuple(ranges),
    )


@dataclass(frozen=True)
class Sparse:
    """Independent inputs that are 0 or 1, with a bias, and one outlier.

    `rows`, raw, divided by the standard deviations, centered, both: steps to the targets w·x of
    the raw inputs, and to these less their mean; `ranges`: the least and the most of each.
    `ones`: how many 1s an example has on average.
    `steep`: how many times as steep as centered the loss is along the sum of all weights if a
    thousand inputs are 1 in 1% of examples, divided.
    `outlier`: the standard deviation of 999 values of mean 0 and variance 1 and of one that is
    1000; standardized, the spread of the 999, the outlier, and its share of the variance.
    """

    inputs: int
    examples: int
    draws: int
    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, ...], ...]
    ones: float
    steep: float
    outlier: tuple[float, float, float, float]


_FREQUENCIES = np.geomspace(0.01, 0.3, 100)
_SPARSE_EXAMPLES, _SPARSE_DRAWS = 2000, 21


@stored
def _sparse() -> np.ndarray:
    """Return the steps of each draw, shape (4, 2, draws)."""
    inputs, targets = [], []
    for seed in range(_SPARSE_DRAWS):
        rng = np.random.default_rng(seed)
        X = (rng.random((_SPARSE_EXAMPLES, _FREQUENCIES.size)) < _FREQUENCIES).astype(float)
        targets.append(X @ rng.standard_normal(_FREQUENCIES.size))
        inputs.append(X)
    X, y = np.array(inputs), np.array(targets)
    centered, spread = X - X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    steps = []
    for read in (X, X / spread, centered, centered / spread):
        problem = Regression(np.pad(read, ((0, 0), (0, 0), (0, 1)), constant_values=1.0), y)
        steps.append((problem.descent_steps(), _less_their_mean(problem).descent_steps()))
    return np.array(steps)


@example("regression-sparse")
def sparse() -> Sparse:
    """Return the medians, and what follows from the frequencies."""
    steps = _sparse()
    n, p = 1000, 0.01
    others, far = 999, 1000.0
    mean = far / (others + 1)
    variance = (others + far**2) / (others + 1) - mean**2
    deviation = variance**0.5
    share = (far - mean) ** 2 / (others + 1) / variance
    return Sparse(
        _FREQUENCIES.size,
        _SPARSE_EXAMPLES,
        _SPARSE_DRAWS,
        tuple((int(a), int(b)) for a, b in np.median(steps, axis=2)),
        tuple((int(a.min()), int(a.max()), int(b.min()), int(b.max())) for a, b in steps),
        float(_FREQUENCIES.sum()),
        1 + n * p / (1 - p),
        (deviation, 1 / deviation, (far - mean) / deviation, share),
    )
