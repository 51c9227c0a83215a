// One activation under N(0, 1): its distribution, and below, on one axis, what its mean does to κ.
"use strict";
(function (offCenter) {
  const { ACTIVATIONS, iidSpectrum, moments, normalPdf, offsetShare } = offCenter.math;
  const BINS = 40;
  const SHIFT = 1; // the largest
  const AXIS = [-2.5, 5.5]; // what is shown at least, in spreads
  const MARKED = ["tanh", "relu", "sigmoid"];
  // Points of a curve that has a tip at 0: they are dense there.
  const DENSE = Array.from({ length: 41 }, (_, i) => i / 20 - 1);
  // Ends of equally spaced pieces of z, and their normal weights, as in
  // offcenter.figures.centering_inputs.  Made at the first use, not while the page is read.
  let drawn = null;
  function sample() {
    if (!drawn) {
      const grid = Array.from({ length: 501 }, (_, i) => (i - 250) / 50);
      const weights = grid.slice(1).map((z) => normalPdf(z - 0.01));
      drawn = { grid, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
    }
    return drawn;
  }

  const kept = new Map();
  function momentsOf(name) {
    if (!kept.has(name)) kept.set(name, moments(ACTIVATIONS[name]));
    return kept.get(name);
  }

  // What an activation is before any shift takes thousands of evaluations and is kept.
  const known = new Map();
  function unshifted(name) {
    if (!known.has(name)) {
      const phi = ACTIVATIONS[name];
      const reach = Array.from({ length: 601 }, (_, i) => phi(-Math.PI + (i * Math.PI) / 300));
      const from = Math.min(...reach);
      const width = (Math.max(...reach) - from) / BINS;
      const shares = Array(BINS).fill(0);
      const { grid, weights, total } = sample();
      // A piece is straight: it is in each bin that it crosses for as long as it is there.
      const places = grid.map((z) => (phi(z) - from) / width);
      weights.forEach((weight, i) => {
        const ends = [places[i], places[i + 1]];
        const [low, high] = [Math.min(...ends), Math.max(...ends)];
        for (let bin = Math.max(0, Math.floor(low)); bin < BINS && bin <= high; bin++) {
          const part = high > low ? (Math.min(high, bin + 1) - Math.max(low, bin)) / (high - low) : 1;
          shares[bin] += (part * weight) / total;
        }
      });
      known.set(name, { ...momentsOf(name), from, width, shares });
    }
    return known.get(name);
  }

  // The curves over all shifts, and the axis: that of the activation, so that what moves is the
  // histogram.
  const over = new Map();
  function curves(name, n) {
    const key = `${name} ${n}`;
    if (!over.has(key)) {
      const { mean: offset, variance, from } = unshifted(name);
      const deviation = Math.sqrt(variance);
      const far = SHIFT + 0.3 * deviation;
      const low = Math.min(AXIS[0], (offset - far) / deviation, from / deviation - 0.2);
      const high = Math.max(AXIS[1], (offset + far) / deviation);
      const ratios = DENSE.map((at) => (at < 0 ? -low : high) * at * Math.abs(at));
      const along = (bias) => ratios.map((ratio) => iidSpectrum(n, ratio * deviation, variance, bias).kappa);
      const ends = [offset - SHIFT, offset + SHIFT];
      const [curve, curveBias] = [along(false), along(true)];
      const highest = Math.max(...ends.map((at) => iidSpectrum(n, at, variance, true).kappa), ...curve);
      over.set(key, { axis: [low, high], ratios, curve, curveBias, reach: ends.map((at) => at / deviation), highest });
    }
    return over.get(key);
  }

  function compute({ name, shift, n }) {
    const { mean: offset, variance, from, width, shares } = unshifted(name);
    const mean = offset - shift;
    const kappaOf = (bias) => iidSpectrum(n, mean, variance, bias).kappa;
    return {
      ...curves(name, n),
      name,
      mean,
      offset,
      variance,
      deviation: Math.sqrt(variance),
      share: offsetShare(mean, variance),
      kappa: kappaOf(false),
      kappaBias: kappaOf(true),
      edges: Array.from({ length: BINS + 1 }, (_, i) => from + i * width - shift),
      shares,
    };
  }

  // What rounding leaves of a mean of zero is told as zero.
  const round = (value) => (Math.abs(value) < 1e-9 ? 0 : value);
  const HEAP = 0.3; // a bin with more is told

  function says({ name, shift, n }, result) {
    const { show } = offCenter;
    const minus = shift ? ` minus ${show(shift)}`.replace("minus −", "plus ") : "";
    return (
      `${offCenter.named(name)}${minus} of a standard normal number has mean ${show(round(result.mean))}, ` +
      `${show(Math.abs(round(result.mean / result.deviation)))} spreads from 0; for ${n} independent ones κ is ${show(result.kappa)}, ` +
      `and ${show(result.kappaBias)} with a bias.`
    );
  }

  // A few round ticks from zero up.
  function ticks(to) {
    const raw = to / 2.5;
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = size * [1, 2, 5, 10].find((factor) => factor * size >= raw);
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    return Array.from({ length: Math.floor(to / step) + 1 }, (_, k) => [k * step, (k * step).toFixed(digits)]);
  }

  // Powers of ten, as many as have room.
  function powers(to, room) {
    const most = Math.floor(Math.log10(to));
    const step = Math.ceil(most / Math.max(1, Math.floor(room / 20)));
    const found = [];
    for (let k = 0; k <= most; k += step) found.push([10 ** k, k < 3 ? String(10 ** k) : offCenter.power(k)]);
    return found;
  }

  const whole = ([from, to], by) => {
    const found = [];
    for (let k = Math.ceil(from / by) * by; k <= to; k += by) found.push(k);
    return found;
  };

  // The values of an activation as a histogram above the axis, in spreads.
  function bars({ edges, shares, deviation }, X, Y) {
    const steps = shares.flatMap((share, i) =>
      [edges[i], edges[i + 1]].map((edge) => [X.at(edge / deviation), Y.at(share)]),
    );
    return [[steps[0][0], Y.at(0)], ...steps, [steps[steps.length - 1][0], Y.at(0)]];
  }

  function draw(pen, state, result, data, { ghost }) {
    const { show } = offCenter;
    const { axis, shares, mean, deviation, kappa, kappaBias, reach, highest } = result;
    const before = ghost && (ghost.name !== result.name || ghost.mean !== mean || ghost.kappa !== kappa) ? ghost : null;
    const at = round(mean / deviation);
    const top = Math.max(...shares);
    const [left, head, gap] = [46, 18, 14];
    const width = pen.width - left - 8;
    const tall = (pen.height - head - gap - 34) / 2;
    const x = { from: axis[0], to: axis[1] };
    const upper = pen.axes("a", {
      box: [left, head, width, tall],
      x,
      // Room for the words above the mean.
      y: { from: 0, to: (1.2 * top * tall) / (tall - 25), ticks: ticks(1.1 * top), label: "share", room: 34 },
    });
    const { X, Y } = upper;
    const floor = head + 2 * tall + gap;
    const kappas = { from: 0.8, to: 1.5 * highest, log: true };
    const lower = pen.axes("k", {
      box: [left, head + tall + gap, width, tall],
      x: { ...x, ticks: whole(axis, 2), label: `in units of the spread, ${show(deviation)}` },
      y: { ...kappas, ticks: powers(highest, tall), label: "κ", room: 34 },
    });
    const K = lower.Y;
    const minus = state.shift ? ` − ${show(state.shift)}`.replace("− −", "+ ") : "";
    pen.text("title", left, 10, `${offCenter.named(state.name)}${minus} of a standard normal number`);
    // Below the words: a histogram from before can be higher.
    const roof = Y.at(1.08 * top);
    const pane = pen.clip([left, roof, width, head + tall - roof]);
    const deep = pen.clip([left, floor - tall, width, tall + 6], "k");
    pen.line("zero", [[X.at(0), roof], [X.at(0), floor]], "grey", { "stroke-width": 0.7 });

    pen.area("shares", bars(result, X, Y), "light", pane);
    pen.line("outline", bars(result, X, Y), "grey", { ...pane, "stroke-width": 0.8 });
    if (before) pen.line("before", bars(before, X, Y), "grey", { ...pane, "stroke-dasharray": "2 2", "stroke-width": 1 });
    const [here, height] = [X.at(at), Y.at(1.2 * top)];
    pen.line("spread", [at - 1, at + 1].map((value) => [X.at(value), height]), "blue");
    const wide = pen.width - X.at(at + 1) > 80;
    pen.text("spread-name", X.at(at + (wide ? 1 : -1)) + (wide ? 5 : -5), height + 4, `spread ${show(deviation)}`, "blue", {
      "text-anchor": wide ? "start" : "end",
    });
    const away = `mean ${show(round(mean))}${at ? `, ${show(Math.abs(at))} spreads from 0` : ""}`;
    // Above the mean, as far as the drawing has room.
    pen.text("mean-name", Math.min(here - 6, pen.width - 6.5 * away.length), height - 13, away, "orange");
    const fullest = shares.indexOf(top);
    if (top > HEAP) {
      // Off the mean, and off the heap as it was before.
      const heaps = before?.name === result.name ? [result, before] : [result];
      const edge = Math.max(here, ...heaps.map((one) => X.at(one.edges[fullest + 1] / deviation))) + 6;
      const inside = X.at(result.edges[fullest] / deviation) + 2;
      pen.line("heap", [[inside, Y.at(0.6 * top)], [edge - 3, Y.at(0.6 * top)]], "grey", { "stroke-width": 0.7 });
      pen.text("heap-name", edge, Y.at(0.6 * top) + 4, `${Math.round(100 * top)}\u00a0% of the values`, "grey");
    }

    pen.keep("curves", [state.name, state.n], () => {
      const curve = (values) => result.ratios.map((ratio, i) => [X.at(ratio), K.at(values[i])]);
      pen.line("kappa", curve(result.curve), "ink");
      const shown = curve(result.curveBias).filter((_, i) => result.ratios[i] >= reach[0] && result.ratios[i] <= reach[1]);
      pen.line("bias", shown, "purple");
      const [endX, endY] = shown[shown.length - 1];
      if (pen.width - endX > 74) pen.text("bias-name", endX + 5, endY + 6, "with a bias", "purple");
    });
    const spot = (key, ratio, value, ink, size) => pen.dots(key, [[X.at(ratio), K.at(value)]], ink, size, deep);
    // The same curve for all: the others that a reader knows stand on it.
    for (const other of MARKED) {
      if (other === state.name && !state.shift) continue;
      const { mean: m, variance } = momentsOf(other);
      const ratio = round(m / Math.sqrt(variance));
      const value = 1 + state.n * ratio ** 2;
      spot(`other-${other}`, ratio, value, "grey", 4);
      const y = K.at(value) + (ratio ? 12 : -2);
      // Off the numbers below, off each other, and off the mean, and off the curve, blunt for few inputs.
      const steep = K.at(1 + state.n * X.back(X.at(0) + 7) ** 2) < y - 9;
      const crossed = here > X.at(0) && here < X.at(0) + 40 && K.at(kappa) > y - 16;
      if (ratio ? y < floor - 32 : steep && !crossed) pen.text(`name-${other}`, X.at(ratio) + 7, y, offCenter.named(other), "grey");
    }
    if (before) {
      const ratio = before.mean / before.deviation;
      spot("before-kappa", ratio, before.kappa, "grey", 8);
      spot("before-bias", ratio, before.kappaBias, "grey", 6);
    }
    pen.line("lead", [[here, height], [here, Y.at(0)]], "orange");
    pen.line("lead-on", [[here, Y.at(0)], [here, K.at(kappa)]], "orange", { "stroke-width": 0.8 });
    spot("now-bias", at, kappaBias, "purple", 7);
    spot("now", at, kappa, "orange", 10);
    // From what was before, where that has room beside the curve.
    const row = (key, up, names, [was, now], free, ink, options) => {
      const change = `: ${show(was)} → ${show(now)}`;
      const fits = before && pen.width - 6.5 * (names[1] + change).length > free;
      const text = fits ? names[1] + change : names[0] + show(now);
      pen.text(key, pen.width - 8, floor - up, text, ink, { "text-anchor": "end", ...options });
    };
    row("kappa-now", 20, ["κ = ", "κ"], [before?.kappa, kappa], X.at(0) + 40, "ink", { "font-weight": 600 });
    row("bias-now", 6, ["with a bias ", "bias"], [before?.kappaBias, kappaBias], X.at(0) + 40, "purple");
    return [
      {
        key: "mean",
        label: "mean of the activation",
        fields: ["shift", null],
        read: (shift) => round(result.offset - shift),
        at: [here, height],
        to: (px) => [result.offset - X.back(px) * deviation, 0],
      },
    ];
  }

  offCenter.figure("activation", { compute, draw, says });
})(globalThis.offCenter);
