// One activation under N(0, 1): its distribution, its mean, and what the mean does to κ.
"use strict";
(function (offCenter) {
  const { ACTIVATIONS, iidSpectrum, moments, normalPdf, offsetShare } = offCenter.math;
  const BINS = 40;
  // Equally spaced z with their normal weights, as in offcenter.figures.centering_inputs.
  // Made at the first use, not while the page is read.
  let drawn = null;
  function sample() {
    if (!drawn) {
      const z = Array.from({ length: 20000 }, (_, i) => (i - 10000 + 0.5) / 2000);
      const weights = z.map(normalPdf);
      drawn = { z, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
    }
    return drawn;
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
      const { z: drawnZ, weights, total } = sample();
      drawnZ.forEach((z, i) => {
        const bin = Math.floor((phi(z) - from) / width);
        if (bin >= 0 && bin < BINS) shares[bin] += weights[i] / total;
      });
      known.set(name, { ...moments(phi), from, width, shares });
    }
    return known.get(name);
  }

  function compute({ name, shift, n }) {
    const { mean: offset, variance, from, width, shares } = unshifted(name);
    const mean = offset - shift;
    return {
      mean,
      offset,
      variance,
      deviation: Math.sqrt(variance),
      share: offsetShare(mean, variance),
      kappa: iidSpectrum(n, mean, variance, false).kappa,
      kappaBias: iidSpectrum(n, mean, variance, true).kappa,
      edges: Array.from({ length: BINS + 1 }, (_, i) => from + i * width - shift),
      shares,
    };
  }

  // What rounding leaves of a mean of zero is told as zero.
  const round = (value) => (Math.abs(value) < 1e-9 ? 0 : value);
  const LITTLE = 0.001;
  const words = (share) => (round(share) && share < LITTLE ? `below ${LITTLE}` : offCenter.show(round(share)));

  function says({ name, shift, n }, result) {
    const { show } = offCenter;
    const minus = shift ? ` minus ${show(shift)}`.replace("minus −", "plus ") : "";
    return (
      `${offCenter.named(name)}${minus} of a standard normal number has mean ${show(round(result.mean))}, ` +
      `so ρ is ${words(result.share)}; for ${n} independent ones κ is ${show(result.kappa)}, ` +
      `and ${show(result.kappaBias)} with a bias.`
    );
  }

  // About five round ticks between two numbers.
  function ticks(from, to) {
    const raw = (to - from) / 5;
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = size * [1, 2, 5, 10].find((factor) => factor * size >= raw);
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const found = [];
    for (let k = Math.ceil(from / step); k * step <= to; k++) {
      found.push([k * step, (k * step).toFixed(digits).replace("-", "−")]);
    }
    return found;
  }

  function draw(pen, state, result) {
    const { show } = offCenter;
    const top = Math.max(...result.shares);
    // The axis takes in every shift of this activation, so that what moves is the histogram.
    const [first, last] = [result.edges[0] + state.shift, result.edges[BINS] + state.shift];
    const [from, to] = [Math.min(first, 0) - 1, Math.max(last, 0) + 1];
    const minus = state.shift ? ` − ${show(state.shift)}`.replace("− −", "+ ") : "";
    const { X, Y } = pen.axes("a", {
      box: [50, 20, pen.width - 58, pen.height - 56],
      x: {
        from,
        to,
        ticks: ticks(from, to),
        label: `${offCenter.named(state.name)}${minus} of a standard normal number`,
      },
      y: { from: 0, to: 1.5 * top, ticks: ticks(0, 1.1 * top), label: "share in each bin", room: 38 },
    });
    const steps = result.shares.flatMap((share, i) => [
      [X.at(result.edges[i]), Y.at(share)],
      [X.at(result.edges[i + 1]), Y.at(share)],
    ]);
    const base = Y.at(0);
    pen.area("shares", [[X.at(result.edges[0]), base], ...steps, [X.at(result.edges[BINS]), base]], "light");
    pen.line("outline", steps, "grey", { "stroke-width": 0.8 });
    pen.line("zero", [[X.at(0), base], [X.at(0), Y.at(top)]], "grey", { "stroke-width": 0.8 });
    const [x, height] = [X.at(result.mean), Y.at(1.08 * top)];
    const spread = [result.mean - result.deviation, result.mean + result.deviation];
    pen.line("spread", spread.map((value) => [X.at(value), height]), "blue");
    pen.line("mean", [[x, base], [x, height]], "orange");
    // Beside the ends of the drawing where the mean is near one, and off the numbers of the axis.
    const middle = Math.min(Math.max(x, 120), pen.width - 70);
    pen.text("mean-name", middle, height - 15, `mean ${show(round(result.mean), 2)} ± ${show(result.deviation, 2)}`, "ink", {
      "text-anchor": "middle",
    });
    const kappas = `κ = ${show(result.kappa)}, with a bias ${show(result.kappaBias)}`;
    pen.text("title", pen.width - 8, 10, `ρ ${words(result.share).replace(/^(?!below)/, "= ")}; ${state.n} inputs: ${kappas}`, "ink", {
      "text-anchor": "end",
    });
    return [
      {
        key: "mean",
        label: "mean of the activation",
        fields: ["shift", null],
        read: (shift) => round(result.offset - shift),
        at: [x, height],
        to: (px) => [result.offset - X.back(px), 0],
      },
    ];
  }

  offCenter.figure("activation", { compute, draw, says });
})(globalThis.offCenter);
