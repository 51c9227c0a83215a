"""The experiment compares equal functions, and finds what sets their pace."""

import math

import numpy as np
import pytest

from offcenter.data import load_digits
from offcenter.errors import ArrivalError
from offcenter.experiment import (
    MAIN,
    METHODS,
    SEEDS,
    SETUPS,
    SIZES,
    TARGET,
    TARGETS,
    Regression,
    contest,
    descended,
    edges,
    expected_error,
    fair_bits,
    interpolating_line,
    layers,
    network_of,
    races,
    roads,
    seeds,
    split,
    start,
    step_sizes,
    table_races,
)
from offcenter.network import accuracy, cross_entropy, forward, train

BLOCK = 1  # two seeds, which the claims' tests train too


def test_split_uses_each_digit_once():
    data, digits = split(3), load_digits()
    together = np.vstack([data.inputs, data.test_inputs])
    assert sorted(map(tuple, together)) == sorted(map(tuple, digits.inputs))
    assert len(data.labels) + len(data.test_labels) == len(digits.labels)
    assert not np.array_equal(split(3).labels, split(4).labels)


@pytest.mark.parametrize("part", ["inputs", "labels", "test_inputs", "test_labels"])
def test_nobody_can_write_to_the_split_that_all_share(part):
    with pytest.raises(ValueError, match="read-only"):
        getattr(split(), part)[0] = 0


def test_blocks_of_seeds_share_none():
    blocks = [seeds(block) for block in range(4)]
    together = [seed for block in blocks for seed in block]
    assert len(blocks[0]) == SEEDS
    assert len(set(together)) == len(together)
    with pytest.raises(ValueError, match="block must be at least 0"):
        seeds(-1)


@pytest.mark.parametrize("family", [("sigmoid", "tanh"), ("relu",)])
def test_setups_of_a_family_start_as_one_function(family):
    for seed in (0, 5):
        X = split(seed).test_inputs
        logits = []
        for name, setup in SETUPS.items():
            if setup.activation in family:
                network, shift = start(name, seed)
                assert network.sizes == SIZES
                logits.append(forward(network, X - shift).logits)
        assert len(logits) == (6 if len(family) == 2 else 2)
        for other in logits[1:]:
            np.testing.assert_allclose(other, logits[0], atol=1e-12)


def test_centered_setups_center_what_they_name():
    _, shift = start("shifted-centered")
    np.testing.assert_allclose((split().inputs - shift).mean(axis=0), 0, atol=1e-15)
    network, shift = start("shifted-raw")
    assert not shift.any()
    assert network.activation.mean == 0.0


@pytest.mark.parametrize("name", SETUPS)
def test_a_contest_holds_the_networks_of_its_seeds(name):
    given = contest(name, BLOCK)
    for row, seed in enumerate(seeds(BLOCK)):
        network, shift = start(name, seed)
        data = split(seed)
        logits = forward(network, data.inputs - shift).logits
        ours = given.family.logits(given.theta, given.training.inputs)[row]
        np.testing.assert_allclose(ours, logits, atol=1e-12)
        again = forward(network_of(name, given.theta[row]), data.inputs - shift).logits
        np.testing.assert_allclose(again, logits, atol=1e-12)


def test_races_are_training_of_the_start_by_the_other_code():
    race = races("tanh-centered", "full", BLOCK)
    for row, seed in enumerate(seeds(BLOCK)):
        network, shift = start("tanh-centered", seed)
        data = split(seed)
        size = race.step_sizes[race.best[row, 0]]
        run = train(network, data.inputs - shift, data.labels, step_size=size, steps=99, target=0.5)
        assert run.steps == race.fewest[row, 0]
        assert accuracy(run.network, data.test_inputs - shift, data.test_labels) == pytest.approx(
            race.accuracy[row, 0], abs=0.002
        )


@pytest.mark.parametrize("method", METHODS)
def test_trained_networks_are_at_their_targets(method):
    race = races("relu-centered", method, BLOCK)
    for row, seed in enumerate(seeds(BLOCK)):
        _, shift = start("relu-centered", seed)
        data = split(seed)
        for goal, target in enumerate(TARGETS):
            net = network_of("relu-centered", race.trained[row, goal])
            loss = cross_entropy(forward(net, data.inputs - shift).logits, data.labels)
            assert loss <= target * (1 + 1e-9)


def test_the_road_ends_at_the_target_and_is_longer_than_no_step():
    road, race = roads("shifted-centered", BLOCK), races("shifted-centered", "full", BLOCK)
    for row in range(len(seeds(BLOCK))):
        assert road.losses[row][-1] <= TARGET
        assert (np.diff(road.time[row]) > 0).all()
        size = race.step_sizes[race.best[row, MAIN]]
        # Few large steps cover about the time of the flow.
        assert size * race.fewest[row, MAIN] == pytest.approx(road.time[row, MAIN], rel=0.15)


def test_the_edge_begins_at_the_curvature_of_the_start():
    edge, road = edges("sigmoid-raw", BLOCK), roads("sigmoid-raw", BLOCK)
    race = races("sigmoid-raw", "full", BLOCK)
    for row in range(len(seeds(BLOCK))):
        eta = race.step_sizes[race.best[row, MAIN]]
        assert edge.products[row][0] == pytest.approx(eta * road.start[row], rel=0.01)
        assert edge.steps[row][-1] == race.fewest[row, MAIN]


def test_layers_are_those_of_the_network_before_and_after():
    before, after = (layers("tanh-centered", BLOCK, trained=trained) for trained in (False, True))
    assert [layer.layer for layer in before[0]] == [1, 2, 3, 4]
    np.testing.assert_array_equal(before[0][0].second_moment, after[0][0].second_moment)
    assert not np.allclose(before[0][1].second_moment, after[0][1].second_moment)


def test_tables_start_as_one_function_and_reach_their_losses():
    raw, centered = (table_races("wine", centered=c, hidden=0, block=BLOCK) for c in (False, True))
    assert (raw.fewest > 0).all()
    assert (centered.fewest > 0).all()
    assert raw.accuracy.min() > 0.8


@pytest.mark.parametrize("centered", [False, True])
def test_descent_from_zero_ends_at_the_shortest_line(centered):
    X, truth = fair_bits(6, 10, intercept=2.0, seed=0)
    y = X @ truth.weights + truth.bias
    shortest = interpolating_line(X, y, centered=centered)
    line = descended(X, y, centered=centered, steps=20_000)
    np.testing.assert_allclose(line.weights, shortest.weights, atol=1e-5)
    assert line.bias == pytest.approx(shortest.bias, abs=1e-5)
    np.testing.assert_allclose(shortest.errors(X, y), 0, atol=1e-10)


def test_error_on_fair_bits_is_the_mean_over_all_inputs():
    X, truth = fair_bits(4, 6, intercept=1.0, seed=1)
    line = interpolating_line(X, X @ truth.weights + truth.bias, centered=False)
    every = np.array([[(k >> i) & 1 for i in range(6)] for k in range(64)], dtype=float)
    errors = line.errors(every, every @ truth.weights + truth.bias)
    assert line.error_on_fair_bits(truth) == pytest.approx(np.mean(errors**2))


def test_expected_error_is_the_mean_over_draws_of_the_truth():
    seen = []
    for seed in range(300):
        X, truth = fair_bits(30, 40, intercept=3.0, seed=seed)
        y = X @ truth.weights + truth.bias
        seen.append(interpolating_line(X, y, centered=True).error_on_fair_bits(truth))
    theory = expected_error(30, 40, truth, centered=True)
    assert np.mean(seen) == pytest.approx(theory, abs=4 * np.std(seen) / np.sqrt(300))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: start("swish-raw"), "name must be one of relu-centered"),
        (lambda: races("swish-raw"), "name must be one of relu-centered"),
        (lambda: races("relu-raw", "newton"), "method must be one of"),
        (lambda: step_sizes("swish-raw"), "name must be one of relu-centered"),
        (lambda: table_races("iris", centered=True, hidden=0), "table must be one of"),
        (
            lambda: expected_error(5, 4, fair_bits(5, 4, intercept=1.0, seed=0)[1], centered=True),
            "examples must be at most inputs, 4, got 5",
        ),
    ],
)
def test_what_is_unknown_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_expected_error_of_the_raw_line_is_that_of_draws_within_a_tenth():
    # The limit of many inputs and examples, so with some.
    seen = []
    for seed in range(40):
        X, truth = fair_bits(60, 80, intercept=3.0, seed=seed)
        y = X @ truth.weights + truth.bias
        seen.append(interpolating_line(X, y, centered=False).error_on_fair_bits(truth))
    theory = np.mean(
        [
            expected_error(60, 80, fair_bits(60, 80, intercept=3.0, seed=s)[1], centered=False)
            for s in range(40)
        ]
    )
    error = np.std(seen, ddof=1) / np.sqrt(len(seen))
    assert np.mean(seen) == pytest.approx(theory, abs=0.1 * theory + 4 * error)


@pytest.mark.parametrize("kappa", [10, 1000, 300_000])
def test_descent_counts_the_first_step_at_which_both_axes_together_are_at_the_goal(kappa):
    problem, found = _two_axes(kappa), []
    for share in np.linspace(0.025, 0.9995, 400):
        # Each axis has the loss ¼ at first; the slower one alone takes nearly as many steps.
        factors = (1 - 2 * share * np.array([1, 1 / kappa])) ** 2
        steps = max(1, int(math.log(4 * problem.goal[0]) / math.log(factors.max())))
        while factors**steps @ [0.25, 0.25] > problem.goal[0]:
            steps += 1
        found.append(steps)
    assert problem.descent_steps().tolist() == [min(found)]


def test_descent_that_takes_over_a_million_steps_is_said_and_not_counted():
    with pytest.raises(ArrivalError, match="some step size must reach the goal"):
        _two_axes(10**6).descent_steps()


def _two_axes(kappa):
    # The curvatures are 1 and 1/κ, the targets 1 and −1.
    inputs = np.sqrt(2) * np.diag([1, kappa**-0.5])
    return Regression(inputs[None], np.array([[1.0, -1.0]]))
