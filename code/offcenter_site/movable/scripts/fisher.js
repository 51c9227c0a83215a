// Two optimizers on one logistic unit, as offcenter.fisher.logistic_path computes them.
"use strict";
(function (offCenter) {
  const { COLORS } = offCenter;
  const [LOW, HIGH] = [-1.8, 3]; // the plane of functions: weights, and s at the mean input

  // Weight and bias after each step on the mean logistic loss, with the logits of all examples at
  // each.  A unit without a bias is one whose bias stays.
  function path(inputs, y, method, eta, steps, bias, start) {
    let [w, b] = start;
    const points = [start];
    const count = inputs.length;
    const logits = new Float64Array(count * (steps + 1));
    for (let step = 0; ; step++) {
      let [g, g1, F, F1, F2] = [0, 0, 0, 0, 0];
      for (let k = 0; k < count; k++) {
        const x = inputs[k];
        const s = w * x + b;
        logits[step * count + k] = s;
        const e = Math.exp(-Math.abs(s));
        const rare = e / (1 + e);
        const usual = 1 / (1 + e);
        const delta = (s < 0 ? rare : usual) - y[k];
        const h = rare * usual;
        g += delta * x;
        g1 += delta;
        F += h * x * x;
        F1 += h * x;
        F2 += h;
      }
      if (step === steps) return { points, logits };
      // All are sums over the examples, whose number cancels in F⁻¹g only.
      let move = [g / count, g1 / count];
      if (method === "natural") {
        const det = F * F2 - F1 * F1;
        move = bias ? [(F2 * g - F1 * g1) / det, (F * g1 - F1 * g) / det] : [g / F, 0];
      }
      w -= eta * move[0];
      if (bias) b -= eta * move[1];
      points.push([w, b]);
    }
  }

  const METHODS = ["gradient", "natural"];

  // data: inputs of mean 0, labels, step sizes by method, the number of steps, and contours of the
  // loss, all of the printed figure.
  function compute({ x, y, w, bias }, data) {
    const { labels, etas, steps } = data;
    const shifted = data.inputs.map((input) => input + x);
    const result = { inputs: shifted };
    for (const method of METHODS) {
      // Both start as one function: the bias is less by what the weight makes of the shift.
      const go = (inputs, mean) => path(inputs, labels, method, etas[method], steps, bias, [w, y - mean * w]);
      const still = go(data.inputs, 0);
      const there = go(shifted, x);
      let change = 0;
      for (let k = 0; k < there.logits.length; k++) change = Math.max(change, Math.abs(there.logits[k] - still.logits[k]));
      result[method] = { ...there, still, change };
    }
    return result;
  }

  const NAMES = { gradient: "gradient descent", natural: "the natural gradient" };

  // Below this a change is nothing but rounding.
  const ROUNDING = 1e-9;
  const change = (value) => (value < ROUNDING ? "by nothing" : `up to ${offCenter.show(value)}`);

  function says({ x, bias }, result) {
    if (!x) return "The input is centered: each method takes one path.";
    const [plain, natural] = METHODS.map((method) => `${NAMES[method]} ${change(result[method].change)}`);
    return (
      `The input is shifted by ${offCenter.show(x)}${bias ? "" : ", and the unit has no bias"}. ` +
      `That moves the pre-activations of ${plain}, those of ${natural}.`
    );
  }

  const COLOR = { gradient: "orange", natural: "green" };
  const TITLE = { gradient: "plain gradient", natural: "natural gradient" };

  // Where a walker is at a time between two steps, and the way behind it.
  function walked(points, time) {
    const k = Math.min(points.length - 1, Math.floor(time));
    if (k === points.length - 1) return [...points];
    return [...points.slice(0, k + 1), points[k].map((value, i) => value + (time - k) * (points[k + 1][i] - value))];
  }

  function bowl(pen, method, box, state, result, data, time) {
    const axis = { from: LOW, to: HIGH, ticks: [0, 2] };
    const first = method === "gradient";
    const { X, Y } = pen.axes(method, {
      box,
      x: { ...axis, label: "weight" },
      y: { ...axis, label: first && "s at the mean", room: 20 },
    });
    const [left, top, side] = box;
    const color = COLOR[method];
    const clip = pen.clip(box, method);
    const at = (point) => [X.at(point[0]), Y.at(point[1])];
    const [u, v] = at(data.minimum);
    // To second order around the minimum; the same for every shift, as a point is a function.
    const unit = side / (HIGH - LOW);
    pen.put(`${method} pane`, "g", { ...clip, fill: COLORS.blue, "fill-opacity": 0.06, stroke: COLORS.light, "stroke-width": 0.7 });
    const turned = { transform: `translate(${u} ${v}) rotate(${-data.angle})` };
    pen.put(`${method} rings`, "g", turned, undefined, `${method} pane`);
    pen.keep(`${method} rings`, unit, () => {
      for (let k = 1; k <= data.rings; k++) {
        const [rx, ry] = data.axes.map((half) => (k * half * unit).toFixed(1));
        pen.put(`${method} ring ${k}`, "ellipse", { rx, ry }, undefined, `${method} rings`);
      }
    });
    const round = { "stroke-linecap": "round", "stroke-linejoin": "round", ...clip };
    const { points, still, change: moves } = result[method];
    const walks = time < data.steps;
    const band = still.points.map(at);
    const line = points.map(([w, b]) => at([w, b + state.x * w]));
    if (walks) pen.line(`${method} rest`, line, color, { ...round, "stroke-width": 1, opacity: 0.3 });
    const [behind, before] = [walked(band, time), walked(line, time)];
    pen.line(`${method} band`, behind, "grey", { ...round, "stroke-width": 5 });
    pen.line(`${method} line`, before, color, { ...round, "stroke-width": 1.5 });
    pen.dots(`${method} dots`, walks ? before.slice(0, -1) : before, color, 3.6, clip);
    pen.put(`${method} goal`, "path", { d: `M${u - 5} ${v}h10m-5 -5v10`, stroke: COLORS.ink, "stroke-width": 1.5 });
    if (walks) {
      pen.dots(`${method} still`, behind.slice(-1), "grey", 13, clip);
      pen.dots(`${method} now`, before.slice(-1), color, 8, clip);
    }
    if (!first) pen.dots(`${method} start`, [band[0]], "ink", 8);
    const middle = { "text-anchor": "middle" };
    pen.text(`${method} title`, left + side / 2, top - 20, TITLE[method], color, { ...middle, "font-weight": 700 });
    pen.text(`${method} moves`, left + side / 2, top - 6, `s moves ${change(moves)}`, color, middle);
    const corner = { "text-anchor": "end", "font-weight": 700 };
    pen.text(`${method} centered`, left + side - 4, top + side - 19, "centered", "grey", corner);
    if (state.x) pen.text(`${method} shifted`, left + side - 4, top + side - 6, `shifted by ${offCenter.show(state.x)}`, color, corner);
    return { X, Y, start: band[0] };
  }

  function draw(pen, state, result, data, { time }) {
    const side = Math.min(pen.height - 70, (pen.width - 74) / 2);
    const left = (pen.width - 2 * side - 66) / 2 + 34;
    const [{ X, Y, start }] = METHODS.map((method, i) =>
      bowl(pen, method, [left + i * (side + 26), 34, side, side], state, result, data, time),
    );
    return [
      {
        key: "start",
        label: "start of the paths",
        color: "ink",
        fields: ["w", "y"],
        at: start,
        to: (px, py) => [X.back(px), Y.back(py)],
      },
    ];
  }

  // Both methods take as many steps.
  const length = ({ gradient }) => gradient.points.length - 1;

  offCenter.figure("fisher", { compute, draw, says, length });
})(globalThis.offCenter);
