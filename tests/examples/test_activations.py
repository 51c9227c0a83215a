"""Worked examples of `activations`: every number of theirs has a second way to it."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from runs import kept_run
from second_ways import kappa_of, numerical_gradient

from offcenter.activations import ACTIVATIONS, Activation
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, split, start
from offcenter.network import initialize, train

_SIGMA = ACTIVATIONS["sigmoid"]
_STEEP = Activation(
    "4σ",
    4 * _SIGMA.expression,
    lambda s: 4 * _SIGMA.function(s),
    lambda s: 4 * _SIGMA.slope(s),
)
_USUAL = {
    "sigmoid": _SIGMA,
    "steep": _STEEP,
    "shifted": _SIGMA.centered(),
    "steep_shifted": _STEEP.centered(),
    "tanh": ACTIVATIONS["tanh"],
}


@kept_run
def fewest_of_one(name, seed):
    """Return the fewest steps of one network, and the power of two that is their step size."""
    rng = np.random.default_rng([seed, 1])
    network = initialize(SIZES, activation=_USUAL[name], rng=rng)
    X, labels = split(seed).inputs, split(seed).labels
    X = X - X.mean(axis=0)
    steps = {}
    # From the largest, which diverges soon: no other needs to go on for longer than the best.
    for k in range(5, -6, -1):
        how = {"step_size": 2.0**k, "steps": min(steps.values(), default=400), "target": 0.1}
        losses = train(network, X, labels, **how).losses
        if losses[-1] <= 0.1 and max(losses) < 3 * losses[0]:
            steps[k] = len(losses) - 1
    return min((count, k) for k, count in steps.items())


@pytest.mark.slow
@pytest.mark.parametrize("name", _USUAL)
def test_steps_from_the_usual_weights_by_training_one_network_at_a_time(name):
    record = EXAMPLES["activations-usual-start"]()
    steps, powers = zip(*(fewest_of_one(name, seed) for seed in range(record.starts)), strict=True)
    assert -5 < min(powers) <= max(powers) < 5
    # The runs of 4σ swing: rounding changes their counts.
    near = pytest.approx(getattr(record, name), rel=0.1 if name == "steep" else 0)
    assert np.median(steps) == near


def _fewest_by_hand(networks, phi, parts, powers, limit=300):
    """Return each network's fewest steps to 0.1, or 0, and the least loss.

    Each is written with other weights, `parts` times those of the network for the first, the middle
    and the last layer, and for their biases: a step then is the square of that as large.
    """
    value, slope = phi
    data = [split(seed) for seed in range(len(networks))]
    X = np.array([d.inputs - d.inputs.mean(axis=0) for d in data])
    Y = np.array([np.eye(10)[d.labels] for d in data])
    last = len(networks[0].weights) - 1
    which = [0] + [1] * (last - 1) + [2]
    found, least = np.full(len(networks), np.inf), np.inf
    for power in powers:
        W = [
            parts[0][which[k]] * np.array([n.weights[k] for n in networks]) for k in range(last + 1)
        ]
        b = [
            parts[1][which[k]] * np.array([n.biases[k] for n in networks]) for k in range(last + 1)
        ]
        fine, first = np.ones(len(networks), bool), None
        for step in range(limit + 1):
            a, slopes = [X], []
            for k in range(last + 1):
                s = a[-1] @ W[k].swapaxes(1, 2) + b[k][:, None]
                a.append(value(s) if k < last else s)
                slopes.append(slope(s) if k < last else None)
            shifted = s - s.max(axis=2, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
            losses = -(logs * Y).sum(axis=2).mean(axis=1)
            first = losses if first is None else first
            fine &= losses < 3 * first
            done = fine & (losses <= 0.1)
            found[done] = np.minimum(found[done], step)
            least = min(least, losses[fine].min(initial=np.inf))
            fine &= ~done
            if not fine.any():
                break
            d = (np.exp(logs) - Y) / X.shape[1]
            for k in range(last, -1, -1):
                below = d @ W[k]
                size = 2.0**power * np.array([parts[0][which[k]], parts[1][which[k]]]) ** 2
                W[k] = W[k] - size[0] * d.swapaxes(1, 2) @ a[k]
                b[k] = b[k] - size[1] * d.sum(axis=1)
                d = below * slopes[k - 1] if k else d
    return np.where(np.isfinite(found), found, 0), least


def _sigmoid(s):
    return np.exp(-np.logaddexp(0, -s))


_SIGMOID = (_sigmoid, lambda s: _sigmoid(s) * _sigmoid(-s))
_TANH = (np.tanh, lambda s: 1 - np.tanh(s) ** 2)


# 4σ with weights W behind it is σ with 4W, σ − ½ is half of tanh(s/2), 4σ − 2 is 2 tanh(s/2).
_HALF = (lambda s: np.tanh(s / 2) / 2, lambda s: (1 - np.tanh(s / 2) ** 2) / 4)
_SAME = ((1, 1, 1), (1, 1, 1))
_DEEP = {
    "σ": (_SIGMOID, _SAME, (1, 4)),
    "σ − ½": (_HALF, _SAME, (1, 4)),
    "4σ": (_SIGMOID, ((1, 4, 4), (1, 1, 1)), (-4, -2)),
    "4σ − 2": (_TANH, ((1 / 2, 1, 2), (1 / 2, 1 / 2, 1)), (-3, -2, -1)),
}


@kept_run
def fewest_of_deep_ones(name, starts, limit):
    """Return what `_fewest_by_hand` does, for networks of ten hidden layers."""
    sizes = (SIZES[0], *[32] * 10, SIZES[-1])
    networks = [
        initialize(sizes, activation="sigmoid", rng=np.random.default_rng([seed, 1]))
        for seed in range(starts)
    ]
    return _fewest_by_hand(networks, *_DEEP[name], limit=limit)


@pytest.mark.slow
def test_ten_layers_by_other_weights_and_step_sizes():
    record = EXAMPLES["activations-ten-layers"]()
    assert [name for name, _ in record.rows] == list(_DEEP)
    for name, median in record.rows:
        steps, least = fewest_of_deep_ones(name, record.starts, record.limit)
        if name == "4σ − 2":
            assert steps.all()
            assert np.median(steps) == median
        else:
            assert not steps.any()
            assert least > 2
            assert median == np.inf


def test_a_doubled_sigmoid_less_1_by_tanh_networks_with_a_quarter_of_the_step_size():
    record = EXAMPLES["activations-usual-start"]()
    networks = [
        initialize(SIZES, activation="sigmoid", rng=np.random.default_rng([seed, 1]))
        for seed in range(record.starts)
    ]
    halves = ((1 / 2, 1 / 2, 1), (1 / 2, 1 / 2, 1))
    steps, _ = _fewest_by_hand(networks, _TANH, halves, (0, 1, 2, 3))
    assert np.median(steps) == record.doubled
    # From the weights of tanh networks, doubled before they are halved.
    networks = [start("tanh-centered", seed)[0] for seed in range(10)]
    both = [
        dataclasses.replace(n, weights=(*(2 * W for W in n.weights[:-1]), n.weights[-1]))
        for n in networks
    ]
    steps, _ = _fewest_by_hand(both, _TANH, halves, (1, 2, 3, 4))
    assert np.median(steps) == record.doubled_alike


def test_means_and_slopes_by_quadrature_and_differences():
    from scipy.integrate import quad

    functions = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "ReLU": lambda z: max(z, 0.0)}
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    for label, mean, share in EXAMPLES["activations-means"]().rows:
        if label in functions:
            f = functions[label]
            first, second = (
                quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0]
                for k in (1, 2)
            )
            assert (mean, share) == pytest.approx((first, first**2 / second))
    record = EXAMPLES["activations-slopes"]()
    assert record.tanh[1] == pytest.approx((math.tanh(3 + 1e-6) - math.tanh(3 - 1e-6)) / 2e-6)
    losses = (lambda s: np.log1p(np.exp(-s[0])), lambda s: (1 / (1 + np.exp(-s[0])) - 1) ** 2 / 2)
    slopes = [numerical_gradient(loss, np.array([-4.0]))[0] for loss in losses]
    assert record.wrong[1:] == pytest.approx(slopes, abs=1e-8)
    record = EXAMPLES["activations-means"]()
    gelu = scipy.optimize.minimize_scalar(lambda z: z * scipy.stats.norm.cdf(z), bounds=(-2.0, 0.0))
    assert record.lowest == pytest.approx(gelu.fun)
    assert record.at_two == pytest.approx(1 - 2 / (math.exp(4) + 1))


def test_flat_ends_by_exponentials_and_by_the_chain_rule():
    record = EXAMPLES["activations-flat-ends"]()
    for s, sigmoid, tanh, relu in record.rows:
        assert sigmoid == pytest.approx(1 / (2 + math.exp(s) + math.exp(-s)))
        assert tanh == pytest.approx(1 / math.cosh(s) ** 2)
        assert relu == (s > 0)
    assert record.five == pytest.approx([slope**5 for slope in record.rows[0][1:]])
    # Steps of half the error halve it: 2⁻⁷ < 1 % < 2⁻⁶.
    assert record.relu_steps == 7
    loss = lambda s: (np.tanh(s[0]) - math.tanh(1)) ** 2 / 2  # noqa: E731
    for begin, steps in ((3.0, record.tanh_steps), (-3.0, record.tanh_back)):
        path = [begin]
        for _ in range(steps):
            path.append(path[-1] - numerical_gradient(loss, np.array(path[-1:]))[0] / 2)
        last, before = (abs(s - 1) / abs(begin - 1) for s in (path[-1], path[-2]))
        assert last <= 0.01 < before
    # At −3 a ReLU has no slope, so no step is made.
    assert record.rows[2][3] == 0


def test_activations_at_plus_and_minus_one():
    values = {
        "sigmoid": (1 / (1 + math.e), math.e / (1 + math.e)),
        "ReLU": (0, 1),
        "ELU": (1 / math.e - 1, 1),
        "tanh": (-math.tanh(1), math.tanh(1)),
    }
    for label, low, high, *_, two, _, _ in EXAMPLES["activations-plus-minus-one"]().rows:
        assert (low, high) == pytest.approx(values[label])
        pairs = [(a, b) for a in (low, high) for b in (low, high)]
        assert kappa_of(pairs, bias=False) == pytest.approx(two)
    record, (low, high) = EXAMPLES["activations-plus-minus-one"](), values["sigmoid"]
    pairs = np.array([(a, b) for a in (low, high) for b in (low, high)])
    # At right angles to the mean the curvature is the variance.
    flat, _ = np.linalg.eigvalsh(pairs.T @ pairs / 4)
    assert record.sigmoid_variance == pytest.approx(flat)
    assert record.tanh_variance == pytest.approx(np.var(values["tanh"]))
    for observed, (low, high) in (
        (record.relu_pair, (0, 1)),
        (record.relu_pair_centered, (-0.5, 0.5)),
    ):
        pairs = [(a, b) for a in (low, high) for b in (low, high)]
        # In halves of the four mean squares: of the sum, and of the difference.
        along = [sum((a + sign * b) ** 2 for a, b in pairs) / 8 for sign in (1, -1)]
        assert list(observed) == along


def test_choices_by_differences_and_by_four_inputs():
    functions = {
        "sigmoid": lambda s: 1 / (1 + math.exp(-s)),
        "tanh": math.tanh,
        "ReLU": lambda s: max(s, 0.0),
        "leaky ReLU (.01)": lambda s: max(s, s / 100),
        "GELU": lambda s: s * (1 + math.erf(s / 2**0.5)) / 2,
        "ELU": lambda s: s if s > 0 else math.expm1(s),
    }
    rows = EXAMPLES["activations-choices"]().rows
    assert [row[0] for row in rows] == list(functions)
    for label, *slopes, kappa in rows:
        phi = functions[label]
        expected = [(phi(s + 1e-6) - phi(s - 1e-6)) / 2e-6 for s in (3.0, -3.0)]
        assert slopes == pytest.approx(expected, abs=1e-8)
        pairs = [(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))]
        assert kappa_of(pairs, bias=False) == pytest.approx(kappa)


def test_moved_means_by_all_pairs_of_outputs():
    record = EXAMPLES["activations-mean-moved"]()
    sigmoid, tanh = (lambda s: 1 / (1 + math.exp(-s))), math.tanh
    functions = (sigmoid, lambda s: sigmoid(s) - 0.5, lambda s: tanh(s) + 1, tanh)
    for phi, row, share in zip(functions, record.rows, record.shares, strict=True):
        _, low, high, together, apart, ratio = row
        assert (low, high) == pytest.approx((phi(-1), phi(1)))
        pairs = np.array([(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))])
        for direction, square in (((1, 1), together), ((1, -1), apart)):
            loss = lambda w: ((pairs @ w) ** 2).mean() / 2  # noqa: B023, E731
            # Of half a square, twice the loss at the direction is the curvature along it.
            assert 2 * loss(np.array(direction)) == pytest.approx(square)
        assert ratio == pytest.approx(kappa_of(pairs, bias=False))
        mean = (phi(-1) + phi(1)) / 2
        assert share == pytest.approx(mean**2 / ((phi(-1) ** 2 + phi(1) ** 2) / 2), abs=1e-12)
    pairs = [(a, b) for a in (sigmoid(-1), sigmoid(1)) for b in (sigmoid(-1), sigmoid(1))]
    assert sorted({a + b for a, b in pairs}) == pytest.approx(record.sum_changes)
    assert sorted({a - b for a, b in pairs}) == pytest.approx(record.difference_changes)


def test_next_layer_by_quadrature_and_logarithms():
    nodes, weights = np.polynomial.hermite_e.hermegauss(201)
    weights = weights / weights.sum()
    values = {
        "sigmoid": 1 / (1 + np.exp(-nodes)),
        "sigmoid − ½": np.tanh(nodes / 2) / 2,
        "ReLU": np.maximum(nodes, 0),
        "tanh": np.tanh(nodes),
    }
    record = EXAMPLES["activations-next-layer"]()
    sigmoid, relu, tanh = np.sqrt(record.variances)
    spreads = [sigmoid, sigmoid, sigmoid, relu, tanh]
    for (label, signs, mean, kappa, steps), spread in zip(record.rows, spreads, strict=True):
        m = weights @ values[label.split(",")[0]]
        # A kink costs the quadrature some digits.
        assert mean == pytest.approx(m, abs=4e-3)
        deviations = values[label.split(",")[0]] - m
        assert spread == pytest.approx((weights @ deviations**2) ** 0.5, abs=4e-3)
        assert kappa == pytest.approx(1 + 100 * mean**2 / spread**2)
        # Of 100 outputs that are not of one sign by themselves, some are positive, some negative.
        assert signs == ("one" if label in ("sigmoid", "ReLU") else "mixed")
        rate = (kappa - 1) / (kappa + 1)
        assert steps == (1 if rate == 0 else math.ceil(math.log(0.01) / math.log(rate)))
    for row, flat, steep in zip((0, 3, 4), record.variances, record.steep, strict=True):
        _, _, mean, kappa, _ = record.rows[row]
        assert steep == pytest.approx(flat + 100 * mean**2) == pytest.approx(kappa * flat)


def test_ratios_for_normal_sums_by_quadrature():
    from scipy.integrate import quad

    functions = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "ReLU": lambda z: max(z, 0.0),
        "ELU": lambda z: z if z > 0 else math.expm1(z),
        "tanh": math.tanh,
    }
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    rows = EXAMPLES["activations-plus-minus-one"]().normal_rows
    assert [row[0] for row in rows] == list(functions)
    for label, mean, share, kappa, _, variance in rows:
        f = functions[label]
        first, second = (
            quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0] for k in (1, 2)
        )
        assert mean == pytest.approx(first, abs=1e-9)
        assert variance == pytest.approx(second - first**2)
        assert share == pytest.approx(first**2 / second, abs=1e-9)
        assert kappa == pytest.approx(1 + 100 * first**2 / (second - first**2))


def test_cell_sums_its_candidates():
    record = EXAMPLES["activations-cell"]()
    # σ(1) + σ(−1) = 1, so two steps add ½ · 1.
    assert record.sigmoid_ten == pytest.approx(5 * 0.5)
    assert record.tanh_ten == pytest.approx(0, abs=1e-15)


def test_silent_units_are_as_often_drawn_as_the_angle_says():
    record = EXAMPLES["activations-dead"]()
    weights = np.random.default_rng(4).standard_normal((100_000, 2))
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    error = 5 * math.sqrt(0.25 / len(weights))
    sums = weights @ inputs.T
    assert (sums < 0).all(axis=1).mean() == pytest.approx(record.silent, abs=error)
    assert (sums > 0).all(axis=1).mean() == pytest.approx(record.always_on, abs=error)
    assert (weights @ (inputs - 2).T < 0).all(axis=1).mean() == record.silent_centered
    narrow = (weights @ (inputs + 8).T < 0).all(axis=1).mean()
    assert narrow == pytest.approx(record.silent_narrow, abs=error)
    shares = []
    for seed in range(60, 70):
        rng = np.random.default_rng(seed)
        X, weights = rng.random((1000, 20)), rng.standard_normal((500, 20))
        kinds = (X, X + 2, X - X.mean(axis=0))
        shares.append([(~(weights @ Z.T > 0).any(axis=1)).mean() for Z in kinds])
    assert record.off[:2] == pytest.approx(np.mean(shares, axis=0)[:2], abs=0.02)
    assert record.off[2] == np.mean(shares, axis=0)[2] == 0


def test_too_large_a_step_silences_a_unit_on_centered_inputs_too():
    inputs = np.array([(a, b, 1.0) for a in (1, 3) for b in (1, 3)])
    for shift, bias in ((0, 2.5), (2, 0.5)):
        X, w = inputs - [shift, shift, 0], np.array([-0.5, -0.5, bias])
        # The mean output, as a loss, has δ = 1 wherever the unit fires.
        gradient = numerical_gradient(lambda v, X=X: np.maximum(X @ v, 0).mean(), w)
        assert (X @ w > 0).any()
        assert [(X @ (w - size * gradient) > 0).any() for size in (0.3, 2)] == [True, False]


def test_sums_of_the_unit_by_hand():
    rows = EXAMPLES["activations-dead"]().rows
    # Centering is the bias −w·μ = 3.
    assert [row[1] for row in rows] == [0, 0, 1, 3]
    assert rows[1][2:] == rows[3][2:]
    assert rows[0][2] == "−1.5, −2.5, −3.5, −4.5"
    assert rows[2][2] == "−0.5, −1.5, −2.5, −3.5"
    assert [row[3] for row in rows] == [0, 2, 0, 2]


def test_subtracting_a_constant_from_drawn_relu_outputs():
    record = EXAMPLES["activations-subtracted"]()
    assert record.constant == pytest.approx(1 / math.sqrt(2 * math.pi))
    z = np.random.default_rng(2).standard_normal(400_000)
    assert record.left == pytest.approx(
        np.mean((np.maximum(z, 0) - record.constant) ** 2), abs=0.01
    )
    for mean, out, less, before, after in record.rows:
        drawn = np.maximum(z + mean, 0)
        assert out == pytest.approx(drawn.mean(), abs=0.01)
        assert less == pytest.approx(out - record.constant)
        kappas = [1 + 100 * (drawn.mean() - c) ** 2 / drawn.var() for c in (0, record.constant)]
        assert (before, after) == pytest.approx(kappas, rel=0.03, abs=0.01)
    assert record.rows[0][4] == pytest.approx(1)


def test_slopes_and_operations_of_the_sigmoid_by_counting():
    record = EXAMPLES["activations-three-problems"]()
    assert record.ten == pytest.approx(2**20)
    # A loop over units and inputs: one multiplication and one addition each.
    assert record.product == sum(2 for _ in itertools.product(range(100), range(100)))
    assert record.exps == record.product / 10
    # 20 operations of 6 · 100 a unit, forward and backward.
    assert record.training_percent == pytest.approx(100 * 20 / 600)


def test_initialized_layers_by_drawing_wide_ones():
    rng, width, draws = np.random.default_rng(6), 400, 30
    x = np.sqrt(width) * np.tile(np.eye(width)[:2], (draws, 1, 1))
    for layer in range(1, 6):
        weights = rng.normal(0, math.sqrt(2 / width), (draws, width, width))
        x = np.maximum(x @ weights, 0)
        cosines = (x[:, 0] * x[:, 1]).sum(axis=1) / np.linalg.norm(x, axis=2).prod(axis=1)
        # A layer multiplies the mean square by a number of relative variance 5/width.
        error = math.sqrt(5 * layer / width / draws)
        for k, square, expected in EXAMPLES["activations-initialized"]().rows:
            if k == layer:
                assert (x**2).mean() == pytest.approx(square, rel=5 * error)
                assert cosines.mean() == pytest.approx(expected, abs=0.04)


def test_shift_of_a_hundred_weights_by_drawn_inputs():
    functions = {
        "ReLU": lambda z: np.maximum(z, 0),
        "ELU": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        "ReLU − its mean": lambda z: np.maximum(z, 0) - 1 / math.sqrt(2 * math.pi),
    }
    z = np.random.default_rng(9).standard_normal((40_000, 100))
    for label, mean, shift, spread in EXAMPLES["activations-bias-shift"]().rows:
        moved = 0.01 * functions[label](z).sum(axis=1)
        error = 5 * spread / math.sqrt(len(z))
        assert moved.mean() == pytest.approx(shift, abs=error)
        assert shift == pytest.approx(mean)
        assert moved.std() == pytest.approx(spread, abs=error)


_GATED = {
    "ReLU": lambda s: s * (s > 0),
    "leaky ReLU": lambda s: np.maximum(s, s / 100),
    "GELU": lambda s: s * np.vectorize(math.erfc)(-s / math.sqrt(2)) / 2,
    "SiLU": lambda s: s / (1 + np.exp(-s)),
    "ELU": lambda s: np.where(s > 0, s, np.exp(np.minimum(s, 0)) - 1),
}


def test_negative_outputs_leave_a_mean_for_drawn_sums():
    record = EXAMPLES["activations-negative-outputs"]()
    z = np.random.default_rng(12).standard_normal(200_000)
    # In pairs s and −s, as the page argues.
    z = np.concatenate([z, -z])
    for label, *shares in record.rows:
        for deviation, share in zip((0.5, 1, 3), shares, strict=True):
            a = _GATED[label](deviation * z)
            assert a.mean() ** 2 / np.mean(a**2) == pytest.approx(share, abs=0.003)
    for label, high, low, mean in record.pair:
        up, down = _GATED[label](np.array([1.0, -1.0]))
        assert (high, low, mean) == pytest.approx((up, down, (up + down) / 2))
    for label, *slopes in record.slopes:
        for s, slope in zip((-1.0, -3.0, -6.0), slopes, strict=True):
            rise = np.diff(_GATED[label](np.array([s - 1e-5, s + 1e-5])))[0] / 2e-5
            assert rise == pytest.approx(slope, abs=1e-8)


def test_two_writings_of_one_unit_by_differences():
    record = EXAMPLES["activations-shifted"]()
    kinds = {"tanh": np.tanh, "2σ − 1": lambda s: 2 / (1 + np.exp(-s)) - 1}
    for name, w, value, slope, part in record.rows:
        phi = kinds[name]
        assert phi(w) == pytest.approx(value)
        (expected,) = numerical_gradient(lambda p, phi=phi: phi(p[0]), np.array([w]))
        assert slope == pytest.approx(expected)
        assert part * w == pytest.approx(slope)
    tanh, double = record.rows
    assert double[1] == 2 * tanh[1]
    assert double[2] == pytest.approx(tanh[2])
    assert double[4] == pytest.approx(tanh[4] / 4)
    assert record.five == pytest.approx((4.0**-5, 2.0**-5))


def test_deep_networks_of_shifted_sigmoids_learn_as_tanh_at_step_sizes_of_their_own():
    rng = np.random.default_rng(0)
    first = [rng.standard_normal(shape) / 2 for shape in ((4, 3), (4, 4), (1, 4))]
    biases = [rng.standard_normal(len(W)) / 2 for W in first]
    X, y = rng.standard_normal((3, 6)), rng.standard_normal((1, 6))
    sigmoid = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731

    def train(phi, slope, factors):
        W = [c * w for (c, _), w in zip(factors, first, strict=True)]
        b = [c * v for (_, c), v in zip(factors, biases, strict=True)]
        losses = []
        for _ in range(20):
            a, sums = [X], []
            for k in range(3):
                sums.append(W[k] @ a[-1] + b[k][:, None])
                a.append(phi(sums[-1]) if k < 2 else sums[-1])
            d = (a[-1] - y) / 6
            losses.append(np.sum((a[-1] - y) ** 2) / 12)
            for k in (2, 1, 0):
                below = W[k].T @ d
                # The step size of each is 0.1 times the square of its factor.
                W[k] = W[k] - 0.1 * factors[k][0] ** 2 * d @ a[k].T
                b[k] = b[k] - 0.1 * factors[k][1] ** 2 * d.sum(axis=1)
                d = below * slope(sums[k - 1]) if k else d
        return losses

    flat = lambda s: sigmoid(s) * (1 - sigmoid(s))  # noqa: E731
    expected = train(np.tanh, lambda s: 1 - np.tanh(s) ** 2, [(1, 1)] * 3)
    half = train(lambda s: sigmoid(s) - 0.5, flat, [(2, 2), (4, 2), (2, 1)])
    double = train(lambda s: 2 * sigmoid(s) - 1, lambda s: 2 * flat(s), [(2, 2), (2, 2), (1, 1)])
    assert expected[-1] < 0.9 * expected[0]
    np.testing.assert_allclose(half, expected, rtol=1e-10)
    np.testing.assert_allclose(double, expected, rtol=1e-10)


def test_moved_tanh_by_exponentials():
    record = EXAMPLES["activations-moved-tanh"]()

    def tanh(s):
        return (math.exp(2 * s) - 1) / (math.exp(2 * s) + 1)

    for (sums, _, center, outputs, mean), values in zip(
        record.rows, ((-1, 1), (0, 2), (-1, -1, 2)), strict=True
    ):
        assert sums == ", ".join(map(str, values)).replace("-", "−")
        assert center == sum(values) / len(values)
        assert outputs == ", ".join(f"{tanh(s):.2f}" for s in values).replace("-", "−")
        assert mean == pytest.approx(sum(map(tanh, values)) / len(values), abs=1e-12)
    # One of two outputs is 0: their mean is half of the other, their mean square half its square.
    assert record.share == pytest.approx(1 / 2)
    root = math.sqrt(2)
    assert list(record.askew) == pytest.approx([-root / 2, -root / 2, root])
    assert record.normed == pytest.approx((0, (tanh(root) - 2 * tanh(root / 2)) / 3))
