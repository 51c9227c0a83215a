"""The natural gradient step of a unit with one input, solved by SymPy."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from offcenter._guard import guarded

__all__ = ["OneInputStep", "one_input_step"]


@dataclass(frozen=True)
class OneInputStep:
    """The natural gradient step of a unit with one input and a bias, solved by SymPy.

    Parameters
    ----------
    fisher : sympy.ImmutableMatrix
        F in the moments H₀ = E[h], H₁ = E[hx], H₂ = E[hx²].
    gradient : sympy.ImmutableMatrix
        g = (E[δx], E[δ]).
    step : sympy.ImmutableMatrix
        −F⁻¹g, as SymPy solves it.
    mean, variance, moment : sympy.Expr
        μ = H₁/H₀, H₂/H₀ − μ², and E[δx] − μE[δ], the three parts of the answer.
    dw, db : sympy.Expr
        −moment/(H₀ variance), and −E[δ]/H₀ − μ dw.
    """

    fisher: sp.ImmutableMatrix
    gradient: sp.ImmutableMatrix
    step: sp.ImmutableMatrix
    mean: sp.Expr
    variance: sp.Expr
    moment: sp.Expr
    dw: sp.Expr
    db: sp.Expr

    @property
    def agrees(self) -> bool:
        """Whether SymPy finds the two forms of the step equal."""
        return all(sp.simplify(e) == 0 for e in self.step - sp.Matrix([self.dw, self.db]))


@guarded
def one_input_step() -> OneInputStep:
    """Solve F Δ = −g for one input and a bias, and write the solution as center, regress, set."""
    h0, h2 = sp.symbols("H_0 H_2", positive=True)
    h1, gx, g1 = sp.symbols("H_1 g_x g_1", real=True)
    F = sp.ImmutableMatrix([[h2, h1], [h1, h0]])
    g = sp.ImmutableMatrix([gx, g1])
    mean = h1 / h0
    variance, moment = h2 / h0 - mean**2, gx - mean * g1
    dw = -moment / (h0 * variance)
    step = sp.ImmutableMatrix((-F.inv() * g).applyfunc(sp.simplify))
    return OneInputStep(F, g, step, mean, variance, moment, dw, -g1 / h0 - mean * dw)
