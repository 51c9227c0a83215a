"""The picture that social networks show beside a link to the book."""

from __future__ import annotations

import hashlib
from pathlib import Path

WIDTH, HEIGHT = 1200, 630


def card_name(title: str) -> str:
    """Return the name of the file, a new one for a new title or drawing: hosts keep it for long."""
    digest = hashlib.sha256(title.encode() + Path(__file__).read_bytes()).hexdigest()
    return f"card-{digest[:8]}.png"


def draw_card(path: Path, title: str) -> None:
    """Write a PNG of 1200 × 630 pixels: the title, and a zigzag down a narrow valley."""
    # Imported here, since a build that has its card need not wait for what draws.
    import matplotlib
    import numpy as np
    from matplotlib.figure import Figure

    from offcenter.figures import PALETTE

    hessian = np.array([1.0, 12.0])
    step = 1.85 / hessian[1]
    points = [np.array([-3.4, 0.55])]
    for _ in range(16):
        points.append(points[-1] * (1 - step * hessian))
    path_x, path_y = np.transpose(points)
    x, y = np.meshgrid(np.linspace(-4, 4, 200), np.linspace(-1.4, 1.4, 120))
    with matplotlib.rc_context({"font.family": "DejaVu Serif", "path.simplify": True}):
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="white")
        axes = figure.add_axes((0, 0, 1, 0.69))
        axes.contour(
            x, y, hessian[0] * x**2 + hessian[1] * y**2, 9, colors=PALETTE["light"], linewidths=1.5
        )
        axes.plot(path_x, path_y, color=PALETTE["orange"], lw=3, marker="o", ms=7)
        axes.plot(0, 0, color=PALETTE["blue"], marker="o", ms=12)
        axes.set(xlim=(-4, 4), ylim=(-1.4, 1.4))
        axes.axis("off")
        figure.text(0.06, 0.82, title, fontsize=44, color=PALETTE["ink"])
        figure.text(
            0.06,
            0.74,
            "Why positive activations slow gradient descent",
            fontsize=22,
            color=PALETTE["grey"],
        )
        figure.savefig(path, metadata={"Software": None})
