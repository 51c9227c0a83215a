"""The figure that opens the book: one bowl, and what the mean of the inputs does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter.descent import Path, PlaneRun, Setting, best_multiple, plane_run
from offcenter.figures._bowl import draw_both
from offcenter.figures._record import figure
from offcenter.figures._style import INK

GOAL = 0.01


@dataclass(frozen=True, eq=False)
class Opening:
    """The bowl of a linear unit with two inputs of mean m, and gradient descent in it.

    Parameters
    ----------
    mean : float
        m of each of the two inputs, which are independent and uniform from m − ½ to m + ½.
    run : PlaneRun
        From (1, 0), as seen from the minimum, with 2/(λmax + λmin), best in the long run, until
        the distance from the minimum is a hundredth of the first.
    """

    mean: float
    run: PlaneRun

    @property
    def contours(self) -> np.ndarray:
        """The losses at which contours are drawn, the same for every mean."""
        return self.run.contours

    @property
    def eigenvalues(self) -> np.ndarray:
        """λmin and λmax, the steepness of the bowl along (1, −1) and along (1, 1)."""
        return self.run.eigenvalues

    @property
    def kappa(self) -> float:
        """κ = λmax/λmin = 1 + 24m²."""
        return self.run.kappa

    @property
    def step_size(self) -> float:
        """η = 2/(λmax + λmin), itself and not in units of 1/λmax."""
        return self.run.setting.step_size / float(self.eigenvalues[1])

    @property
    def path(self) -> Path:
        """The path, from the start on."""
        return self.run.path

    @property
    def steps(self) -> int:
        """Steps to a hundredth of the first distance."""
        return self.path.steps


def opening(mean: float = 1.0) -> Opening:
    """Compute the record of `opening-bowl`; at mean 0 the inputs are centered.

    Raises
    ------
    ValueError
        If `mean` is not from 0 to 1.
    """
    mean = _checks.number("mean", mean, minimum=0, maximum=1)
    setting = Setting(mean=mean, step_size=best_multiple(mean))
    return Opening(mean, plane_run(setting, goal=GOAL))


def _steps(record: Opening) -> str:
    return f"{record.steps} step{'' if record.steps == 1 else 's'}"


def _opening_alt(record: Opening) -> str:
    shape = (
        "Its contours are circles, and the path goes straight to the minimum."
        if record.mean == 0
        else "Its contours are ellipses, steep where both weights move one way and flat where they "
        "move against each other, and the path bounces from wall to wall."
    )
    return (
        f"The loss of two weights seen from above, for inputs with the mean {record.mean:g} and "
        f"the variance 1/12, and the path of gradient descent at the fixed step size that is best "
        f"in the long run. {shape} The steep direction is {record.kappa:.3g} times as steep as the "
        f"flat one, and a hundredth of the first distance is reached in {_steps(record)}."
    )


@figure(
    "opening-bowl",
    "A mean of the inputs can make the bowl narrow, and a narrow bowl can make descent slow.",
    data=opening,
    alt=_opening_alt,
    height=3.2,
    panels=(1, 2),
)
def plot_opening(record: Opening, panels: np.ndarray) -> None:
    """Draw the bowl and the path in it, and beside it how the loss falls."""
    draw_both(record.run, panels, powers=(-2, -4, -5))
    bowl = panels[0]
    bowl.set_title(f"{_steps(record)}, mean of the inputs {record.mean:g}", color=INK, loc="left")
    bowl.annotate("start", record.path.points[0], (0, 8), textcoords="offset points", ha="center")
    bowl.annotate("minimum", (0, 0), (-8, 6), textcoords="offset points", ha="right")
