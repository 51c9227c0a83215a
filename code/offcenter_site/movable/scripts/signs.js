// One unit with two inputs: each example's gradient is δ·x, and a batch's is their mean.
"use strict";
(function (offCenter) {
  const EXAMPLES = [1, 2, 3];
  const REACH = 2.2;
  const LOWERED = "₁₂₃";

  function compute(state) {
    // The convention for the sign of the second input; nothing else knows of it.
    const turn = state.flip ? -1 : 1;
    const inputs = EXAMPLES.map((k) => [state[`x${k}`], turn * state[`y${k}`]]);
    const gradients = inputs.map(([x, y], k) => [state[`d${k + 1}`] * x, state[`d${k + 1}`] * y]);
    const batch = [0, 1].map((i) => gradients.reduce((sum, g) => sum + g[i], 0) / gradients.length);
    const shown = state.show === "batch" ? batch : gradients[state.show - 1];
    return { inputs, gradients, batch, shown, single: [...gradients, batch].map(singleSigned) };
  }

  // No positive entry beside a negative one; zeros have no sign.
  const singleSigned = (g) => !(g.some((v) => v > 0) && g.some((v) => v < 0));

  const sign = (value) => (value > 0 ? "+" : value < 0 ? "−" : "0");
  const signs = (g) => `(${g.map(sign).join(",\u00a0")})`;

  function says(state, { shown, single }) {
    const { show } = offCenter;
    const batch = state.show === "batch";
    const one = single[batch ? 3 : state.show - 1];
    const whose = batch
      ? "The gradient of the batch"
      : `With δ = ${show(state[`d${state.show}`])} the gradient of example ${state.show}`;
    const flipped = state.flip ? ", with the sign convention of the second input flipped" : "";
    return `${whose} has ${one ? "one sign" : "mixed signs"}, ${signs(shown)}${flipped}.`;
  }

  function draw(pen, state, result) {
    const { show } = offCenter;
    const side = Math.min(pen.height - 44, pen.width - 148);
    const box = [34, 7, side, side];
    const axis = { from: -REACH, to: REACH, ticks: [-2, 0, 2] };
    const turn = state.flip ? -1 : 1;
    const { X, Y } = pen.axes("a", {
      box,
      x: { ...axis, label: "derivative in w₁" },
      y: { ...axis, label: "derivative in w₂", room: 24 },
    });
    const at = ([x, y]) => [X.at(x), Y.at(y)];
    // What positive inputs leave to one example: two of the four quadrants.
    [1, -1].forEach((way, i) => {
      const [x, y] = [way * REACH, turn * way * REACH];
      pen.area(`cone${i}`, [[0, 0], [x, 0], [x, y], [0, y]].map(at), "light", { opacity: 0.35 });
    });
    pen.put("cross", "path", {
      d: `M${box[0]} ${Y.at(0)}h${side}M${X.at(0)} ${box[1]}v${side}`,
      stroke: offCenter.COLORS.grey,
      "stroke-width": 0.7,
    });
    // In the middle of a quadrant that positive inputs leave empty.
    const [emptyX, emptyY] = at([-REACH / 2, (turn * REACH) / 2]);
    const middle = { "text-anchor": "middle" };
    if (result.inputs.every(([x, y]) => x >= 0 && turn * y >= 0)) {
      const lines = side < 165 ? ["no gradient", "of an", "example"] : ["no example's", "gradient here"];
      const top = emptyY + 10 - 7 * lines.length;
      lines.forEach((words, i) => pen.text(`empty${i}`, emptyX, top + 14 * i, words, "grey", middle));
    }
    const batch = state.show === "batch";
    const color = (k) => (state[`d${k + 1}`] > 0 ? "blue" : "orange");
    result.inputs.forEach((x, k) => {
      const opacity = batch || state.show === String(k + 1) ? 1 : 0.25;
      const far = REACH / Math.max(1e-9, ...x.map(Math.abs));
      // The line on which every gradient of this example lies, whatever its error.
      pen.line(`line${k}`, [at(x.map((v) => -far * v)), at(x.map((v) => far * v))], "grey", {
        "stroke-width": 0.6,
        "stroke-dasharray": "1.2 1.8",
        opacity,
      });
      offCenter.arrow(pen, `gradient${k}`, at([0, 0]), at(result.gradients[k]), color(k), { opacity });
      const [left, top] = at(x);
      // Off its line: toward the axis where that is flat; on the left where the rows beside the drawing are near.
      const flat = Math.abs(x[1]) < 0.6 * Math.abs(x[0]);
      const hand = x[0] > 1.6 ? -17 : 17;
      pen.text(`name${k}`, left + (flat ? 0 : hand), top + (flat ? (x[1] < 0 ? -14 : 22) : 4), `x${LOWERED[k]}`, "ink", middle);
    });
    if (batch) offCenter.arrow(pen, "batch", at([0, 0]), at(result.batch), "green", { "stroke-width": 2.2 });
    else offCenter.arrow(pen, "chosen", at([0, 0]), at(result.shown), color(state.show - 1), { "stroke-width": 2.6 });
    const right = box[0] + side + 10;
    result.gradients.forEach((g, k) =>
      pen.text(`row${k}`, right, 26 + 19 * k, `δ${LOWERED[k]} = ${show(state[`d${k + 1}`])}: ${signs(g)}`, color(k)),
    );
    pen.text("row-batch", right, 92, `batch: ${signs(result.batch)}`, "green");
    return EXAMPLES.map((k) => ({
      key: `x${k}`,
      label: `input of example ${k}`,
      color: "ink",
      fields: [`x${k}`, `y${k}`],
      read: (value, i) => (i ? turn * value : value),
      at: at(result.inputs[k - 1]),
      to: (px, py) => [X.back(px), turn * Y.back(py)],
    }));
  }

  offCenter.figure("signs", { compute, draw, says });
})(globalThis.offCenter);
