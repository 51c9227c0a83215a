// Two optimizers on one logistic unit, as offcenter.fisher.logistic_path computes them.
"use strict";
(function (offCenter) {
  const { logistic, softplus } = offCenter.math;

  // Gaussian elimination with pivoting; F is small.
  function solve(F, g) {
    const rows = F.map((row, i) => [...row, g[i]]);
    const size = g.length;
    for (let k = 0; k < size; k++) {
      let pivot = k;
      for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
      [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
      for (let i = k + 1; i < size; i++) {
        const factor = rows[i][k] / rows[k][k];
        for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      for (let j = k + 1; j < size; j++) rows[k][size] -= rows[k][j] * rows[j][size];
      rows[k][size] /= rows[k][k];
    }
    return rows.map((row) => row[size]);
  }

  // Weights and bias (last) after each step on the mean logistic loss, from zero, with the losses.
  function path(X, y, method, eta, steps) {
    const inputs = X.map((x) => [...x, 1]);
    const size = inputs[0].length;
    let theta = Array(size).fill(0);
    const points = [theta];
    const losses = [];
    for (let step = 0; step <= steps; step++) {
      const g = Array(size).fill(0);
      const F = g.map(() => Array(size).fill(0));
      let loss = 0;
      inputs.forEach((x, k) => {
        const s = x.reduce((sum, value, i) => sum + value * theta[i], 0);
        const p = logistic(s);
        const v = p * logistic(-s);
        loss += softplus(s) - y[k] * s;
        for (let i = 0; i < size; i++) {
          g[i] += (p - y[k]) * x[i];
          for (let j = 0; j < size; j++) F[i][j] += v * x[i] * x[j];
        }
      });
      losses.push(loss / X.length);
      if (step === steps) break;
      // Both are sums over the examples: the number of examples cancels in F⁻¹g only.
      const move = method === "natural" ? solve(F, g) : g.map((value) => value / X.length);
      theta = theta.map((value, i) => value - eta * move[i]);
      points.push(theta);
    }
    return { points, losses };
  }

  Object.assign(offCenter.math, { logisticPath: path });
})(globalThis.offCenter);
