// One unit with two inputs: each example's gradient is δ·x, and a batch's is their mean.
"use strict";
(function (offCenter) {
  const EXAMPLES = [1, 2, 3];
  const REACH = 2;

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
  const signs = (g) => `(${g.map(sign).join(", ")})`;

  function says(state, { shown, single }) {
    const { show } = offCenter;
    const batch = state.show === "batch";
    const one = single[batch ? 3 : state.show - 1];
    const whose = batch
      ? "The gradient of the batch"
      : `With δ = ${show(state[`d${state.show}`])} the gradient of example ${state.show}`;
    const flipped = state.flip ? ", with the sign convention of the second input flipped" : "";
    return `${whose} has the signs ${signs(shown)}, ${one ? "one sign" : "mixed signs"}${flipped}.`;
  }

  function draw(pen, state, result) {
    const side = Math.min(pen.height - 12, pen.width - 120);
    const scale = side / 2 / (REACH + 0.2);
    const [cx, cy] = [6 + side / 2, 6 + side / 2];
    const at = ([x, y]) => [cx + scale * x, cy - scale * y];
    const turn = state.flip ? -1 : 1;
    // What positive inputs leave to one example: two of the four quadrants.
    const half = side / 2;
    [1, -1].forEach((way, i) =>
      pen.area(
        `cone${i}`,
        [[0, 0], [way * half, 0], [way * half, -turn * way * half], [0, -turn * way * half]].map(([x, y]) => [cx + x, cy + y]),
        "light",
        { opacity: 0.35 },
      ),
    );
    pen.line("axes", [[cx - half, cy], [cx + half, cy], [cx, cy], [cx, cy - half], [cx, cy + half]], "grey", { "stroke-width": 0.7 });
    const chosen = state.show === "batch" ? EXAMPLES : [Number(state.show)];
    result.inputs.forEach((x, k) => {
      const color = state[`d${k + 1}`] < 0 ? "orange" : "blue";
      const dim = chosen.includes(k + 1) ? 1 : 0.2;
      const far = (REACH + 0.2) / Math.max(1e-9, ...x.map(Math.abs));
      // The line on which every gradient of this example lies, whatever its error.
      pen.line(`line${k}`, [at(x.map((v) => -far * v)), at(x.map((v) => far * v))], "grey", {
        "stroke-width": 0.6,
        "stroke-dasharray": "2 3",
        opacity: dim,
      });
      pen.arrow(`g${k}`, at([0, 0]), at(result.gradients[k]), color, { opacity: dim });
    });
    if (state.show === "batch") pen.arrow("batch", at([0, 0]), at(result.batch), "green", { "stroke-width": 2.6 });
    const right = 6 + side + 12;
    const rows = result.gradients.map((g, k) => [`δ${"₁₂₃"[k]} = ${offCenter.show(state[`d${k + 1}`])}:  ${signs(g)}`, state[`d${k + 1}`] < 0 ? "orange" : "blue"]);
    rows.push([`batch:  ${signs(result.batch)}`, "green"]);
    rows.forEach(([words, color], i) => pen.text(`row${i}`, right, 20 + 15 * i, words, color));
    return EXAMPLES.map((k) => ({
      key: `x${k}`,
      label: `input of example ${k}`,
      color: "ink",
      fields: [`x${k}`, `y${k}`],
      at: at(result.inputs[k - 1]),
      to: (px, py) => [(px - cx) / scale, (turn * (cy - py)) / scale],
    }));
  }

  offCenter.figure("signs", { compute, draw, says });
})(globalThis.offCenter);
