"""Claims of the chapter on today's networks: a language model, measured."""

from __future__ import annotations

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._numbers import key_of
from offcenter.claims._record import Check, at_least, at_most, claim, equal
from offcenter.data import load_language_model
from offcenter.layers import Layer, report
from offcenter.spectrum import mean_cosine, offset_share
from offcenter.today import PLACES, attend, layer_norm, places, rms_norm, rounding_error

_MODEL = "SmolLM2-135M-Instruct, seven passages of English, 237 tokens without the first of each"
_READS = ("reads 5", "reads 15", "reads middle", "reads 30")


def _rows(*, sinks: bool = False) -> dict[str, Layer]:
    found = places(sinks=sinks)
    rows = report({place.name: place.activations for place in found}).rows
    return {row.name: row for row in rows}


@claim(
    "today.stiff-direction",
    "At each of four places where a layer of the language model reads after a norm, the first "
    "eigenvector of E[xxᵀ] is the mean: the cosine of the two is nearly 1.",
    assumes=("the first token of each passage is left out",),
    over=f"{_MODEL}; four places",
)
def _() -> Check:
    rows = _rows()
    numbers: dict[str, int | float | str] = {}
    for name, row in rows.items():
        numbers |= {
            f"{key_of(name)}_share": row.offset_share,
            f"{key_of(name)}_top": row.top_cosine,
            f"{key_of(name)}_ones": abs(row.ones_cosine),
            f"{key_of(name)}_ones_square": row.ones_cosine**2,
            # λmax over that of the covariance, whose trace is 1 − ρ of the whole.
            f"{key_of(name)}_limit": row.centered_useful_batch
            / row.useful_batch
            / (1 - row.offset_share),
            f"{key_of(name)}_batch": row.useful_batch,
            f"{key_of(name)}_centered_batch": row.centered_useful_batch,
        }
    return Check(
        *(
            at_least(PLACES[name], bound=0.998, observed=rows[name].top_cosine, matters=0.002)
            for name in _READS
        ),
        numbers=numbers | {"tokens": rows["reads 15"].examples, "features": 576},
    )


@claim(
    "today.both-signs",
    "At four places where layers of the language model read after a norm, about half of the mean's "
    "entries are positive, and the mean is nearly at right angles to (1, …, 1).",
    assumes=("the first token of each passage is left out",),
    over=f"{_MODEL}; four places",
)
def _() -> Check:
    found = {place.name: place.activations.mean(axis=0) for place in places()}
    parts = []
    for name in _READS:
        mean = found[name]
        parts += [
            equal(
                f"positive entries, {PLACES[name]}",
                theory=0.5,
                observed=float(np.mean(mean > 0)),
                tolerance=0.042,
                because="two standard errors of 576 fair coins",
                matters=0.08,
            ),
        ]
    worst = max(abs(found[name].sum()) / np.linalg.norm(found[name]) / 24 for name in _READS)
    return Check(
        *parts,
        at_most("largest |cos| with (1, …, 1)", bound=0.05, observed=float(worst), matters=0.02),
    )


@claim(
    "today.share",
    "What layers of the language model read after a norm, at four places, has a larger offset "
    "share ρ than ReLU activations of pre-activations N(0, 1), and a smaller one than those of the "
    "logistic function.",
    assumes=("the first token of each passage is left out",),
    over=f"{_MODEL}; four places",
)
def _() -> Check:
    shares = [_rows()[name].offset_share for name in _READS]
    relu, sigmoid = (ACTIVATIONS[name].offset_share for name in ("relu", "sigmoid"))
    return Check(
        at_least("smallest ρ, above that of ReLU", bound=relu, observed=min(shares), matters=0.09),
        at_most("largest ρ, below that of σ", bound=sigmoid, observed=max(shares), matters=0.13),
        numbers={"relu": relu, "sigmoid": sigmoid},
    )


@claim(
    "today.useful-batch",
    "At four places where layers of the language model read after a norm, tr M/λmax is nearly 1/ρ, "
    "which it can never exceed, and subtracting the mean at least doubles it.",
    assumes=("the first token of each passage is left out",),
    over=f"{_MODEL}; four places",
)
def _() -> Check:
    rows = [_rows()[name] for name in _READS]
    products = [row.useful_batch * row.offset_share for row in rows]
    gains = [row.centered_useful_batch / row.useful_batch for row in rows]
    return Check(
        at_most("largest ρ tr M/λmax", bound=1.0, observed=max(products), matters=0.01),
        at_least("smallest ρ tr M/λmax", bound=0.96, observed=min(products), matters=0.02),
        at_least("smallest gain by centering", bound=2.0, observed=min(gains), matters=0.4),
        numbers={"most": max(gains)},
    )


@claim(
    "today.four-bit",
    "Rounded to four bits in blocks of sixteen, what layers of the language model read after a "
    "norm, at four places, has about two to three times the squared error that it has when each "
    "feature's mean over the tokens is subtracted first.",
    assumes=(
        "the first token of each passage is left out",
        "fifteen levels up to a block's largest entry; the means are added again unrounded",
    ),
    over=f"{_MODEL}; four places; the SwiGLU product for the first three passages, 108 tokens; "
    "block 32 and eight bits give factors alike or larger",
)
def _() -> Check:
    numbers: dict[str, int | float | str] = {}
    ratios = {}
    for place in places():
        raw, centered = (rounding_error(place.activations, centered=c) for c in (False, True))
        ratios[place.name] = raw / centered
        numbers |= {
            f"{key_of(place.name)}_raw": raw,
            f"{key_of(place.name)}_centered": centered,
            f"{key_of(place.name)}_ratio": raw / centered,
        }
    reads = [ratios[name] for name in _READS]
    return Check(
        at_least("smallest factor", bound=1.9, observed=min(reads), matters=0.1),
        at_most("largest factor", bound=3.2, observed=max(reads), matters=0.1),
        at_most(
            "factor for the SwiGLU product", bound=1.15, observed=ratios["product"], matters=0.1
        ),
        numbers=numbers,
    )


@claim(
    "today.sink",
    "In the residual stream before block 15 the first token of each passage is over fifty times as "
    "long as any that is not first, and nearly all of its square is in one feature, the same in "
    "all.",
    over=_MODEL.replace("237 tokens without", "244 tokens with"),
)
def _() -> Check:
    model = load_language_model()
    x, first = model.stream[15], model.first
    norms = np.linalg.norm(x, axis=1)
    sinks = x[first] ** 2
    with_sinks = _rows(sinks=True)["stream 15"]
    before_5 = np.linalg.norm(model.stream[5], axis=1)
    usual, others = np.median(before_5[first]), before_5[~first]
    long = others[others > 300]
    return Check(
        at_least(
            "shortest first token over the longest that is not first",
            bound=50.0,
            observed=float(norms[first].min() / norms[~first].max()),
            matters=50.0,
        ),
        at_least(
            "smallest part of the square in one feature",
            bound=0.98,
            observed=float((sinks.max(axis=1) / sinks.sum(axis=1)).min()),
            matters=0.01,
        ),
        equal(
            "features that are largest in a first token",
            theory=1,
            observed=len(set(sinks.argmax(axis=1).tolist())),
        ),
        numbers={
            "ratio": float(np.median(norms[first]) / np.median(norms[~first])),
            "share_with": with_sinks.offset_share,
            "top_with": with_sinks.top_cosine,
            "share_without": offset_share(x[~first]),
            "batch_with": with_sinks.useful_batch,
            "before_5": len(long),
            "before_5_least": float(long.min() / usual),
            "before_5_rest": float(others[others <= 300].max() / usual),
        },
    )


@claim(
    "today.norms",
    "At four places of the language model's residual stream RMS norm and layer norm leave the same "
    "offset share, to a hundredth.",
    assumes=(
        "the first token of each passage is left out",
        "norms without learned scale and shift",
    ),
    over=f"{_MODEL}; the stream at four places",
)
def _() -> Check:
    parts, numbers = [], {}
    for place in places():
        kind, _, where = place.name.partition(" ")
        if kind != "stream":
            continue
        rms, layer = (offset_share(norm(place.activations)) for norm in (rms_norm, layer_norm))
        numbers |= {f"rms_{where}": rms, f"layer_{where}": layer}
        parts.append(
            equal(
                f"share after layer norm, {PLACES[place.name]}",
                theory=rms,
                observed=layer,
                tolerance=0.005,
                because="the mean's part along (1, …, 1) is small, not zero",
            )
        )
    return Check(*parts, numbers=numbers)


@claim(
    "today.embeddings",
    "In a sample of the language model's token embeddings two have a mean cosine of about ρ; "
    "without the mean of all embeddings the mean cosine is nearly 0.",
    over="each 512th of the 49152 embeddings of SmolLM2-135M-Instruct",
)
def _() -> Check:
    model = load_language_model()
    x, count = model.embeddings, len(model.embeddings)
    rho = offset_share(x)
    return Check(
        equal(
            "mean cosine of two embeddings",
            # Of N rows of one length; the average over pairs leaves out the N of a row with itself.
            theory=(count * rho - 1) / (count - 1),
            observed=mean_cosine(x),
            tolerance=0.03,
            because="embeddings are not all of one length",
            matters=0.06,
        ),
        equal(
            "without the mean",
            theory=0.0,
            observed=mean_cosine(x - model.embedding_mean),
            tolerance=0.02,
            because="a sample of the vocabulary",
            matters=0.04,
        ),
        numbers={
            "share": rho,
            "count": count,
            "pairs": count * (count - 1) // 2,
            "before": mean_cosine(x),
            "after": mean_cosine(x - model.embedding_mean),
        },
    )


@claim(
    "today.attention-keeps",
    "Weights that sum to one leave what all values share as it is; where each token also receives "
    "as much weight as it gives, the offset share does not fall; here for two and three tokens.",
    kind="proved",
    assumes=(
        "weights that are not negative; each token gives weights that sum to 1",
        "outputs that are not all 0",
    ),
    over="all weights and values; the page has the proof for any number of tokens",
)
def _() -> Check:
    parts = []
    for count in (2, 3):
        # All but the last row and column are free; these make each row and column sum to 1.
        free = sympy.Matrix(count - 1, count - 1, sympy.symbols(f"a:{(count - 1) ** 2}"))
        right = free.row_join(sympy.ones(count - 1, 1) - free * sympy.ones(count - 1, 1))
        weights = right.col_join(sympy.ones(1, count) - sympy.ones(1, count - 1) * right)
        values = sympy.Matrix(sympy.symbols(f"v:{count}"))
        shared = sympy.Symbol("m")
        kept = weights * (values + shared * sympy.ones(count, 1)) - weights * values
        square = weights.T * weights
        loss = (values.T * values)[0] - ((weights * values).T * (weights * values))[0]
        spread = sum(
            square[i, j] * (values[i] - values[j]) ** 2
            for i in range(count)
            for j in range(i + 1, count)
        )
        parts += [
            equal(
                f"entries that differ from the shared part, {count} tokens",
                theory=0,
                observed=sum(sympy.expand(entry - shared) != 0 for entry in kept),
                matters=1,
            ),
            equal(
                f"terms left of the loss of square less that of spread, {count} tokens",
                theory=0,
                observed=len(sympy.expand(loss - spread).as_ordered_terms())
                - (sympy.expand(loss - spread) == 0),
                matters=1,
            ),
        ]
    return Check(*parts)


def _attended(x: np.ndarray, *, sinks: bool) -> np.ndarray:
    """Return the averages of the rows of `x` under the attention of block 15, first tokens out."""
    model = load_language_model()
    starts = np.flatnonzero(model.first)
    result = []
    for weights, start in zip(model.attention, starts, strict=True):
        rows = weights.copy()
        if not sinks:
            rows[1:, 0] = 0.0
        rows /= rows.sum(axis=1, keepdims=True)
        result.append(attend(rows, x[start : start + len(rows)])[1:])
    return np.concatenate(result)


@claim(
    "today.attention-makes",
    "Averaged with the attention weights of block 15, what the block reads is further off center "
    "than before, even if it is centered first; centered first, and without weight on the sinks, "
    "it is far less so.",
    assumes=(
        "the mean weights of the nine heads, applied to what they read",
        "the share without the sinks, each passage's first token, on which the others may look",
        "without weight on them: the other weights made to sum to one",
    ),
    over=_MODEL,
)
def _() -> Check:
    model = load_language_model()
    x = rms_norm(model.stream[15]) * model.gains[15]
    centered = x - x[~model.first].mean(axis=0)
    before = offset_share(x[~model.first])
    raw, made, without = (
        offset_share(_attended(x, sinks=True)),
        offset_share(_attended(centered, sinks=True)),
        offset_share(_attended(centered, sinks=False)),
    )
    weight = np.mean([rows[1:, 0].mean() for rows in model.attention])
    return Check(
        at_least("share after, raw", bound=before, observed=raw, matters=0.15),
        at_least("share after, centered first", bound=before, observed=made, matters=0.22),
        at_most(
            "share after, centered first, no weight on sinks",
            bound=before / 2,
            observed=without,
            matters=0.3,
        ),
        numbers={
            "before": before,
            "raw": raw,
            "made": made,
            "without": without,
            "weight": float(weight),
            "heads": 9,
        },
    )
