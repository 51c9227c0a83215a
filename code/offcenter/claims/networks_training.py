"""Claims of the chapter on real networks: how many steps training takes, and what it leaves."""

import numpy as np

from offcenter.claims._digits import BEST, DRAWN, SECOND_MOMENT, THREE_LAYERS, TRAINED
from offcenter.claims._numbers import key_of, ranged
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.experiment import (
    DEEP_STEPS,
    DEEP_TARGETS,
    EQUAL,
    HIDDEN_LAYERS,
    MAIN,
    METHODS,
    SETUPS,
    SIZES,
    TABLE_TARGETS,
    TABLES,
    TARGET,
    TARGETS,
    TRAINING_EXAMPLES,
    deep_races,
    gradient_shares,
    larger_races,
    layers,
    races,
    seeds,
    shallow_races,
    step_sizes,
    table_races,
)
from offcenter.network import LayerStatistics

# Each pair: the off-center way and the centered one.
PAIRS = (
    ("sigmoid-raw", "sigmoid-centered"),
    ("sigmoid-raw", "shifted-raw"),
    ("sigmoid-centered", "shifted-centered"),
    ("shifted-raw", "shifted-centered"),
    ("tanh-raw", "tanh-centered"),
    ("relu-raw", "relu-centered"),
)


@claim(
    "networks.steps",
    "On the digits, σ − ½ in place of σ takes fewer steps, and so do centered pixels in place of "
    "raw ones, from each of the ten starts here by full batches, batches of 32 and Adam, and in "
    "the median with momentum.",
    kind="measured",
    assumes=(
        "three hidden layers of 32 units, σ, σ − ½, tanh or ReLU; Adam and momentum in full "
        "batches",
        f"training losses of 0.5 to 0.05; {BEST}",
        DRAWN,
    ),
    over=f"{THREE_LAYERS}; losses {', '.join(f'{t:g}' for t in TARGETS)}; "
    + ", ".join(method.label for method in METHODS.values()),
)
def _(seed: int) -> Check:
    parts, numbers = [], {"target": TARGET, "seeds": len(seeds(seed)), "compared": 0}
    for method, how in METHODS.items():
        fewest = {name: races(name, method, seed).fewest for name in SETUPS}
        ratios = np.array([fewest[before] / fewest[after] for before, after in PAIRS])
        numbers["compared"] += ratios.size
        medians = method == "momentum"
        # More than one, by any amount: of whole numbers below 200.
        parts.append(
            at_least(
                f"{how.label}: least {'median ' if medians else ''}ratio of steps, raw to centered",
                bound=1.005,
                observed=float((np.median(ratios, axis=1) if medians else ratios).min()),
                matters=0.5,
            )
        )
        both = fewest["sigmoid-raw"][:, MAIN] / fewest["shifted-centered"][:, MAIN]
        numbers |= ranged(f"{method}_ratio", both)
        for name, steps in fewest.items():
            numbers |= ranged(f"{method}_{key_of(name)}", steps[:, MAIN])
    full = {name: races(name, "full", seed) for name in SETUPS}
    # At an edge a better step size may lie beyond; for the slower of a pair that would count.
    inside = [
        bool(((at := race.best[:, MAIN]) > 0).all() and (at < len(race.step_sizes) - 1).all())
        for method in METHODS
        for race in (races(name, method, seed) for name in dict.fromkeys(pair[0] for pair in PAIRS))
    ]
    first, last = full["sigmoid-raw"], full["shifted-centered"]
    numbers |= ranged("ratio", first.fewest[:, MAIN] / last.fewest[:, MAIN])
    numbers |= ranged("ratio_all", first.fewest / last.fewest)
    for name in ("tanh", "relu"):
        raw, centered = full[f"{name}-raw"], full[f"{name}-centered"]
        numbers |= ranged(f"{name}_ratio", raw.fewest[:, MAIN] / centered.fewest[:, MAIN])
    for name, race in full.items():
        steps = race.fewest[:, MAIN]
        numbers |= ranged(key_of(name), steps)
        numbers |= ranged(f"size_{key_of(name)}", race.step_sizes[race.best[:, MAIN]])
        for goal, target in enumerate(TARGETS):
            numbers |= ranged(f"{key_of(name)}_at_{goal}", race.fewest[:, goal])
            numbers[f"target_{goal}"] = target
    return Check(
        *parts,
        at_least(
            "full batch: least ratio, σ on raw pixels to σ − ½ on centered ones",
            bound=3.0,
            observed=numbers["ratio_all_least"],
            matters=1.5,
        ),
        yes("at the loss shown, best step sizes before centering inside the grid", all(inside)),
        numbers=numbers,
    )


@claim(
    "networks.larger",
    "On the digits, in a network of twice the width with twice the examples, centering the pixels "
    "alone gains less than a fifth in the median with σ and momentum 0.9, while σ − ½ on centered "
    "pixels gains more than twofold from each start.",
    kind="measured",
    assumes=(
        "three hidden layers of 64 units, 512 digits",
        f"full batches to a loss of 0.1; {BEST}",
        DRAWN,
    ),
    over="ten random starts and splits",
)
def _(seed: int) -> Check:
    steps = {
        name: larger_races(name, seed).fewest[:, 0]
        for name in ("sigmoid-raw", "sigmoid-centered", "shifted-centered")
    }
    pixels = steps["sigmoid-raw"] / steps["sigmoid-centered"]
    both = steps["sigmoid-raw"] / steps["shifted-centered"]
    numbers = ranged("pixels", pixels) | ranged("both", both)
    for name, fewest in steps.items():
        numbers |= ranged(key_of(name), fewest)
    return Check(
        equal(
            "median ratio of steps, raw to centered pixels",
            theory=1.0,
            observed=float(np.median(pixels)),
            tolerance=0.16,
            because="four steps of 25",
            matters=0.2,
        ),
        at_least(
            "least ratio, σ on raw pixels to σ − ½ on centered ones",
            bound=2.0,
            observed=float(both.min()),
            matters=1.0,
        ),
        numbers=numbers | {"width": 2 * SIZES[1], "examples": 2 * TRAINING_EXAMPLES},
    )


@claim(
    "networks.shallow",
    "On the digits, with one hidden layer of 32 units, to a loss of 0.1, σ − ½ in place of σ "
    "helps less on raw pixels than centering the pixels does, in the median over ten starts, and "
    "both together help most.",
    kind="measured",
    assumes=(f"256 digits, gradient descent in full batches; {BEST}", DRAWN),
    over="ten random starts and splits",
)
def _(seed: int) -> Check:
    names = ("sigmoid-raw", "shifted-raw", "sigmoid-centered", "shifted-centered")
    steps = {name: shallow_races(name, seed).fewest[:, 0] for name in names}
    alone = steps["sigmoid-raw"] / steps["shifted-raw"]
    pixels = steps["sigmoid-raw"] / steps["sigmoid-centered"]
    both = steps["sigmoid-centered"] / steps["shifted-centered"]
    numbers = ranged("alone", alone) | ranged("pixels", pixels) | ranged("both", both)
    numbers["width"] = SIZES[1]
    for name, fewest in steps.items():
        numbers |= ranged(key_of(name), fewest)
    return Check(
        at_least(
            "median ratio of steps, σ − ½ on raw pixels to σ on centered ones",
            bound=1.3,
            observed=float(np.median(pixels / alone)),
            matters=0.6,
        ),
        at_least(
            "least ratio, σ to σ − ½ on centered pixels",
            bound=1.5,
            observed=float(both.min()),
            matters=1.0,
        ),
        numbers=numbers,
    )


@claim(
    "networks.deep",
    "On the digits, with ten hidden layers of 32 and weights N(0, 1/inputs) (ReLU: "
    "N(0, 2/inputs)), no σ network comes down to loss 2 in 300 steps at any tried step size; each "
    "ReLU and tanh network does at its best, and most of them reach 0.1.",
    kind="measured",
    assumes=(
        "256 digits, centered pixels; softmax cross-entropy, gradient descent in full batches",
        "independent weights, biases 0",
    ),
    over="three random starts and splits; step sizes 1/16 to 16 for σ, 1/32 to 1 for the others",
)
def _(seed: int) -> Check:
    fewest = {name: deep_races(name, seed).fewest for name in ("sigmoid", "tanh", "relu")}
    shares = {name: gradient_shares(name, seed) for name in fewest}
    others = np.vstack([steps for name, steps in fewest.items() if name != "sigmoid"])
    numbers = {"hidden": HIDDEN_LAYERS, "limit": DEEP_STEPS, "draws": len(fewest["sigmoid"])}
    numbers |= {"high": DEEP_TARGETS[0], "target": DEEP_TARGETS[1]}
    for name, steps in fewest.items():
        numbers |= ranged(f"{name}_share", shares[name])
        if name != "sigmoid":
            numbers |= ranged(name, steps[:, 1])
    # Long runs of deep ReLU networks swing: the last digit is the processor's rounding.
    numbers["relu_tens"] = round(numbers["relu"], -1)
    return Check(
        yes("no σ network comes down to loss 2", not fewest["sigmoid"].any()),
        yes("every ReLU and tanh network comes down to loss 2", bool(others[:, 0].all())),
        at_least(
            "share of them that reach 0.1",
            bound=0.6,
            observed=float((others[:, 1] > 0).mean()),
            matters=0.5,
        ),
        at_most(
            "largest gradient of a σ network's first layer, over that of its last",
            bound=1e-5,
            observed=float(shares["sigmoid"].max()),
            matters=1e-5,
        ),
        at_least(
            "least such ratio with ReLU",
            bound=0.2,
            observed=float(shares["relu"].min()),
            matters=1.2,
        ),
        numbers=numbers,
    )


@claim(
    "networks.step-size",
    "In the digit networks, at step size 1, at most half of the best one of either, σ on raw "
    "pixels and σ − ½ on centered pixels take almost equally many steps: what centering gains, it "
    "gains at larger steps.",
    kind="measured",
    assumes=("gradient descent in full batches to a loss of 0.1", DRAWN),
    over=f"{THREE_LAYERS}; step size 1",
)
def _(seed: int) -> Check:
    raw, centered = (step_sizes(name, seed) for name in ("sigmoid-raw", "shifted-centered"))
    sizes = [
        races(name, "full", seed).step_sizes[races(name, "full", seed).best[:, MAIN]]
        for name in ("sigmoid-raw", "shifted-centered")
    ]
    ratio = raw.steps[:, 0, 0] / centered.steps[:, 0, 0]
    return Check(
        equal(
            "median ratio of steps at step size 1",
            theory=1.0,
            observed=float(np.median(ratio)),
            tolerance=0.06,
            because="equal up to a few steps in a hundred",
            matters=0.12,
        ),
        at_least(
            "least of the best step sizes",
            bound=2.0,
            observed=float(np.min(sizes)),
            matters=0.5,
        ),
        at_least(
            "least ratio of the best step sizes",
            bound=2.0,
            observed=float((sizes[1] / sizes[0]).min()),
            matters=0.5,
        ),
        numbers={
            **ranged("raw", raw.steps[:, 0, 0]),
            **ranged("centered", centered.steps[:, 0, 0]),
            "size": 1.0,
            **ranged("factor", sizes[1] / sizes[0]),
        },
    )


@claim(
    "networks.accuracy",
    "At a training loss of 0.05 digit networks with σ, σ − ½, tanh or ReLU on raw or centered "
    "pixels have test accuracies, averaged over ten starts, within 4 points of each other; "
    f"after {EQUAL} steps they do not.",
    kind="measured",
    assumes=(
        f"gradient descent in full batches; {BEST} (for {EQUAL} steps the best to a loss of 0.1)",
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    full = {name: races(name, "full", seed) for name in SETUPS}
    at_loss = 100 * np.array([race.accuracy for race in full.values()])  # setup, seed, target
    of_means = np.ptp(at_loss.mean(axis=1), axis=0)
    within = np.ptp(at_loss, axis=0)
    numbers = {"equal": EQUAL, "least": float(at_loss[:, :, MAIN].min())}
    numbers |= {"most": float(at_loss[:, :, MAIN].max())}
    for goal in range(len(TARGETS)):
        numbers[f"means_apart_{goal}"] = float(of_means[goal])
        numbers[f"seed_apart_{goal}"] = float(within[:, goal].max())
    after = {}
    for place, (name, race) in enumerate(full.items()):
        rows = np.arange(len(race.best))
        after[name] = 100 * race.accuracy_after[rows, race.best[:, MAIN]]
        numbers |= ranged(f"after_{key_of(name)}", after[name])
        numbers |= ranged(key_of(name), at_loss[place, :, MAIN])
        numbers |= ranged(f"{key_of(name)}_early", at_loss[place, :, 0])
    gap = after["shifted-centered"] - after["sigmoid-raw"]
    numbers |= ranged("gap", gap)
    return Check(
        at_most(
            "means of the eight, apart at the lowest loss",
            bound=4.0,
            observed=float(of_means[-1]),
            matters=3.0,
            unit="points",
        ),
        at_least(
            "least gap after equal steps, σ − ½ centered over σ raw",
            bound=15.0,
            observed=float(gap.min()),
            matters=20.0,
            unit="points",
        ),
        numbers=numbers,
    )


@claim(
    "networks.tables",
    "On breast cancer and wine, each feature of largest value 1, the centered network takes fewer "
    "steps to a training loss: without hidden units on each random half, with them in the median "
    "over ten halves, by each method.",
    kind="measured",
    assumes=(
        f"full batches: gradient descent, momentum 0.9, Adam; {BEST}",
        "softmax cross-entropies of 0.2 and 0.1; 16 hidden ReLU units",
        "weights 0 without hidden units, else independent and N(0, 2/inputs) with biases 0, for "
        "centered features; raw: the same function, rewritten",
    ),
    over="breast cancer and wine; ten random halves",
)
def _(seed: int) -> Check:
    parts, numbers = [], {f"target_{k}": t for k, t in enumerate(TABLE_TARGETS)}
    for table in TABLES:
        for hidden in (0, 16):
            least = np.inf
            for method in ("full", "momentum", "adam"):
                raw, centered = (
                    table_races(table, centered=c, hidden=hidden, method=method, block=seed)
                    for c in (False, True)
                )
                key = f"{key_of(table)}_{hidden}_{method}"
                ratios = raw.fewest / centered.fewest
                # From a rare start the first raw step arrives, so with hidden units: medians.
                of_halves = np.median(ratios, axis=0) if hidden else ratios
                least = min(least, float(of_halves.min()))
                numbers |= ranged(f"{key}_raw", raw.fewest[:, 0])
                numbers |= ranged(f"{key}_centered", centered.fewest[:, 0])
                for where, race in (("raw", raw), ("centered", centered)):
                    numbers[f"{key}_accuracy_{where}"] = 100 * float(race.accuracy[:, 0].mean())
            parts.append(
                at_least(
                    f"{table}, {hidden} hidden units: least "
                    + ("median " if hidden else "")
                    + "ratio of steps, raw to centered",
                    bound=1.005 if hidden else 1.2,
                    observed=least,
                    matters=2.0,
                )
            )
    return Check(*parts, numbers=numbers)


def _by_layer(name: str, seed: int) -> dict[str, float]:
    """Return what the table of the page shows: medians over the seeds, by hidden layer.

    A condition number that is infinite, for a unit is silent, is left out.
    """
    numbers = {}
    for state, trained in (("before", False), ("after", True)):
        measured = layers(name, seed, trained=trained)
        for number in range(1, len(SIZES) - 1):
            at = [network[number] for network in measured]
            key = f"{key_of(name)}_{{}}_{state}_{number}"
            shares = [layer.offset_share for layer in at]
            numbers |= ranged(key.format("share"), np.array(shares))
            for what, values in (
                ("m", [layer.condition_number for layer in at]),
                ("a", [layer.condition_number_with_bias for layer in at]),
            ):
                numbers[key.format(what)] = float(np.median(values))
    return {key: value for key, value in numbers.items() if np.isfinite(value)}


def _silent(layer: LayerStatistics) -> int:
    """Return how many inputs of a layer are 0 in every example."""
    return int((np.diag(layer.second_moment) == 0).sum())


@claim(
    "networks.after-training",
    "In the σ network on raw pixels training lowers the offset share ρ = |E[x]|²/E[|x|²] of the "
    "outputs x of each hidden layer, but not below 0.3.",
    kind="measured",
    assumes=(TRAINED, "E over the training digits", DRAWN),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    before, after = (
        np.array(
            [
                [layer.offset_share for layer in network[1:]]
                for network in layers("sigmoid-raw", seed, trained=trained)
            ]
        )
        for trained in (False, True)
    )
    pixels = [network[0].offset_share for network in layers("sigmoid-raw", seed, trained=False)]
    silent = [sum(map(_silent, network[1:])) for network in layers("relu-raw", seed, trained=True)]
    largest = {
        name: [
            max(float(np.abs(layer.input_factor[:-1, -1]).max()) for layer in network[1:])
            for network in layers(name, seed, trained=True)
        ]
        for name in ("tanh-centered", "tanh-raw")
    }
    return Check(
        at_least("least fall", bound=0.08, observed=float((before - after).min()), matters=0.15),
        at_least("least share after", bound=0.3, observed=float(after.min()), matters=0.3),
        numbers={
            **_by_layer("sigmoid-raw", seed),
            **_by_layer("sigmoid-centered", seed),
            **_by_layer("shifted-centered", seed),
            **_by_layer("relu-raw", seed),
            **_by_layer("tanh-centered", seed),
            **_by_layer("tanh-raw", seed),
            **ranged("tanh_unit", np.array(largest["tanh-centered"])),
            **ranged("tanh_raw_unit", np.array(largest["tanh-raw"])),
            **ranged("pixels", np.array(pixels)),
            **ranged("relu_silent", np.array(silent)),
            "with_silent": int((np.array(silent) > 0).sum()),
        },
    )


@claim(
    "networks.condition-after",
    "After training, too, each layer of the σ network on raw pixels that reads hidden units has a "
    "larger condition number of A than the same layer of the σ − ½ network on centered pixels.",
    kind="measured",
    assumes=(TRAINED, SECOND_MOMENT, DRAWN),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    ratios = [
        off.condition_number_with_bias / centered.condition_number_with_bias
        for raw, other in zip(
            layers("sigmoid-raw", seed, trained=True),
            layers("shifted-centered", seed, trained=True),
            strict=True,
        )
        for off, centered in zip(raw[1:], other[1:], strict=True)
    ]
    return Check(
        at_least("least ratio", bound=1.2, observed=min(ratios), matters=4.0),
        numbers=ranged("ratio", np.array(ratios)),
    )
