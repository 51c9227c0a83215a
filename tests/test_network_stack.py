"""Many networks at once do what one network does; the Hessian is that of the loss."""

from dataclasses import replace

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.claims._digits import BEST
from offcenter.network import (
    Family,
    Problem,
    accuracy,
    backward,
    cross_entropy,
    curvature,
    forward,
    initialize,
    race,
    road,
    stack,
    train,
)

FAMILIES = [
    Family((6, 5, 4, 3), "sigmoid"),
    Family((6, 5, 4, 3), "sigmoid", 0.5),
    Family((6, 5, 4, 3), "steep-sigmoid", 2.0),
    Family((6, 5, 4, 3), "tanh"),
    Family((6, 5, 4, 3), "relu"),
    Family((6, 5, 4, 3), "relu", 0.4),
    Family((6, 3), "relu"),
]


def networks(family, count=3):
    """Random networks whose biases are not zero."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        activation = family.activation.removeprefix("steep-")
        net = initialize(family.sizes, activation=activation, rng=rng, gain=1.5)
        made.append(replace(net, biases=tuple(rng.normal(size=b.shape) for b in net.biases)))
    return made


def problem(count=3, examples=30):
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 3, size=(count, examples))
    return Problem(rng.uniform(size=(count, examples, 6)), np.eye(3)[labels]), labels


@pytest.mark.parametrize("family", [f for f in FAMILIES if not f.subtracted])
def test_each_row_is_the_network_of_the_other_code(family):
    data, labels = problem()
    nets = networks(family)
    theta = stack(nets)
    assert theta.shape == (3, family.parameters)
    losses, gradients = data.gradients(family, theta)
    np.testing.assert_allclose(data.losses(family, theta), losses, rtol=1e-14)
    for row, net in enumerate(nets):
        states = forward(net, data.inputs[row])
        theirs = backward(net, states, labels[row])
        np.testing.assert_allclose(
            family.logits(theta, data.inputs)[row], states.logits, atol=1e-13
        )
        assert losses[row] == pytest.approx(cross_entropy(states.logits, labels[row]), rel=1e-13)
        for (W, b), W2, b2 in zip(
            family.layers(gradients), theirs.weights, theirs.biases, strict=True
        ):
            np.testing.assert_allclose(W[row], W2, atol=1e-14)
            np.testing.assert_allclose(b[row], b2, atol=1e-14)
        assert data.accuracies(family, theta)[row] == pytest.approx(
            accuracy(net, data.inputs[row], labels[row])
        )


def test_a_subtracted_mean_is_the_centered_activation():
    mean = ACTIVATIONS["sigmoid"].mean
    data, labels = problem()
    family = Family((6, 5, 4, 3), "sigmoid", mean)
    nets = [
        replace(net, activation=ACTIVATIONS["sigmoid"].centered())
        for net in networks(Family(family.sizes, "sigmoid"))
    ]
    _, gradients = data.gradients(family, stack(nets))
    theirs = backward(nets[1], forward(nets[1], data.inputs[1]), labels[1])
    np.testing.assert_allclose(family.layers(gradients)[1][0][1], theirs.weights[1], atol=1e-14)


@pytest.mark.parametrize("family", FAMILIES)
def test_hessian_products_are_differences_of_gradients(family):
    data, _ = problem()
    theta = stack(networks(family))
    v, h = np.random.default_rng(1).standard_normal(theta.shape), 1e-6
    up, down = (data.gradients(family, theta + by * v)[1] for by in (h, -h))
    np.testing.assert_allclose(
        data.hessian_products(family, theta, v), (up - down) / (2 * h), atol=1e-8
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_curvature_is_the_top_eigenvalue_of_the_symmetric_hessian(family):
    data, _ = problem()
    theta = stack(networks(family))
    H = np.array(
        [
            data.hessian_products(family, theta, np.tile(axis, (3, 1)))
            for axis in np.eye(family.parameters)
        ]
    ).transpose(1, 0, 2)
    np.testing.assert_allclose(H, H.transpose(0, 2, 1), atol=1e-15)
    top = np.linalg.eigvalsh(H)[:, -1]
    np.testing.assert_allclose(curvature(family, theta, data, products=20), top, rtol=1e-6)


def test_a_race_is_training_with_each_step_size():
    data, labels = problem()
    family = Family((6, 5, 4, 3), "tanh")
    nets, sizes = networks(family), (0.05, 0.1, 0.2)
    theta, targets = stack(nets), (1.05, 1.0)
    result = race(
        family, theta, data, data, step_sizes=sizes, targets=targets, patience=9.0, equal=5
    )
    for row, net in enumerate(nets):
        for column, size in enumerate(sizes):
            run = train(net, data.inputs[row], labels[row], step_size=size, steps=2000, target=1.0)
            first = int(np.argmax(run.losses <= 1.05))
            if result.steps[row, column, 1]:
                assert list(result.steps[row, column]) == [first, run.steps]
            short = train(net, data.inputs[row], labels[row], step_size=size, steps=5).network
            assert result.accuracy_after[row, column] == pytest.approx(
                accuracy(short, data.inputs[row], labels[row])
            )
    assert (result.fewest > 0).all()
    np.testing.assert_array_equal(
        result.fewest, np.take_along_axis(result.steps, result.best[:, None], axis=1)[:, 0]
    )
    losses = data.losses(family, result.trained[:, 1])
    assert (losses <= 1.0).all()


def test_without_patience_a_race_has_the_same_winner():
    data, _ = problem()
    family, sizes = Family((6, 5, 4, 3), "relu"), (0.05, 0.1, 0.2, 0.4)
    theta = stack(networks(family))
    short, long = (
        race(family, theta, data, data, step_sizes=sizes, targets=(0.9,), patience=p)
        for p in (1.0, 50.0)
    )
    np.testing.assert_array_equal(short.fewest, long.fewest)
    np.testing.assert_array_equal(short.trained, long.trained)


@pytest.mark.parametrize("method", ["momentum", "adam"])
def test_methods_are_those_of_the_textbook(method):
    data, _ = problem(1)
    family = Family((6, 3), "tanh")
    theta = stack(networks(family, 1))
    x, m, v = theta[0].copy(), 0.0, 0.0
    losses = []
    for step in range(1, 12):
        loss, g = data.gradients(family, x[None])
        losses.append(loss[0])
        m = 0.9 * m + (g[0] if method == "momentum" else 0.1 * g[0])
        v = 0.999 * v + 0.001 * g[0] ** 2
        adam = m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        x = x - 0.01 * (m if method == "momentum" else adam)
    targets = (losses[4] * (1 + 1e-12), losses[10] * (1 + 1e-12))
    result = race(family, theta, data, data, step_sizes=(0.01,), targets=targets, method=method)
    assert result.steps[0, 0].tolist() == [4, 10]


def test_a_batch_uses_each_example_once_an_epoch_and_a_whole_batch_is_the_gradient():
    data, _ = problem(examples=32)
    family = Family((6, 5, 4, 3), "tanh")
    theta = stack(networks(family))
    kwargs = {"step_sizes": (0.5,), "targets": (1.0, 0.9)}
    whole = race(family, theta, data, data, **kwargs)
    same = race(family, theta, data, data, batch_size=32, **kwargs)
    np.testing.assert_array_equal(whole.steps, same.steps)
    small = race(family, theta, data, data, batch_size=8, **kwargs)
    again = race(family, theta, data, data, batch_size=8, **kwargs)
    np.testing.assert_array_equal(small.steps, again.steps)
    assert (small.steps > 0).all()


def test_diverging_runs_leave_the_race():
    data, _ = problem()
    family = Family((6, 5, 4, 3), "relu")
    theta = stack(networks(family))
    result = race(family, theta, data, data, step_sizes=(0.1, 1e6, 1e300), targets=(0.9,))
    assert (result.best == 0).all()
    assert not result.steps[:, 1:].any()


def test_a_run_leaves_the_race_above_thrice_the_largest_first_loss_of_all_starts():
    # One number z, three labels of four; momentum from z = 0 shoots over the minimum and returns.
    def raced(*starts):
        labels = np.tile([[1.0, 0], [1, 0], [1, 0], [0, 1]], (len(starts), 1, 1))
        data = Problem(np.ones((len(starts), 4, 1)), labels)
        theta = np.array([[z / 2, -z / 2, 0, 0] for z in starts])
        how = {"step_sizes": (4.0,), "targets": (0.57,), "method": "momentum", "limit": 900}
        return race(Family((1, 2), "tanh"), theta, data, data, **how).steps.ravel()

    assert raced(0.0) == [0]
    assert raced(0.0, -40.0)[0] > 0
    assert BEST.endswith("above thrice the largest first loss of all runs compared")


def test_the_road_of_a_bowl_is_known():
    # Two classes, one input, always 1: the loss is that of one number z, the difference of the
    # logits, log(1 + e^-z), and both rows of θ move: dz/dt = 4 σ(−z), so z + e^z = 4t + 1.
    data = Problem(np.ones((1, 4, 1)), np.tile([1.0, 0.0], (1, 4, 1)))
    family = Family((1, 2), "tanh")
    result = road(family, np.zeros((1, 4)), data, targets=(0.5, 0.1))
    for place, target in enumerate((0.5, 0.1)):
        z = -np.log(np.expm1(target))
        assert result.time[0, place] == pytest.approx((z + np.exp(z) - 1) / 4, rel=0.02)
    # The Hessian of z has one direction, of length 4: λ = 4 σ(z) σ(−z) = 1 at the start.
    assert result.start[0] == pytest.approx(1.0)


@pytest.mark.parametrize("products", [1, 3, 10])
def test_curvature_is_that_of_the_only_direction_however_many_products(products):
    # Beyond it Lanczos' method would go on with rounding errors, and find too much.
    data = Problem(np.ones((5, 4, 1)), np.tile([1.0, 0.0], (5, 4, 1)))
    theta = np.random.default_rng(3).standard_normal((5, 4))
    z = theta @ [1, -1, 1, -1]
    found = curvature(Family((1, 2), "tanh"), theta, data, products=products)
    top = 4 * np.exp(z) / (1 + np.exp(z)) ** 2
    assert (found <= top * (1 + 1e-9)).all()
    if products > 1:
        np.testing.assert_allclose(found, top, rtol=1e-9)


def test_the_road_is_the_same_by_smaller_steps(monkeypatch):
    data, _ = problem()
    family = Family((6, 5, 4, 3), "tanh")
    theta = stack(networks(family))
    coarse = road(family, theta, data, targets=(1.0, 0.8))
    monkeypatch.setattr("offcenter.network._flow._SHARE", 0.05)
    fine = road(family, theta, data, targets=(1.0, 0.8))
    np.testing.assert_allclose(coarse.time, fine.time, rtol=0.03)
    np.testing.assert_allclose(coarse.steps_at_limit, fine.steps_at_limit, rtol=0.05)
    assert all((np.diff(loss) < 0).all() for loss in fine.losses)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Family((3,), "relu"), "at least two entries"),
        (lambda: Family((3, 2), "gelu"), "activation must be one of"),
        (
            lambda: race(
                FAMILIES[0],
                stack(networks(FAMILIES[0])),
                problem()[0],
                problem()[0],
                step_sizes=(1.0,),
                targets=(0.1, 0.2),
            ),
            "targets must fall",
        ),
        (
            lambda: road(
                FAMILIES[0], stack(networks(FAMILIES[0])), problem()[0], targets=(0.1, 0.2)
            ),
            "targets must fall",
        ),
        (
            lambda: race(
                FAMILIES[0],
                stack(networks(FAMILIES[0])),
                problem()[0],
                problem()[0],
                step_sizes=(1.0,),
                targets=(0.1,),
                method="newton",
            ),
            "method must be one of",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
