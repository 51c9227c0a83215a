"""Figure of the chapter "Today": the largest eigenvalues in a language model, and its mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from offcenter import _checks
from offcenter.figures._marks import as_seen, beside
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, INK, ORANGE, RC
from offcenter.today import PLACES, places

# Directions of the variance that are told apart; the rest count as one.  No eigenvalue that is
# drawn moves by a tenth of a percent of the trace.
DIRECTIONS = 20
_COUNT = 12
_BAR = 0.72
# Words that are nearer than this part of the axis would touch.
_APART = 0.09


@dataclass(frozen=True)
class Directions:
    """The second moment at one place, in the principal directions of its covariance.

    Parameters
    ----------
    label : str
        The place, in words.
    variances : ndarray, shape (DIRECTIONS + 1,)
        Eigenvalues of the covariance over the trace of the second moment, falling; the last stands
        for all that are smaller.
    squares : ndarray, shape (DIRECTIONS + 1,)
        Of the mean along each direction, over the same trace.
    """

    label: str
    variances: np.ndarray
    squares: np.ndarray


def directions(*, place: str = "reads 15") -> Directions:
    """Decompose what the place holds into its mean and the directions in which it varies."""
    place = _checks.one_of("place", place, PLACES)
    found = next(each for each in places() if each.name == place)
    x = found.activations
    mean, total = x.mean(axis=0), float((x**2).sum())
    _, singular, axes = np.linalg.svd(x - mean, full_matrices=False)
    variances, squares = singular**2 / total, (axes @ mean) ** 2 * len(x) / total
    kept = squares[:DIRECTIONS]
    # What of the mean lies along no direction of the variance meets the variance 0.
    rest = len(x) * float(mean @ mean) / total - kept.sum()
    beyond = float(variances[DIRECTIONS:] @ squares[DIRECTIONS:]) / rest
    return Directions(
        found.label,
        as_seen(np.append(variances[:DIRECTIONS], beyond)),
        as_seen(np.append(kept, rest)),
    )


@dataclass(frozen=True)
class Spectrum:
    """The largest eigenvalues at one place, over the trace of the second moment.

    Parameters
    ----------
    label : str
        The place, in words.
    mean : float
        How much of the mean is kept, from 0 to 1.
    share : float
        What the whole mean adds to the trace, the offset share.
    values, parts : ndarray, shape (count,)
        With so much of the mean, falling, and what of each the mean adds.
    raw, centered : ndarray, shape (count,)
        With all of the mean, and with none.
    """

    label: str
    mean: float
    share: float
    values: np.ndarray
    parts: np.ndarray
    raw: np.ndarray
    centered: np.ndarray


def spectrum_data(*, place: str = "reads 15", mean: float = 0.5, count: int = _COUNT) -> Spectrum:
    """Return the eigenvalues of C + m²μμᵀ for the part m of the mean, and what μ adds to each."""
    found = directions(place=place)
    mean = _checks.number("mean", mean, minimum=0.0, maximum=1.0)
    count = _checks.count("count", count, minimum=3, maximum=DIRECTIONS)
    root = np.sqrt(found.squares)

    def spectrum(kept: float) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = np.linalg.eigh(np.diag(found.variances) + kept**2 * np.outer(root, root))
        return values[::-1][:count], (kept * root @ vectors)[::-1][:count] ** 2

    return Spectrum(
        found.label,
        mean,
        float(found.squares.sum()),
        *spectrum(mean),
        spectrum(1.0)[0],
        found.variances[:count],
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def spectrum_alt(record: Spectrum) -> str:
    """Say what the first eigenvalue has with so much of the mean, with all of it and without."""
    first, added = record.values[0], record.parts[0]
    left = record.mean**2 * record.share
    return (
        f"The {len(record.raw)} largest eigenvalues of {record.label} as bars, parts of the trace "
        f"of the second moment. With {record.mean:g} of the mean the first bar is "
        f"{_percent(first)} high, of which the mean adds {_percent(added)}, and the second "
        f"{_percent(record.values[1])}. With the whole mean the first is {_percent(record.raw[0])} "
        f"high, with the mean subtracted {_percent(record.centered[0])}. The mean adds "
        f"{_percent(left)} to the trace, {_percent(record.share - left)} is taken away; what "
        f"varies adds {_percent(1 - record.share)} and stays."
    )


@figure(
    "today-spectrum",
    "In what the attention of block 15 reads one eigenvalue stands alone, and it is the mean's.",
    data=spectrum_data,
    alt=spectrum_alt,
    height=3.0,
)
def spectrum_plot(record: Spectrum, ax: Axes) -> None:
    """Draw a bar for each eigenvalue, orange what the mean adds, and what was taken away."""
    count = len(record.raw)
    rank = np.arange(1, count + 1)
    varies = record.values - record.parts
    # What was taken away stays as a trace.
    taken = {"edgecolor": ORANGE, "linewidth": 0.9, "linestyle": (0, (3, 2))}
    ax.bar(1, record.raw[0], _BAR, facecolor=to_rgba(ORANGE, 0.12), **taken)
    ax.bar(rank, varies, _BAR, color=BLUE)
    ax.bar(rank, record.parts, _BAR, bottom=varies, color=ORANGE)
    ax.plot([0.5, 4.4], [record.centered[0]] * 2, color=BLUE, linewidth=0.9, dashes=(3, 2))
    _name_levels(record, ax)
    _name_parts(record, ax)
    roof = _roof(record)
    tick = 0.25 if roof > 0.4 else 0.1
    ticks = [k * tick for k in range(5) if k * tick < roof]
    ax.set(xlabel="rank of the eigenvalue", ylabel="part of the trace", ylim=(0, roof))
    ax.set_yticks(ticks, [f"{100 * at:.0f} %" if at else "0" for at in ticks])
    ax.set(xlim=(0.3, count + 0.7), xticks=[1, *range(4, count + 1, 4)])
    ax.tick_params(axis="x", length=0)


def _roof(record: Spectrum) -> float:
    """Return where the axis ends: as far above the first bar at each place."""
    return max(0.25, 1.1 * float(record.raw[0]))


def _name_levels(record: Spectrum, ax: Axes) -> None:
    """Write beside the first bar how high it is, and with the whole mean and with none."""
    now, most, least = (float(values[0]) for values in (record.values, record.raw, record.centered))
    roof = _roof(record)

    def name(level: float, words: str, color: str, rise: float = 0.0) -> None:
        beside(ax, (1.4, level), (5, rise), f"{_percent(level)}{words}", color)

    # What is nearly as high has the words of the bar itself, or they would lie over one another.
    if record.mean == 1 or abs(most - now) > _APART * roof:
        name(most, " with the mean", ORANGE)
    if record.mean == 0 or abs(least - now) > _APART * roof:
        name(least, "" if least > 0.37 * roof else " without", BLUE, 7)
    if 0 < record.mean < 1:
        name(now, "", INK)


def _name_parts(record: Spectrum, ax: Axes) -> None:
    """Write what the whole trace is made of, below the words of the pale bar or above a low one."""
    left = record.mean**2 * record.share
    high, roof = float(record.raw[0]), _roof(record)
    level = high - 0.21 * roof if high > 0.66 * roof else 0.9 * roof
    for share, meaning, color, size, down in (
        (left, "from the mean", ORANGE, 20, 0),
        (record.share - left, "taken away", ORANGE, RC["font.size"], 20),
        (1 - record.share, "from what varies", BLUE, RC["font.size"], 36),
    ):
        at = {"xy": (8.2, level), "textcoords": "offset points", "color": color}
        ax.annotate(_percent(share), xytext=(0, -down), size=size, weight="bold", ha="right", **at)
        ax.annotate(meaning, xytext=(5, -down), **at)
