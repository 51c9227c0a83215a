"""Figure of the chapter "Fisher": two methods on one unit, its input as it is and shifted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse

from offcenter import _checks
from offcenter.figures._marks import three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, ORANGE
from offcenter.fisher import LogisticPath, LogisticUnit, logistic_path

# Plain steps converge for every shift of at most 3.2: λmax is then below 3.2.  Natural steps of a
# quarter do from every start in the plane.
STEP_SIZES = {"gradient": 0.5, "natural": 0.25}
STEPS = 30
# How far a reader may move the input, and a coordinate of the start.
SHIFTS = (-3.2, 3.2)
STARTS = (-1.7, 2.8)
# The plane of functions: its weights, and its pre-activations s at the mean input.
LOW, HIGH = -1.8, 3.0
_START = (-0.5, -0.5)
# How far apart rings are drawn, in square roots of twice the loss, and how many.
RING, RINGS = 0.28, 5
# A change below this is rounding.
_ROUNDING = 1e-9
_NAMES = {"gradient": "plain gradient", "natural": "natural gradient"}
_COLORS = {"gradient": ORANGE, "natural": GREEN}


@dataclass(frozen=True)
class TwoPaths:
    """Gradient descent and the natural gradient on one logistic unit, its input in two places.

    Parameters
    ----------
    shift : float
        Added to the input.
    inputs : array, shape (N, 1)
        Before the shift, of mean 0.
    labels : array, shape (N,)
    still, moved : dict of LogisticPath
        By method, before and after the shift, from the same function.
    """

    shift: float
    inputs: np.ndarray
    labels: np.ndarray
    still: dict[str, LogisticPath]
    moved: dict[str, LogisticPath]

    def change(self, method: str) -> float:
        """The largest change of any pre-activation s at any step."""
        return float(np.abs(self.moved[method].logits - self.still[method].logits).max())

    def functions(self, method: str, *, shifted: bool) -> np.ndarray:
        """The weight and s at the mean input after each step, shape (steps + 1, 2)."""
        path, mean = (self.moved, self.shift) if shifted else (self.still, 0.0)
        weights = path[method].weights[:, 0]
        return np.column_stack([weights, path[method].biases + mean * weights])


def sample(*, count: int = 40, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw the centered input, to two decimals, and labels that no threshold separates."""
    rng = np.random.default_rng(_checks.count("seed", seed, minimum=0))
    X = rng.standard_normal((_checks.count("count", count, minimum=8), 1))
    X = np.round(X - X.mean(axis=0), 2)
    y = (1.6 * X[:, 0] + 0.8 + rng.logistic(size=len(X)) > 0).astype(float)
    return X, y


def two_paths(
    *, shift: float = 3.0, start: tuple[float, float] = _START, bias: bool = True
) -> TwoPaths:
    """Compute the record of `fisher-two-paths`; `start` is a weight and s at the mean."""
    c = _checks.number("shift", shift)
    weight, output = _checks.vector("start", start, size=2)
    X, y = sample()

    def paths(mean: float) -> dict[str, LogisticPath]:
        return {
            method: logistic_path(
                X + mean,
                y,
                [weight],
                # Less by what the weight makes of the shift: so the unit computes the same.
                float(output - mean * weight),
                method=method,
                step_size=step_size,
                steps=STEPS,
                bias=bias,
            )
            for method, step_size in STEP_SIZES.items()
        }

    return TwoPaths(c, X, y, paths(0.0), paths(c))


def rings() -> tuple[np.ndarray, np.ndarray, float]:
    """Return the minimum, the two half axes of the first ring, and the angle of its first axis.

    Rings are contours of the loss to second order around the minimum, in the plane of functions;
    they are the same for every shift, because a point of the plane is a function.
    """
    X, y = sample()
    end = logistic_path(X, y, [0.0], 0.0, method="natural", step_size=1.0, steps=STEPS)
    minimum = np.array([end.weights[-1, 0], end.biases[-1]])
    # For this loss the Fisher matrix is the curvature.
    values, vectors = np.linalg.eigh(LogisticUnit(X, minimum[:1], minimum[1]).fisher)
    return minimum, RING / np.sqrt(values), float(np.degrees(np.arctan2(*vectors[::-1, 0])))


def _change(record: TwoPaths, method: str) -> str:
    value = record.change(method)
    return "nothing" if value < _ROUNDING else three_digits(value)


def _by(record: TwoPaths, method: str) -> str:
    words = _change(record, method)
    return f"by {words}" if words == "nothing" else f"up to {words}"


def _two_paths_alt(record: TwoPaths) -> str:
    last = {method: path.losses[-1] for method, path in record.moved.items()}
    return (
        f"Two bowls of the loss over the weight and the pre-activation s at the mean, in each a "
        f"method's paths from one function, its input centered (gray) and shifted by "
        f"{record.shift:g}. The shift moves the s of the natural gradient "
        f"{_by(record, 'natural')}, those of plain gradient descent "
        f"{_by(record, 'gradient')}; after {STEPS} steps the loss of the latter is "
        f"{last['gradient']:.3f}, not {record.still['gradient'].losses[-1]:.3f}."
    )


@figure(
    "fisher-two-paths",
    "With a bias, shifting inputs moves plain descent's predictions, not the natural gradient's.",
    data=two_paths,
    alt=_two_paths_alt,
    height=2.9,
    panels=(1, 2),
)
def plot_two_paths(record: TwoPaths, panels: np.ndarray) -> None:
    """Draw for each method its path before the shift as a gray band, and after it as a line."""
    for method, ax in zip(STEP_SIZES, panels, strict=True):
        _plot_bowl(record, method, ax)
    panels[0].set_ylabel("s at the mean")


def _plot_bowl(record: TwoPaths, method: str, ax: Axes) -> None:
    minimum, axes, angle = rings()
    for k in range(1, RINGS + 1):
        ring = Ellipse(tuple(minimum), *(2 * k * axes), angle=angle)
        ring.set(facecolor=to_rgba(BLUE, 0.06), edgecolor=GREY, linewidth=0.45)
        ax.add_patch(ring)
    color = _COLORS[method]
    still, moved = (record.functions(method, shifted=shifted) for shifted in (False, True))
    band = {"linewidth": 5, "solid_capstyle": "round", "solid_joinstyle": "round"}
    ax.plot(*still.T, color=GREY, **band)
    ax.plot(*moved.T, color=color, linewidth=1.3, marker="o", markersize=2.6)
    ax.plot(*still[0], "o", color=INK, markersize=4.5)
    ax.plot(*minimum, "+", color=INK, markersize=8, markeredgewidth=1.4)
    ax.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH), xticks=[0, 2], yticks=[0, 2], aspect="equal")
    ax.set_xlabel("weight")
    ax.set_title(f"{_NAMES[method]}\ns moves {_by(record, method)}", color=color)
    corner = {"transform": ax.transAxes, "ha": "right"}
    ax.text(0.97, 0.14, "centered", color=GREY, weight="bold", **corner)
    ax.text(0.97, 0.04, f"shifted by {record.shift:g}", color=color, weight="bold", **corner)
