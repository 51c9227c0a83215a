"""Claims of the chapter on real networks: the digits, measured layer by layer."""

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.experiment import BATCH_SIZE, SETUPS, layers, split, start
from offcenter.network import LayerStatistics, flip_inputs, forward, measure, train
from offcenter.signs import sign_agreement
from offcenter.spectrum import condition_number, iid_condition_number, iid_eigenvalues, with_bias

# Where every input of every layer is at least 0, and where every layer is centered.
_OFF_CENTER = ("sigmoid-raw", "relu-raw")
_CENTERED = ("shifted-centered", "tanh-centered")


def _hidden(name: str) -> tuple[LayerStatistics, ...]:
    # The first layer reads pixels; some have no ink in any example, so M is singular there.
    return layers(name, trained=False)[1:]


def _mean_and_covariance(layer: LayerStatistics) -> tuple[np.ndarray, np.ndarray]:
    mean = layer.input_factor[:-1, -1]
    return mean, layer.second_moment - np.outer(mean, mean)


def _iid(layer: LayerStatistics) -> tuple[int, float, float]:
    """Return n, m and s² of independent features with this layer's mean squares."""
    mean, C = _mean_and_covariance(layer)
    n = mean.size
    return n, float(np.sqrt(mean @ mean / n)), float(np.trace(C) / n)


@claim(
    "networks.same-function",
    "With σ, σ − ½ and tanh, on raw and on centered pixels, the networks are one function of "
    "the pixels before training.",
)
def _() -> Check:
    X = split().test_inputs
    names = [name for name in SETUPS if SETUPS[name].activation != "relu"]
    logits = np.array(
        [forward(network, X - shift).logits for network, shift in (start(name) for name in names)]
    )
    return Check(
        expected=0.0,
        observed=float(np.ptp(logits, axis=0).max()),
        tolerance=1e-12,
        reason="rounding of numbers of order one",
        numbers={
            "networks": len(names),
            "examples": len(X),
            "training": len(split().labels),
            "no_ink": int((split().inputs.max(axis=0) == 0).sum()),
        },
    )


@claim(
    "networks.one-sign",
    "Each gradient row of one example has one sign in all layers of the digit networks with σ "
    "or ReLU on raw pixels, and none has in those with tanh or σ − ½ on centered pixels, before "
    "and after training.",
)
def _() -> Check:
    def shares(names: tuple[str, ...]) -> list[float]:
        return [
            layer.single_signed
            for name in names
            for trained in (False, True)
            for layer in layers(name, trained=trained)
        ]

    positive, centered = shares(_OFF_CENTER), shares(_CENTERED)
    return Check(
        expected=[1.0] * len(positive) + [0.0] * len(centered),
        observed=positive + centered,
        tolerance=0.0,
        reason="shares of a finite number of rows",
        numbers={"positive": 100 * min(positive), "centered": 100 * max(centered)},
    )


@claim(
    "networks.flip",
    "Flipping the signs of half of the pixels leaves the run of the σ network identical to the "
    "last bit.",
)
def _() -> Check:
    network, _ = start("sigmoid-raw")
    data = split()
    signs = np.where(np.arange(data.inputs.shape[1]) % 2 == 0, 1.0, -1.0)
    flipped = flip_inputs(network, signs)
    steps = 10
    plain, mixed = (
        train(net, X, data.labels, step_size=2.0, steps=steps).losses
        for net, X in ((network, data.inputs), (flipped, data.inputs * signs))
    )
    before, after = (
        measure(net, X, data.labels, batch_size=BATCH_SIZE)[0].single_signed
        for net, X in ((network, data.inputs), (flipped, data.inputs * signs))
    )
    return Check(
        expected=0.0,
        observed=float(np.abs(plain - mixed).max()),
        tolerance=0.0,
        reason="a change of sign is exact in floating point",
        numbers={"steps": steps, "before": 100 * before, "after": 100 * after},
    )


@claim(
    "networks.batch-signs",
    "In batches the entries of a gradient still agree in sign more often than not in off-center "
    "layers of the digit networks, and half of the time in centered ones.",
)
def _() -> Check:
    positive = [layer for name in _OFF_CENTER for layer in layers(name, trained=False)]
    centered = [layer for name in _CENTERED for layer in layers(name, trained=False)]
    sigmoid, relu = layers("sigmoid-raw", trained=False), layers("relu-raw", trained=False)
    # Half of the time: from above and from below at once.
    return Check(
        expected=[0.5 + 0.05] * len(positive) + [0.0] * len(centered),
        observed=[layer.agreement for layer in positive]
        + [0.05 - abs(layer.agreement - 0.5) for layer in centered],
        tolerance=0.0,
        reason="five points on either side of one half tell the two apart",
        relation="at least",
        numbers={
            "batch_size": BATCH_SIZE,
            "pixels": sigmoid[0].agreement,
            "pixels_iid": sign_agreement(sigmoid[0].offset_share),
            "sigmoid": sigmoid[1].agreement,
            "sigmoid_iid": sign_agreement(sigmoid[1].offset_share),
            "relu": relu[1].agreement,
            "relu_iid": sign_agreement(relu[1].offset_share),
            "centered": max((layer.agreement for layer in centered), key=lambda p: abs(p - 0.5)),
        },
    )


@claim(
    "networks.useful-batch",
    "In off-center layers of the digit networks the useful batch size tr(M)/λmax is nearly 1/ρ.",
)
def _() -> Check:
    positive = [layer for name in _OFF_CENTER for layer in layers(name, trained=False)]
    relative = [layer.critical_batch_size * layer.offset_share for layer in positive]
    sigmoid, relu = _hidden("sigmoid-raw"), _hidden("relu-raw")
    centered = layers("shifted-centered", trained=False)
    return Check(
        expected=[1.0] * len(relative),
        observed=relative,
        tolerance=0.1,
        reason="what the covariance adds to the top eigenvalue; without it the two are equal",
        numbers={
            "sigmoid": sigmoid[0].critical_batch_size,
            "sigmoid_share": 1 / sigmoid[0].offset_share,
            "relu": relu[0].critical_batch_size,
            "relu_share": 1 / relu[0].offset_share,
            "pixels": centered[0].critical_batch_size,
            "hidden": centered[1].critical_batch_size,
            "inputs": len(centered[0].second_moment),
        },
    )


@claim(
    "networks.top-direction",
    "The top eigenvector of M has one sign in all layers of the digit networks with σ or ReLU on "
    "raw pixels, and mixed signs in all centered layers.",
)
def _() -> Check:
    def minority(name: str) -> list[float]:
        """Return, by layer, the share of the weight that the rarer sign has."""
        result = []
        for layer in layers(name, trained=False):
            top = np.linalg.eigh(layer.second_moment)[1][:, -1]
            positive = float(np.sum(np.maximum(top, 0) ** 2))
            result.append(min(positive, 1 - positive))
        return result

    positive = [share for name in _OFF_CENTER for share in minority(name)]
    centered = [share for name in _CENTERED for share in minority(name)]
    return Check(
        expected=[0.0] * len(positive) + [-0.1] * len(centered),
        observed=positive + [-share for share in centered],
        tolerance=1e-12,
        reason="rounding; a sign with a tenth of the squared length is not rounding",
        relation="at most",
        numbers={"centered_least": min(centered)},
    )


@claim(
    "networks.top-eigenvalue",
    "The largest eigenvalue of A in hidden layers of the digit networks is, within a few percent, "
    "the one of independent features with the same mean and variance.",
)
def _() -> Check:
    names = ("sigmoid-raw", "relu-raw", "shifted-raw")
    measured = [layer for name in names for layer in _hidden(name)]
    expected = [float(iid_eigenvalues(*_iid(layer), bias=True)[-1]) for layer in measured]
    observed = [layer.largest_eigenvalue for layer in measured]
    return Check(
        expected=[1.0] * len(measured),
        observed=[o / e for o, e in zip(observed, expected, strict=True)],
        tolerance=0.05,
        reason="what correlated features add",
        numbers={
            "sigmoid": observed[0],
            "sigmoid_iid": expected[0],
            "relu": observed[3],
            "relu_iid": expected[3],
            "shifted": observed[6],
            "table_share": ACTIVATIONS["sigmoid"].offset_share,
            "share": measured[0].offset_share,
            "share_last": measured[2].offset_share,
        },
    )


@claim(
    "networks.condition",
    "In each hidden layer of the digit networks centering lowers the condition number of A, with σ "
    "more than tenfold and with ReLU more than twofold.",
)
def _() -> Check:
    ratios = {}
    for name in _OFF_CENTER:
        ratios[name] = []
        for layer in _hidden(name):
            _, C = _mean_and_covariance(layer)
            centered = condition_number(with_bias(C, np.zeros(len(C))))
            ratios[name].append(layer.condition_number_with_bias / centered)
    sigmoid, relu = _hidden("sigmoid-raw")[0], _hidden("relu-raw")[0]
    return Check(
        expected=[10.0] * 3 + [2.0] * 3,
        observed=ratios["sigmoid-raw"] + ratios["relu-raw"],
        tolerance=0.0,
        reason="the theorem says at least 1; more is a measurement",
        relation="at least",
        numbers={
            "sigmoid": sigmoid.condition_number_with_bias,
            "sigmoid_ratio": ratios["sigmoid-raw"][0],
            "relu": relu.condition_number_with_bias,
            "relu_ratio": ratios["relu-raw"][0],
        },
    )


@claim(
    "networks.iid-fails",
    "The condition number of independent features is far too small for a real σ layer: its own "
    "is more than a hundred times as large.",
)
def _() -> Check:
    sigmoid = _hidden("sigmoid-raw")
    iid = [iid_condition_number(*_iid(layer), bias=True) for layer in sigmoid]
    ratios = [layer.condition_number_with_bias / k for layer, k in zip(sigmoid, iid, strict=True)]
    centered = _hidden("shifted-centered")[0]
    return Check(
        expected=[100.0] * len(ratios),
        observed=ratios,
        tolerance=0.0,
        reason="a measurement of one network",
        relation="at least",
        numbers={
            "iid": iid[0],
            "ratio": ratios[0],
            "centered": centered.condition_number_with_bias,
            "centered_iid": iid_condition_number(*_iid(centered), bias=True),
        },
    )


@claim(
    "networks.diagonal",
    "Scaling each input of a hidden σ layer to mean square one does not lower the condition "
    "number of A; in the deeper ReLU layers it does, for there the units differ in size.",
)
def _() -> Check:
    def gain(layer: LayerStatistics) -> float:
        scale = 1 / np.sqrt(np.diag(layer.input_factor))
        scaled = condition_number(layer.input_factor * np.outer(scale, scale))
        return layer.condition_number_with_bias / scaled

    sigmoid = [gain(layer) for layer in _hidden("sigmoid-raw")]
    relu = [gain(layer) for layer in _hidden("relu-raw")]
    last = _hidden("relu-raw")[-1]
    _, C = _mean_and_covariance(last)
    scale = 1 / np.sqrt(np.diag(C))
    return Check(
        expected=[-1.0] * 3 + [2.0] * 2,
        observed=[-value for value in sigmoid] + relu[1:],
        tolerance=0.0,
        reason="1 is no gain; a factor of two is a gain",
        relation="at least",
        numbers={
            "sigmoid_loss": 1 / sigmoid[0],
            "relu_first": relu[0],
            "relu_gain": relu[-1],
            "relu": last.condition_number_with_bias,
            "relu_scaled": last.condition_number_with_bias / relu[-1],
            "relu_both": condition_number(with_bias(C * np.outer(scale, scale), np.zeros(len(C)))),
        },
    )
