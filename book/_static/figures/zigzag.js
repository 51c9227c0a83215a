// The zig-zag: descent on ½wᵀMw, M = s²I + m²11ᵀ with s² = 1/12, as in offcenter.descent.plane_run.
"use strict";
(function (offCenter) {
  const VARIANCE = 1 / 12;
  const GOAL = 1e-3;
  const STEPS = 400;
  const ESCAPED = 4;

  function compute({ mean, step, momentum, x, y }) {
    const square = mean * mean;
    const top = VARIANCE + 2 * square;
    const eta = step / top;
    const first = Math.hypot(x, y);
    const points = [[x, y]];
    let [u, v, du, dv] = [x, y, 0, 0];
    let [turns, length, steps, diverges] = [0, 0, null, false];
    for (let k = 1; k <= STEPS && steps === null && !diverges; k++) {
      const [gu, gv] = [
        (VARIANCE + square) * u + square * v,
        square * u + (VARIANCE + square) * v,
      ];
      const [lastU, lastV, last] = [du, dv, Math.hypot(du, dv)];
      du = momentum * du - eta * gu;
      dv = momentum * dv - eta * gv;
      const leg = Math.hypot(du, dv);
      // Scaled, because the product of two tiny steps would underflow to zero.
      if (leg && last && (du / leg) * (lastU / last) + (dv / leg) * (lastV / last) < 0) turns++;
      u += du;
      v += dv;
      length += leg;
      points.push([u, v]);
      const distance = Math.hypot(u, v);
      if (distance <= GOAL * first) steps = k;
      else if (distance >= ESCAPED * first) diverges = true;
    }
    return { points, turns, length, steps, diverges, kappa: top / VARIANCE, eigenvalues: [VARIANCE, top] };
  }

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function ending({ steps, diverges }) {
    if (diverges) return "it diverges";
    return steps === null ? `not there after ${STEPS} steps` : plural(steps, "step");
  }

  function says({ mean, step, momentum }, result) {
    const { show } = offCenter;
    const outcome = result.diverges
      ? "the path diverges"
      : result.steps === null
        ? `the path is not at the goal after ${STEPS} steps`
        : `the path reaches the goal in ${plural(result.steps, "step")}`;
    return (
      `With mean ${show(mean)}, step ${show(step)}/λmax and momentum ${show(momentum)}, ` +
      `κ is ${show(result.kappa)}, and ${outcome}, with ${plural(result.turns, "turn")} of more than 90°.`
    );
  }

  // A contour of the loss: an ellipse with axes along (1, 1) and (1, −1).
  function contour(level, [low, high]) {
    return Array.from({ length: 64 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 64;
      const along = Math.sqrt((2 * level) / high) * Math.cos(angle) * Math.SQRT1_2;
      const across = Math.sqrt((2 * level) / low) * Math.sin(angle) * Math.SQRT1_2;
      return [along + across, along - across];
    });
  }

  function draw(pen, state, result) {
    const side = Math.min(pen.height - 38, pen.width - 150);
    const [left, range] = [34, 1.5];
    const axis = { from: -range, to: range, ticks: [-1, 0, 1] };
    const { X, Y } = pen.axes("a", {
      box: [left, 6, side, side],
      x: { ...axis, label: "error of w₁" },
      y: { ...axis, label: "error of w₂" },
    });
    const at = ([x, y]) => [X.at(x), Y.at(y)];
    // Levels of equal ratio, the outermost through the start of the slow direction at the rim.
    [0.01, 0.06, 0.22, 0.5, 1].forEach((share, i) => {
      const points = contour(share * VARIANCE, result.eigenvalues).map(at);
      pen.area(`contour${i}`, points, "paper", { fill: "none", stroke: offCenter.COLORS.light, "stroke-width": 0.8 });
    });
    pen.dots("goal", [at([0, 0])], "ink", 5);
    pen.line("path", result.points.map(at), "blue", { "stroke-linejoin": "round" });
    pen.dots("points", result.points.map(at).filter(([a, b]) => Math.abs(a) + Math.abs(b) < 2e3), "blue", 4.5);
    const right = left + side + 16;
    const rows = [
      [`κ = ${offCenter.show(result.kappa)}`, "ink"],
      [plural(result.turns, "turn"), "blue"],
      [ending(result), result.diverges ? "orange" : "blue"],
    ];
    rows.forEach(([words, color], i) => pen.text(`row${i}`, right, 20 + 15 * i, words, color));
    return [
      {
        key: "start",
        label: "start of the path",
        fields: ["x", "y"],
        at: at([state.x, state.y]),
        to: (px, py) => [X.back(px), Y.back(py)],
      },
    ];
  }

  offCenter.figure("zigzag", { compute, draw, says, valid: ({ x, y }) => x !== 0 || y !== 0 });
})(globalThis.offCenter);
