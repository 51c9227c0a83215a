"""Claims of the chapter on today's networks: what a random start gives, and rounding in general."""

from __future__ import annotations

import math

import numpy as np
import scipy
from scipy.special import ndtr

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.claims._numbers import key_of
from offcenter.claims._record import Check, at_least, at_most, claim, equal
from offcenter.data import load_language_model
from offcenter.spectrum import mean_cosine
from offcenter.today import (
    FEED_FORWARDS,
    cosine_after,
    residual_cosines,
    residual_network,
    rms_norm,
    rounding_error,
    start_shares,
)

_WIDTH, _DEPTH, _DRAWS, _EXAMPLES = 256, 12, 12, 16
_OWN = "each block ends in a matrix of its own"


@stored
def _last_cosines(kind: str, placement: str, norm: str, seed: int) -> tuple[float, ...]:
    """Return the mean cosine of two examples after the last block, a draw an entry."""
    X = rms_norm(np.eye(_EXAMPLES, _WIDTH))
    return tuple(
        mean_cosine(
            residual_network(
                X,
                kind,
                depth=_DEPTH,
                rng=np.random.default_rng([seed, draw]),
                placement=placement,
                norm=norm,
                hidden=2,
            )[-1]
        )
        for draw in range(_DRAWS)
    )


@claim(
    "today.residual-depth",
    "Block l of a wide random residual network takes the cosine c of two examples to "
    "(l c + k(c))/(l + 1) with an RMS norm before each block, to (c + k(c))/2 with one after each "
    "sum; k(c) is that of what the block adds.",
    kind="measured",
    assumes=(
        "examples at right angles and of the normalized length at the start",
        "independent normal weights of mean zero, of one variance a matrix, so large that "
        "pre-activations are N(0, 1) and a block adds a vector as long as the normalized stream",
        f"{_OWN}; no biases",
    ),
    over="ReLU, GELU, ReLU²; RMS norm before and after; twelve blocks of width 256",
)
def _(seed: int) -> Check:
    parts, numbers = [], {}
    for kind in ("relu", "gelu", "relu-squared"):
        for placement in ("before", "after"):
            theory = float(residual_cosines(kind, depth=_DEPTH, placement=placement)[-1])
            draws = _last_cosines(kind, placement, "rms", seed)
            key = f"{key_of(kind)}_{placement}"
            numbers |= {key: theory}
            parts.append(
                equal(
                    f"{FEED_FORWARDS[kind].label}, norm {placement}",
                    theory=theory,
                    observed=float(np.mean(draws)),
                    error=float(np.std(draws, ddof=1)) / math.sqrt(_DRAWS),
                    errors=5.0,
                    matters=0.12,
                )
            )
    return Check(*parts, numbers=numbers | {"depth": _DEPTH, "width": _WIDTH, "draws": _DRAWS})


@claim(
    "today.fixed-point",
    "Without a second factor, as SwiGLU has, the cosine settles, with depth, where k(c) = c: at 1 "
    "with ReLU, below 1 with GELU and ReLU²; k(c) is that of what a block adds.",
    assumes=(
        _OWN,
        "wide layers with independent normal weights, of mean zero and one variance a matrix, the "
        "same in all blocks",
        "no biases; the number for GELU is for pre-activations N(0, 1)",
        "an RMS norm after the sum",
        "examples that differ, c < 1",
    ),
    over="from c = 0 and from c = .99",
)
def _() -> Check:
    parts, numbers = [], {}
    for kind in ("gelu", "relu-squared"):
        fixed = float(
            scipy.optimize.brentq(lambda c, kind=kind: cosine_after(kind, c) - c, 0.05, 0.999)
        )
        numbers[key_of(kind)] = fixed
        for start in (0.0, 0.99):
            end = residual_cosines(kind, depth=250, placement="after", cosine=start)[-1]
            parts.append(
                equal(
                    f"cosine after 250 blocks, {FEED_FORWARDS[kind].label}, from {start:g}",
                    theory=fixed,
                    observed=float(end),
                    tolerance=1e-3,
                    because="the limit is approached, not reached",
                )
            )
    end = residual_cosines("relu", depth=1000, placement="after")[-1]
    return Check(
        *parts,
        at_least("cosine after 1000 blocks, ReLU", bound=0.999, observed=float(end), matters=0.001),
        numbers=numbers,
    )


@claim(
    "today.swiglu",
    "A wide random SwiGLU half takes the cosine c of two examples to less than c where 0 < c < 1, "
    "and leaves 0 at 0.",
    kind="measured",
    assumes=(
        "independent normal weights, of mean zero and one variance; no biases",
        "normalized inputs",
    ),
    over="one block at c = 0, .3, .6, .9; twelve blocks from c = 0",
)
def _(seed: int) -> Check:
    silu = ACTIVATIONS["silu"].value
    rng = np.random.default_rng([seed, 71])
    units = 400_000
    z, y, b, d = rng.normal(size=(4, units))
    parts = []
    for c in (0.0, 0.3, 0.6, 0.9):
        root = math.sqrt(1 - c**2)
        one, other = silu(z) * b, silu(c * z + root * y) * (c * b + root * d)
        observed = np.mean(one * other) / np.mean(one**2)
        error = np.std(one * other) / math.sqrt(units) / np.mean(one**2)
        parts.append(
            equal(
                f"cosine after a block, c = {c:g}",
                theory=cosine_after("swiglu", c),
                observed=float(observed),
                error=float(error) * 2,
                matters=0.06,
            )
        )
    draws = _last_cosines("swiglu", "after", "rms", seed)
    return Check(
        *parts,
        at_most(
            "mean cosine after twelve blocks",
            bound=0.02,
            observed=float(np.mean(draws)),
            matters=0.04,
        ),
        numbers={"from_six": cosine_after("swiglu", 0.6), "from_nine": cosine_after("swiglu", 0.9)},
    )


@claim(
    "today.random-direction",
    "A random residual block of ReLUs turns the mean of its hidden units, which has no negative "
    "entry, into a mean of what it adds whose square cosine with (1, …, 1) is 1/n on average in n "
    "features, as of a random direction.",
    kind="measured",
    assumes=(
        "two matrices of independent normal weights of mean zero, ReLU between them; no biases",
        "examples at right angles",
    ),
    over="ReLU, n = 64, 16 examples, 300 draws",
)
def _(seed: int) -> Check:
    width, draws = 64, 300
    up, out = [], []
    X = rms_norm(np.eye(16, width))
    for draw in range(draws):
        rng = np.random.default_rng([seed, 72, draw])
        h = np.maximum(X @ rng.normal(0, 1 / math.sqrt(width), (width, 2 * width)), 0)
        added = h @ rng.normal(size=(2 * width, width))
        for x, kept in ((h, up), (added, out)):
            mean = x.mean(axis=0)
            kept.append(mean.sum() ** 2 / (mean @ mean) / len(mean))
    scaled = width * np.array(out)
    return Check(
        at_least(
            "mean square cosine, hidden units",
            bound=0.85,
            observed=float(np.mean(up)),
            matters=0.15,
        ),
        equal(
            "n times the mean square cosine, after",
            theory=1.0,
            observed=float(scaled.mean()),
            error=float(scaled.std(ddof=1)) / math.sqrt(draws),
            matters=0.7,
        ),
        numbers={"draws": draws, "features": width},
    )


@claim(
    "today.start-or-training",
    "At a random start a transformer built like the language model, a third as wide, has an offset "
    "share on the same tokens whose largest value is mostly due to attention; from block 5 on the "
    "trained one's is over twice as large.",
    kind="measured",
    assumes=(
        "independent normal weights of mean zero, variance 1 over the inputs",
        "no position encodings",
    ),
    over="30 blocks, width 192; first tokens left out",
)
def _(seed: int) -> Check:
    model = load_language_model()
    start, plain = start_shares(seed, True), start_shares(seed, False)
    trained = [float(mean @ mean) / len(mean) for mean in model.means]
    ratio = min(a / b for a, b in zip(trained[5:], start[5:], strict=True))
    return Check(
        at_least(
            "least ratio of trained to start, blocks 5 to 30",
            bound=2.0,
            observed=ratio,
            matters=5.0,
        ),
        at_most("largest share without attention", bound=0.04, observed=max(plain), matters=0.025),
        at_least(
            "largest share with attention over that",
            bound=2.0,
            observed=max(start) / max(plain),
            matters=6.0,
        ),
        numbers={
            "start": start[-1],
            "start_most": max(start),
            "plain": plain[-1],
            "first": start[0],
            "trained_least": min(trained[5:]),
            "trained_most": max(trained[5:]),
            "trained_embedding": trained[0],
        },
    )


def _expected_square(mean: float, block: int) -> float:
    """Return E[max²] of `block` absolute values of N(±mean, 1), by quadrature."""

    def tail(t: float) -> float:
        return 2 * t * (1 - (ndtr(t - mean) - ndtr(-t - mean)) ** block)

    return float(scipy.integrate.quad(tail, 0, abs(mean) + 12, limit=200)[0])


@claim(
    "today.rounding",
    "Four-bit rounding of blocks of sixteen independent normal entries, variance 1 and means ±m of "
    "10 at most, has about the mean squared error 15 E[max²]/(16 · 12 · 7²): a step is max, the "
    "largest size of an entry, over 7.",
    kind="measured",
    assumes=("errors uniform within half a step, which for such m holds roughly",),
    over="m = 0, 1, 2, 4, 10; 60,000 blocks each",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 74])
    rows, block = 60_000, 16
    signs = np.where(np.arange(block) % 2, 1.0, -1.0)
    parts, numbers = [], {}
    for m in (0.0, 1.0, 2.0, 4.0, 10.0):
        x = rng.normal(size=(rows, block)) + m * signs
        theory = (block - 1) * _expected_square(m, block) / (block * 12 * 49)
        numbers[f"at_{m:g}"] = theory
        parts.append(
            equal(
                f"squared error, m = {m:g}",
                theory=theory,
                observed=rounding_error(x, centered=False),
                tolerance=0.04 * theory,
                because="entries are not quite uniform between levels",
                matters=0.08 * theory,
            )
        )
    return Check(*parts, numbers=numbers)
