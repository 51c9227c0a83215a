"""Descent methods, the paths that they take, and how fast they can be.

`gradient_descent`, `momentum`, `nesterov` and `adam` follow the quadratic loss ½wᵀHw, `sgd` a mean
squared error; each returns a `Path`.
"""

from offcenter.descent._methods import adam, gradient_descent, momentum, nesterov, sgd
from offcenter.descent._path import Path
from offcenter.descent._plane import PRESETS, PlaneRun, Setting, plane_run
from offcenter.descent._rates import Tuning, contraction, tuning

__all__ = [
    "PRESETS",
    "Path",
    "PlaneRun",
    "Setting",
    "Tuning",
    "adam",
    "contraction",
    "gradient_descent",
    "momentum",
    "nesterov",
    "plane_run",
    "sgd",
    "tuning",
]
