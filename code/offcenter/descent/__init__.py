"""Descent methods, the paths that they take, and how fast they can be.

`sgd` follows a mean squared error, all other methods the quadratic loss ½wᵀHw, for one output or
for a layer of them; each returns a `Path`.
"""

from offcenter.descent._alternation import Alternation, alternation
from offcenter.descent._methods import gradient_descent, line_search, momentum, nesterov, sgd
from offcenter.descent._path import Path
from offcenter.descent._plane import PRESETS, PlaneRun, Setting, best_multiple, plane_run
from offcenter.descent._rates import Tuning, contraction, tuning
from offcenter.descent._shaped import adam, orthogonalized, preconditioned

__all__ = [
    "PRESETS",
    "Alternation",
    "Path",
    "PlaneRun",
    "Setting",
    "Tuning",
    "adam",
    "alternation",
    "best_multiple",
    "contraction",
    "gradient_descent",
    "line_search",
    "momentum",
    "nesterov",
    "orthogonalized",
    "plane_run",
    "preconditioned",
    "sgd",
    "tuning",
]
