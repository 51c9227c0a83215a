// The zig-zag: descent on ½wᵀMw, M = s²I + m²11ᵀ with s² = 1/12, as in offcenter.descent.plane_run.
"use strict";
(function (offCenter) {
  const { plural } = offCenter;
  const { VARIANCE, GOAL, STEPS, ESCAPED } = offCenter.library.plane;
  const REACH = 1.25;
  // Contours, in units of the loss at the start.
  const LEVELS = [0.03, 0.15, 0.4, 1, 2.2, 4.5];

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

  function ending({ turns, steps, diverges }) {
    const bends = plural(turns, "turn");
    if (diverges) return `${bends}, runs away`;
    return steps === null ? `${bends}, not there after ${STEPS} steps` : `${bends}, ${plural(steps, "step")}`;
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
    const { COLORS, show } = offCenter;
    const side = Math.min(pen.height - 56, pen.width - 54);
    const left = Math.max(48, (pen.width - side) / 2 + 20);
    const box = [left, pen.height - side - 36, side, side];
    const ticks = [-1, -0.5, 0, 0.5, 1].map((value) => [value, value.toFixed(1).replace("-", "−")]);
    const axis = { from: -REACH, to: REACH, ticks };
    const { X, Y } = pen.axes("a", {
      box,
      x: { ...axis, label: "error of the first weight" },
      y: { ...axis, label: "error of the second weight" },
    });
    const clip = pen.clip(box);
    const at = ([x, y]) => [X.at(x), Y.at(y)];
    const { x, y, mean } = state;
    const first = 0.5 * (VARIANCE * (x * x + y * y) + (mean * (x + y)) ** 2);
    LEVELS.forEach((level, i) => {
      const points = contour(level * first, result.eigenvalues).map(at);
      pen.area(`contour${i}`, points, "paper", { ...clip, fill: "none", stroke: COLORS.light, "stroke-width": 0.7 });
    });
    const color = result.turns ? "orange" : "blue";
    const points = result.points.map(at);
    pen.line("path", points, color, { ...clip, "stroke-width": 1.1, "stroke-linejoin": "round" });
    pen.dots("points", points, color, 3.2, clip);
    const [cx, cy] = at([0, 0]);
    pen.put("goal", "path", { d: `M${cx - 4} ${cy}h8m-4 -4v8`, stroke: COLORS.ink, "stroke-width": 1.4 });
    const right = x > 0.9;
    pen.text("start", X.at(x) + (right ? -9 : 9), Y.at(y) - 9, "start", "ink", { "text-anchor": right ? "end" : "start" });
    const setting = `κ = ${show(result.kappa)}, step ${show(state.step)}/λmax, β = ${show(state.momentum)}`;
    pen.text("title", pen.width / 2, box[1] - 8, `${setting}: ${ending(result)}`, "ink", { "text-anchor": "middle" });
    return [
      {
        key: "start",
        label: "start of the path",
        color: "ink",
        fields: ["x", "y"],
        at: at([x, y]),
        to: (px, py) => [X.back(px), Y.back(py)],
      },
    ];
  }

  offCenter.figure("zigzag", { compute, draw, says, valid: ({ x, y }) => x !== 0 || y !== 0 });
})(globalThis.offCenter);
