"""Figure of the chapter "Fisher": two methods on one unit, before and after a shift of its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter.figures._marks import three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, ORANGE
from offcenter.fisher import LogisticPath, logistic_path

# Plain steps converge for every shift of at most 3.2 in each input: λmax is then below 5.7.
STEP_SIZES = {"gradient": 0.3, "natural": 1.0}
STEPS = 30
REACH = 5.5
# Where the word "before" stands, from the middle of the data against the shift.
_BEHIND = 4.7
_PALE = 0.75
# A change below this is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class TwoPaths:
    """Gradient descent and the natural gradient on one logistic unit, its data in two places.

    Parameters
    ----------
    shift : array, shape (2,)
        Added to each input.
    inputs : array, shape (N, 2)
        Before the shift.
    labels : array, shape (N,)
    still, moved : dict of LogisticPath
        By method, before and after the shift.
    """

    shift: np.ndarray
    inputs: np.ndarray
    labels: np.ndarray
    still: dict[str, LogisticPath]
    moved: dict[str, LogisticPath]

    def change(self, method: str) -> float:
        """The largest change of any output s at any step."""
        return float(np.abs(self.moved[method].logits - self.still[method].logits).max())


def sample(*, count: int = 40, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw the centered inputs, to two decimals, and labels that no line separates."""
    rng = np.random.default_rng(_checks.count("seed", seed, minimum=0))
    X = rng.standard_normal((_checks.count("count", count, minimum=8), 2))
    X = np.round(X - X.mean(axis=0), 2)
    y = (X @ np.array([1.6, 0.8]) + rng.logistic(size=len(X)) > 0).astype(float)
    return X, y


def two_paths(*, shift: tuple[float, float] = (3.0, 3.0), bias: bool = True) -> TwoPaths:
    """Compute the record of `fisher-two-paths`."""
    c = _checks.vector("shift", shift, size=2)
    X, y = sample()

    def paths(inputs: np.ndarray) -> dict[str, LogisticPath]:
        return {
            method: logistic_path(
                inputs,
                y,
                np.zeros(2),
                0.0,
                method=method,
                step_size=step_size,
                steps=STEPS,
                bias=bias,
            )
            for method, step_size in STEP_SIZES.items()
        }

    return TwoPaths(c, X, y, paths(X), paths(X + c))


def _change(record: TwoPaths, method: str) -> str:
    value = record.change(method)
    return "nothing" if value < _ROUNDING else three_digits(value)


def _by(record: TwoPaths, method: str) -> str:
    words = _change(record, method)
    return f"by {words}" if words == "nothing" else f"up to {words}"


def _two_paths_alt(record: TwoPaths) -> str:
    x, y = record.shift
    last = {method: path.losses[-1] for method, path in record.moved.items()}
    return (
        f"Left, two classes of inputs shifted by ({x:g}, {y:g}), each method's line of decision "
        f"after {STEPS} steps. Right, the mean loss over the steps, before the shift as a pale "
        f"band and after it as a line. The outputs of the natural gradient change "
        f"{_by(record, 'natural')}, those of gradient descent {_by(record, 'gradient')}; its loss "
        f"ends at "
        f"{last['gradient']:.3f}, not {record.still['gradient'].losses[-1]:.3f}."
    )


@figure(
    "fisher-two-paths",
    "With a bias, a shift changes outputs of gradient descent, and none of the natural gradient.",
    data=two_paths,
    alt=_two_paths_alt,
    height=2.7,
    panels=(1, 2),
)
def plot_two_paths(record: TwoPaths, panels: np.ndarray) -> None:
    """Draw the data with the lines of decision, and the losses; before the shift all is pale."""
    plane, losses = panels
    plane.get_gridspec().set_width_ratios([1.15, 1])
    X, c = record.inputs, record.shift
    for label, color in ((0, GREY), (1, BLUE)):
        rows = X[record.labels == label]
        plane.plot(*rows.T, "o", color=color, ms=2.6, alpha=_PALE)
        plane.plot(*(rows + c).T, "o", color=color, ms=2.6)
    for method, color in (("gradient", ORANGE), ("natural", GREEN)):
        still, moved = record.still[method], record.moved[method]
        # The line of before is carried along with the data.
        carried = still.biases[-1] - still.weights[-1] @ c
        plane.plot(*_decision(still.weights[-1], carried), color=color, lw=4, alpha=_PALE)
        plane.plot(*_decision(moved.weights[-1], moved.biases[-1]), color=color)
        losses.plot(still.losses, color=color, lw=4, alpha=_PALE)
        losses.plot(moved.losses, color=color)
    if np.linalg.norm(c) > 1:
        arrow = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0}
        plane.annotate("", c, (0, 0), arrowprops=arrow)
        x, y = -_BEHIND * c / np.linalg.norm(c)
        plane.text(
            np.clip(x, 1.9 - REACH, REACH - 1.9), y, "before", color=GREY, ha="center", va="center"
        )
    plane.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    plane.set(xticks=[-4, 0, 4], yticks=[-4, 0, 4], xlabel="first input", ylabel="second input")
    plane.set_title("data, and lines of decision", color=INK)
    top = float(record.moved["gradient"].losses[-1])
    words = f"plain: outputs\nmove {_by(record, 'gradient')}"
    losses.text(STEPS, max(0.56, top + 0.04), words, color=ORANGE, ha="right", va="bottom")
    words = f"natural: {_by(record, 'natural')}"
    losses.text(STEPS, 0.03, words, color=GREEN, ha="right", va="bottom")
    losses.set(xlim=(0, STEPS), ylim=(0, 0.8), xlabel="step", yticks=[0, 0.2, 0.4, 0.6])
    losses.set_xticks([0, STEPS // 2, STEPS])
    losses.set_title("mean loss (pale: before)", color=INK)


def _decision(w: np.ndarray, b: float) -> np.ndarray:
    """Return the ends, as columns, of a long piece of the line w·x + b = 0."""
    middle, along = -b * w / (w @ w), np.array([-w[1], w[0]]) / np.linalg.norm(w)
    return np.column_stack([middle - 50 * along, middle + 50 * along])
