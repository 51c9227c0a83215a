"""The experiment compares equal functions, and its search finds the best step size."""

import numpy as np
import pytest

from offcenter import experiment
from offcenter.data import load_digits
from offcenter.experiment import (
    SETUPS,
    SIZES,
    STEPS,
    TARGET,
    best_run,
    layers,
    run,
    search,
    split,
    start,
)
from offcenter.network import cross_entropy, forward, train


def test_split_uses_each_digit_once():
    data, digits = split(), load_digits()
    together = np.vstack([data.inputs, data.test_inputs])
    assert sorted(map(tuple, together)) == sorted(map(tuple, digits.inputs))
    assert len(data.labels) + len(data.test_labels) == len(digits.labels)


@pytest.mark.parametrize("part", ["inputs", "labels", "test_inputs", "test_labels"])
def test_nobody_can_write_to_the_split_that_all_share(part):
    with pytest.raises(ValueError, match="read-only"):
        getattr(split(), part)[0] = 0


@pytest.mark.parametrize("family", [("sigmoid", "tanh"), ("relu",)])
def test_setups_of_a_family_start_as_one_function(family):
    X = split().test_inputs
    logits = []
    for name, setup in SETUPS.items():
        if setup.activation in family:
            network, shift = start(name)
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


def test_run_is_training_of_the_start():
    network, shift = start("relu-raw")
    data = split()
    ours = run("relu-raw", 0.25, steps=3)
    theirs = train(network, data.inputs - shift, data.labels, step_size=0.25, steps=3)
    np.testing.assert_array_equal(ours.training.losses, theirs.losses)
    logits = forward(ours.training.network, data.test_inputs).logits
    assert ours.test_accuracy == np.mean(logits.argmax(axis=1) == data.test_labels)
    assert ours.training.losses[-1] == pytest.approx(
        cross_entropy(forward(theirs.network, data.inputs).logits, data.labels)
    )


@pytest.mark.parametrize("name", ["tanh-centered", "relu-centered"])
def test_search_finds_the_best_of_all_powers_of_two(name):
    best = best_run(name)
    assert best.training.reached
    assert best.training.losses[-1] <= TARGET
    fewest = min(
        result.training.steps
        for power in range(-2, 4)
        if (result := run(name, 2.0**power, steps=STEPS)).training.reached
    )
    assert best.training.steps == fewest
    sizes = [result.step_size for result in search(name)]
    assert sizes == sorted(sizes)
    assert best in search(name)


def test_layers_are_those_of_the_network_before_and_after():
    before, after = (layers("tanh-centered", trained=trained) for trained in (False, True))
    assert [layer.layer for layer in before] == [1, 2, 3, 4]
    np.testing.assert_array_equal(before[0].second_moment, after[0].second_moment)
    assert not np.allclose(before[1].second_moment, after[1].second_moment)


@pytest.fixture
def another_start(monkeypatch):
    caches = (split, start, run, search, layers)
    for function in caches:
        function.cache_clear()
    monkeypatch.setattr(experiment, "_SEED", 2)
    yield
    for function in caches:
        function.cache_clear()


@pytest.mark.usefixtures("another_start")
def test_centering_takes_fewer_steps_from_another_random_start_too():
    steps = {name: best_run(name).training.steps for name in SETUPS}
    assert steps["shifted-centered"] * 3 < steps["sigmoid-raw"]
    assert steps["sigmoid-centered"] < steps["sigmoid-raw"]
    assert steps["shifted-centered"] < steps["shifted-raw"] < steps["sigmoid-raw"]
    assert steps["tanh-centered"] < steps["tanh-raw"]
    assert steps["relu-centered"] < steps["relu-raw"]


@pytest.mark.parametrize("function", [start, best_run, search])
def test_unknown_setups_are_refused(function):
    with pytest.raises(ValueError, match="name must be one of relu-centered"):
        function("swish-raw")


def test_a_search_without_success_says_so(monkeypatch):
    monkeypatch.setattr(experiment, "STEPS", 1)
    monkeypatch.setattr(experiment, "run", lambda name, size, steps=1: run(name, size, steps=1))
    with pytest.raises(RuntimeError, match="no step size brought relu-raw"):
        experiment.search.__wrapped__("relu-raw")
