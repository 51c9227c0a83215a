"""Attacks on what is said of step sizes, curvature and width: other sizes, losses and data."""

from functools import cache

import numpy as np
import pytest
from runs import kept_run

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.data import load_breast_cancer, load_digits, load_wine
from offcenter.experiment import (
    MAIN,
    SETUPS,
    SIZES,
    contest,
    deep_races,
    races,
    roads,
    shallow_races,
    split,
    start,
)
from offcenter.network import (
    Family,
    Problem,
    as_sigmoid_network,
    center_activation,
    curvature,
    initialize,
    measure,
    race,
    road,
    shift_inputs,
    stack,
)

SIGMOID = ("sigmoid-raw", "sigmoid-centered", "shifted-raw", "shifted-centered")
# Which data, hidden layers, examples; the losses are two that a run of the kind passes.
NARROW = ("digits", (12, 12, 12), 128)
TWO = ("digits", (24, 24), 128)
FOUR = ("digits", (20, 20, 20, 20), 128)
WIDE = ("digits", (64, 64, 64), 256)
# Twice as fine as the book's, about the best.
FINE = tuple(k / 2 for k in range(2, 9))
# Claims that compare numbers of steps, each at its best step size.
GRIDS = [
    "steps",
    "larger",
    "shallow",
    "accuracy",
    "tables",
    "stride",
    "edge",
    "kappa-order",
    "convolution",
]
INVERTED = ("inverted", (32, 32, 32), 128)
BREAST = ("breast cancer", (16, 16), 284)
WINE = ("wine", (16, 16), 89)


def named(case):
    return f"{case[0]} {'-'.join(map(str, case[1]))}"


def losses(case):
    return (0.3, 0.1) if case[0] in {"digits", "inverted"} else (0.2, 0.1)


@cache
def data(kind):
    """Features between 0 and 1, and labels; inverted digits have a larger mean."""
    if kind in {"digits", "inverted"}:
        digits = load_digits()
        return (1 - digits.inputs if kind == "inverted" else digits.inputs), digits.labels
    table = {"breast cancer": load_breast_cancer, "wine": load_wine}[kind]()
    return table.features / table.features.max(axis=0), table.labels


def written(name, case, starts):
    """A setup on such data, at the given starts: one function for each kind of unit."""
    kind, hidden, examples = case
    setup, (X, labels) = SETUPS[name], data(kind)
    sizes = (X.shape[1], *hidden, labels.max() + 1)
    networks, parts = [], []
    for seed in starts:
        chosen = np.random.default_rng([seed, 4]).permutation(len(labels))[:examples]
        rng, x = np.random.default_rng([seed, 5]), X[chosen]
        mean = x.mean(axis=0)
        if setup.activation == "relu":
            net = initialize(sizes, activation="relu", rng=rng, gain=2**0.5)
        else:
            net = initialize(sizes, activation="tanh", rng=rng)
        net = as_sigmoid_network(net) if setup.activation == "sigmoid" else net
        net = center_activation(net) if setup.centered_activation else net
        networks.append(net if setup.centered_inputs else shift_inputs(net, -mean))
        parts.append((x - mean if setup.centered_inputs else x, np.eye(sizes[-1])[labels[chosen]]))
    inputs, targets = map(np.array, zip(*parts, strict=True))
    subtracted = ACTIVATIONS[setup.activation].mean if setup.centered_activation else 0.0
    family = Family(sizes, setup.activation, subtracted)
    return family, stack(networks), Problem(inputs, targets)


@kept_run
def raced(name, case, starts, powers=range(-3, 8), method="gradient"):
    family, theta, problem = written(name, case, starts)
    return race(
        family,
        theta,
        problem,
        problem,
        step_sizes=2.0 ** np.array(powers),
        targets=losses(case),
        method=method,
        limit=6000,
    )


@kept_run
def way(name, case, starts):
    """The road of the flow to the losses of the data."""
    return road(*written(name, case, starts), targets=losses(case))


def ratio(before, after, case, starts, **how):
    """Steps of one writing over those of another, by start and loss."""
    return raced(before, case, starts, **how).fewest / raced(after, case, starts, **how).fewest


# networks.edge


@kept_run
def edge(name, case, starts):
    """Step size times curvature: at the start, and the median over the second half of the way."""
    family, theta, problem = written(name, case, starts)
    found = raced(name, case, starts)
    eta, fewest = found.step_sizes[found.best[:, -1]], found.fewest[:, -1]
    at = [np.unique(np.linspace(0, last, 8).round().astype(int)) for last in fewest]
    products = [[] for _ in starts]
    for step in range(fewest.max() + 1):
        rows = np.flatnonzero([step in times for times in at])
        if rows.size:
            lam = curvature(family, theta[rows], problem.rows(rows), products=6)
            for row, value in zip(rows, lam * eta[rows], strict=True):
                products[row].append(value)
        theta = theta - eta[:, None] * problem.gradients(family, theta)[1]
    return np.array([(seen[0], np.median(seen[len(seen) // 2 :])) for seen in products]).T


@pytest.mark.parametrize("case", [NARROW, TWO, FOUR, INVERTED, BREAST, WINE], ids=named)
def test_the_best_step_ends_near_the_edge_in_other_sizes_and_on_other_data(case):
    seen = {name: edge(name, case, (930, 931)) for name in SETUPS}
    late = np.array([np.median(second) for _, second in seen.values()])
    assert 1.2 < late.min() < late.max() < 4.5
    first = np.array([np.median(first) for first, _ in seen.values()])
    assert first.min() < 1
    # Outside: on breast cancer no network begins at several times the limit.
    assert (first.max() < 3.5) == (case is BREAST)


def test_networks_begin_between_the_edge_and_twice_it_too():
    # What "wherever it began: below it or at more than twice as much" left out.
    claim = CLAIMS["networks.edge"]
    numbers = claim.result(0).numbers
    begun = [numbers[f"start_{name.replace('-', '_')}"] for name in SETUPS]
    assert sum(2 < at < 4 for at in begun) == 2
    assert min(begun) < 1.6
    assert max(begun) > 4
    assert "some begin below that, some above" in claim.sentence


def test_from_single_starts_the_curvature_leaves_the_range_of_the_medians():
    # Why the sentence speaks of medians: "about two" hid how far a single start can lie.
    claim = CLAIMS["networks.edge"]
    numbers = claim.result(0).numbers
    most = max(numbers[f"late_{name.replace('-', '_')}_most"] for name in SETUPS)
    least = min(numbers[f"late_{name.replace('-', '_')}_least"] for name in SETUPS)
    assert not 1.6 < least < most < 4
    assert "in the median over ten starts, a top curvature of 1.6/η to 4/η" in claim.sentence


# networks.step-size, networks.road


@pytest.mark.parametrize("case", [NARROW, TWO, FOUR, WIDE, INVERTED], ids=named)
def test_at_a_small_part_of_the_best_step_all_digits_take_equally_many(case):
    at = {}
    for part in (1, 8):
        found = []
        for seed in (920, 921):
            best = raced("sigmoid-raw", case, (seed,))
            power = int(np.log2(best.step_sizes[best.best[0, -1]] / part))
            powers = range(power, power + 1)
            found.append(ratio("sigmoid-raw", "shifted-centered", case, (seed,), powers=powers)[0])
        at[part] = np.array(found)
    assert np.abs(np.log(at[8])).max() < 0.1
    # Outside: at the best step of the raw network the centered one is ahead.
    assert at[1].min() > 1.1
    first, last = (raced(name, case, (920, 921)) for name in ("sigmoid-raw", "shifted-centered"))
    assert (last.step_sizes[last.best] >= 2 * first.step_sizes[first.best]).all()


def test_on_tables_the_road_itself_is_longer_raw():
    # Outside: with few hidden units and other data than digits.
    for case, least, most in ((BREAST, 1.1, 1.4), (WINE, 1.05, 1.25)):
        times = np.array(
            [way(n, case, (940, 941)).time for n in (*SIGMOID, "tanh-raw", "tanh-centered")]
        )
        assert least < (times[0] / times[3]).min() < (times[0] / times[3]).max() < most
        assert (times[4] > times[5]).all()
    inverted = np.array([way(n, INVERTED, (940,)).time for n in SIGMOID])
    assert (inverted.max(axis=0) / inverted.min(axis=0)).max() < 1.06


# networks.stride


@pytest.mark.parametrize("case", [TWO, INVERTED, BREAST, WINE], ids=named)
def test_steps_go_with_half_the_integral_of_the_curvature_on_other_data(case):
    starts = (930, 931)
    roads = [way(name, case, starts) for name in SETUPS]
    steps = np.array([raced(name, case, starts).fewest for name in SETUPS])
    half = np.array([one.steps_at_limit for one in roads])
    time = np.array([one.time for one in roads])

    def correlation(x):
        return np.corrcoef(np.log(x).ravel(), np.log(steps).ravel())[0, 1]

    assert correlation(half) > 0.92
    assert correlation(time) < 0.7
    # Outside: "a third to one and a half times" is for the book's networks.
    assert 0.25 < (steps / half).min() < (steps / half).max() < 2.4
    assert (steps / half).max() > 1.3


def test_from_start_to_start_the_steps_of_one_network_go_with_flow_time():
    # Why the sentence speaks of all runs: it said that with flow time they do not.
    steps = np.log(races("shifted-centered", "full").fewest[:, MAIN])
    digits = roads("shifted-centered")

    def correlation(x):
        return np.corrcoef(np.log(x[:, MAIN]), steps)[0, 1]

    assert correlation(digits.time) > 0.9 > correlation(digits.steps_at_limit)
    assert "Over all runs with σ" in CLAIMS["networks.stride"].sentence


@pytest.mark.parametrize(("id", "block"), [("stride", 1003), ("edge", 1005), ("edge", 1006)])
def test_starts_that_broke_six_fifths_and_bounds_tighter_than_the_words(id, block):
    # One start took 1.35 times the prediction; medians of two starts lie at 1.9 times 2/η.
    assert CLAIMS[f"networks.{id}"].result(block).holds


# networks.kappa-order


@pytest.mark.parametrize("case", [NARROW, TWO, FOUR, WIDE], ids=named)
def test_the_network_with_the_smaller_condition_number_is_slower_in_other_sizes(case):
    _, hidden, examples = case
    assert (ratio("relu-raw", "shifted-centered", case, (920, 921)) > 2).all()
    kappa = {}
    for name in ("relu-raw", "shifted-centered"):
        net, shift = start(name, 920, sizes=(64, *hidden, 10), examples=examples)
        one = split(920, examples=examples)
        second = measure(net, one.inputs - shift, one.labels, batch_size=32)[1]
        kappa[name] = second.condition_number_with_bias
    # Outside: "seven times" is for the book's width, and grows with it.
    assert kappa["shifted-centered"] > 2 * kappa["relu-raw"]
    assert (kappa["shifted-centered"] > 25 * kappa["relu-raw"]) == (case is WIDE)


def test_from_one_start_of_thousands_kappa_is_less_than_six_times_smaller():
    # Why the sentence says "over four times": "five" left little room. In the book's ten, from 11.
    data, kappa = split(7505), []
    for name in ("relu-raw", "shifted-centered"):
        net, shift = start(name, 7505)
        second = measure(net, data.inputs - shift, data.labels, batch_size=32)[1]
        kappa.append(second.condition_number_with_bias)
    assert 4 < kappa[1] / kappa[0] < 6
    assert "over four times smaller" in CLAIMS["networks.kappa-order"].sentence


@kept_run
def at_one_step_size(name, size, *, sizes=SIZES, examples=256, method="gradient"):
    """Median steps to a loss of a tenth of two starts with this step size, not its best."""
    given = contest(name, 1, sizes=sizes, examples=examples)
    run = race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=np.array([size]),
        targets=(0.1,),
        method=method,
        limit=3000,
    )
    assert run.fewest.all()
    return np.median(run.fewest)


def test_with_one_step_size_for_all_centering_gains_nothing_and_relu_is_the_faster():
    # Outside: each with its best one, which the claims name.
    assert at_one_step_size("relu-raw", 1 / 8) < at_one_step_size("shifted-centered", 1 / 8) / 5
    one = {name: at_one_step_size(name, 1.0, sizes=(64, 32, 10)) for name in SIGMOID}
    assert max(one.values()) < 1.05 * min(one.values())
    how = {"sizes": (64, 64, 64, 64, 10), "examples": 512, "method": "momentum"}
    raw, centered = (
        at_one_step_size(name, 1 / 4, **how) for name in ("sigmoid-raw", "shifted-centered")
    )
    assert centered > 0.9 * raw
    for name in ("kappa-order", "shallow", "larger", "tables", "accuracy"):
        assert "the best step size for each" in " ".join(CLAIMS[f"networks.{name}"].assumes)


def test_from_a_rare_start_centering_the_pixels_shortens_the_flow_with_relu():
    # Why the sentence speaks of the median: five of 1018 other starts are like this.
    raw, centered = (roads(f"relu-{way}", 169).time for way in ("raw", "centered"))
    assert 0.95 < (centered[:, MAIN] / raw[:, MAIN]).min() < 0.96
    assert CLAIMS["networks.road"].sentence.endswith("lengthens it in the median.")


@kept_run
def fewest_of_sigmoids_drawn_another_way():
    """Steps with momentum from weights of variance 1/inputs, on raw and on centered pixels."""
    networks, rows = {"raw": [], "centered": []}, {"raw": [], "centered": []}
    for seed in (1, 4, 5):
        data, rng = split(seed), np.random.default_rng([seed, 1])
        mean = data.inputs.mean(axis=0)
        drawn = initialize(SIZES, activation="sigmoid", rng=rng)
        networks["centered"].append(drawn)
        networks["raw"].append(shift_inputs(drawn, -mean))
        rows["centered"].append(data.inputs - mean)
        rows["raw"].append(data.inputs)
    targets = np.array([np.eye(10)[split(seed).labels] for seed in (1, 4, 5)])
    fewest = {}
    for way, drawn in networks.items():
        problem = Problem(np.array(rows[way]), targets)
        how = {"step_sizes": 2.0 ** np.arange(-2, 5), "targets": (0.1,), "method": "momentum"}
        fewest[way] = race(
            Family(SIZES, "sigmoid", 0.0), stack(drawn), problem, problem, **how
        ).fewest
    return fewest


def test_sigmoids_drawn_another_way_can_lose_by_centered_pixels_with_momentum():
    # Outside: weights of variance 1/inputs for σ itself, where the book draws them for tanh.
    fewest = fewest_of_sigmoids_drawn_another_way()
    assert (fewest["centered"] > fewest["raw"]).any()
    for id in ("steps", "larger", "shallow", "accuracy", "step-size", "road", "stride", "edge"):
        assert any("N(0, 1/inputs)" in words for words in CLAIMS[f"networks.{id}"].assumes)


def test_by_adam_the_network_with_the_smaller_condition_number_is_less_than_twice_slower():
    relu, shifted = (
        races(name, "adam", 0).fewest[:, MAIN] for name in ("relu-raw", "shifted-centered")
    )
    assert (relu / shifted).min() < 2
    for name in ("kappa-order", "stride"):
        assert any("full batch" in words for words in CLAIMS[f"networks.{name}"].assumes)


# networks.larger


@pytest.mark.parametrize(
    "case",
    [
        ("digits", (48, 48, 48), 512),
        ("digits", (64, 64), 512),
        WIDE,
        ("breast cancer", (64,) * 3, 284),
    ],
    ids=named,
)
def test_centered_pixels_alone_gain_little_with_momentum_in_other_wide_networks(case):
    how = {"powers": range(-3, 4), "method": "momentum"}
    starts = (900, 901, 902)
    pixels = ratio("sigmoid-raw", "sigmoid-centered", case, starts, **how)
    assert (np.median(pixels, axis=0) < 1.2).all()
    assert (ratio("sigmoid-raw", "shifted-centered", case, starts, **how) > 2).all()


def test_centered_pixels_alone_do_gain_with_momentum_where_their_mean_is_larger():
    # Outside: white on black turned to black on white.
    how = {"powers": range(-3, 4), "method": "momentum"}
    case = ("inverted", (64, 64, 64), 256)
    pixels = ratio("sigmoid-raw", "sigmoid-centered", case, (900, 901), **how)
    assert (pixels > 1.3).all()
    assert (ratio("sigmoid-raw", "shifted-centered", case, (900, 901), **how) > 2).all()


# networks.shallow


def shallow(units, kind="digits", examples=256, starts=(910, 911, 912, 913)):
    """By loss, medians: σ over σ − ½ on raw pixels, raw over centered pixels; the least of both."""
    case = (kind, (units,), examples)
    pairs = (("sigmoid-raw", "shifted-raw"), ("sigmoid-raw", "sigmoid-centered"))
    both = np.array([ratio(name, "shifted-centered", case, starts) for name in SIGMOID[:-1]])
    alone, pixels = (np.median(ratio(*pair, case, starts), axis=0) for pair in pairs)
    return alone, pixels, both.min()


@pytest.mark.parametrize(("kind", "units"), [("digits", 8), ("digits", 16), ("inverted", 32)])
def test_with_few_units_in_one_layer_the_pixels_matter_more(kind, units):
    alone, pixels, both = shallow(units, kind)
    assert (alone < 1.5).all()
    assert (pixels > 2 * alone).all()
    assert both > 1


@pytest.mark.parametrize(
    ("kind", "units", "examples"),
    [("digits", 64, 256), ("breast cancer", 32, 284), ("wine", 32, 89)],
)
def test_with_at_least_as_many_units_as_inputs_in_one_layer_the_activations_matter_more(
    kind, units, examples
):
    # Outside: why the claim names its width. Both together help most here as well.
    alone, pixels, both = shallow(units, kind, examples)
    assert (alone > 1.2).all()
    assert (alone > pixels).all()
    assert both > 1


def test_a_finer_grid_lets_centered_activations_gain_a_fifth_on_raw_pixels():
    # Why the box names its grid, and compares: "hardly helps" was true of powers of two alone.
    starts, fewest = (910, 911, 912, 913), {}
    for name in ("sigmoid-raw", "shifted-raw", "sigmoid-centered"):
        fewest[name] = raced(name, ("digits", (32,), 256), starts, FINE).fewest[:, -1]
    alone = np.median(fewest["sigmoid-raw"] / fewest["shifted-raw"])
    assert 1.15 < alone < np.median(fewest["sigmoid-raw"] / fewest["sigmoid-centered"])
    assert "hardly" not in CLAIMS["networks.shallow"].sentence
    assert all(
        "a power of two" in " ".join(CLAIMS[f"networks.{id}"].assumes)
        for id in [*GRIDS, "convolution"]
    )


def test_from_one_start_in_five_the_pixels_gain_a_tenth_with_32_units_so_medians_count():
    # Both starts of block 1003; the best step is a power of two, and here it does not double.
    gains = []
    for block in range(1003, 1008):
        raw, centered = (
            shallow_races(name, block).fewest[:, 0] for name in ("sigmoid-raw", "sigmoid-centered")
        )
        gains.extend(raw / centered)
    assert max(gains[:2]) < 1.2
    assert np.median(gains) > 1.3


def test_by_adam_centered_activations_alone_halve_the_steps_of_one_layer_on_raw_pixels():
    raw, shifted = (
        raced(name, ("digits", (32,), 256), (910, 911), range(-7, 2), "adam").fewest[:, -1]
        for name in ("sigmoid-raw", "shifted-raw")
    )
    assert (raw > 1.5 * shifted).all()
    # Outside: the claims on steps by one method name it.
    for name in ("shallow", "kappa-order", "stride", "edge", "step-size", "deep", "accuracy"):
        assert "gradient descent in full" in " ".join(CLAIMS[f"networks.{name}"].assumes)


# networks.deep


DEEP = (64, *[32] * 10, 10)


def test_a_deep_sigmoid_network_is_stuck_at_other_starts_too():
    assert not deep_races("sigmoid", 7).fewest.any()
    assert deep_races("relu", 7).fewest[:, 1].all()


def test_a_deep_relu_network_can_miss_a_loss_of_a_tenth_in_300_steps():
    # Why the sentence says "most of them".
    assert not deep_races("relu", 1003).fewest[:, 1].all()
    assert CLAIMS["networks.deep"].result(1003).holds


def test_a_deep_sigmoid_network_gets_moving_with_adam():
    # Outside: Adam divides small gradients by their size.
    family = Family(DEEP, "sigmoid")
    rng = np.random.default_rng([0, 5])
    given = contest("sigmoid-centered", 0, sizes=DEEP)
    network = initialize(DEEP, activation="sigmoid", rng=rng)
    first = given.training.rows(np.array([0]))
    run = race(
        family,
        stack([network]),
        first,
        first,
        step_sizes=2.0 ** np.arange(-9, -3),
        targets=(2.0,),
        method="adam",
        limit=300,
    )
    assert run.fewest.all()


@kept_run
def deep_tanh_in_other_units():
    given = contest("sigmoid-centered", 1, sizes=DEEP)
    return race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=2.0 ** np.arange(-2, 4),
        targets=(2.0, 0.1),
        limit=1000,
    ).fewest


def test_a_deep_sigmoid_network_that_is_tanh_in_other_units_learns():
    # Outside: weights four times as large, and biases that make up for the mean.
    assert deep_tanh_in_other_units().all()
