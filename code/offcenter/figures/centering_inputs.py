"""Figures of the chapter "Centering" on what inputs are: an activation's values, a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch

from offcenter import _checks
from offcenter.activations import ACTIVATIONS
from offcenter.figures._marks import beside, in_words, plain_log, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREY, INK, LIGHT, ORANGE, PURPLE
from offcenter.normal import normal_density
from offcenter.samples import bulk_edges, outlier_eigenvalue
from offcenter.spectrum import iid_condition_number, second_moment

# A bin with more than this is told.
_HEAP = 0.3
# In spreads, what is shown at least of the axis; and the largest shift of the movable figure.
_AXIS, _SHIFT = (-2.5, 5.5), 1.0
# Others that stand on the curve, to compare with.
_MARKED = ("tanh", "relu", "sigmoid")
# Points of a curve that has a tip at 0: they are dense there.
_DENSE = np.linspace(-1, 1, 41)


@dataclass(frozen=True)
class Outputs:
    """The distribution of φ(z) − c for z ~ N(0, 1), and κ of such inputs against their mean.

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
    n, kappa, kappa_bias
        The number of such inputs, and the condition number without a bias and with one.
    axis : (float, float)
        The means that are shown, in standard deviations.
    ratios, curve, curve_bias : array, shape (P,)
        Means in standard deviations, and the condition numbers there.
    highest : float
        The largest condition number that a shift of one to either side leads to.
    marked : tuple of (str, float)
        Other activations, and their means in standard deviations.
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
    kappa_bias: float
    axis: tuple[float, float]
    ratios: np.ndarray
    curve: np.ndarray
    curve_bias: np.ndarray
    highest: float
    marked: tuple[tuple[str, float], ...]


def _below(edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return how much of each straight piece between two values is below each edge."""
    low, high = np.sort([values[:-1], values[1:]], axis=0)
    steep = high > low
    part = (edges[:, None] - low) / np.where(steep, high - low, 1.0)
    # A piece that is level on an edge is in the bin that starts there.
    return np.where(steep, np.clip(part, 0.0, 1.0), edges[:, None] > low)


def outputs(*, activation: str = "relu", shift: float = 0.0, n: int = 100) -> Outputs:
    """Compute the record of `centering-activation`."""
    phi = ACTIVATIONS[activation]
    shift, n = _checks.number("shift", shift), _checks.count("n", n, minimum=2)
    # Straight pieces between equally spaced z, with their normal weights: the same at every call.
    z = np.arange(-250, 251) / 50
    values, weights = phi.value(z) - shift, normal_density(z[1:] - 0.01)
    reach = phi.value(np.linspace(-math.pi, math.pi, 601))
    edges = np.linspace(reach.min(), reach.max(), 41) - shift
    mean, variance = phi.mean - shift, phi.variance
    deviation = math.sqrt(variance)
    # The axis is that of the activation, so that what moves is the histogram.
    far = max(_SHIFT, abs(shift)) + 0.3 * deviation
    low = min(_AXIS[0], (phi.mean - far) / deviation, float(reach.min()) / deviation - 0.2)
    high = max(_AXIS[1], (phi.mean + far) / deviation)
    ratios = np.where(_DENSE < 0, -low, high) * _DENSE * np.abs(_DENSE)

    def kappa(at: float, *, bias: bool) -> float:
        return iid_condition_number(n, at, variance, bias=bias)

    def along(*, bias: bool) -> np.ndarray:
        return np.array([kappa(ratio * deviation, bias=bias) for ratio in ratios.tolist()])

    curve, curve_bias = along(bias=False), along(bias=True)
    ends = [kappa(phi.mean + way * _SHIFT, bias=True) for way in (-1, 1)]
    return Outputs(
        activation=activation,
        shift=shift,
        edges=edges,
        shares=np.diff(_below(edges, values) @ weights) / weights.sum(),
        mean=mean,
        deviation=deviation,
        offset_share=mean**2 / (mean**2 + variance),
        n=n,
        kappa=kappa(mean, bias=False),
        kappa_bias=kappa(mean, bias=True),
        axis=(low, high),
        ratios=ratios,
        curve=curve,
        curve_bias=curve_bias,
        highest=max(*ends, float(curve.max())),
        marked=tuple(
            (name, ACTIVATIONS[name].mean / math.sqrt(ACTIVATIONS[name].variance))
            for name in _MARKED
            if name != activation
        ),
    )


def _outputs_alt(record: Outputs) -> str:
    shifted = f" minus {record.shift:.3g}" if record.shift else ""
    away = abs(record.mean) / record.deviation
    return (
        f"Above, the distribution of {in_words(record.activation)}{shifted} of a standard normal "
        f"number, as a histogram from {record.edges[0]:.2f} to {record.edges[-1]:.2f}. Its mean is "
        f"{record.mean:.3f} and its standard deviation {record.deviation:.3f}: the mean lies "
        f"{away:.2f} standard deviations from 0, so the offset share ρ is "
        f"{record.offset_share:.3f}. Below, κ of {record.n} independent ones against that "
        f"distance, on a logarithmic scale: without a bias it rises from 1 at 0 to both sides. "
        f"Here it is {three_digits(record.kappa)}, and with a bias "
        f"{three_digits(record.kappa_bias)}."
    )


@figure(
    "centering-activation",
    "Of an activation, κ of n iid inputs without a bias sees only its mean over its spread.",
    data=outputs,
    alt=_outputs_alt,
    height=3.6,
    panels=(2, 1),
)
def plot_outputs(record: Outputs, axes: np.ndarray) -> None:
    """Draw the histogram with its mean and spread, and below, on one axis, κ."""
    upper, lower = axes
    unit = record.deviation
    at = record.mean / unit
    top = float(record.shares.max())
    edges = record.edges / unit
    upper.stairs(record.shares, edges, fill=True, color=LIGHT, edgecolor=GREY, linewidth=0.6)
    # The mean and the spread stand above the histogram, where nothing hides them.
    height = 1.2 * top
    upper.plot([at - 1, at + 1], [height, height], color=BLUE)
    upper.plot([at], [height], "o", color=ORANGE, markersize=6)
    upper.plot([at, at], [0, height], color=ORANGE)
    away = f"mean {record.mean:.3f}, {abs(at):.3f} spreads".replace("-", "−")
    side = "left" if at < sum(record.axis) / 2 else "right"
    beside(
        upper, (at, height), (-6 if side == "left" else 6, 7), away, ORANGE, ha=side, va="bottom"
    )
    beside(upper, (at + 1, height), (5, 0), f"spread {unit:.3f}", BLUE)
    fullest = int(record.shares.argmax())
    if record.shares[fullest] > _HEAP:
        heap = f"{record.shares[fullest]:.0%} of the values".replace("%", "\N{NO-BREAK SPACE}%")
        right = max(float(edges[fullest + 1]), at)
        middle = (edges[fullest] + edges[fullest + 1]) / 2
        upper.plot([middle, right], [0.6 * top, 0.6 * top], color=GREY, linewidth=0.7)
        beside(upper, (right, 0.6 * top), (5, 0), heap, GREY)
    name = in_words(record.activation)
    name += f" − {record.shift:.3g}".replace("− -", "+ ") if record.shift else ""
    upper.set_title(f"{name} of a standard normal number", loc="left", color=INK)
    upper.set_ylim(0, 1.45 * top)
    upper.set_ylabel("share")
    upper.tick_params(labelbottom=False)

    lower.plot(record.ratios, record.curve, color=INK)
    least, most = (phi / unit for phi in _reach(record))
    shown = (record.ratios >= least) & (record.ratios <= most)
    lower.plot(record.ratios[shown], record.curve_bias[shown], color=PURPLE)
    ends = (float(values[shown][-1]) for values in (record.ratios, record.curve_bias))
    beside(lower, tuple(ends), (6, -2), "with a bias", PURPLE)
    for other, ratio in record.marked:
        place = (ratio, 1 + record.n * ratio**2)
        lower.plot(*[[value] for value in place], "o", color=GREY, markersize=4)
        beside(
            lower,
            place,
            (7, -1 if ratio else 5),
            in_words(other),
            GREY,
            va="top" if ratio else "center",
        )
    lower.plot([at], [record.kappa_bias], "o", color=PURPLE, markersize=5)
    lower.plot([at], [record.kappa], "o", color=ORANGE, markersize=6)
    plain_log(lower.yaxis)
    lower.set_ylim(0.8, 1.5 * record.highest)
    kappas = (three_digits(value) for value in (record.kappa, record.kappa_bias))
    for line, (text, color) in enumerate(zip(kappas, (INK, PURPLE), strict=True)):
        lower.annotate(
            f"with a bias {text}" if line else f"κ = {text}",
            (1, 0),
            (-2, 20 - 15 * line),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            color=color,
        )
    lower.set_ylabel(f"κ, n = {record.n:,}")
    lower.set_xlabel(f"in units of the spread, {unit:.3f}")
    # The mean leads from its histogram to its κ.
    low, high = upper.transData, lower.transData
    lead = ConnectionPatch((at, 0), (at, record.kappa), low, high, color=ORANGE, linewidth=0.8)
    lead.set_in_layout(False)
    upper.add_artist(lead)
    for panel in axes:
        panel.axvline(0, color=GREY, linewidth=0.7, zorder=0)
        panel.set_xlim(*record.axis)


def _reach(record: Outputs) -> tuple[float, float]:
    """Return the least and the largest mean that a shift of one to either side leads to."""
    offset = record.mean + record.shift
    return offset - _SHIFT, offset + _SHIFT


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
