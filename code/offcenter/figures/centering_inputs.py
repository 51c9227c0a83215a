"""Figures of the chapter "Centering" on what inputs are: an activation's values, a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter import _checks
from offcenter.activations import ACTIVATIONS
from offcenter.figures._marks import in_words, plain_log, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREY, INK, LIGHT, ORANGE
from offcenter.normal import normal_density
from offcenter.samples import bulk_edges, outlier_eigenvalue
from offcenter.spectrum import iid_condition_number, second_moment

# A bin with more than this is told.
_HEAP = 0.3


@dataclass(frozen=True)
class Outputs:
    """The distribution of φ(z) − c for z ~ N(0, 1).

    Parameters
    ----------
    activation, shift
        The name of φ, and c.
    edges : array, shape (K+1,)
        Of the bins.
    shares : array, shape (K,)
        The probability of each bin.
    mean, deviation, offset_share : float
        Of φ(z) − c; the deviation is the standard one.
    n, kappa
        The number of such inputs, and the condition number without a bias.
    """

    activation: str
    shift: float
    edges: np.ndarray
    shares: np.ndarray
    mean: float
    deviation: float
    offset_share: float
    n: int
    kappa: float


def outputs(*, activation: str = "relu", shift: float = 0.0) -> Outputs:
    """Compute the record of `centering-activation`."""
    phi = ACTIVATIONS[activation]
    shift = _checks.number("shift", shift)
    n = 100
    # Values of 10⁴ equally spaced z with their normal weights: the same at every call.
    z = (np.arange(-10_000, 10_000) + 0.5) / 2_000
    values, weights = phi.value(z) - shift, normal_density(z)
    # To an irrational bound: no value falls on an edge, where rounding would choose its bin.
    reach = phi.value(np.linspace(-math.pi, math.pi, 601))
    edges = np.linspace(reach.min(), reach.max(), 41) - shift
    # A value on an edge goes into the bin that starts there.
    counted, _ = np.histogram(values, bins=edges, weights=weights)
    mean = phi.mean - shift
    return Outputs(
        activation=activation,
        shift=shift,
        edges=edges,
        shares=counted / weights.sum(),
        mean=mean,
        deviation=math.sqrt(phi.variance),
        offset_share=mean**2 / (mean**2 + phi.variance),
        n=n,
        kappa=iid_condition_number(n, mean, phi.variance),
    )


def _outputs_alt(record: Outputs) -> str:
    shifted = f" minus {record.shift:.3g}" if record.shift else ""
    return (
        f"Distribution of {record.activation}{shifted} of a standard normal number, as a histogram "
        f"from {record.edges[0]:.2f} to {record.edges[-1]:.2f}. Its mean is {record.mean:.3f} and "
        f"its standard deviation {record.deviation:.3f}, so the offset share ρ is "
        f"{record.offset_share:.3f}, and κ of {record.n} independent ones, without a bias, is "
        f"{three_digits(record.kappa)}."
    )


@figure(
    "centering-activation",
    "How far a mean is from 0, in its spread, is all κ of independent inputs sees without a bias.",
    data=outputs,
    alt=_outputs_alt,
    height=2.8,
)
def plot_outputs(record: Outputs, axes: Axes) -> None:
    """Draw the histogram, the mean with its deviation, and the origin."""
    axes.stairs(record.shares, record.edges, fill=True, color=LIGHT, edgecolor=GREY, linewidth=0.6)
    top = float(record.shares.max())
    axes.plot([0, 0], [0, top], color=GREY, linewidth=0.8)
    # The mean and the deviation stand above the histogram, where nothing hides them.
    height = 1.08 * top
    axes.plot(
        [record.mean - record.deviation, record.mean + record.deviation],
        [height, height],
        color=BLUE,
    )
    axes.plot([record.mean], [height], "o", color=ORANGE, markersize=6)
    axes.plot([record.mean, record.mean], [0, height], color=ORANGE)
    name = in_words(record.activation)
    name += f" − {record.shift:.3g}" if record.shift else ""
    axes.annotate(
        f"mean {record.mean:.2f}".replace("-", "−"),
        (record.mean, 0.55 * top),
        (5, 0),
        textcoords="offset points",
        color=ORANGE,
    )
    axes.annotate(
        f"spread ± {record.deviation:.2f}",
        (record.mean + record.deviation, height),
        (5, 0),
        textcoords="offset points",
        va="center",
        color=BLUE,
    )
    fullest = int(record.shares.argmax())
    if record.shares[fullest] > _HEAP:
        middle = (record.edges[fullest] + record.edges[fullest + 1]) / 2
        axes.annotate(
            f"{record.shares[fullest]:.0%} of the values".replace("%", "\N{NO-BREAK SPACE}%"),
            (middle, 0.22 * top),
            (10 if record.mean < middle else 56, 0),
            textcoords="offset points",
            color=GREY,
            va="center",
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.7, "shrinkB": 0},
        )
    axes.set_title(
        f"ρ = {record.offset_share:.3f}; {record.n} inputs: κ = {three_digits(record.kappa)}",
        loc="right",
        color=INK,
    )
    low = min(record.edges[0], 0.0, record.mean - record.deviation)
    high = max(record.edges[-1], 0.0, record.mean + record.deviation)
    axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axes.set_ylim(0, 1.25 * top)
    axes.set_xlabel(f"{name} of a standard normal number")
    axes.set_ylabel("share in each bin")


@dataclass(frozen=True)
class SampleSpectrum:
    """Eigenvalues of the second moment of a finite sample, and where theory puts them.

    `values` are rising, shape (n,); `lower`, `upper` and `outlier` are those of theory.
    """

    n: int
    ratio: float
    mean: float
    variance: float
    values: np.ndarray
    lower: float
    upper: float
    outlier: float


def sample_spectrum(
    *, n: int = 200, ratio: int = 4, mean: float = 0.5, variance: float = 0.25, seed: int = 0
) -> SampleSpectrum:
    """Compute the record of `centering-samples`; the features are Gaussian."""
    n, ratio = _checks.count("n", n, minimum=2), _checks.count("ratio", ratio, minimum=2)
    rng = np.random.default_rng(seed)
    lower, upper = bulk_edges(variance, ratio)
    X = mean + math.sqrt(variance) * rng.standard_normal((ratio * n, n))
    return SampleSpectrum(
        n=n,
        ratio=ratio,
        mean=mean,
        variance=variance,
        values=np.linalg.eigvalsh(second_moment(X)),
        lower=lower,
        upper=upper,
        outlier=outlier_eigenvalue(n, mean, variance, ratio),
    )


def _sample_alt(record: SampleSpectrum) -> str:
    return (
        f"Histogram of the {record.n} eigenvalues of a sample of {record.ratio * record.n} "
        f"examples, on a logarithmic scale. All but one lie between {record.values[0]:.3f} and "
        f"{record.values[-2]:.3f}; theory says {record.lower:.3f} to {record.upper:.3f}. The one "
        f"of the mean stands apart at {record.values[-1]:.1f}; theory says {record.outlier:.1f}."
    )


@figure(
    "centering-samples",
    "Few samples spread the bulk; a large mean still makes one eigenvalue stand apart.",
    data=sample_spectrum,
    alt=_sample_alt,
    height=2.6,
)
def plot_sample_spectrum(record: SampleSpectrum, axes: Axes) -> None:
    """Draw a histogram of the eigenvalues on a logarithmic axis."""
    bins = np.geomspace(record.lower / 1.5, record.outlier * 1.5, 61)
    counts, _ = np.histogram(record.values, bins=bins)
    axes.stairs(counts, bins, fill=True, color=BLUE, edgecolor="none")
    plain_log(axes.xaxis)
    for edge in (record.lower, record.upper):
        axes.axvline(edge, color=GREY, linewidth=0.8, linestyle="--")
    axes.annotate(
        f"the other {record.n - 1};\ndashed: edges\nby theory",
        (record.upper, counts.max()),
        (6, 0),
        textcoords="offset points",
        va="top",
        color=GREY,
    )
    axes.annotate(
        f"the mean's: {three_digits(float(record.values[-1]))}",
        (record.values[-1], 1),
        (0, 26),
        textcoords="offset points",
        ha="center",
        color=ORANGE,
        arrowprops={"arrowstyle": "->", "color": ORANGE},
    )
    axes.set_xlabel("eigenvalue of the sample's second moment")
    axes.set_ylabel("count")
