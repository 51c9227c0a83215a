"""Claims of the chapter on real networks: the digits, measured layer by layer."""

from collections.abc import Callable

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._digits import DRAWN, SECOND_MOMENT, THREE_LAYERS, TRAINED, WIDTH
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.experiment import (
    BATCH_SIZE,
    MAIN,
    SETUPS,
    SIZES,
    layers,
    network_of,
    races,
    seeds,
    split,
    start,
)
from offcenter.network import LayerStatistics, backward, flip_inputs, forward, measure, train
from offcenter.signs import sign_agreement, single_signed
from offcenter.spectrum import condition_number, iid_condition_number, with_bias

# Where every input of every layer is at least 0, and where every layer is centered.
_OFF_CENTER = ("sigmoid-raw", "relu-raw")
_CENTERED = ("shifted-centered", "tanh-centered")
_MOMENT = "M: the second moment E[xxᵀ] of what a layer reads"


def _start(names: tuple[str, ...], seed: int) -> list[LayerStatistics]:
    return [
        layer
        for name in names
        for network in layers(name, seed, trained=False)
        for layer in network
    ]


def _hidden(name: str, seed: int, which: slice = slice(1, None)) -> list[LayerStatistics]:
    # The first layer reads pixels; some have no ink in any example, so M is singular there.
    return [layer for network in layers(name, seed, trained=False) for layer in network[which]]


def _median(name: str, seed: int, layer: int, of: Callable[[LayerStatistics], float]) -> float:
    return float(np.median([of(network[layer]) for network in layers(name, seed, trained=False)]))


def _mean_and_covariance(layer: LayerStatistics) -> tuple[np.ndarray, np.ndarray]:
    mean = layer.input_factor[:-1, -1]
    return mean, layer.second_moment - np.outer(mean, mean)


def _iid(layer: LayerStatistics) -> tuple[int, float, float]:
    """Return n, m and v of independent features with this layer's mean squares."""
    mean, C = _mean_and_covariance(layer)
    n = mean.size
    return n, float(np.sqrt(mean @ mean / n)), float(np.trace(C) / n)


def _centered_condition(layer: LayerStatistics) -> float:
    _, C = _mean_and_covariance(layer)
    return condition_number(with_bias(C, np.zeros(len(C))))


@claim(
    "networks.same-function",
    "Rewritten from one tanh network, the networks with σ, σ − ½ and tanh, on raw and on centered "
    "pixels, are one function of the pixels before training.",
    kind="measured",
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    names = [name for name in SETUPS if SETUPS[name].activation != "relu"]
    apart = []
    for s in seeds(seed):
        X = split(s).test_inputs
        started = [start(name, s) for name in names]
        logits = [forward(network, X - shift).logits for network, shift in started]
        apart.append(np.ptp(logits, axis=0).max())
    return Check(
        equal(
            "largest difference of two outputs",
            theory=0.0,
            observed=float(max(apart)),
            tolerance=1e-12,
            because="rounding of numbers of order one",
            matters=1e-6,
        ),
        numbers={
            "networks": len(names),
            "examples": len(split().test_labels),
            "training": len(split().labels),
            "width": SIZES[1],
            "seeds": len(seeds(seed)),
            "no_ink": int((split().inputs.max(axis=0) == 0).sum()),
        },
    )


def _formed(name: str, seed: int) -> tuple[list[float], int]:
    """Return by layer the share of gradient rows of one sign, from gradients that are formed."""
    shares, rows_seen = [], 0
    for place, s in enumerate(seeds(seed)):
        network, shift = start(name, s)
        after = network_of(name, races(name, "full", seed).trained[place, MAIN])
        for net in (network, after):
            for layer in range(len(net.weights)):
                rows = []
                for example in range(4):
                    X = split(s).inputs[example : example + 1] - shift
                    labels = split(s).labels[example : example + 1]
                    rows.append(backward(net, forward(net, X), labels).weights[layer])
                stacked = np.vstack(rows)
                stacked = stacked[stacked.any(axis=1)]
                rows_seen += len(stacked)
                shares.append(float(single_signed(stacked).mean()))
    return shares, rows_seen


@claim(
    "networks.one-sign",
    "Each nonzero gradient row of one example has one sign in all layers of the digit networks "
    "with σ or ReLU on raw pixels, and none has in those with tanh or σ − ½ on centered pixels, "
    "before and after training.",
    kind="measured",
    assumes=(WIDTH, TRAINED, DRAWN),
    over=f"{THREE_LAYERS}; four examples a start",
)
def _(seed: int) -> Check:
    off, centered = ([_formed(name, seed) for name in names] for names in (_OFF_CENTER, _CENTERED))
    least = min(share for shares, _ in off for share in shares)
    most = max(share for shares, _ in centered for share in shares)
    return Check(
        equal("least share in a layer, off center", theory=1.0, observed=least, matters=0.001),
        equal("largest share in a layer, centered", theory=0.0, observed=most, matters=0.001),
        numbers={
            "positive": 100 * least,
            "centered": 100 * most,
            "rows": sum(rows for _, rows in off + centered),
        },
    )


@claim(
    "networks.flip",
    "Flipping the signs of half of the pixels, and of the weights that read them, leaves all "
    "losses of the σ network's run identical to the last bit.",
    kind="measured",
    over=f"{THREE_LAYERS}; 10 steps, full batches",
)
def _(seed: int) -> Check:
    signs = np.where(np.arange(SIZES[0]) % 2 == 0, 1.0, -1.0)
    steps, apart, before, after = 10, [], [], []
    for s in seeds(seed):
        network, _ = start("sigmoid-raw", s)
        data = split(s)
        ways = ((network, data.inputs), (flip_inputs(network, signs), data.inputs * signs))
        plain, mixed = (
            train(net, X, data.labels, step_size=2.0, steps=steps).losses for net, X in ways
        )
        apart.append(float(np.abs(plain - mixed).max()))
        for net, X in ways:
            share = measure(net, X, data.labels, batch_size=BATCH_SIZE)[0].single_signed
            (before if net is network else after).append(share)
    return Check(
        equal("largest difference of two losses", theory=0.0, observed=max(apart), matters=1e-15),
        equal("rows of one sign, plain", theory=1.0, observed=min(before), matters=0.001),
        equal("rows of one sign, flipped", theory=0.0, observed=max(after), matters=0.001),
        numbers={"steps": steps, "before": 100 * min(before), "after": 100 * max(after)},
    )


@claim(
    "networks.batch-signs",
    "In batches of 32, of all pairs of nonzero entries that share a gradient row, more than half "
    "agree in sign in layers of the digit networks with σ or ReLU on raw pixels at the start, and "
    "about half with tanh or σ − ½ on centered ones.",
    kind="measured",
    assumes=(WIDTH, DRAWN),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    off, centered = _start(_OFF_CENTER, seed), _start(_CENTERED, seed)
    apart = max(abs(layer.agreement - 0.5) for layer in centered)

    def pair(name: str, layer: int) -> tuple[float, float]:
        measured = _median(name, seed, layer, lambda x: x.agreement)
        return measured, _median(name, seed, layer, lambda x: sign_agreement(x.offset_share))

    (pixels, pixels_iid), (sigmoid, sigmoid_iid) = pair("sigmoid-raw", 0), pair("sigmoid-raw", 1)
    relu, relu_iid = pair("relu-raw", 1)
    return Check(
        at_least(
            "least agreement, off center",
            bound=0.55,
            observed=min(layer.agreement for layer in off),
            matters=0.05,
        ),
        at_most("largest distance from ½, centered", bound=0.04, observed=apart, matters=0.035),
        numbers={
            "batch_size": BATCH_SIZE,
            "pixels": pixels,
            "pixels_iid": pixels_iid,
            "sigmoid": sigmoid,
            "sigmoid_iid": sigmoid_iid,
            "relu": relu,
            "relu_iid": relu_iid,
            "centered": _median("shifted-centered", seed, 1, lambda x: x.agreement),
        },
    )


@claim(
    "networks.useful-batch",
    "In layers of the digit networks with σ or ReLU on raw pixels at the start tr(M)/λmax is at "
    "least half of 1/ρ, and never above.",
    kind="measured",
    assumes=(
        f"{_MOMENT}; ρ: the mean's part of its trace",
        f"{WIDTH}: in narrower ReLU layers it can be less than half of 1/ρ",
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    off = _start(_OFF_CENTER, seed)
    relative = [layer.critical_batch_size * layer.offset_share for layer in off]
    return Check(
        at_most("largest ratio to 1/ρ", bound=1.0, observed=max(relative), matters=0.01),
        at_least("least ratio to 1/ρ", bound=0.5, observed=min(relative), matters=0.4),
        numbers={
            "sigmoid": _median("sigmoid-raw", seed, 1, lambda x: x.critical_batch_size),
            "sigmoid_share": _median("sigmoid-raw", seed, 1, lambda x: 1 / x.offset_share),
            "relu": _median("relu-raw", seed, 1, lambda x: x.critical_batch_size),
            "relu_share": _median("relu-raw", seed, 1, lambda x: 1 / x.offset_share),
            "pixels": _median("shifted-centered", seed, 0, lambda x: x.critical_batch_size),
            "hidden": _median("shifted-centered", seed, 1, lambda x: x.critical_batch_size),
            "inputs": SIZES[0],
            "width": SIZES[1],
        },
    )


def _minority(layer: LayerStatistics) -> float:
    """Return the share of the top eigenvector's squared length that the rarer sign has."""
    top = np.linalg.eigh(layer.second_moment)[1][:, -1]
    positive = float(np.sum(np.maximum(top, 0) ** 2))
    return max(min(positive, 1 - positive), 0.0)


@claim(
    "networks.top-direction",
    "The top eigenvector of M has one sign in all layers of the digit networks with σ or ReLU on "
    "raw pixels, and mixed signs in all layers of those with tanh or σ − ½ on centered pixels, "
    "before training.",
    kind="measured",
    assumes=(WIDTH, _MOMENT, DRAWN),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    off = [_minority(layer) for layer in _start(_OFF_CENTER, seed)]
    centered = [_minority(layer) for layer in _start(_CENTERED, seed)]
    return Check(
        equal(
            "largest share of the rarer sign, off center",
            theory=0.0,
            observed=max(off),
            tolerance=1e-12,
            because="rounding",
            matters=0.01,
        ),
        at_least(
            "least share of the rarer sign, centered",
            bound=0.03,
            observed=min(centered),
            matters=0.2,
        ),
        numbers={"centered_least": min(centered)},
    )


@claim(
    "networks.top-eigenvalue",
    "In layers of the digit networks that read hidden units the largest eigenvalue of A at the "
    "start is, within a third, that of independent features, each with the mean and the variance "
    "of its own.",
    kind="measured",
    assumes=(
        f"{WIDTH}: in tanh layers of 128 it can be over two thirds above the formula",
        SECOND_MOMENT,
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    def predicted(layer: LayerStatistics) -> float:
        mean, C = _mean_and_covariance(layer)
        return float(np.linalg.eigvalsh(with_bias(np.diag(np.diag(C)), mean))[-1])

    names = ("sigmoid-raw", "relu-raw", "shifted-raw")
    ratios = [
        layer.largest_eigenvalue / predicted(layer)
        for name in SETUPS
        for layer in _hidden(name, seed)
    ]
    numbers = {
        "table_share": ACTIVATIONS["sigmoid"].offset_share,
        "share": _median("sigmoid-raw", seed, 1, lambda x: x.offset_share),
    }
    for name, key in zip(names, ("sigmoid", "relu", "shifted"), strict=True):
        numbers[key] = _median(name, seed, 1, lambda x: x.largest_eigenvalue)
        numbers[f"{key}_iid"] = _median(name, seed, 1, predicted)
    return Check(
        at_most("largest ratio to the formula", bound=4 / 3, observed=max(ratios), matters=0.3),
        at_least("least ratio to the formula", bound=0.98, observed=min(ratios), matters=0.03),
        numbers=numbers,
    )


@claim(
    "networks.condition",
    "Centering lowers the condition number of A in each layer of the digit networks that reads σ "
    "units more than fivefold, and in layers 2 and 3 with ReLU by a fifth or more.",
    kind="measured",
    assumes=(
        "before training; no unit is silent",
        "the layer's own mean over the examples is subtracted",
        f"{WIDTH}: narrower layers gain less; from about as many units as examples on κ is "
        "infinite in both",
        SECOND_MOMENT,
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    def ratio(layer: LayerStatistics) -> float:
        return layer.condition_number_with_bias / _centered_condition(layer)

    sigmoid = [ratio(layer) for layer in _hidden("sigmoid-raw", seed)]
    # In the last layer a unit is often silent on all examples, and then κ is infinite in both.
    drawn = _hidden("relu-raw", seed, slice(1, 3))
    relu = [ratio(layer) for layer in drawn if layer.input_factor.diagonal().all()]
    return Check(
        at_least("least ratio, σ", bound=5.0, observed=min(sigmoid), matters=5.0),
        at_least("least ratio, ReLU", bound=1.25, observed=min(relu), matters=0.55),
        numbers={
            "sigmoid": _median("sigmoid-raw", seed, 1, lambda x: x.condition_number_with_bias),
            "sigmoid_ratio": float(np.median(sigmoid)),
            "relu": _median("relu-raw", seed, 1, lambda x: x.condition_number_with_bias),
            "relu_ratio": float(np.median(relu)),
        },
    )


@claim(
    "networks.iid-fails",
    "The condition number of independent features is far too small for the digit networks: a "
    "layer that reads σ units has more than four times as much, one that reads σ − ½ on centered "
    "pixels more than twenty times.",
    kind="measured",
    assumes=(
        "before training",
        "independent features: one mean (the layer's root mean square), one variance (the average)",
        f"{WIDTH}: with fewer units the least of these factors is less",
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    def over(layer: LayerStatistics) -> float:
        return layer.condition_number_with_bias / iid_condition_number(*_iid(layer), bias=True)

    raw = [over(layer) for layer in _hidden("sigmoid-raw", seed)]
    centered = [over(layer) for layer in _hidden("shifted-centered", seed)]
    return Check(
        at_least("least ratio, σ", bound=4.0, observed=min(raw), matters=8.0),
        at_least(
            "least ratio, σ − ½ on centered pixels",
            bound=20.0,
            observed=min(centered),
            matters=60.0,
        ),
        numbers={
            "iid": _median(
                "sigmoid-raw", seed, 1, lambda x: iid_condition_number(*_iid(x), bias=True)
            ),
            "ratio": float(np.median(raw)),
            "centered": _median(
                "shifted-centered", seed, 1, lambda x: x.condition_number_with_bias
            ),
            "centered_iid": _median(
                "shifted-centered", seed, 1, lambda x: iid_condition_number(*_iid(x), bias=True)
            ),
        },
    )


@claim(
    "networks.diagonal",
    "In the digit networks scaling each input of a layer that reads σ units to mean square one "
    "hardly lowers the condition number of A, if at all; in layer 3 with ReLU it does from nearly "
    "every start.",
    kind="measured",
    assumes=(
        WIDTH,
        "before training",
        "no unit is silent: one that is 0 throughout has no scale",
        SECOND_MOMENT,
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    def scaled(layer: LayerStatistics) -> float:
        scale = 1 / np.sqrt(np.diag(layer.input_factor))
        return condition_number(layer.input_factor * np.outer(scale, scale))

    def gain(layer: LayerStatistics) -> float:
        return layer.condition_number_with_bias / scaled(layer)

    def both(layer: LayerStatistics) -> float:
        _, C = _mean_and_covariance(layer)
        scale = 1 / np.sqrt(np.diag(C))
        return condition_number(with_bias(C * np.outer(scale, scale), np.zeros(len(C))))

    sigmoid = [gain(layer) for layer in _hidden("sigmoid-raw", seed)]
    drawn = _hidden("relu-raw", seed, slice(2, 3))
    thirds = [x for x in drawn if x.input_factor.diagonal().all()]
    relu = [gain(layer) for layer in thirds]
    return Check(
        at_most("largest gain, σ", bound=1.2, observed=max(sigmoid), matters=0.4),
        at_least("least gain, layer 3 with ReLU", bound=1.0, observed=min(relu), matters=2.0),
        yes(
            "half of the third layers, or more, have no silent unit", 2 * len(thirds) >= len(drawn)
        ),
        yes(
            "both together gain most",
            all(both(x) < scaled(x) for x in thirds),
        ),
        numbers={
            "sigmoid_loss": float(1 / np.median(sigmoid)),
            "relu_gain": float(np.median(relu)),
            "relu": float(np.median([x.condition_number_with_bias for x in thirds])),
            "relu_scaled": float(np.median([scaled(x) for x in thirds])),
            "relu_both": float(np.median([both(x) for x in thirds])),
        },
    )
