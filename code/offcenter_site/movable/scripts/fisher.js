// Two optimizers on one logistic unit, as offcenter.fisher.logistic_path computes them.
"use strict";
(function (offCenter) {
  const REACH = 5.5;
  const BEHIND = 4.7; // where "before" stands, against the shift

  // Gauss and Jordan, without pivoting: F is symmetric and positive definite.
  function solve(F, g) {
    const rows = F.map((row, i) => [...row, g[i]]);
    rows.forEach((row, k) =>
      rows.forEach((other, i) => {
        const factor = other[k] / row[k];
        if (i !== k) row.forEach((value, j) => (other[j] -= factor * value));
      }),
    );
    return rows.map((row, k) => row[g.length] / row[k]);
  }

  // Weights and bias (last) after each step on the mean logistic loss, from zero, with the losses
  // and the logits of all examples.
  function path(X, y, method, eta, steps, bias) {
    const inputs = X.map((x) => [...x, 1]);
    const size = inputs[0].length;
    // Without a bias only the weights' block is used, and the bias stays 0.
    const free = bias ? size : size - 1;
    let theta = Array(size).fill(0);
    const points = [theta];
    const losses = [];
    const logits = [];
    const natural = method === "natural";
    for (let step = 0; ; step++) {
      const g = Array(free).fill(0);
      const F = g.map(() => Array(free).fill(0));
      const row = Array(X.length);
      let loss = 0;
      inputs.forEach((x, k) => {
        const s = x[0] * theta[0] + x[1] * theta[1] + theta[2];
        row[k] = s;
        // One exponential for the outcomes' probabilities and for the loss.
        const e = Math.exp(-Math.abs(s));
        const [rare, usual] = [e / (1 + e), 1 / (1 + e)];
        const p = s < 0 ? rare : usual;
        loss += Math.max(s, 0) + Math.log1p(e) - y[k] * s;
        for (let i = 0; i < free; i++) g[i] += (p - y[k]) * x[i];
        if (!natural) return;
        const v = rare * usual;
        for (let i = 0; i < free; i++) for (let j = 0; j < free; j++) F[i][j] += v * x[i] * x[j];
      });
      losses.push(loss / X.length);
      logits.push(row);
      if (step === steps) break;
      // Both are sums over the examples, whose number cancels in F⁻¹g only.
      const move = natural ? solve(F, g) : g.map((value) => value / X.length);
      theta = theta.map((value, i) => value - eta * (move[i] ?? 0));
      points.push(theta);
    }
    return { points, losses, logits };
  }

  const METHODS = ["gradient", "natural"];
  const moved = (X, { x, y }) => X.map(([a, b]) => [a + x, b + y]);

  // What happens before any shift is computed once.
  const known = new WeakMap();
  function unshifted(data, bias) {
    if (!known.has(data)) known.set(data, {});
    return (known.get(data)[bias] ??= run(data.inputs, data, bias));
  }

  function run(X, { labels, etas, steps }, bias) {
    return METHODS.map((method) => path(X, labels, method, etas[method], steps, bias));
  }

  // data: inputs, labels, step sizes by method, and the number of steps, all of the printed figure.
  function compute(state, data) {
    const inputs = moved(data.inputs, state);
    const still = unshifted(data, state.bias);
    const result = { inputs };
    run(inputs, data, state.bias).forEach((there, i) => {
      let change = 0;
      there.logits.forEach((row, step) =>
        row.forEach((value, k) => (change = Math.max(change, Math.abs(value - still[i].logits[step][k])))),
      );
      result[METHODS[i]] = { ...there, still: still[i], change };
    });
    return result;
  }

  const NAMES = { gradient: "gradient descent", natural: "the natural gradient" };

  // Below this a change is nothing but rounding.
  const ROUNDING = 1e-9;
  const NOTHING = "nothing";
  const change = (value) => (value < ROUNDING ? NOTHING : offCenter.show(value, 2));

  const by = (value) => (value < ROUNDING ? `by ${NOTHING}` : `by up to ${change(value)}`);

  function says({ x, y, bias }, result) {
    const { show } = offCenter;
    if (!x && !y) return "The data are where they were: both methods do what they did.";
    const parts = METHODS.map((method) => `${NAMES[method]} ${by(result[method].change)}`);
    return (
      `The data are shifted by (${show(x)}, ${show(y)})${bias ? "" : ", and the unit has no bias"}. ` +
      `That changes the outputs of ${parts.join(", and of ")}.`
    );
  }

  // The line on which the unit is undecided, as two far points.
  function boundary([u, v, b]) {
    const square = u * u + v * v;
    if (square < 1e-12) return null;
    const [x, y] = [(-b * u) / square, (-b * v) / square];
    const far = 50 / Math.sqrt(square);
    return [[x - far * v, y + far * u], [x + far * v, y - far * u]];
  }

  const COLOR = { gradient: "orange", natural: "green" };

  function draw(pen, state, result, data, view) {
    const side = Math.min(pen.height - 56, (pen.width - 84) / 2);
    const box = [26, pen.height - side - 36, side, side];
    const now = Math.min(data.steps, Math.floor(view.time));
    const walking = view.time < data.steps;
    const axis = { from: -REACH, to: REACH, ticks: [-4, 0, 4] };
    const { X, Y } = pen.axes("plane", {
      box,
      x: { ...axis, label: "first input" },
      y: { ...axis, label: "" },
    });
    const clip = pen.clip(box);
    const at = ([x, y]) => [X.at(x), Y.at(y)];
    const shift = [state.x, state.y];
    // What is of before the shift is pale, and its line of decision carried along with the data.
    const PALE = { ...clip, opacity: 0.75 };
    for (const [label, color] of [[0, "grey"], [1, "blue"]]) {
      const those = (points) => points.filter((_, k) => data.labels[k] === label).map(at);
      pen.dots(`before${label}`, those(data.inputs), color, 4.5, PALE);
      pen.dots(`class${label}`, those(result.inputs), color, 4.5, clip);
    }
    for (const method of METHODS) {
      const [u, v, b] = result[method].still.points[now];
      const carried = boundary([u, v, b - u * state.x - v * state.y]);
      if (carried) pen.line(`carried-${method}`, carried.map(at), COLOR[method], { ...PALE, "stroke-width": 4 });
      const line = boundary(result[method].points[now]);
      if (line) pen.line(`boundary-${method}`, line.map(at), COLOR[method], clip);
    }
    const middle = { "text-anchor": "middle" };
    const far = Math.hypot(...shift);
    if (far > 1) {
      pen.arrow("shift", at([0, 0]), at(shift), "ink", { "stroke-width": 1.4 });
      const [u, v] = at(shift.map((c) => (-BEHIND * c) / far));
      const inside = Math.max(box[0] + 24, Math.min(box[0] + side - 24, u));
      pen.text("before", inside, v + 4, "before", "grey", middle);
    }
    const title = walking ? `decision at step ${now}` : "lines of decision";
    pen.text("plane-title", box[0] + side / 2, box[1] - 7, title, "ink", middle);
    const left = box[0] + side + 38;
    const losses = [left, box[1], pen.width - left - 10, side];
    const { X: T, Y: L } = pen.axes("loss", {
      box: losses,
      x: { from: 0, to: data.steps, ticks: [0, data.steps / 2, data.steps], label: "step" },
      y: { from: 0, to: 0.8, ticks: [0, 0.2, 0.4, 0.6] },
    });
    const inside = pen.clip(losses, "loss");
    const loss = losses[2] < 136 ? "mean loss" : "mean loss (pale: before)";
    pen.text("loss-title", left + losses[2] / 2, box[1] - 7, loss, "ink", middle);
    for (const method of METHODS) {
      const curve = ({ losses: values }) => values.map((value, step) => [T.at(step), L.at(value)]);
      const color = COLOR[method];
      const before = { ...inside, opacity: 0.75, "stroke-width": 4 };
      pen.line(`still-${method}`, curve(result[method].still), color, before);
      const points = curve(result[method]);
      pen.line(`curve-${method}`, points.slice(0, now + 1), color, inside);
      if (walking) pen.dots(`now-${method}`, [points[now]], color, 8);
    }
    // Above the one curve, below the other.
    const [plain, natural] = METHODS.map((method) => {
      const words = change(result[method].change);
      return words === NOTHING ? `by ${words}` : `up to ${words}`;
    });
    const end = { "text-anchor": "end" };
    const edge = left + losses[2];
    const over = L.at(Math.max(0.56, result.gradient.losses.at(-1) + 0.04));
    pen.text("plain0", edge, over - 16, "plain: outputs", "orange", end);
    pen.text("plain1", edge, over - 3, `move ${plain}`, "orange", end);
    pen.text("natural", edge, L.at(0) - 6, `natural: ${natural}`, "green", end);
    return [
      {
        key: "shift",
        label: "shift of the data",
        color: "ink",
        fields: ["x", "y"],
        at: at([state.x, state.y]),
        to: (px, py) => [X.back(px), Y.back(py)],
      },
    ];
  }

  // Both methods take as many steps.
  const length = ({ gradient }) => gradient.points.length - 1;

  offCenter.figure("fisher", { compute, draw, says, length });
})(globalThis.offCenter);
