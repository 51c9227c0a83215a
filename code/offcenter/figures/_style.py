"""One look for all figures: few colors, direct labels, text that stays text in the SVG."""

# The site's style sheet maps these very values to the colors of the dark theme, so a figure uses
# no other color.  All but LIGHT and PAPER have a contrast of at least 4.5 with white.
INK = "#222222"
GREY = "#6b6b6b"
LIGHT = "#c8c8c8"
PAPER = "#ffffff"
BLUE = "#005a9c"
ORANGE = "#b8450b"
GREEN = "#00704f"
PURPLE = "#8a3b7a"

PALETTE = {
    "ink": INK,
    "grey": GREY,
    "light": LIGHT,
    "paper": PAPER,
    "blue": BLUE,
    "orange": ORANGE,
    "green": GREEN,
    "purple": PURPLE,
}

# 4.8 inches are some 345 points, and a phone as many pixels wide: what is 11 points here is read
# there at 11 pixels.
WIDTH = 4.8
SIZE = 11

RC = {
    "font.family": "DejaVu Sans",
    "font.size": SIZE,
    "axes.titlesize": SIZE,
    "axes.labelsize": SIZE,
    "xtick.labelsize": SIZE,
    "ytick.labelsize": SIZE,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": f"cycler('color', {[BLUE, ORANGE, GREEN, PURPLE]})",
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "grid.color": LIGHT,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "axes.unicode_minus": True,
}
