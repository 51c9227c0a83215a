"""Networks of sigmoids and of tanh on the digits, trained from the usual weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS, Activation
from offcenter.errors import ArrivalError
from offcenter.examples._digits import arrivals, centered, together
from offcenter.examples._record import example
from offcenter.experiment import DEEP_STEPS, HIDDEN_LAYERS, SIZES, seeds, split, start
from offcenter.network import Family, Race, initialize, race, train

__all__ = ["TenLayers", "UsualStart", "ten_layers", "usual_start"]


@dataclass(frozen=True)
class UsualStart:
    """Steps of networks on the digits, from weights of variance 1/inputs for each activation.

    `sigmoid`, `shifted`: of σ and σ − ½; `steep`, `steep_shifted`: of 4σ and 4σ − 2, which have
    slope 1 at 0, as `tanh` has.  All are medians over `starts` starts of the steps in full batches
    to a training loss of 0.1, at the best of step sizes that are powers of two and at which the
    loss stays below three times the first; pixels are centered.  `steep` is rounded to tens: its
    runs swing, and rounding errors change it by some steps.
    `doubled`, `doubled_alike`: of 2σ − 1 from the same weights, and from those that make each
    network one function with one of the book's tanh networks, over the starts of these.
    """

    starts: int
    sigmoid: float
    steep: float
    shifted: float
    steep_shifted: float
    tanh: float
    doubled: float
    doubled_alike: float


@stored
def _from_usual_weights(
    activation: str, subtracted: float, hidden: int = 3, starts: int = 5
) -> Race:
    sizes, begun = (SIZES[0], *[SIZES[1]] * hidden, SIZES[-1]), []
    for seed in range(starts):
        data, rng = split(seed), np.random.default_rng([seed, 1])
        begun.append((initialize(sizes, activation="sigmoid", rng=rng), centered(data)))
    family = Family(sizes, activation, subtracted)
    how = {"step_sizes": 2.0 ** np.arange(-5, 6), "targets": (0.1,)}
    limit = DEEP_STEPS if hidden == HIDDEN_LAYERS else 2000
    return race(family, *together(begun), limit=limit, **how)


@stored
def _steps_doubled(starts: int, alike: bool) -> np.ndarray:
    """Return the fewest steps with 2σ − 1, from the usual weights or doubled ones of tanh."""
    sigmoid, found = ACTIVATIONS["sigmoid"], []
    activation = Activation(
        "2σ − 1",
        2 * sigmoid.expression - 1,
        lambda z: 2 * sigmoid.function(z) - 1,
        lambda z: 2 * sigmoid.slope(z),
    )
    for seed in range(starts):
        data = split(seed)
        if alike:
            tanh = start("tanh-centered", seed)[0]
            weights = (*(2 * W for W in tanh.weights[:-1]), tanh.weights[-1])
            network = replace(tanh, weights=weights, activation=activation)
        else:
            rng = np.random.default_rng([seed, 1])
            network = initialize(SIZES, activation=activation, rng=rng)
        most = least = 2000
        # The likely best comes first: the others then need not go further.
        for power in (2, 3, 1, 4, 0, -1):
            how = {"step_size": 2.0**power, "steps": least, "target": 0.1}
            run = train(network, data.inputs - data.inputs.mean(axis=0), data.labels, **how)
            if run.reached and run.losses.max() < 3 * run.losses[0]:
                least = run.steps
        if least == most:
            raise ArrivalError(f"no run of {activation.name} reaches the goal in {most} steps")
        found.append(least)
    return np.array(found)


@example("activations-usual-start")
def usual_start() -> UsualStart:
    """Return the medians over five starts.

    Raises
    ------
    ArrivalError
        If a start does not arrive at any step size.
    """
    steep = "steep-sigmoid"
    ways = (("sigmoid", 0.0), (steep, 0.0), ("sigmoid", 0.5), (steep, 2.0), ("tanh", 0.0))
    steps = [arrivals(_from_usual_weights(*way)) for way in ways]
    sigmoid, steeper, *others = (float(np.median(s)) for s in steps)
    starts = len(steps[0])
    doubled = (_steps_doubled(starts, alike=False), _steps_doubled(len(seeds()), alike=True))
    medians = (float(np.median(s)) for s in doubled)
    return UsualStart(starts, sigmoid, round(steeper, -1), *others, *medians)


@dataclass(frozen=True)
class TenLayers:
    """Steps as in `UsualStart` for networks of ten hidden layers, where `limit` are the most tried.

    `rows`: σ, σ − ½, 4σ and 4σ − 2, and the median over `starts` starts, infinite if none arrived.
    """

    starts: int
    limit: int
    rows: tuple[tuple[float | str, ...], ...]


@example("activations-ten-layers")
def ten_layers() -> TenLayers:
    """Return the medians over three starts."""
    starts, rows, steep = 3, [], "steep-sigmoid"
    for label, name, less in (
        ("σ", "sigmoid", 0.0),
        ("σ − ½", "sigmoid", 0.5),
        ("4σ", steep, 0.0),
        ("4σ − 2", steep, 2.0),
    ):
        steps = _from_usual_weights(name, less, HIDDEN_LAYERS, starts).fewest[:, 0]
        rows.append((label, float(np.median(np.where(steps > 0, steps, np.inf)))))
    return TenLayers(starts, DEEP_STEPS, tuple(rows))
