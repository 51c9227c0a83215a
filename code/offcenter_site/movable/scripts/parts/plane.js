// Descent in the bowl ½wᵀMw, M = vI + m²11ᵀ with v = 1/12, as in offcenter.descent.plane_run, and
// how several figures draw it.
"use strict";
(function (offCenter) {
  const { VARIANCE, GOAL, STEPS, ESCAPED, CONTOURS } = offCenter.library.plane;
  const { COLORS, plural, show } = offCenter;
  const REACH = 1.25;

  function run({ mean, step, momentum, x, y }, goal = GOAL) {
    const square = mean * mean;
    const top = VARIANCE + 2 * square;
    const eta = step / top;
    const first = Math.hypot(x, y);
    const loss = (a, b) => (VARIANCE * (a * a + b * b) + square * (a + b) ** 2) / 2;
    const points = [[x, y]];
    const falling = [loss(x, y)];
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
      falling.push(loss(u, v));
      const distance = Math.hypot(u, v);
      if (distance <= goal * first) steps = k;
      else if (distance >= ESCAPED * first) diverges = true;
    }
    const eigenvalues = [VARIANCE, top];
    return {
      points,
      losses: falling,
      turns,
      length,
      steps,
      diverges,
      kappa: top / VARIANCE,
      eigenvalues,
      // What a step multiplies the distance by, along each axis of the bowl.
      factors: momentum ? null : eigenvalues.map((value) => 1 - eta * value),
    };
  }

  // A run is played to its last point.
  const last = ({ points }) => points.length - 1;

  const color = ({ turns }) => (turns ? "orange" : "blue");

  function ending({ turns, steps, diverges }) {
    const bends = plural(turns, "turn");
    if (diverges) return `${bends}, runs away`;
    return steps === null ? `${bends}, not there after ${STEPS} steps` : `${bends}, ${plural(steps, "step")}`;
  }

  // Contours of the loss are circles, stretched along the axes of the bowl: a new bowl is one new
  // attribute.  Each is filled as thin as a wash, so that the bowl is the deeper the darker.
  function rings(pen, clip, [x, y], unit, eigenvalues) {
    const stretch = eigenvalues.map((value) => (unit * Math.sqrt(2 / value)).toFixed(3));
    pen.put("pane", "g", { ...clip, fill: COLORS.blue, "fill-opacity": 0.04, stroke: COLORS.light, "stroke-width": 0.7 });
    const nested = pen.put(
      "rings",
      "g",
      { transform: `translate(${x} ${y}) rotate(45) scale(${stretch.join(" ")})` },
      undefined,
      "pane",
    );
    if (nested.firstChild) return;
    nested.innerHTML = CONTOURS.map(
      (level) => `<circle r="${Math.sqrt(level)}" vector-effect="non-scaling-stroke"/>`,
    ).join("");
  }

  // Where the walker is at a time between two steps.
  function walked(points, time) {
    const end = points.length - 1;
    if (time >= end) return { trail: points, now: points[end] };
    const k = Math.floor(time);
    const part = time - k;
    const now = points[k].map((value, i) => value + part * (points[k + 1][i] - value));
    return { trail: [...points.slice(0, k + 1), now], now };
  }

  function bowl(pen, box, result, { time, ghost }) {
    const [left, top, side] = box;
    const ticks = [-1, 0, 1];
    const axis = { from: -REACH, to: REACH, ticks };
    const { X, Y } = pen.axes("bowl", {
      box,
      x: { ...axis, label: "first weight" },
      y: { ...axis, label: "second weight", room: 24 },
    });
    const clip = pen.clip(box);
    const at = ([a, b]) => [X.at(a), Y.at(b)];
    const [cx, cy] = at([0, 0]);
    rings(pen, clip, [cx, cy], side / (2 * REACH), result.eigenvalues);
    // The axes of the bowl, with what a step does along each.
    const round = result.kappa < 1.0001;
    const words = ["flat", "steep"].map((word, i) => {
      const factor = result.factors ? ` × ${show(result.factors[i], 2)}` : "";
      return round ? `all ways alike${factor}` : `${word}${factor}`;
    });
    // Their names stand at the right ends, or, where the path starts in a corner there, at the left.
    const [a, b] = result.points[0];
    const turned = a > 0.2 && Math.abs(b) > 0.8;
    [-1, 1].forEach((way, i) => {
      if (round && i) return;
      if (!round) {
        pen.line(`axis${i}`, [at([-REACH, -way * REACH]), at([REACH, way * REACH])], "grey", {
          "stroke-width": 0.7,
          "stroke-dasharray": "2 3",
        });
      }
      const down = Boolean(i) === turned;
      pen.text(`axis-name${i}`, turned ? left + 16 : left + side - 16, down ? top + side - 6 : top + 12, words[i], "grey", {
        "text-anchor": turned ? "start" : "end",
      });
    });
    if (ghost) {
      const { trail, now } = walked(ghost.points, time);
      pen.line("ghost", trail.map(at), "grey", { ...clip, "stroke-width": 1 });
      pen.dots("ghost-now", [at(now)], "grey", 7, clip);
    }
    const { trail, now } = walked(result.points, time);
    const ink = color(result);
    const walking = time < last(result);
    if (walking) pen.line("rest", result.points.map(at), ink, { ...clip, "stroke-width": 1, opacity: 0.3 });
    const gone = trail.map(at);
    // Many turns are a clot where they are as broad as a few.
    const fine = result.points.length > 40;
    pen.line("path", gone, ink, { ...clip, "stroke-width": fine ? 1 : 1.4, "stroke-linejoin": "round" });
    pen.dots("points", walking ? gone.slice(0, -1) : gone, ink, fine ? 2.6 : 3.6, clip);
    pen.put("goal", "path", { d: `M${cx - 5} ${cy}h10m-5 -5v10`, stroke: COLORS.ink, "stroke-width": 1.5 });
    if (walking) pen.dots("walker", [at(now)], ink, 10, clip);
    return { X, Y, at };
  }

  // The loss over the steps, as a share of the first, falling while the dot walks.
  function losses(pen, box, result, { time, ghost }, [floor, ...powers]) {
    const runs = ghost ? [result, ghost] : [result];
    const span = Math.max(...runs.map((one) => one.losses.length - 1), 4);
    const shares = (one) => one.losses.map((loss) => Math.max(floor, loss / one.losses[0] || 0));
    const most = Math.max(1, ...runs.flatMap(shares));
    const { X, Y } = pen.axes("loss", {
      box,
      x: { from: 0, to: span, ticks: [0, span], label: "step" },
      y: { from: floor, to: most, log: true, ticks: [[1, "1"], ...powers.map((k) => [10 ** k, offCenter.power(k)])] },
    });
    pen.text("loss-name", box[0] + box[2], box[1] - 6, "loss", "ink", { "text-anchor": "end" });
    const clip = pen.clip([box[0] - 5, box[1] - 5, box[2] + 10, box[3] + 10], "loss");
    const curve = (one) => shares(one).map((share, k) => [X.at(k), Y.at(share)]);
    if (ghost) {
      const { trail, now } = walked(curve(ghost), time);
      pen.line("ghost-loss", trail, "grey", { ...clip, "stroke-width": 1 });
      pen.dots("ghost-loss-now", [now], "grey", 6, clip);
    }
    const points = curve(result);
    const { trail, now } = walked(points, time);
    if (time < last(result)) pen.line("loss-rest", points, color(result), { ...clip, "stroke-width": 1, opacity: 0.3 });
    pen.line("loss-trail", trail, color(result), clip);
    pen.dots("loss-now", [now], color(result), 7, clip);
  }

  // A bowl and beside it the loss, down to a floor and with ticks at some powers of ten; a phone has
  // room for both.
  function both(pen, result, view, head, depth) {
    const side = Math.min(pen.height - head - 36, pen.width - 130);
    const box = [36, head, side, side];
    const left = box[0] + side + 40;
    losses(pen, [left, head + 14, pen.width - left - 8, side - 14], result, view, depth);
    return bowl(pen, box, result, view);
  }

  offCenter.plane = { both, color, ending, last, run };
})(globalThis.offCenter);
